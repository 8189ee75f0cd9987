"""Errors of the interface for programs (part of ``ERRORS``)."""

from __future__ import annotations

from creditreport.errors_kind import REFUSED, WRONG_USE, ErrorKind

API_ERRORS: dict[str, ErrorKind] = {
    "UNSUPPORTED_CONTENT": ErrorKind(
        415,
        WRONG_USE,
        "请求正文须为 application/json（核验码）或 multipart/form-data（文件），没有核验。请改正 Content-Type 后再发送。",
        "The body must be application/json (codes) or multipart/form-data (files); nothing was checked. Correct the Content-Type and send it again.",
    ),
    "INVALID_JSON": ErrorKind(
        400,
        WRONG_USE,
        "请求正文不是 UTF-8 编码的 JSON，没有核验。请改正后再发送。",
        "The body is not JSON in UTF-8; nothing was checked. Correct it and send it again.",
    ),
    "INVALID_BATCH": ErrorKind(
        422,
        WRONG_USE,
        "没有核验：{detail_zh}。请按 /api/docs 改正后再发送。",
        "Nothing was checked: {detail_en}. Correct it as /api/docs says and send it again.",
    ),
    "SECRET_NEEDED": ErrorKind(
        401,
        REFUSED,
        "{what_zh}须出示已登记程序的密钥（Authorization: Bearer crk_…），没有核验。请向本机关申请登记，或逐个核验。",
        "To have {what_en} a registered program's secret is needed (Authorization: Bearer crk_…); nothing was checked. Ask the authority to register the program, or check one by one.",
    ),
    "INVALID_PARAMETER": ErrorKind(
        422,
        WRONG_USE,
        "参数 {name} 的值“{value}”不可用，没有核验。可用：{known}。",
        "The parameter {name} cannot be “{value}”; nothing was checked. It may be: {known}.",
    ),
    "INVALID_IDEMPOTENCY_KEY": ErrorKind(
        400,
        WRONG_USE,
        "Idempotency-Key 须为 1 至 64 个可见的 ASCII 字符，没有核验。请改正后再发送。",
        "Idempotency-Key must be 1 to 64 visible ASCII characters; nothing was checked. Correct it and send it again.",
    ),
    "IDEMPOTENCY_KEY_REUSED": ErrorKind(
        422,
        WRONG_USE,
        "此 Idempotency-Key 在 24 小时内已用于另一请求，没有核验。请换一个新的键。",
        "This Idempotency-Key was used for another request within 24 hours; nothing was checked. Use a new key.",
    ),
    "IDEMPOTENT_REQUEST_RUNNING": ErrorKind(
        409,
        REFUSED,
        "此 Idempotency-Key 的请求正在办理。请在 {seconds} 秒后用同一个键和同样的内容再试。",
        "The request with this Idempotency-Key is being worked on. Try again in {seconds} seconds, with the same key and body.",
    ),
}
