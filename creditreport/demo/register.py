"""The business register as the market regulation keeps it, and its table of changes.

The register's columns are real; the table of changes (``dw_zj_scjdgl_bgdj``: what was replaced, when) is *invented*.
"""

from __future__ import annotations

from datetime import date

from creditreport.demo.businesses import Business
from creditreport.demo.sources import Sources, Table

REGISTER = Table(
    "MARKET", "dw_zj_scjdgl_scztxx",
    (
        "main_identi_id", "reg_org", "comp_type", "reg_state", "uni_social_crd_cd", "comp_nm", "addr", "legal_repre",
        "indv_id", "reg_capt", "capt_kind", "opt_scop", "reg_no", "appr_dt", "est_dt", "opt_from", "opt_to",
        "domdi_strict", "pro_loc", "opt_strict", "postal_code", "sfgzq", "sfgzqzx", "compform", "opt_loc", "otherinfo",
        "puburl", "qrcode", "lv_pripid", "indv_code", "indv_nm",
    ),
    numeric=("reg_capt",),
)  # fmt: skip
CHANGES = Table("MARKET", "dw_zj_scjdgl_bgdj", ("bg_id", "main_identi_id", "bgsx", "bgq", "bgrq"))


def write_register(businesses: tuple[Business, ...], sources: Sources, today: date) -> None:
    """One row for each business, one more for each replaced code and each former name."""
    sources.declare(CHANGES)
    for place, business in enumerate(businesses, start=1):
        founded = f"{2001 + place % 20}-{place % 12 + 1}-{place % 28 + 1}"
        sources.add(REGISTER, {
            "main_identi_id": business.register_id, "reg_org": f"盐城市{business.district}市场监督管理局",
            "comp_type": business.type_zh, "reg_state": business.status_zh, "uni_social_crd_cd": business.uscc,
            "comp_nm": business.name, "addr": f"盐城市{business.district}示例路{place}号",
            "legal_repre": business.legal_representative, "reg_capt": float(place % 40 * 10 + 10),
            "capt_kind": "人民币", "opt_scop": "示例经营范围", "reg_no": business.registration_number,
            "appr_dt": founded, "est_dt": founded, "opt_from": founded, "opt_to": "9999-9-9",
            "domdi_strict": business.district, "lv_pripid": business.parent_register_id,
        })  # fmt: skip
        replaced = [("统一社会信用代码变更", code) for code in business.previous_codes]
        renamed = [("名称变更", name) for name in business.former_names]
        for years, (what, before) in enumerate((*replaced, *renamed), start=1):
            sources.add(CHANGES, {
                "bg_id": f"BG{len(sources.tables[CHANGES]) + 1:06d}", "main_identi_id": business.register_id,
                "bgsx": what, "bgq": before, "bgrq": f"{today.year - years}-6-1",
            })  # fmt: skip
