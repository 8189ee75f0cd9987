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
    "number_state": {"reserved": _("在办"), "issued": _("已出具"), "abandoned": _("作废")},
}
