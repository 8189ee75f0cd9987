"""Work safety: a penalty lies in two tables, the case and its decisions.

``punish_case_code`` of the decision table is *invented*: the real list shows no column that leads to the case. One case
may have several decisions.
"""

from __future__ import annotations

from creditreport.demo.case import Case
from creditreport.demo.shapes.base import Shape, organ_code, word_of
from creditreport.demo.sources import Cell, Row, Sources, Table

CASES = Table(
    "EMERGENCY", "dw_zj_fzgg_cfjbxx",
    (
        "cd_id", "record_unique_identity", "punish_case_code", "punish_action_name", "implement_institution",
        "implement_institution_code", "is_entrust", "entrust_dept_name", "entrust_dept_code", "case_process_type",
        "case_source_type", "case_source_date", "check_case_code", "deportation_dept_name", "deportation_dept_code",
        "administrative_cp_type", "administrative_cp_name", "administrative_cp_cert_type",
        "administrative_cp_cert_code", "administrative_cp_tel", "legal_representative", "legal_representative_idcard",
        "area_code_live", "area_name_live", "address_live", "area_code_registerd", "area_name_registerd",
        "address_registerd", "area_code_operating", "area_name_operating", "address_operating",
        "punish_personnel_name", "punish_personnel_code", "case_desc", "is_deported", "deport_time", "is_filing",
        "create_time", "opt_type", "env_flag", "source_dept_code", "cd_time", "admini_division_code", "org_code",
        "legal_representative_type", "flag",
    ),
)  # fmt: skip
DECISIONS = Table(
    "EMERGENCY", "dw_zj_fzgg_xzcfjdxx",
    (
        "id", "case_name", "extend_1", "punish_type", "admin_punish_doc", "punish_content", "law_basis",
        "punish_money", "illegality_money", "revoke_license", "revoke_code", "punish_decide_tm", "punish_valid_dt",
        "public_deadline", "casedeptname", "extend_2", "cf_sjly", "cf_sjlydm", "cancel_reason", "punish_case_code",
    ),
)  # fmt: skip


class Safety(Shape):
    """Writes a decision, and its case unless the business has an open one of the same procedure."""

    key = ("id",)
    states = frozenset({"procedure", "publicity_until", "effect"})

    def __init__(self) -> None:
        super().__init__(DECISIONS)
        self.open_cases: dict[tuple[str, str], str] = {}
        self.new_cases: list[dict[str, Cell]] = []

    def can_state(self, case: Case) -> bool:
        """Of the effects only a withdrawn decision can be told."""
        return super().can_state(case) and case.state("effect") in {None, "revoked"}

    def row(self, case: Case) -> dict[str, Cell]:
        """The decision's columns."""
        return {
            "id": self.identifier("YJ"),
            "case_name": f"{case.business.name}{case.violation}案",
            "extend_1": case.violation,
            "punish_type": "、".join(case.types),
            "admin_punish_doc": case.number,
            "punish_content": case.content,
            "law_basis": case.basis,
            "punish_money": self.quirks.yuan(case.fine),
            "illegality_money": self.quirks.nothing() if case.confiscated is None else f"{case.confiscated:,.2f}",
            "punish_decide_tm": self.quirks.day(case.day),
            "punish_valid_dt": self.quirks.end(None),
            "public_deadline": self.quirks.end(case.state("publicity_until")),
            "casedeptname": case.authority,
            "extend_2": organ_code(case.authority),
            "cf_sjly": case.authority,
            "cf_sjlydm": organ_code(case.authority),
            "cancel_reason": "事实认定错误，自行撤销" if case.state("effect") == "revoked" else self.quirks.nothing(),
            "punish_case_code": self._case_code(case),
        }

    def add(self, row: Row, sources: Sources) -> None:
        """The decision, and the case that was opened for it."""
        for opened in self.new_cases:
            sources.add(CASES, opened)
        self.new_cases.clear()
        sources.add(DECISIONS, row)

    def _case_code(self, case: Case) -> str:
        procedure = word_of({"summary": "01", "ordinary": "02"}, case.state("procedure"), "02")
        owner = (case.recorded_code, procedure)
        if owner in self.open_cases:
            return self.open_cases.pop(owner)
        code = self.open_cases[owner] = self.identifier("盐应急案")
        self.new_cases.append(case_row(code, case, procedure, self.quirks.code(case.recorded_code)))
        return code


def case_row(code: str, case: Case, procedure: str, written_code: str, env_flag: str = "0") -> dict[str, Cell]:
    """The case's columns; ``env_flag`` 1 marks test data."""
    return {
        "cd_id": f"cd-{code}",
        "record_unique_identity": f"ru-{code}",
        "punish_case_code": code,
        "punish_action_name": case.violation,
        "implement_institution": case.authority,
        "implement_institution_code": organ_code(case.authority),
        "case_process_type": procedure,
        "administrative_cp_type": "法人及非法人组织",
        "administrative_cp_name": case.business.name,
        "administrative_cp_cert_type": "统一社会信用代码",
        "administrative_cp_cert_code": written_code,
        "legal_representative": case.business.legal_representative,
        "area_name_live": case.business.district,
        "case_desc": case.facts,
        "is_filing": "1",
        "env_flag": env_flag,
    }
