"""The pre-check's words in Chinese and English: what each reason means, and what would change a record."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from creditreport.violations.reason import Reason


class Way(StrEnum):
    """How what a report says of a record would change."""

    REPAIR = "REPAIR"
    REPAIR_PENDING = "REPAIR_PENDING"
    REPAIR_DUE = "REPAIR_DUE"
    REMOVAL = "REMOVAL"
    REMOVAL_DUE = "REMOVAL_DUE"
    PUBLICITY_END = "PUBLICITY_END"
    WINDOW_LEFT = "WINDOW_LEFT"
    WINDOW_ENTERED = "WINDOW_ENTERED"
    FEWER_YEARS = "FEWER_YEARS"
    MORE_YEARS = "MORE_YEARS"
    OBJECTION = "OBJECTION"
    DOMAIN_START = "DOMAIN_START"
    OTHER_RULES = "OTHER_RULES"
    IN_EFFECT = "IN_EFFECT"
    REVIEW = "REVIEW"
    LATER_DECISION = "LATER_DECISION"
    LISTED_AGAIN = "LISTED_AGAIN"
    PROTECTION_END = "PROTECTION_END"
    MADE_PUBLIC = "MADE_PUBLIC"
    LISTED_ELSEWHERE = "LISTED_ELSEWHERE"
    NEW_DECISION = "NEW_DECISION"
    NOTHING = "NOTHING"


WAYS: Mapping[Way, tuple[str, str]] = {
    Way.REPAIR: (
        "可以申请信用修复：向{unit}提出，或通过“{portal}”网站提交；修复完成后不再列示。",
        "Credit repair can be applied for: with {unit}, or through the site {portal}; "
        "once repaired it is no longer listed.",
    ),
    Way.REPAIR_PENDING: (
        "信用修复已经申请，由{unit}办理；完成后不再列示。",
        "Credit repair has been applied for and is with {unit}; once it is complete the record is no longer listed.",
    ),
    Way.REPAIR_DUE: (
        "信用修复自 {on} 起生效，此后出具的报告不再列示。",
        "The credit repair counts from {on}; reports issued from then on no longer list it.",
    ),
    Way.REMOVAL: (
        "是持续状态：由列入单位移出名单或确认履行完毕后不再列示，请联系{unit}。",
        "A continuing state: no longer listed once the authority removes it or finds it fulfilled; contact {unit}.",
    ),
    Way.REMOVAL_DUE: (
        "已定于 {on} 移出名单，此后出具的报告不再列示。",
        "It is to be removed from the list on {on}; reports issued from then on no longer list it.",
    ),
    Way.PUBLICITY_END: (
        "公示期届满后自动不再列示：自 {on} 起出具的报告不再包含它。",
        "It ends by itself with its publicity: reports issued from {on} on no longer list it.",
    ),
    Way.WINDOW_LEFT: (
        "查询 {years} 年的报告，自 {on} 起出具的不再列示，因为届时已早于查询期间。",
        "Reports over {years} issued from {on} on no longer list it: it is before their window then.",
    ),
    Way.WINDOW_ENTERED: (
        "决定晚于查询期间的最后一天；自 {on} 起出具的报告会把它纳入查询期间，届时按规则判定。",
        "It is later than the window's last day; reports issued from {on} on reach it and are decided by the rules.",
    ),
    Way.FEWER_YEARS: ("查询 {years} 年的报告不列示。", "Reports over {years} do not list it."),
    Way.MORE_YEARS: ("查询 {years} 年的报告会列示。", "Reports over {years} list it."),
    Way.OBJECTION: (
        "如认为记录有误，可向{authority}提出异议，由{unit}核查并答复；更正后按更正的内容判定。",
        "If the record is wrong, object with {authority}; {unit} looks into it and answers, "
        "and what is corrected counts.",
    ),
    Way.DOMAIN_START: (
        "该领域自 {on} 起实施，届时按规则判定。",
        "The field is in force from {on}; from then on the record is decided by the rules.",
    ),
    Way.OTHER_RULES: (
        "现行规则集不列此类记录；规则集变更后重新判定。",
        "The present rule set does not list such records; under another rule set it is decided anew.",
    ),
    Way.IN_EFFECT: (
        "决定生效后按规则判定，可能列示；由{unit}更新其效力。",
        "Once the decision takes effect it is decided by the rules and may be listed; {unit} tells its effect.",
    ),
    Way.REVIEW: (
        "已转工作人员复核；请留意{unit}的处理结果。",
        "Staff are reviewing it; {unit} will tell the outcome.",
    ),
    Way.LATER_DECISION: (
        "以后续决定{document}为准；该决定如被撤销，本决定重新判定。",
        "The later decision {document} counts instead; should that be revoked, this one is decided anew.",
    ),
    Way.LISTED_AGAIN: (
        "再次列入名单时，按新的列入判定。",
        "If it is put on the list again, the new entry is decided by the rules.",
    ),
    Way.PROTECTION_END: (
        "重整期间暂不展示；保护结束后重新判定。",
        "It is shielded during the reorganisation and is decided anew when that ends.",
    ),
    Way.MADE_PUBLIC: (
        "{unit}公示后按规则判定。",
        "Once {unit} makes it public it is decided by the rules.",
    ),
    Way.LISTED_ELSEWHERE: (
        "同一决定已列入第 {number} 领域“{title_zh}”，只列一次。",
        "The same decision is listed in field {number}, {title_en}, and only there.",
    ),
    Way.NEW_DECISION: (
        "不再列示；如重新作出决定，新的决定另行判定。",
        "It is not listed any more; a decision made anew is decided by itself.",
    ),
    Way.NOTHING: ("不会再列示，无需办理。", "It will not be listed; nothing needs to be done."),
}
REASONS: Mapping[Reason, tuple[str, str]] = {
    Reason.NOT_THIS_ENTITY: ("另一主体的记录", "Another business's record"),
    Reason.DOMAIN_NOT_IMPLEMENTED: ("领域尚未实施", "The field is not in force yet"),
    Reason.CATEGORY_NOT_COVERED: ("该类记录不属于违法违规记录", "Not a kind that counts as a violation record"),
    Reason.OUT_OF_TERRITORY: ("非本市机关作出", "Decided outside this city"),
    Reason.SEALED: ("已封存", "Sealed"),
    Reason.UNDISCLOSABLE: ("依法不得公开", "May not be disclosed by law"),
    Reason.EXEMPT_FROM_PENALTY: ("不予处罚", "Exempt from penalty"),
    Reason.NOT_EFFECTIVE: ("尚未生效", "Not in effect yet"),
    Reason.REVOKED: ("已撤销", "Revoked"),
    Reason.UNDER_REVIEW: ("已确认违法，待复核", "Held unlawful, under review"),
    Reason.SUPERSEDED: ("已由后续决定变更", "Superseded by a later decision"),
    Reason.REPAIRED: ("已完成信用修复", "Repaired"),
    Reason.LIST_REMOVED: ("已移出名单", "Removed from the list"),
    Reason.SHIELDED: ("重整期间暂不展示", "Shielded by a reorganisation plan"),
    Reason.NOT_PUBLICISED: ("未经公示", "Not made public"),
    Reason.PUBLICITY_ENDED: ("公示期已届满", "Publicity has ended"),
    Reason.SUMMARY_PROCEDURE: ("适用简易程序", "Summary procedure"),
    Reason.WARNING_ONLY: ("仅为警告或通报批评", "No more than a warning or public criticism"),
    Reason.OUTSIDE_WINDOW: ("不在查询期间", "Outside the window"),
    Reason.DUPLICATE: ("同一决定已在另一领域列示", "Listed in another field already"),
}
# Added where a day rests on a year whose working days are not announced yet.
ESTIMATED = (
    "（当年工作日尚未公布，日期为估算。）",
    "(An estimate: the working days of that year are not announced yet.)",
)
LISTED = ("会列示", "Would be listed")
