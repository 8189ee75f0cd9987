"""What tables, columns, indicators and codes are called, in Chinese and English: on the page, in files, on paper."""

from __future__ import annotations

from creditreport.objections.flow import KIND_WORDS, CaseKind

Words = dict[str, tuple[str, str]]

TABLES: Words = {
    "issued_by_day": ("每日出具", "Issued by day"),
    "issued_by_purpose": ("按用途", "By purpose"),
    "issued_by_field": ("列有记录的领域", "Fields with listed records"),
    "verified_by_day": ("每日核验", "Verified by day"),
    "verified_by_verdict": ("核验结论", "Verdicts"),
    "refused_by_reason": ("未能出具的原因", "Why no report was issued"),
    "refused_by_source": ("影响出具的来源", "Sources that stood in the way"),
    "numbers_unissued": ("未用成的报告编号", "Report numbers without a report"),
    "publicity": ("双公示上报", "Double publicity"),
    "cases_by_kind": ("异议和修复申请", "Objections and repair requests"),
    "letters_by_unit": ("责任单位答复协查函", "Units' answers to co-handling letters"),
    "sources": ("各领域数据现状", "The fields' data now"),
    "indicators": ("主要指标", "Key figures"),
}
NOTES: Words = {
    "issued_by_field": (
        "报告列有该领域记录的份数，以及所列记录的条数。",
        "Reports that list records of the field, and the records that they list.",
    ),
    "verified_by_day": (
        "只计查到报告的核验；不记录核验者是谁。",
        "Only verifications that led to a report; who verifies is not recorded.",
    ),
    "refused_by_reason": (
        "同一主体同一日因同一原因只计一户次；等候中的申请会反复尝试，另计次数。",
        "A business counts once a day for each reason; waiting requests are tried again, the tries are told beside it.",
    ),
    "publicity": (
        "上报率：期内有上报的领域占有上报义务的领域。合规率：一次通过的行占上报的行，退回一次计一次。"
        "及时率：作出决定之日起在规定工作日内上报的行占通过的行。",
        "Reporting: fields that sent anything, of those with the duty. Compliance: rows accepted, of rows sent; a row "
        "counts each time that it is sent back. Timeliness: accepted rows sent within the limit of working days.",
    ),
    "cases_by_kind": (
        "按期：自提交起，不计补正期间，在规定工作日内答复申请人。",
        "In time: answered within the limit of working days from filing, the time of completing left out.",
    ),
    "letters_by_unit": (
        "只计单位已答复或退回的协查函；逾期未答复按期末计。",
        "Letters that the unit answered or sent back; those overdue are counted at the period's end.",
    ),
    "sources": (
        "统计时的现状，不是期内情况。",
        "As it is when this is counted, not during the period.",
    ),
}
COLUMNS: Words = {
    "day": ("日期", "Day"),
    "total": ("合计", "Total"),
    "purpose": ("用途", "Purpose"),
    "reports": ("报告", "Reports"),
    "share": ("占比", "Share"),
    "businesses": ("主体", "Businesses"),
    "field": ("领域", "Field"),
    "records": ("记录", "Records"),
    "verdict": ("结论", "Verdict"),
    "looks": ("次数", "Times"),
    "reason": ("原因", "Reason"),
    "askings": ("户次", "Business-days"),
    "tries": ("尝试次数", "Tries"),
    "numbers": ("编号", "Numbers"),
    "unit": ("责任单位", "Responsible unit"),
    "files": ("文件", "Files"),
    "accepted": ("通过", "Accepted"),
    "rejected": ("未支持", "Rejected"),
    "compliance": ("合规率", "Compliance"),
    "late": ("迟报", "Late"),
    "timeliness": ("及时率", "Timeliness"),
    "median_days": ("中位工作日", "Median days"),
    "longest_days": ("最长工作日", "Longest"),
    "case_kind": ("事项", "Matter"),
    "filed": ("提交", "Filed"),
    "upheld": ("支持", "Upheld"),
    "withdrawn": ("撤回", "Withdrawn"),
    "open": ("期末在办", "Open at end"),
    "answered": ("已答复", "Answered"),
    "sent_back": ("其中退回", "Sent back"),
    "in_time": ("按期率", "In time"),
    "overdue": ("逾期未答复", "Overdue"),
    "mode": ("方式", "Mode"),
    "data_as_of": ("数据截至", "Data as of"),
    "behind_days": ("滞后工作日", "Days behind"),
    "waiting": ("待核定行", "Rows to settle"),
    "state": ("状态", "State"),
    "indicator": ("指标", "Figure"),
    "value": ("数值", "Value"),
    "publicity.rejected": ("退回", "Sent back"),
}
INDICATORS: Words = {
    "reports_issued": ("出具报告（份）", "Reports issued"),
    "businesses_served": ("取得报告的主体（户）", "Businesses served"),
    "reports_clean": ("未查见记录的报告占比", "Reports without a record"),
    "verified": ("核验（次）", "Verifications"),
    "verified_valid": ("核验结论为有效的占比", "Verified as valid"),
    "refused": ("未能出具（户次）", "Refused (business-days)"),
    "publicity_reporting": ("双公示上报率", "Double publicity: reporting"),
    "publicity_compliance": ("双公示合规率", "Double publicity: compliance"),
    "publicity_timeliness": ("双公示及时率", "Double publicity: timeliness"),
    "codes_found": ("新发现重错码（个）", "Duplicate codes found"),
    "codes_cleaned": ("到期重错码当月清理率", "Duplicate codes cleaned within the month"),
    "objections_filed": ("异议提交（件）", "Objections filed"),
    "objections_decided": ("异议办结（件）", "Objections decided"),
    "objections_in_time": ("异议按期办结率", "Objections decided in time"),
    "objections_median": ("异议办结中位工作日", "Median days to decide an objection"),
    "repairs_filed": ("修复申请提交（件）", "Repair requests filed"),
    "repairs_decided": ("修复申请办结（件）", "Repair requests decided"),
    "repairs_in_time": ("修复申请按期办结率", "Repair requests decided in time"),
    "repairs_median": ("修复申请办结中位工作日", "Median days to decide a repair request"),
    "units_in_time": ("责任单位按期答复率", "Units answering in time"),
    "fields_fresh": ("数据未过期的领域占比", "Fields with fresh data"),
}
MONTHLY: Words = {
    "title": ("信用报告工作月报", "Monthly report on credit reports"),
    "made": ("统计期间 {first} 至 {last}，统计时间 {at}", "From {first} to {last}, counted at {at}"),
    "running": (
        "统计时本期尚未结束，数字还会变化。",
        "The period was not over when this was counted: the figures will still change.",
    ),
    "publicity": ("双公示和统一代码", "Double publicity and unified codes"),
    "rights": ("异议和信用修复", "Objections and credit repair"),
    "use": ("信用报告的出具和使用", "Reports issued and used"),
    "data": ("数据质量", "Quality of data"),
    "none": ("期内没有。", "None in this period."),
    "page": ("第 {page} 页，共 {pages} 页", "Page {page} of {pages}"),
}
PURPOSES: Words = {
    "finance": ("金融", "Finance"),
    "commerce": ("商务", "Commerce"),
    "administration": ("行政", "Administration"),
}
CHANNELS: Words = {
    "page": ("网页", "Page"),
    "api": ("接口", "API"),
    "file": ("上传文件", "File"),
    "bid_pack": ("批量核验", "Bid pack"),
}
VERDICTS: Words = {
    "VALID": ("有效", "Valid"),
    "EXPIRED": ("已过期", "Expired"),
    "SUPERSEDED": ("已被替换", "Superseded"),
    "REVOKED": ("已撤销", "Revoked"),
    "UNKNOWN": ("查无此码", "Unknown"),
    "MISTYPED": ("输入有误", "Mistyped"),
    "TAMPERED": ("已被改动", "Tampered with"),
    "NOT_ISSUED_HERE": ("非本站出具", "Not issued here"),
}
REASONS: Words = {
    "SOURCE_UNAVAILABLE": ("来源没有应答", "A source did not answer"),
    "SOURCE_STALE": ("来源数据过旧", "A source's data are too old"),
    "SOURCE_INCOMPLETE": ("来源有不能确认的记录", "A source has a record to be settled"),
    "ENTITY_NOT_ELIGIBLE": ("主体不能申请", "The business may not apply"),
    "DUPLICATE_USCC": ("统一代码重复", "The code is held twice"),
    "MISSING_GLYPH": ("字库缺字", "A character has no glyph"),
    "FONTS_MISSING": ("字库不可用", "The fonts are missing"),
    "SIGNING_UNAVAILABLE": ("签名不可用", "Signing was not possible"),
    "NUMBER_LOST": ("办理超时", "Issuing took too long"),
    "process ended": ("程序中断", "The process ended"),
    "reserved": ("办理中", "Being issued"),
    "IntegrityError": ("同一申请同时提交", "The same request came twice at once"),
}
MODES: Words = {"live": ("实时查询", "Live"), "mirrored": ("镜像", "Mirrored")}
STATES: Words = {
    "GOOD": ("正常", "Good"),
    "TROUBLE": ("不可用", "In trouble"),
    "STALE": ("过旧", "Stale"),
    "WAITING": ("有待核定行", "Rows to settle"),
    "UNKNOWN": ("尚未查询", "Not asked yet"),
}
CASE_KINDS: Words = {kind.value: KIND_WORDS[CaseKind(kind)] for kind in CaseKind}


def said(words: Words, key: str, language: str) -> str:
    """The word of ``words`` for ``key``; a code without a word is told as it is, never left out."""
    found = words.get(key)
    return key if found is None else found[0 if language == "zh" else 1]
