"""The words of pages about who looked, what was suspected, and what was done to a report."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

REPORT_WORDS: dict[str, dict[str, LazyString]] = {
    "channel": {"page": _("核验页"), "api": _("接口"), "file": _("文件核验"), "bid_pack": _("批量核验")},
    "look_verdict": {"NOT_ISSUED_HERE": _("复制件")},
    "suspicion_kind": {
        "differs": _("纸上或文件里的内容与核验页不同"),
        "other_site": _("二维码打开的是别的网站"),
        "forged": _("报告像是伪造的"),
        "misused": _("别人冒用了这份报告"),
        "other": _("其他"),
    },
    "ground": {"authority": _("由出证机关撤销"), "business": _("应经营主体的书面申请撤回")},
    "ended_by": {
        "authority": _("由出证机关撤销"),
        "business": _("应经营主体的书面申请撤回"),
        "key": _("因签名密钥停用而被撤销，与报告的内容无关"),
        "replaced": _("被新报告替换"),
    },
    "revocation_state": {
        "open": _("待另一人确认"),
        "confirmed": _("已确认"),
        "refused": _("未同意"),
        "taken_back": _("已收回"),
    },
    "report_deed": {
        "report.issued": _("出具"),
        "report.downloaded": _("下载"),
        "report.edition_made": _("制作其他文种"),
        "report.showing_changed": _("更改核验时可见的内容"),
        "report.withdrawn": _("经营主体撤回"),
        "report.revocation_proposed": _("提出撤销"),
        "report.revocation_refused": _("未同意撤销"),
        "report.revocation_taken_back": _("收回撤销"),
        "report.revoked": _("撤销"),
        "report.replaced": _("被新报告替换"),
        "report.superseded": _("被新报告替换"),
    },
}
