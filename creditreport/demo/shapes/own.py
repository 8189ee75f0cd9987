"""Departments with a case system of their own; tables and columns are *invented*, in the manner of real ones.

The double-publicity form has no columns for effect, repair, procedure or disclosure; these systems have them.
"""

from __future__ import annotations

from creditreport.demo.case import Case
from creditreport.demo.shapes.base import Shape, word_of
from creditreport.demo.sources import Cell, Table

ECOLOGY = Table(
    "ECOLOGY", "st_xzcf_aj",
    (
        "ajbh", "dsr_mc", "dsr_dm", "wslx", "wsh", "wfxw", "wfss", "cfyj", "cfzl", "cfnr", "fkje", "mssdje", "jdrq",
        "cflc", "yzcd", "gszt", "gsjzrq", "jdjg", "jdjgcj", "jdxl", "tdwsh", "clzt", "xfzt", "xfrq", "smbz", "yybz",
        "gxsj",
    ),
)  # fmt: skip
POLICE = Table(
    "POLICE", "ga_ajjg",
    (
        "ajbh", "ztmc", "ztlb", "shxydm", "wslx", "wswh", "ay", "jyaq", "flyj", "cfzl", "jgnr", "fkje", "jdrq", "cxlb",
        "sxzt", "fcbs", "bgkbs", "sydq", "badw",
    ),
)  # fmt: skip
LABOUR = Table(
    "LABOUR", "ldbzjc_case",
    (
        "case_id", "emp_name", "emp_uscc", "doc_type", "doc_no", "vio_type", "vio_fact", "law_basis", "pun_type",
        "pun_content", "pun_amt", "dec_date", "proc_type", "pub_status", "pub_end", "replace_doc", "reorg_plan_date",
        "dec_state", "dec_dept", "remark",
    ),
)  # fmt: skip
MEDICAL = Table(
    "MEDICAL", "yb_jjjg_cf",
    (
        "cf_id", "jgmc", "jgdm", "jds_wh", "wf_lx", "wf_ss", "yj", "cf_lx", "cf_nr", "fk_wy", "tf_je", "jd_rq", "gs_zt",
        "gs_jz", "jbr",
    ),
    numeric=("fk_wy",),
)  # fmt: skip
MEDICAL_LOG = Table("MEDICAL", "yb_sync_log", ("tbl", "done_at"))

_EFFECTS = {
    "effective": "有效", "amended": "已变更", "not_effective": "未生效", "revoked": "已撤销",
    "illegality_confirmed": "确认违法",
}  # fmt: skip
_PROCEDURES = {"summary": "简易程序", "ordinary": "普通程序"}


class Ecology(Shape):
    """Nearly everything about a decision, in Chinese words."""

    key = ("ajbh",)
    kinds = frozenset({"penalty", "rectification_order", "compulsory_measure"})
    states = frozenset({
        "procedure", "severity", "publicised", "publicity_until", "local", "effect", "supersedes", "disposition",
        "repair", "repaired_on", "undisclosable", "disputed",
    })  # fmt: skip

    def __init__(self) -> None:
        super().__init__(ECOLOGY)

    def row(self, case: Case) -> dict[str, Cell]:
        """The table's columns."""
        quirks, state = self.quirks, case.state
        return {
            "ajbh": self.identifier("HJ"),
            "dsr_mc": case.business.name,
            "dsr_dm": quirks.code(case.recorded_code),
            "wslx": {"penalty": "行政处罚", "rectification_order": "责令改正"}.get(case.kind, "行政强制措施"),
            "wsh": case.number,
            "wfxw": case.violation,
            "wfss": case.facts,
            "cfyj": case.basis,
            "cfzl": "" if state("disposition") else "、".join(case.types),
            "cfnr": case.content,
            "fkje": quirks.yuan(case.fine),
            "mssdje": quirks.yuan(case.confiscated),
            "jdrq": quirks.day(case.day),
            "cflc": word_of(_PROCEDURES, state("procedure"), "普通程序"),
            "yzcd": word_of({"minor": "轻微", "general": "一般", "serious": "严重"}, state("severity"), "一般"),
            "gszt": word_of({"true": "已公示", "false": "不予公示"}, state("publicised"), "已公示"),
            "gsjzrq": quirks.end(state("publicity_until")),
            "jdjg": case.authority if state("local") is not False else "示例市生态环境局",
            "jdjgcj": word_of({"true": "本市", "false": "外市"}, state("local"), "本市"),
            "jdxl": word_of(_EFFECTS, state("effect"), "有效"),
            "tdwsh": quirks.number(str(state("supersedes"))) if state("supersedes") else quirks.nothing(),
            "clzt": word_of({"exempted": "不予处罚", "pending": "审理中"}, state("disposition"), "已处罚"),
            "xfzt": word_of({"none": "未修复", "applied": "已申请", "repaired": "已修复"}, state("repair")),
            "xfrq": quirks.day(state("repaired_on")),
            "smbz": word_of({"true": "1", "false": "0"}, state("undisclosable"), "0"),
            "yybz": word_of({"true": "1", "false": "0"}, state("disputed"), "0"),
            "gxsj": f"{case.day.isoformat()} 10:00:00",
        }


class Police(Shape):
    """Administrative penalties, seizures and judgments; sealed and undisclosable ones are marked."""

    key = ("ajbh",)
    kinds = frozenset({"penalty", "criminal_judgment", "compulsory_measure"})
    states = frozenset({"procedure", "effect", "sealed", "undisclosable", "local"})

    def __init__(self) -> None:
        super().__init__(POLICE)

    def row(self, case: Case) -> dict[str, Cell]:
        """The table's columns."""
        state = case.state
        return {
            "ajbh": self.identifier("GA"),
            "ztmc": case.business.name,
            "ztlb": "单位",
            "shxydm": self.quirks.code(case.recorded_code),
            "wslx": {"penalty": "行政处罚", "criminal_judgment": "刑事判决"}.get(case.kind, "行政强制措施"),
            "wswh": case.number,
            "ay": case.violation,
            "jyaq": case.facts,
            "flyj": case.basis,
            "cfzl": "、".join(case.types) if case.kind == "penalty" else "",
            "jgnr": case.content,
            "fkje": self.quirks.yuan(case.fine),
            "jdrq": self.quirks.day(case.day),
            "cxlb": word_of(_PROCEDURES, state("procedure"), "普通程序"),
            "sxzt": word_of({**_EFFECTS, "effective": "已生效"}, state("effect"), "已生效"),
            "fcbs": word_of({"true": "Y", "false": "N"}, state("sealed"), "N"),
            "bgkbs": word_of({"true": "Y", "false": "N"}, state("undisclosable"), "N"),
            "sydq": word_of({"true": "本市", "false": "外市"}, state("local"), "本市"),
            "badw": case.authority if state("local") is not False else "示例市公安局",
        }


class Labour(Shape):
    """Labour inspection: penalties and orders to correct; a court-approved reorganisation plan is noted."""

    key = ("case_id",)
    kinds = frozenset({"penalty", "rectification_order"})
    states = frozenset({"procedure", "publicised", "publicity_until", "supersedes", "shielded", "effect"})

    def __init__(self) -> None:
        super().__init__(LABOUR)

    def row(self, case: Case) -> dict[str, Cell]:
        """The table's columns."""
        state = case.state
        return {
            "case_id": self.identifier("LD"),
            "emp_name": case.business.name,
            "emp_uscc": self.quirks.code(case.recorded_code),
            "doc_type": "行政处罚" if case.kind == "penalty" else "责令改正",
            "doc_no": case.number,
            "vio_type": case.violation,
            "vio_fact": case.facts,
            "law_basis": case.basis,
            "pun_type": "；".join(case.types),
            "pun_content": case.content,
            "pun_amt": self.quirks.yuan(case.fine),
            "dec_date": self.quirks.day(case.day),
            "proc_type": word_of({"summary": "01", "ordinary": "02"}, state("procedure"), "02"),
            "pub_status": word_of({"true": "公示中", "false": "停止公示"}, state("publicised"), "公示中"),
            "pub_end": self.quirks.end(state("publicity_until")),
            "replace_doc": self.quirks.number(str(state("supersedes"))) if state("supersedes") else "",
            "reorg_plan_date": self.quirks.day(case.day) if state("shielded") else "",
            "dec_state": word_of(_EFFECTS, state("effect"), "有效"),
            "dec_dept": case.authority,
            "remark": self.quirks.nothing(),
        }


class Medical(Shape):
    """Medical insurance fund supervision: fines in 万元 as numbers, refunds beside them."""

    key = ("cf_id",)
    states = frozenset({"publicised", "publicity_until"})

    def __init__(self) -> None:
        super().__init__(MEDICAL)

    def row(self, case: Case) -> dict[str, Cell]:
        """The table's columns."""
        return {
            "cf_id": self.identifier("YB"),
            "jgmc": case.business.name,
            "jgdm": self.quirks.code(case.recorded_code),
            "jds_wh": case.number,
            "wf_lx": case.violation,
            "wf_ss": case.facts,
            "yj": case.basis,
            "cf_lx": "、".join(case.types),
            "cf_nr": case.content,
            "fk_wy": None if case.fine is None else float(case.fine / 10000),
            "tf_je": self.quirks.yuan(case.confiscated),
            "jd_rq": self.quirks.day(case.day),
            "gs_zt": word_of({"true": "公示", "false": "未公示"}, case.state("publicised"), "公示"),
            "gs_jz": self.quirks.end(case.state("publicity_until")),
            "jbr": "经办人A",
        }
