"""Repairs, revocations and removals: feeds of their own that change one record each, joined on code and number."""

from __future__ import annotations

from datetime import date
from typing import Literal

from creditreport.demo.case import Case
from creditreport.demo.quirks import Quirks
from creditreport.demo.sources import Drop, Sources, Table

REPAIRS = Table("CREDIT", "xyxf_jg", ("xf_id", "zt_mc", "zt_dm", "cf_wsh", "xf_zt", "xf_rq", "sl_jg"))
REMOVALS = Table("CREDIT", "mdyc_jg", ("yc_id", "zt_mc", "zt_dm", "wsh", "yc_rq", "yc_yy"))
SYNC_LOG = Table("CREDIT", "tb_rz", ("bm", "wcsj"))
REVOCATIONS = Drop(
    "revocations",
    "撤销变更",
    ("序号", "当事人名称", "统一社会信用代码", "决定书文号", "处理结果", "处理日期", "处理机关"),
    encoding="gb18030",
    marker=True,
)

_REPAIR_WORDS = {"repaired": "已修复", "applied": "已申请"}
_RESULTS = {"revoked": "撤销", "illegality_confirmed": "确认违法", "not_effective": "未生效"}


class Overlays:
    """Writes the three feeds."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.quirks = Quirks()
        self.count = 0
        for place in (REPAIRS, REMOVALS, REVOCATIONS):
            sources.declare(place)

    def repair(self, case: Case, repair: Literal["repaired", "applied"], day: date | None) -> None:
        """Credit repair applied for or decided; the number is written with other brackets than the decision's."""
        self.sources.add(REPAIRS, {
            "xf_id": self._identifier("XF"), "zt_mc": case.business.name, "zt_dm": self.quirks.code(case.recorded_code),
            "cf_wsh": self.quirks.number(case.number), "xf_zt": _REPAIR_WORDS[repair], "xf_rq": self.quirks.day(day),
            "sl_jg": case.authority,
        })  # fmt: skip

    def removal(self, case: Case, day: date) -> None:
        """The end of a continuing state."""
        self.sources.add(REMOVALS, {
            "yc_id": self._identifier("YC"), "zt_mc": case.business.name, "zt_dm": case.recorded_code,
            "wsh": self.quirks.number(case.number), "yc_rq": self.quirks.day(day), "yc_yy": "已履行完毕",
        })  # fmt: skip

    def revocation(self, case: Case, effect: str, day: date) -> None:
        """A decision revoked, or held unlawful."""
        self.sources.add(REVOCATIONS, {
            "序号": self._identifier("CX"), "当事人名称": case.business.name, "统一社会信用代码": case.recorded_code,
            "决定书文号": self.quirks.number(case.number), "处理结果": _RESULTS[effect],
            "处理日期": self.quirks.day(day), "处理机关": "盐城市人民政府行政复议机构",
        })  # fmt: skip

    def _identifier(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count:06d}"
