"""The staff's menu: one line for each page, offered to the roles that may open it.

The guard on each page decides; this only offers. A test compares the two (``tests/guards/test_routes.py``).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from creditreport.accounts.models import Role

ADMIN, AUDITOR, CREDIT, UNIT = Role.ADMIN, Role.AUDITOR, Role.CREDIT_OFFICER, Role.DEPARTMENT_OFFICER


@dataclass(frozen=True, slots=True)
class Place:
    """One page of the house: its endpoint, who may open it, its name and what it is for."""

    endpoint: str
    roles: frozenset[Role]
    title: LazyString
    what: LazyString

    @property
    def part(self) -> str:
        """The blueprint that the page belongs to."""
        return self.endpoint.partition(".")[0]


def _place(endpoint: str, roles: tuple[Role, ...], title: LazyString, what: LazyString) -> Place:
    return Place(endpoint, frozenset(roles), title, what)


MENU = (
    _place("cases.overview", (CREDIT, UNIT, AUDITOR), _("异议办理"), _("按编号、代码、名称、文号、状态和领域查找")),
    _place("corrections.overview", (CREDIT, AUDITOR), _("有疑问的更正"), _("来源后来不一致的，保留还是撤销")),
    _place(
        "data.overview",
        (CREDIT, UNIT, AUDITOR),
        _("数据台"),
        _("来源、待核定行、双公示上传、重复代码、编号核对"),
    ),
    _place("endings.overview", (CREDIT, AUDITOR), _("报告查询"), _("查找已出具的报告，撤销（两人办理）或重新出具")),
    _place("suspicions.overview", (CREDIT, AUDITOR), _("可疑情况举报"), _("核验的人报告的可疑情况")),
    _place("statistics.overview", (CREDIT, AUDITOR), _("统计"), _("出具、核验、异议和部门时效的数字，月报")),
    _place("audit.overview", (AUDITOR,), _("审计记录"), _("谁在何时做了什么；审计链是否完整")),
    _place("people.overview", (ADMIN, AUDITOR), _("人员与角色"), _("谁可以登录，各有什么角色")),
    _place("programs.overview", (ADMIN, AUDITOR), _("程序接入"), _("招标平台、银行等程序的密钥、权限和期限")),
    _place("programs.limits", (ADMIN, AUDITOR, CREDIT), _("核验限流"), _("查不到的核验码，和须等待的来源")),
    _place("jobs.overview", (ADMIN, AUDITOR), _("后台任务"), _("失败、停止和定时的后台任务；重试")),
)


def places(roles: Collection[Role]) -> list[Place]:
    """The pages that are for somebody with ``roles``, in the menu's order."""
    return [place for place in MENU if place.roles & frozenset(roles)]
