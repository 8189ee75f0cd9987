"""What the parts of a rule set are called, in Chinese and English."""

from __future__ import annotations

from creditreport.violations.reason import Reason
from creditreport.violations.record import Kind
from creditreport.violations.ruleset import LimitName

Words = tuple[str, str]

KINDS: dict[Kind, Words] = {
    Kind.PENALTY: ("行政处罚", "administrative penalty"),
    Kind.COMPULSORY_MEASURE: ("行政强制", "compulsory measure"),
    Kind.CRIMINAL_JUDGMENT: ("刑事裁判", "criminal judgment"),
    Kind.RECTIFICATION_ORDER: ("责令改正", "order to rectify"),
    Kind.OTHER: ("其他决定", "other decision"),
    Kind.SERIOUS_DISHONESTY_LISTING: ("列入严重失信主体名单", "serious-dishonesty list"),
    Kind.JUDGMENT_DEFAULTER: ("失信被执行人", "judgment defaulter"),
    Kind.UNFULFILLED_JUDGMENT: ("未履行生效裁判", "unfulfilled judgment"),
    Kind.ABNORMAL_OPERATION_LISTING: ("列入经营异常名录", "abnormal-operation list"),
}
REASONS: dict[Reason, Words] = {
    Reason.NOT_THIS_ENTITY: ("不是本经营主体的记录", "another business's record"),
    Reason.DOMAIN_NOT_IMPLEMENTED: ("领域尚未实施", "domain not yet implemented"),
    Reason.CATEGORY_NOT_COVERED: ("类别不在范围内", "kind not covered"),
    Reason.OUT_OF_TERRITORY: ("非本市作出", "not of this city"),
    Reason.SEALED: ("已封存", "sealed"),
    Reason.UNDISCLOSABLE: ("不得公开", "not to be disclosed"),
    Reason.EXEMPT_FROM_PENALTY: ("不予行政处罚", "exempted from penalty"),
    Reason.NOT_EFFECTIVE: ("尚未生效", "not effective"),
    Reason.REVOKED: ("已撤销", "revoked"),
    Reason.UNDER_REVIEW: ("确认违法，复核中", "held unlawful, under review"),
    Reason.SUPERSEDED: ("已被变更", "superseded"),
    Reason.REPAIRED: ("已完成信用修复", "repaired"),
    Reason.LIST_REMOVED: ("已移出名单", "removed from the list"),
    Reason.SHIELDED: ("重整计划已批准", "reorganisation plan approved"),
    Reason.NOT_PUBLICISED: ("未经公示", "not made public"),
    Reason.PUBLICITY_ENDED: ("公示期届满", "publicity ended"),
    Reason.SUMMARY_PROCEDURE: ("适用简易程序的处罚", "penalty by summary procedure"),
    Reason.WARNING_ONLY: ("仅警告、通报批评", "warning or public criticism only"),
    Reason.OUTSIDE_WINDOW: ("不在查询期间", "outside the window"),
    Reason.DUPLICATE: ("重复", "duplicate"),
}
LIMITS: dict[LimitName, Words] = {
    LimitName.UPLOAD: ("责任单位上传处罚决定", "departments upload a penalty decision"),
    LimitName.UNIT_ANSWER: ("责任单位答复协同处理函", "responsible unit answers a co-handling letter"),
    LimitName.FORWARD: ("信用工作机构转交异议", "credit office forwards an objection"),
    LimitName.CREDIT_OFFICE_ANSWER: ("信用工作机构答复经营主体", "credit office answers the business"),
    LimitName.COMPLETION: ("申请人补正", "applicant completes an objection"),
    LimitName.REPAIR_PLATFORM: ("信用修复：平台答复", "credit repair: platform answers"),
    LimitName.REPAIR_AUTHORITY: ("信用修复：认定单位决定", "credit repair: authority decides"),
    LimitName.CODE_CLEANING: ("清理重错码", "duplicate or wrong codes cleaned"),
}
WINDOW: Words = ("最长查询年限", "longest window")
VALIDITY: Words = ("报告有效期", "validity of a report")
EXCLUSION: Words = ("不列示：", "not listed: ")
