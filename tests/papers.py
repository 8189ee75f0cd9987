"""Invented report contents for the tests of the document."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from creditreport.clock import SHANGHAI
from creditreport.reports.content import DomainResult, ListedRecord, ReportContent, Subject, Window

CODE = "0123456789ABCDEFGHJK"
URL = f"https://credit.example.gov.cn/v/{CODE}"
LONG_TITLE = "社会治安、刑事、经济、食药环、禁毒、网络安全、文明交通领域"
LONG_UNIT = "市发改委（供电公司）、市住建局（辖区内供水公司、辖区内供气公司）"


def listed(number: int = 1, **stated: Any) -> ListedRecord:
    """A penalty with everything stated; ``stated`` changes it."""
    record: dict[str, Any] = {
        "record_id": f"row-{number}",
        "kind": "penalty",
        "document_number": f"盐市监处罚〔2025〕{number:04d}号",
        "violation_type": "未按规定明码标价",
        "facts": f"经查，当事人在第{number}号门店销售商品时未标明价格。",
        "legal_basis": "《中华人民共和国价格法》第四十二条",
        "penalty_types": ("fine", "confiscation_illegal_gains"),
        "penalty_content": "没收违法所得，并处罚款。",
        "fine_yuan": Decimal("12345"),
        "confiscated_yuan": Decimal("0.5"),
        "decided_on": date(2025, 6, 3),
        "authority": "盐城市市场监督管理局",
    }
    return ListedRecord(**{**record, **stated})


def domain(number: int, records: tuple[ListedRecord, ...] = (), *, implemented: bool = True) -> DomainResult:
    """One of 45 invented fields; two of them have titles and units as long as the real ones."""
    return DomainResult(
        number=number,
        slug=f"field_{number}",
        title=LONG_TITLE if number == 7 else f"甲{number}乙领域",
        title_en=f"Field {number}",
        responsible_unit=LONG_UNIT if number == 45 else f"市第{number}局",
        status="complete" if implemented else "not_implemented",
        data_as_of=datetime(2026, 11, 20, 23, 0, tzinfo=SHANGHAI) if implemented else None,
        records=records,
    )


def report(
    records: dict[int, tuple[ListedRecord, ...]] | None = None,
    *,
    name: str = "盐城海风试验设备有限公司",
    not_implemented: frozenset[int] = frozenset(),
    **changes: Any,
) -> ReportContent:
    """A report of 45 fields with ``records`` by field number."""
    found = records or {}
    content: dict[str, Any] = {
        "number": "320900202611210000017",
        "verification_code": CODE,
        "verification_url": URL,
        "issuer_portal": "信用中国（江苏盐城）",
        "issuing_authority": "盐城市公共信用信息中心",
        "official_domain": "credit.example.gov.cn",
        "subject": Subject(uscc="91320900MA1A2B3C4X", name=name, entity_type="company", registration_status="active"),
        "years": 3,
        "window": Window(start=date(2023, 11, 20), end=date(2026, 11, 20)),
        "purpose": "commerce",
        "issued_at": datetime(2026, 11, 21, 10, 0, tzinfo=SHANGHAI),
        "valid_until": date(2026, 12, 21),
        "ruleset": "yancheng-2024",
        "ruleset_title": "盐城市专用信用报告规则（2024）",
        "ruleset_digest": "0" * 64,
        "domains": tuple(
            domain(number, found.get(number, ()), implemented=number not in not_implemented) for number in range(1, 46)
        ),
    }
    return ReportContent(**{**content, **changes})
