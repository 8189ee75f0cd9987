"""Fills the demo: databases and drops of the invented departments, and the plan of what must come out of them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from creditreport.demo.bulk import fill_others
from creditreport.demo.businesses import Business, make_businesses
from creditreport.demo.case import Days
from creditreport.demo.maker import Maker
from creditreport.demo.noise import MASKED_DOMAINS, UNCLEAR_DOMAINS, WATER, fill_noise, fill_quarantine
from creditreport.demo.overlays import SYNC_LOG
from creditreport.demo.plan import DemoPlan, PlannedBusiness
from creditreport.demo.register import write_register
from creditreport.demo.shapes import publicity
from creditreport.demo.shapes.own import MEDICAL_LOG
from creditreport.demo.shapes.registry import TABLES
from creditreport.demo.showcase import fill_showcases
from creditreport.demo.sources import Sources, Table
from creditreport.worktime import WorkCalendar, load_work_calendar

SEED = 20240901
EXPECTED = "expected.json"
PROVINCE_LOG = Table("PROVINCE", "sjjh_rz", ("bm", "wcsj"))
TAX_LOG = Table("TAX", "sjjh_rz", ("bm", "wcsj"))


def fill(folder: Path, day: date, seed: int = SEED, calendar: WorkCalendar | None = None) -> DemoPlan:
    """Fill ``folder`` (``var/demo``) as of ``day`` and write the plan there as ``expected.json``, last.

    The same seed and day give the same rows; every date is an offset from ``day``. ``calendar`` is that of
    ``folder``'s parent unless given.
    """
    days = Days.of(day, calendar or load_work_calendar(folder.parent))
    sources = Sources()
    plan = _plan(days, seed, sources)
    sources.write(folder, day)
    part = folder / f"{EXPECTED}.part"
    part.write_text(plan.to_text(), encoding="utf-8")
    part.replace(folder / EXPECTED)
    return plan


def _plan(days: Days, seed: int, sources: Sources) -> DemoPlan:
    businesses = make_businesses(seed)
    by_role = {business.role: business for business in businesses if business.role is not None}
    others = [business for business in businesses if business.role is None and business.eligible]
    _declare(days, sources)
    write_register(businesses, sources, days.today)
    maker = Maker(days, seed, sources)
    fill_showcases(maker, by_role)
    fill_others(maker, others)
    fill_noise(maker, others)
    fill_quarantine(maker, by_role)
    twin = by_role["duplicate_code_twin"]
    maker.planned[twin.register_id] = maker.planned[by_role["duplicate_code"].register_id]
    return DemoPlan(
        days, seed, tuple(_planned(maker, business) for business in businesses), dict(sorted(sources.rows.items()))
    )


def _declare(days: Days, sources: Sources) -> None:
    # The last night's exchange: what the sources with a watermark state as "complete until".
    night = f"{days.today - timedelta(days=1)} 23:00:00"
    for table in (*TABLES, WATER):
        sources.declare(table)
    publicity.declare(sources, lambda slug: night)
    sources.add(PROVINCE_LOG, {"bm": "dw_shl_sgsxzxk", "wcsj": night})
    sources.add(TAX_LOG, {"bm": "dw_nb_sw_csjrxzcfxx", "wcsj": night})
    sources.add(MEDICAL_LOG, {"tbl": "yb_jjjg_cf", "done_at": night})
    sources.add(SYNC_LOG, {"bm": "mdyc_jg", "wcsj": night})


def _planned(maker: Maker, business: Business) -> PlannedBusiness:
    refused: str | None = None
    domains: tuple[str, ...] = ()
    if not business.eligible:
        refused = "ENTITY_NOT_ELIGIBLE"
    elif business.role in {"duplicate_code", "duplicate_code_twin"}:
        refused = "DUPLICATE_USCC"
    elif business.role in {"quarantined", "quarantined_unclear"}:
        refused = "SOURCE_INCOMPLETE"
        domains = MASKED_DOMAINS if business.role == "quarantined" else UNCLEAR_DOMAINS
    return PlannedBusiness(business, tuple(maker.planned[business.register_id]), refused, domains)
