"""Errors of programs with a secret, of limits, and of who may look after accounts (part of ``ERRORS``)."""

from __future__ import annotations

from creditreport.errors_kind import REFUSED, WRONG_USE, ErrorKind

ACCESS_ERRORS: dict[str, ErrorKind] = {
    # --- programs ---------------------------------------------------------------------------------
    "API_KEY_MISSING": ErrorKind(
        401,
        REFUSED,
        "此地址供已登记的程序使用：请在 Authorization 头中出示密钥（Bearer crk_…）。网页登录在此无效。",
        "This address is for registered programs: show the secret in the Authorization header (Bearer crk_…). Signing in on a page does not count here.",
    ),
    "API_KEY_INVALID": ErrorKind(
        401,
        REFUSED,
        "密钥不正确。请核对后重试；若已遗失，请由管理员更换。",
        "The secret is not right. Check it; if it was lost, ask an administrator to replace it.",
    ),
    "API_KEY_OVER": ErrorKind(
        401,
        REFUSED,
        "密钥已到期、已更换或已停用。请改用现行密钥，或请管理员续期。",
        "The secret has expired, was replaced or was disabled. Use the present one, or ask an administrator to renew it.",
    ),
    "API_SCOPE_MISSING": ErrorKind(
        403,
        REFUSED,
        "该密钥不含权限“{scope}”。请由管理员为程序开通。",
        "The secret does not include “{scope}”. Ask an administrator to grant it to the program.",
    ),
    "API_CLIENT_BUSY": ErrorKind(
        429,
        REFUSED,
        "该程序每分钟最多 {per_minute} 次请求，已用完。请在 {seconds} 秒后再试。",
        "This program may send {per_minute} requests a minute and has. Try again in {seconds} seconds.",
    ),
    "UNKNOWN_API_CLIENT": ErrorKind(
        404,
        WRONG_USE,
        "没有程序“{value}”。用 creditreport api-clients list 查看。",
        "There is no program “{value}”. creditreport api-clients list shows them.",
    ),
    "INVALID_API_CLIENT": ErrorKind(
        422,
        WRONG_USE,
        "程序没有登记或更改：{detail_zh}。请改正后再提交。",
        "The program was not registered or changed: {detail_en}. Correct it and send it again.",
    ),
    "TOO_MANY_MISSES": ErrorKind(
        429,
        REFUSED,
        "查不到的核验码输入过多，请在 {seconds} 秒后再试。请对照报告首页右上角逐位核对，或扫描二维码。",
        "Too many codes that are not there: try again in {seconds} seconds. Compare the code with the top right of the first page, or scan the QR code.",
    ),
    "OTHER_HOST": ErrorKind(
        421,
        REFUSED,
        "本站的地址是 {host}，此处不是。请从该地址进入，并核对浏览器地址栏。",
        "The address of this service is {host}, and this is not it. Come in by that address and compare it with the address bar.",
    ),
    # --- looking after staff accounts -------------------------------------------------------------
    "LAST_ADMIN": ErrorKind(
        409,
        REFUSED,
        "“{username}”是最后一名可用的管理员，没有更改。请先开通另一名管理员。",
        "“{username}” is the last administrator who can sign in; nothing was changed. Make another one first.",
    ),
    "OWN_ACCOUNT": ErrorKind(
        409,
        REFUSED,
        "不能更改自己的角色，也不能停用或重置自己的账号。请由另一名管理员办理。",
        "Nobody changes the roles of their own account, disables it or resets it. Ask another administrator.",
    ),
    "INVALID_STAFF": ErrorKind(
        422,
        WRONG_USE,
        "账号没有开通：{detail_zh}。请改正后再提交。",
        "The account was not made: {detail_en}. Correct it and send it again.",
    ),
}
