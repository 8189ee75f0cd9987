"""Rows that are no business's violation records, and rows that only a person can settle.

The first kind is skipped by name or concerns nobody; the second blocks the two showcases that it is written for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from creditreport.demo.businesses import Business
from creditreport.demo.codes import masked
from creditreport.demo.maker import Maker
from creditreport.demo.shapes.own import ECOLOGY, LABOUR
from creditreport.demo.shapes.publicity import DROPS, PLATFORM, natural_person
from creditreport.demo.shapes.registry import PROVINCIAL
from creditreport.demo.shapes.safety import CASES, DECISIONS, case_row
from creditreport.demo.shapes.shared import DISHONESTY, PROVINCE
from creditreport.demo.sources import Table

WATER = Table(
    "WATER", "dw_nb_sl_qjsfqyxx",
    (
        "count_ym", "uni_social_crd_cd", "user_id", "user_nature", "legal_org_nm", "use_addr", "bill_no", "arrear_tms",
        "amt", "area_cd",
    ),
    numeric=("amt",),
)  # fmt: skip

MASKED_DOMAINS: tuple[str, ...] = ("commerce", "health", *PROVINCIAL)
UNCLEAR_DOMAINS: tuple[str, ...] = (
    "education", "ecology_environment", "market_regulation", "human_resources_social_security",
)  # fmt: skip


def fill_noise(maker: Maker, businesses: Sequence[Business]) -> None:
    """Persons, test data, arrears, and rows about businesses elsewhere."""
    _persons(maker)
    _test_data(maker, businesses[0])
    for place, business in enumerate(businesses[:120]):
        for month in range(1 + place % 2):
            _arrears(maker, business, place * 2 + month)
    # A masked code of another city's business: it fits nobody here.
    _platform_row(
        maker,
        "commerce",
        CF_XDR_MC="外地示例商贸有限公司",
        CF_XDR_SHXYM="913302******531452",
        CF_WSH="盐商罚〔2025〕9001号",
    )


def fill_quarantine(maker: Maker, by_role: Mapping[str, Business]) -> None:
    """Rows that may concern a business and cannot be read with certainty."""
    hidden, unclear = by_role["quarantined"], by_role["quarantined_unclear"]
    _platform_row(
        maker,
        "commerce",
        CF_XDR_MC=hidden.name[:4] + "****公司",
        CF_XDR_SHXYM=masked(hidden.uscc),
        CF_WSH="盐商罚〔2025〕9101号",
    )
    health = maker.shapes["health"].row(maker.case(hidden, "health"))
    maker.sources.add(DROPS["health"], health | {"CF_XDR_SHXYM": hidden.uscc[8:17], "CF_XDR_ZZJG": ""})
    stray = maker.shapes["transport"].row(maker.case(hidden, "transport"))
    maker.sources.add(
        PROVINCE, stray | {"punish_base_info_code": "SGS-stray", "implement_institution": "盐城市示例新设机构"}
    )
    _platform_row(
        maker,
        "education",
        CF_XDR_MC=unclear.name,
        CF_XDR_SHXYM=unclear.uscc,
        CF_WSH="盐教罚〔2025〕9102号",
        CF_JDRQ="202503",
    )
    case = maker.case(unclear, "ecology_environment")
    maker.sources.add(ECOLOGY, maker.shapes["ecology_environment"].row(case) | {"ajbh": "HJ-unclear", "gszt": "已归档"})
    listing = maker.shapes["market_regulation"].row(
        maker.case(unclear, "market_regulation", maker.days.ago(100), kind="serious_dishonesty_listing")
    )
    row = {column: cell for column, cell in listing.items() if not column.startswith("row_")}
    maker.sources.add(DISHONESTY, row | {"ill_comp_id": "YZ-unclear", "rem_dt": maker.days.ago(200).isoformat()})
    changed = maker.shapes["human_resources_social_security"].row(
        maker.case(unclear, "human_resources_social_security")
    )
    maker.sources.add(
        LABOUR,
        changed
        | {
            "case_id": "LD-unclear",
            "dec_state": "已变更",
            "vio_fact": "",
            "pun_content": "",
            "pun_type": "",
            "pun_amt": "",
        },
    )


def _platform_row(maker: Maker, slug: str, **cells: str) -> None:
    row = {
        "LYBM": slug, "CF_XDR_LB": "法人及非法人组织", "CF_WFXW": "示例违法行为", "CF_SY": "示例事实",
        "CF_CFLB": "罚款", "CF_NR": "罚款2000元", "CF_NR_FK": "0.200000",
        "CF_JDRQ": maker.days.ago(90).isoformat(), "CF_YXQ": "9999-9-9",
        "CF_CFJG": maker.offences[slug].authority,
    }  # fmt: skip
    maker.sources.add(PLATFORM, row | cells)


def _persons(maker: Maker) -> None:
    people = ("张某", "李某某", "王某", "陈某某", "周某")
    for slug in ("commerce", "public_finance", "judicial_administration", "sports"):
        for place, name in enumerate(people):
            maker.sources.add(PLATFORM, natural_person(slug, name, f"个人〔2025〕{slug[:3]}{place}号", PLATFORM))
    for slug, drop in DROPS.items():
        for place, name in enumerate(people):
            maker.sources.add(drop, natural_person(slug, name, f"个人〔2025〕{slug[:3]}{place}号", drop))
    for place, name in enumerate(people * 6):
        maker.sources.add(PROVINCE, {
            "punish_base_info_code": f"SGS-p{place:03d}", "case_process_type": "01", "punish_action_name": "超限运输",
            "punish_document_code": f"苏交罚〔2025〕9{place:03d}号", "admin_cp_type": "自然人", "admin_cp_name": name,
            "admin_cp_cert_type": "身份证", "uni_social_crd_cd": "3209**********001X", "punish_type": "罚款",
            "punish_content": "罚款200元", "fine": 200.0, "set_time": "2025-3-4", "publicstatus": "已公示",
            "implement_institution": maker.offences["transport"].authority,
        })  # fmt: skip


def _test_data(maker: Maker, business: Business) -> None:
    # Rows that somebody made to try the system out; they carry a real business's code.
    for number in range(4):
        case = maker.case(business, "work_safety")
        code = f"测试案件{number}"
        maker.sources.add(CASES, case_row(code, case, "02", business.uscc, env_flag="1"))
        row = maker.shapes["work_safety"].row(replace(case, states={"procedure": "summary"}))
        maker.sources.add(DECISIONS, row | {"id": f"YJ-test{number}", "punish_case_code": code})


def _arrears(maker: Maker, business: Business, bill: int) -> None:
    month = maker.days.ago(30 + bill % 7 * 30)
    maker.sources.add(WATER, {
        "count_ym": f"{month:%Y%m}", "uni_social_crd_cd": business.uscc, "user_id": f"U{bill:06d}",
        "user_nature": "非居民", "legal_org_nm": business.name, "use_addr": f"示例路{bill}号",
        "bill_no": f"ZD{bill:08d}", "arrear_tms": str(bill % 3 + 1), "amt": float(bill * 7 % 900) + 0.5,
        "area_cd": business.district_code,
    })  # fmt: skip
