"""The errors about signing keys and the reports that they signed (part of ``ERRORS``)."""

from __future__ import annotations

from creditreport.errors_kind import REFUSED, WRONG_USE, ErrorKind

SIGNING_ERRORS: dict[str, ErrorKind] = {
    "UNKNOWN_KEY": ErrorKind(
        404,
        WRONG_USE,
        "密钥登记中没有（或不止一个）指纹以“{value}”开头的签名密钥。用 creditreport keys show 查看全部，至少写前 8 位。",
        "The register has no signing key, or more than one, whose fingerprint begins with “{value}”. creditreport keys show lists them; give at least 8 characters.",
    ),
    "NEW_KEY_NEEDED": ErrorKind(
        422,
        WRONG_USE,
        "正式环境更换密钥需要给出新的 PKCS#12 文件：creditreport keys rotate --new 文件（口令相同，权限 600）；它将取代 {path}。",
        "In production a rotation needs the new PKCS#12 file: creditreport keys rotate --new FILE (same passphrase, mode 600); it will take the place of {path}.",
    ),
    "KEY_WITHDRAWN": ErrorKind(
        409,
        REFUSED,
        "签名密钥 {fingerprint} 已吊销，不能再启用。请提供另一个密钥。",
        "The signing key {fingerprint} was withdrawn and cannot be taken into use again. Provide another key.",
    ),
    "INVALID_MOMENT": ErrorKind(
        422,
        WRONG_USE,
        "时刻“{value}”不正确，请写成 2026-11-21 或 2026-11-21T10:00:00+08:00 这样的形式，且不晚于现在。",
        "“{value}” is not a moment; write it like 2026-11-21 or 2026-11-21T10:00:00+08:00, and not later than now.",
    ),
    "ALREADY_REPLACED": ErrorKind(
        409,
        REFUSED,
        "报告 {number} 已由报告 {successor} 替换，没有再次出具。",
        "The report {number} has been replaced by the report {successor} already; nothing was issued again.",
    ),
}
