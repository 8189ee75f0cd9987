"""What a verifier is told when a code or a file is refused: what is wrong and what to do, in both languages."""

from __future__ import annotations

from datetime import date, timedelta

from creditreport.reports.models import CreditReport
from creditreport.verification.status import VerdictStatus
from creditreport.verification.unread import ENCRYPTED, NOT_PDF, TOO_LARGE, UNREADABLE, UNSIGNED
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
        "这不是 PDF 文件。请选择报告的 PDF 原件（或 PNG、JPEG 照片），或用核验码核验。",
        "This is not a PDF. Choose the report's original PDF (or a PNG or JPEG picture), or use the verification code.",
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
LETTER = Detail(
    "这是本机关发给责任单位的协同处理函，内容未经改动；它不是报告，不能作为信用证明使用。",
    "This is a letter of this authority to a responsible unit, unchanged; it is no report and proves nothing.",
)
WITHDRAWN = Detail(
    "由本站出具，{zh}由经营主体自行撤回，不能再使用。请要求对方提供新的报告。",
    "Issued here, withdrawn by the business itself on {en}. It can no longer be used: ask for a new one.",
)
REVOKED = Detail(
    "由本站出具，{zh}由出证机关撤销，不能再使用。请要求对方提供新的报告。",
    "Issued here, revoked by the issuing authority on {en}. It can no longer be used: ask for a new one.",
)
SUPERSEDED = Detail(
    "由本站出具，{zh}已被新的报告替换，不能再使用。请要求对方提供新的报告。",
    "Issued here, replaced by a new one on {en}. It can no longer be used: ask for the new one.",
)
EXPIRED = Detail(
    "由本站出具，{zh}起已过有效期。请要求对方重新出具。",
    "Issued here, out of date since {en}. Ask for a new one.",
)
# A copy: the code on it was read from its text or its picture.
COPY = Detail(
    "扫描、打印、拍照或另存的，没有电子签名，本身不能证明什么。上面的核验码指向一份报告，"
    "核验结果另附；请逐项对照，以 PDF 原件或核验页为准。",
    "Scanned, printed, photographed or saved anew: it has no digital signature and proves nothing by itself. The code "
    "on it leads to a report, whose verdict is told besides; compare each item. Only the original PDF or the "
    "verification page proves it.",
)
COPY_OF_NOTHING = Detail(
    "文件没有电子签名，上面的核验码在本站查无此码。请勿采信，并核对出具机关。",
    "The file has no digital signature, and no report with the code on it was issued here. Do not rely on it.",
)
COPY_OF_MANY = Detail(
    "文件没有电子签名，上面有几份报告的核验码。请逐个输入核验码核验，或索取各份 PDF 原件。",
    "The file has no digital signature and bears the codes of several reports. Verify each by its code, or ask for "
    "the original PDFs.",
)
PICTURE = Detail(
    "这是图片，上面没有读到核验码。请拍清报告首页右上角的二维码，或输入核验码核验。",
    "This is a picture, and no code could be read on it. Take the code at the top right of the first page sharply, or "
    "type it.",
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


def ended(report: CreditReport, status: VerdictStatus) -> Detail | None:
    """Since when, and by whom, a report is no longer valid; ``None`` for a valid one.

    By whom is an office, the issuing authority or the business itself, and never a person. What took its place is
    not told: that is for the business to hand on.
    """
    if status is VerdictStatus.EXPIRED:
        return _dated(EXPIRED, report.valid_until + timedelta(days=1))
    if status is VerdictStatus.SUPERSEDED:
        return _dated(SUPERSEDED, report.status_since.date())
    if status is VerdictStatus.REVOKED:
        return _dated(REVOKED if report.withdrawn_at is None else WITHDRAWN, report.status_since.date())
    return None


def _dated(detail: Detail, day: date) -> Detail:
    zh, en = f"{day.year}年{day.month}月{day.day}日", f"{day.day} {day:%B %Y}"
    return Detail(detail.zh.format(zh=zh), detail.en.format(en=en))


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
