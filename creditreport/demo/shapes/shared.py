"""Departments whose tables are known from a city's real data-sharing platform.

Columns that the real tables lack and we need are marked *invented* beside the table.
"""

from __future__ import annotations

from decimal import Decimal

from creditreport.demo.case import Case
from creditreport.demo.quirks import wan_yuan
from creditreport.demo.shapes.base import Shape, word_of
from creditreport.demo.sources import Cell, Row, Sources, Table

# implement_institution (the organ that decided) is invented: without it nobody could tell whose row it is.
PROVINCE = Table(
    "PROVINCE", "dw_shl_sgsxzxk",
    (
        "punish_base_info_code", "punish_case_code", "case_process_type", "punish_action_name", "illegal_fact",
        "illegal_basis", "punish_type", "punish_document_code", "admin_cp_type", "admin_cp_name", "admin_cp_cert_type",
        "uni_social_crd_cd", "legal_represent_type", "legal_represent", "legal_represent_idcard", "punish_content",
        "punish_basis", "fine", "confiscate_illegal_incom", "confiscate_illegal_asset", "set_time", "public_date",
        "public_end_date", "publicstatus", "cutreason", "iscancelcase", "implement_institution",
    ),
    numeric=("fine", "confiscate_illegal_incom", "confiscate_illegal_asset"),
)  # fmt: skip
PROVINCIAL_ORGAN = "江苏省交通运输厅"

# The last two columns have no name in the real table.
MARKET_PENALTIES = Table(
    "MARKET", "dw_nb_scjdgl_xzcfgsxx",
    (
        "lic_id", "pripid", "uni_social_crd_cd", "taxer_nm", "admin_punish_doc", "punish_rea", "punish_dt",
        "punish_result", "legal_per", "legal_per_ident", "src_table", "etl_time",
    ),
)  # fmt: skip
DISHONESTY = Table(
    "MARKET", "dw_zj_scjdgl_yzwfsx",
    (
        "ill_comp_id", "abn_tm", "serill_rea", "rem_dt", "recorg_ogr", "uni_social_crd_cd", "rem_excpres_rea",
        "comp_name", "reg_no", "decorg_org", "pripid", "dsc_city", "dsc_adm_region",
    ),
)  # fmt: skip
ABNORMAL = Table(
    "MARKET", "dw_zj_scjdgl_jyycmlxx",
    (
        "inclu_dt", "busexclist", "inclu_reason", "uni_social_crd_cd", "reg_no", "redecorg_cn", "pripid",
        "remexcpres_cn", "remove_dt", "decorg_cn", "comp_nm",
    ),
)  # fmt: skip
TAX = Table(
    "TAX", "dw_nb_sw_csjrxzcfxx",
    (
        "taxer_nm", "uuid", "uni_social_crd_cd", "punish_dt", "punish_amt", "taxer_no", "admin_punish_doc", "reg_no",
        "punish_rea",
    ),
)  # fmt: skip
COURT = Table(
    "COURT", "dw_shl_qywlxsxcpxx",
    (
        "com_nm", "uni_social_crd_cd", "org_no", "legal_repre", "unit_adds", "execute_court", "case_no",
        "execute_basis", "execute_causes", "fulfil_tm", "execute_amt", "execute_behave", "execute_goods",
        "not_execute_amt", "not_execute_behave", "not_execute_goods", "comm_executed", "expo_dt", "tip_tel",
        "tip_contct_prson", "stc_id", "party_id", "court_cd", "filing_dt",
    ),
    numeric=("execute_amt", "not_execute_amt"),
)  # fmt: skip


class Province(Shape):
    """The province-wide collection: several domains, told apart by the organ that decided; fines in yuan."""

    key = ("punish_base_info_code",)
    states = frozenset({"procedure", "publicised", "publicity_until", "effect", "local", "disposition"})

    def __init__(self) -> None:
        super().__init__(PROVINCE)

    def can_state(self, case: Case) -> bool:
        """Only a penalty decided by an organ of the province is told from the city's own."""
        return (
            super().can_state(case)
            and case.state("effect") in {None, "revoked"}
            and (case.state("local") is None or case.slug == "transport")
        )

    def row(self, case: Case) -> dict[str, Cell]:
        """The table's columns."""
        exempted, revoked = case.state("disposition") == "exempted", case.state("effect") == "revoked"
        return {
            "punish_base_info_code": self.identifier("SGS"),
            "punish_case_code": self.identifier("AJ"),
            "case_process_type": word_of({"summary": "01", "ordinary": "02"}, case.state("procedure"), "02"),
            "punish_action_name": case.violation,
            "illegal_fact": case.facts,
            "illegal_basis": case.basis,
            "punish_type": "不予行政处罚" if exempted else "；".join(case.types),
            "punish_document_code": case.number,
            "admin_cp_type": "个体工商户" if case.business.form == "individual" else "法人及非法人组织",
            "admin_cp_name": case.business.name,
            "admin_cp_cert_type": "统一社会信用代码",
            "uni_social_crd_cd": self.quirks.code(case.recorded_code),
            "legal_represent": case.business.legal_representative,
            "punish_content": case.content,
            "punish_basis": case.basis,
            "fine": None if case.fine is None else float(case.fine),
            "confiscate_illegal_incom": None if case.confiscated is None else float(case.confiscated),
            "set_time": self.quirks.day(case.day),
            "public_date": self.quirks.day(case.day),
            "public_end_date": self.quirks.end(case.state("publicity_until")),
            "publicstatus": word_of({"true": "已公示", "false": "未公示"}, case.state("publicised"), "已公示"),
            "cutreason": "复议机关撤销" if revoked and self.count % 2 else "",
            "iscancelcase": "1" if revoked else "0",
            "implement_institution": PROVINCIAL_ORGAN if case.state("local") is False else case.authority,
        }


class Market(Shape):
    """Market regulation: penalties with their result as one text, and two lists of continuing states."""

    key = ("row_class", "row_id")
    states = frozenset({"removed_on", "disposition"})
    kinds = frozenset({"penalty", "serious_dishonesty_listing", "abnormal_operation_listing"})
    states_amounts = states_types = False

    def __init__(self) -> None:
        super().__init__(MARKET_PENALTIES)

    def row(self, case: Case) -> dict[str, Cell]:
        """The columns of whichever of the three tables the case belongs to, and the class that the query gives it."""
        write = {"penalty": self._penalty, "serious_dishonesty_listing": self._dishonest}.get(case.kind, self._abnormal)
        return write(case)

    def add(self, row: Row, sources: Sources) -> None:
        """Into the table of its class; ``row_class`` and ``row_id`` are made by the manifest's query."""
        table = {"行政处罚": MARKET_PENALTIES, "严重违法失信名单": DISHONESTY}.get(str(row["row_class"]), ABNORMAL)
        sources.add(table, {column: cell for column, cell in row.items() if not column.startswith("row_")})

    def _penalty(self, case: Case) -> dict[str, Cell]:
        exempted = case.state("disposition") == "exempted"
        identity = self.identifier("XK")
        return {
            "row_class": "行政处罚", "row_id": identity, "lic_id": identity, "pripid": case.business.register_id,
            "uni_social_crd_cd": self.quirks.code(case.recorded_code), "taxer_nm": case.business.name,
            "admin_punish_doc": case.number, "punish_rea": f"{case.violation}：{case.facts}",
            "punish_dt": self.quirks.day(case.day), "punish_result": "不予行政处罚" if exempted else case.content,
            "legal_per": case.business.legal_representative, "src_table": "t_xzcf",
        }  # fmt: skip

    def _dishonest(self, case: Case) -> dict[str, Cell]:
        identity = self.identifier("YZ")
        return {
            "row_class": "严重违法失信名单", "row_id": identity,
            "ill_comp_id": identity, "abn_tm": self.quirks.day(case.day),
            "serill_rea": case.facts, "rem_dt": self.quirks.end(case.state("removed_on")),
            "uni_social_crd_cd": case.recorded_code, "comp_name": case.business.name,
            "reg_no": case.business.registration_number, "decorg_org": case.authority,
            "pripid": case.business.register_id, "dsc_city": "盐城市", "dsc_adm_region": case.business.district,
        }  # fmt: skip

    def _abnormal(self, case: Case) -> dict[str, Cell]:
        identity = self.identifier("YC")
        return {
            "row_class": "经营异常名录", "row_id": identity,
            "busexclist": identity, "inclu_dt": self.quirks.day(case.day),
            "inclu_reason": case.facts, "remove_dt": self.quirks.day(case.state("removed_on")),
            "uni_social_crd_cd": self.quirks.code(case.recorded_code), "comp_nm": case.business.name,
            "reg_no": case.business.registration_number, "decorg_cn": case.authority,
            "pripid": case.business.register_id,
        }  # fmt: skip


class Tax(Shape):
    """Tax penalties: amounts as people type them; the tax number is the code, or the old one of 15 digits."""

    key = ("uuid",)
    states_types = False

    def __init__(self) -> None:
        super().__init__(TAX)

    def row(self, case: Case) -> dict[str, Cell]:
        """The table's columns."""
        only_tax_number = self.count % 4 == 0
        return {
            "taxer_nm": case.business.name,
            "uuid": self.identifier("sw-"),
            "uni_social_crd_cd": "" if only_tax_number else self.quirks.code(case.recorded_code),
            "punish_dt": self.quirks.day(case.day),
            "punish_amt": self.quirks.yuan(case.fine),
            "taxer_no": case.recorded_code if only_tax_number or self.count % 2 else f"3209{self.count:011d}",
            "admin_punish_doc": case.number,
            "reg_no": f"10{self.count:08d}",
            "punish_rea": case.basis,
        }


class Court(Shape):
    """Unfulfilled effective judgments. ``fulfil_tm`` is the day by which to pay, never the day of removal."""

    key = ("stc_id", "party_id")
    kinds = frozenset({"unfulfilled_judgment"})
    states_amounts = states_types = False

    def __init__(self) -> None:
        super().__init__(COURT)

    def row(self, case: Case) -> dict[str, Cell]:
        """The table's columns."""
        amount = Decimal(180000 + self.count * 1300)
        return {
            "com_nm": case.business.name,
            "uni_social_crd_cd": self.quirks.code(case.recorded_code),
            "org_no": case.recorded_code[8:17],
            "legal_repre": case.business.legal_representative,
            "unit_adds": f"盐城市{case.business.district}示例路{self.count}号",
            "execute_court": case.authority,
            "case_no": case.number,
            "execute_basis": case.basis,
            "execute_causes": case.violation,
            "fulfil_tm": self.quirks.day(case.day),
            "execute_amt": float(amount),
            "execute_behave": self.quirks.nothing(),
            "not_execute_amt": float(amount / 2),
            "not_execute_behave": f"{case.facts}，未执行{wan_yuan(amount / 2)}万元",
            "expo_dt": self.quirks.day(case.day),
            "stc_id": self.identifier("SA"),
            "party_id": f"{self.count % 3 + 1}",
            "court_cd": "F10",
            "filing_dt": self.quirks.day(case.day),
        }
