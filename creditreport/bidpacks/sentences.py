"""What a verdict table says of an item: one plain sentence in each language."""

from __future__ import annotations

from datetime import date

from creditreport.bidpacks.judge import Finding, Judged, Word

_FOUND: dict[str, tuple[str, str]] = {
    "EMPTY": ("文件是空的，请重新索取", "the file is empty; ask for it again"),
    "TOO_LARGE": ("文件过大，不可能是本机关出具的报告", "the file is too large to be a report issued here"),
    "ARCHIVE": (
        "是没有打开的压缩包，请解压后重新提交",
        "an archive that was not opened; unpack it and send the files again",
    ),
    "NOT_PDF": ("不是 PDF 文件，请索取报告的 PDF 原件", "not a PDF; ask for the report's original PDF"),
    "UNREADABLE": ("文件已损坏或不能读取，请索取 PDF 原件", "damaged or unreadable; ask for the original PDF"),
    "ENCRYPTED": (
        "文件已加密，本机关出具的报告从不加密，请索取 PDF 原件",
        "encrypted, which reports issued here never are; ask for the original PDF",
    ),
    "UNSIGNED": (
        "没有电子签名，不是本机关出具的原件，请索取 PDF 原件",
        "no digital signature, so not an original issued here; ask for the original PDF",
    ),
    "COPY": (
        "是报告 {number} 的复制件（打印、扫描或另存），不是原件，请索取 PDF 原件",
        "a copy of report {number} (printed, scanned or saved anew), not the original; ask for the original PDF",
    ),
    "SHEET": ("是一份批量核验单，不是报告", "a sheet of a bid pack, not a report"),
    "CHANGED": (
        "是本机关的报告但被改动过（第 {step} 步未通过），请勿采信",
        "a report of ours that was changed (step {step} failed); do not rely on it",
    ),
    "NOT_OURS": ("不是本机关出具的报告（第 {step} 步未通过）", "not a report issued here (step {step} failed)"),
    "UNKNOWN_CODE": ("查无此核验码，请勿采信", "there is no such code; do not rely on it"),
    "MISTYPED_CODE": ("核验码有误：{zh}", "the code is mistyped: {en}"),
    "REVOKED": ("报告已于{day}被撤销", "the report was revoked on {day}"),
    "WITHDRAWN": ("报告已于{day}由经营主体撤回", "the report was withdrawn by the business on {day}"),
    "SUPERSEDED": (
        "报告已于{day}被替换，请索取新的报告",
        "the report was superseded on {day}; ask for the new one",
    ),
    "REVOKED_SINCE": ("开标日有效，之后于{day}被撤销", "valid on the opening date, revoked since, on {day}"),
    "WITHDRAWN_SINCE": (
        "开标日有效，之后于{day}由经营主体撤回",
        "valid on the opening date, withdrawn by the business since, on {day}",
    ),
    "SUPERSEDED_SINCE": ("开标日有效，之后于{day}被替换", "valid on the opening date, superseded since, on {day}"),
    "EXPIRED_SINCE": (
        "开标日有效，有效期已于{day}届满",
        "valid on the opening date; its validity has since ended, on {day}",
    ),
    "ENDS_BEFORE": (
        "有效期至{day}，在开标日之前，开标日无效",
        "valid until {day}, before the opening, so not valid on the opening date",
    ),
    "ISSUED_AFTER": (
        "{day}出具，在开标日之后，开标日尚无此报告",
        "issued on {day}, after the opening, so not valid on the opening date",
    ),
    "OTHER_BUSINESS": ("经营主体不在应有名单中", "the business is not on the list of expected ones"),
    "SHORT_WINDOW": (
        "查询年限 {years} 年，短于要求的 {wanted} 年",
        "looks back {years} years, {wanted} are wanted",
    ),
    "FACTS_CHANGED": (
        "出具之后情况有变，请要求重新出具",
        "facts have changed since it was issued; ask for a new one",
    ),
    "OBJECTION_OPEN": ("所列记录有正在处理的异议", "an objection to a listed record is being dealt with"),
    "REDUCED_SIGNATURE_LEVEL": (
        "签名级别低于通常要求，签名本身有效",
        "its signature is below the usual level, and valid",
    ),
    "SAME_FILE": ("与第 {position} 项是同一个文件", "the same file as item {position}"),
    "SAME_REPORT": ("与第 {position} 项是同一份报告", "the same report as item {position}"),
    "SAME_BUSINESS": (
        "与第 {position} 项是同一经营主体的另一份报告",
        "another report of the same business as item {position}",
    ),
}
_FINE = ("真实，开标日有效", "genuine and valid on the opening date")
WORDS: dict[Word, tuple[str, str]] = {
    Word.USABLE: ("可用", "usable"),
    Word.CHECK: ("须复核", "to be checked"),
    Word.UNUSABLE: ("不可用", "not usable"),
}


def chinese_day(day: date) -> str:
    """2026年11月21日"""
    return f"{day.year}年{day.month}月{day.day}日"


def english_day(day: date) -> str:
    """21 November 2026"""
    return f"{day.day} {day:%B %Y}"


def sentence(row: Judged) -> tuple[str, str]:
    """What is to be said of an item, in Chinese and in English."""
    found = [_said(one) for one in row.findings]
    if row.word is Word.USABLE and not any(one.code == "EXPIRED_SINCE" for one in row.findings):
        found.insert(0, _FINE)
    zh, en = "；".join(one[0] for one in found), "; ".join(one[1] for one in found)
    return f"{zh}。", f"{en[:1].upper()}{en[1:]}."


def _said(finding: Finding) -> tuple[str, str]:
    zh, en = _FOUND[finding.code]
    named = {
        "position": finding.position,
        "step": finding.step,
        "years": finding.years,
        "wanted": finding.wanted,
        "number": finding.number,
    }
    days = (chinese_day(finding.day), english_day(finding.day)) if finding.day is not None else ("", "")
    return (
        zh.format(day=days[0], zh=finding.zh, en=finding.en, **named),
        en.format(day=days[1], zh=finding.zh, en=finding.en, **named),
    )


def code_problems() -> set[str]:
    """The findings that have a sentence; a test compares them with the rules."""
    return set(_FOUND)
