"""The double-publicity form (双公示): the columns that most departments already fill in.

It comes as a view for each department of the city's double-publicity platform (``LYBM``, the platform's own number of
the department, is invented), and as CSV and XLSX files. Fines are in 万元. There is no column for procedure, repair
or effect; an exemption stands in the number, the type or the content.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from creditreport.demo.businesses import Business
from creditreport.demo.case import Case
from creditreport.demo.quirks import wan_yuan
from creditreport.demo.shapes.base import Place, Shape, organ_code
from creditreport.demo.sources import Cell, Drop, Sources, Table

COLUMNS: tuple[str, ...] = (
    "CF_XDR_MC", "CF_XDR_LB", "CF_XDR_SHXYM", "CF_XDR_GSZC", "CF_XDR_ZZJG", "CF_XDR_SWDJ", "CF_XDR_SYDW", "CF_XDR_SHZZ",
    "CF_FRDB", "CF_FR_ZJLX", "CF_FR_ZJHM", "CF_XDR_ZJLX", "CF_XDR_ZJHM", "CF_WSH", "CF_WFXW", "CF_SY", "CF_YJ",
    "CF_CFLB", "CF_NR", "CF_NR_FK", "CF_NR_WFFF", "CF_NR_ZKDX", "CF_JDRQ", "CF_YXQ", "CF_GSJZQ", "CF_CFJG", "CF_CFJGDM",
    "CF_SJLY", "CF_SJLYDM", "BZ",
)  # fmt: skip
PLATFORM = Table("PUBLICITY", "sgs_xzcf", ("LYBM", *COLUMNS))
LOADED = Table("PUBLICITY", "tb_rz", ("bm", "wcsj", "zt"))

DROPS: dict[str, Drop] = {
    "publicity": Drop("press", "双公示_行政处罚", COLUMNS, kind="xlsx"),
    "culture_tourism": Drop("culture", "wglj_xzcf", COLUMNS, kind="xlsx"),
    "health": Drop("health", "wjw_sgs", COLUMNS, encoding="utf-8-sig"),
    "urban_management": Drop("urban", "cgj_xzcf", COLUMNS, encoding="gb18030"),
    "postal": Drop("postal", "yzj", COLUMNS),
    "tobacco": Drop("tobacco", "ycj_xzcf", COLUMNS, encoding="gb18030", delimiter="|", checksum=True),
}
VIEWS: tuple[str, ...] = (
    "development_reform", "education", "science_technology", "administrative_approval", "civil_affairs",
    "judicial_administration", "public_finance", "financial_services", "commerce", "trade_unions", "audit",
    "veterans_affairs", "state_assets", "sports", "statistics", "civil_air_defence", "intellectual_property",
    "ethnic_religious_affairs", "housing_fund", "archives", "earthquake", "meteorology",
)  # fmt: skip


class Publicity(Shape):
    """Writes the form into the platform's table or into a drop."""

    key = ("CF_WSH", "CF_XDR_SHXYM")
    states = frozenset({"publicity_until", "disposition"})

    def __init__(self, slug: str) -> None:
        super().__init__(DROPS.get(slug, PLATFORM))
        self.slug = slug

    def row(self, case: Case) -> dict[str, Cell]:
        """The form's columns."""
        business, quirks = case.business, self.quirks
        row: dict[str, Cell] = {
            "CF_XDR_MC": business.name,
            "CF_XDR_LB": _subject_kind(business),
            "CF_XDR_SHXYM": case.recorded_code,
            "CF_XDR_GSZC": business.registration_number,
            "CF_XDR_ZZJG": case.recorded_code[8:17],
            "CF_XDR_SWDJ": case.recorded_code,
            "CF_FRDB": business.legal_representative,
            "CF_FR_ZJLX": "身份证",
            "CF_WSH": case.number,
            "CF_WFXW": case.violation,
            "CF_SY": case.facts,
            "CF_YJ": case.basis,
            "CF_CFLB": ("；" if self.count % 2 else "、").join(case.types),
            "CF_NR": case.content,
            "CF_NR_FK": wan_yuan(case.fine) or quirks.nothing(),
            "CF_NR_WFFF": wan_yuan(case.confiscated),
            "CF_JDRQ": quirks.day(case.day),
            "CF_YXQ": quirks.end(None),
            "CF_GSJZQ": quirks.end(case.state("publicity_until")),
            "CF_CFJG": case.authority,
            "CF_CFJGDM": organ_code(case.authority),
            "CF_SJLY": case.authority,
            "CF_SJLYDM": organ_code(case.authority),
            "BZ": quirks.nothing(),
        }
        return row | self._platform() | self._workbook(row, case.day)

    def _platform(self) -> dict[str, Cell]:
        return {"LYBM": self.slug} if self.place is PLATFORM else {}

    def _workbook(self, row: dict[str, Cell], day: date) -> dict[str, Cell]:
        # A workbook keeps numbers as numbers and, in every second row, days as days.
        if not isinstance(self.place, Drop) or self.place.kind != "xlsx":
            return {}
        cells: dict[str, Cell] = {}
        for column in ("CF_NR_FK", "CF_NR_WFFF"):
            text = str(row[column] or "")
            cells[column] = float(text) if text[:1].isdigit() else None
        return cells | ({"CF_JDRQ": day} if self.count % 2 else {})


def _subject_kind(business: Business) -> str:
    # Some departments write 自然人 for an individual business and still give its code.
    if business.role == "individual":
        return "自然人"
    return "个体工商户" if business.form == "individual" else "法人及非法人组织"


def natural_person(slug: str, name: str, number: str, place: Place) -> dict[str, Cell]:
    """A row about a person: no unified code, so it concerns no business."""
    row: dict[str, Cell] = {
        "CF_XDR_MC": name, "CF_XDR_LB": "自然人", "CF_XDR_SHXYM": "", "CF_WSH": number, "CF_WFXW": "违反管理规定",
        "CF_SY": "个人违反管理规定", "CF_CFLB": "罚款", "CF_NR": "罚款200元", "CF_NR_FK": "0.020000",
        "CF_JDRQ": "2025-3-4", "CF_YXQ": "无处罚期限",
    }  # fmt: skip
    return row | ({"LYBM": slug} if place is PLATFORM else {})


def declare(sources: Sources, log: Callable[[str], str]) -> None:
    """The platform's table and a view for each department; its log says when each one's part was last loaded."""
    sources.declare(PLATFORM)
    for drop in DROPS.values():
        sources.declare(drop)
    columns = ", ".join(COLUMNS)
    for slug in VIEWS:
        # The names are this module's own.
        select = f"SELECT {columns} FROM {PLATFORM.name} WHERE LYBM = '{slug}'"  # noqa: S608
        sources.run(PLATFORM.system, f"CREATE VIEW v_sgs_{slug} AS {select}")
    for slug in VIEWS:
        sources.add(LOADED, {"bm": slug, "wcsj": log(slug), "zt": "成功"})
