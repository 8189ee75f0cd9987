"""What a verifier is told when a code or a file is refused: what is wrong and what to do, in both languages."""

from __future__ import annotations

from datetime import datetime

from creditreport.verification.inspection import ENCRYPTED, NOT_PDF, TOO_LARGE, UNREADABLE, UNSIGNED
from creditreport.verification.verdict import Detail, Step

# The blank is filled with what is wrong with the code.
MISTYPED = Detail(
    "{}。请对照报告右上角重新输入。", "{}. Compare it with the top right of the report and type it again."
)
UNKNOWN = Detail(
    "本机关没有出具过使用此核验码的报告。请核对页面域名与报告所印一致；如报告由他人提供，请勿采信。",
    "No report with this code was issued here. Compare this page's domain with the one in print; "
    "do not rely on the report.",
)
REFUSALS = {
    TOO_LARGE: Detail(
        "文件过大，不可能是本机关出具的报告。请选择报告的 PDF 原件。",
        "The file is too large to be a report issued here. Choose the report's original PDF.",
    ),
    NOT_PDF: Detail(
        "这不是 PDF 文件。请选择报告的 PDF 原件；截图和扫描件请用核验码核验。",
        "This is not a PDF. Choose the report's original PDF; for a picture or a scan, use the verification code.",
    ),
    UNREADABLE: Detail(
        "文件已损坏或不能读取。请向提供方索取报告的 PDF 原件，或用核验码核验。",
        "The file is damaged or cannot be read. Ask for the report's original PDF, or use the verification code.",
    ),
    ENCRYPTED: Detail(
        "文件已加密；本机关出具的报告从不加密。请向提供方索取 PDF 原件，或用核验码核验。",
        "The file is encrypted; reports issued here never are. Ask for the original PDF, or use the verification code.",
    ),
    UNSIGNED: Detail(
        "文件没有电子签名；本机关出具的报告都有。打印后再扫描、另存都会失去签名，请索取 PDF 原件或用核验码核验。",
        "The file has no digital signature; reports issued here always have one. Printing, scanning or saving anew "
        "loses it: ask for the original PDF, or use the verification code.",
    ),
}
WITHDRAWN = Detail(
    "这份报告由本站出具，{zh}由经营主体自行撤回，不能再使用。请要求对方提供新的报告。",
    "This report was issued here and withdrawn by the business itself on {en}; it can no longer be used. "
    "Ask for a new one.",
)
_STEPS = {
    1: Detail(
        "签名与文件内容不符，文件在签名后被改动过",
        "the signature does not fit the content: the file was changed after signing",
    ),
    2: Detail(
        "签名没有覆盖整个文件，签名后又添加了内容",
        "the signature does not cover the whole file: something was added after signing",
    ),
    3: Detail(
        "签名证书不通向本机关的可信根证书",
        "the signing certificate does not lead to one of the authority's trusted roots",
    ),
    4: Detail("文件与本机关存档的原件不一致", "the file is not the one that was issued, byte for byte"),
}


def withdrawn(at: datetime) -> Detail:
    """Why a report is revoked that its own business withdrew at ``at``."""
    zh, en = f"{at.year}年{at.month}月{at.day}日", f"{at.day} {at:%B %Y}"
    return Detail(WITHDRAWN.zh.format(zh=zh), WITHDRAWN.en.format(en=en))


def refusal(steps: tuple[Step, ...], *, tampered: bool) -> Detail:
    """Names the first step that failed, and says what to do."""
    failed = next(step.step for step in steps if step.ok is False)
    why = _STEPS[failed]
    if tampered:
        return Detail(
            f"第 {failed} 步未通过：{why.zh}。请勿采信此文件，可用核验码查看原报告。",
            f"Step {failed} failed: {why.en}. Do not rely on this file; the verification code shows the real report.",
        )
    return Detail(
        f"第 {failed} 步未通过：{why.zh}。此文件不是本机关出具的报告。",
        f"Step {failed} failed: {why.en}. This file is not a report issued here.",
    )
