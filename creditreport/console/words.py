"""The words that the staff's pages show for codes."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

DESK_WORDS: dict[str, dict[str, LazyString]] = {
    "source_state": {
        "GOOD": _("正常"),
        "WAITING": _("有行待核定"),
        "STALE": _("数据过旧"),
        "TROUBLE": _("有故障"),
        "UNKNOWN": _("尚无答复"),
    },
    "mode": {"live": _("实时查询"), "mirrored": _("定期同步")},
    "driver": {"sql": _("数据库"), "rest": _("接口"), "files": _("文件")},
    "row_state": {
        "open": _("待核定"),
        "proposed": _("待另一人确认"),
        "left": _("来源已更正"),
        "corrected": _("已更正"),
        "mapped": _("已指明主体"),
        "dismissed": _("已排除"),
    },
    "run_state": {"running": _("进行中"), "complete": _("完成"), "failed": _("失败")},
    "party": {"business": _("经营主体"), "credit_office": _("信用办"), "unit": _("责任单位"), "time": _("系统")},
    "turn": {"business": _("轮到经营主体"), "credit_office": _("轮到信用办"), "unit": _("轮到责任单位")},
    "turn_own": {"business": _("轮到您办理"), "credit_office": _("信用办办理中"), "unit": _("责任单位核实中")},
    "deadline": {
        "forward": _("转交责任单位"),
        "unit_answer": _("责任单位答复"),
        "office_answer": _("答复经营主体"),
        "completion": _("补正"),
    },
    "finding": {
        "record_wrong": _("记录有误"),
        "record_right": _("记录无误"),
        "unclear": _("不能查清"),
    },
    "outcome": {
        "withdraw": _("撤下记录"),
        "amend": _("更正内容"),
        "repaired": _("标为已修复"),
        "unit_corrects": _("由责任单位更正数据"),
        "rejected": _("不予支持"),
    },
    "outcome_what": {
        "withdraw": _("记录不应存在或不属于该主体：新报告不再列示。"),
        "amend": _("记录存在但内容有误：按更正后的内容判定和列示。"),
        "repaired": _("信用修复已完成：新报告不再列示，须附修复决定。"),
        "unit_corrects": _("针对整个领域的异议：责任单位在来源中更正，本站不改单条记录。"),
        "rejected": _("记录无误：维持不变，告知理由和救济途径。"),
    },
    "told_of_case": {
        "objection_referred": _("转来一件，请答复"),
        "objection_sent_back": _("责任单位退回"),
        "objection_decided": _("已有决定"),
        "objection_overdue": _("期限已过"),
    },
    "correction_event": {
        "changed": _("内容另有变化"),
        "gone": _("不再有这条记录"),
        "back": _("又与更正前一致"),
    },
    "evidence_use": {"business": _("经营主体提交"), "unit": _("责任单位提交"), "decision": _("决定所附")},
    "row_ended": {"superseded": _("此后有变更"), "vanished": _("此后来源不再有"), "remade": _("此后按新清单重读")},
    "record_key": {
        "kind": _("种类"),
        "document_number": _("文号"),
        "violation_type": _("违法行为类型"),
        "facts": _("事实"),
        "legal_basis": _("依据"),
        "penalty_types": _("处罚种类"),
        "penalty_content": _("处罚内容"),
        "fine_yuan": _("罚款金额"),
        "confiscated_yuan": _("没收金额"),
        "decided_on": _("决定日期"),
        "listed_on": _("列入日期"),
        "removed_on": _("移出日期"),
        "authority": _("决定机关"),
        "repair": _("信用修复"),
        "repaired_on": _("修复日期"),
        "effect": _("效力"),
        "publicised": _("是否公示"),
        "publicity_until": _("公示截止"),
        "disputed": _("异议处理中"),
        "disposition": _("处理决定"),
    },
    "number_state": {"reserved": _("在办"), "issued": _("已出具"), "abandoned": _("作废")},
}
