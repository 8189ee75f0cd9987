"""Errors of waiting requests and of notices by e-mail."""

from __future__ import annotations

from creditreport.errors_kind import REFUSED, ErrorKind

REQUEST_ERRORS: dict[str, ErrorKind] = {
    "TOO_MANY_WAITING": ErrorKind(
        409,
        REFUSED,
        "该主体已有 {most} 个申请在等候。请等其中一个办结，或先取消不再需要的申请。",
        "This business has {most} requests waiting already. Let one of them be settled, or cancel one that is not needed.",
    ),
    "REQUEST_OVER": ErrorKind(
        409,
        REFUSED,
        "这个申请已经办结，不再等候。请在“我的报告”和“通知”中查看结果。",
        "This request waits no longer: it was settled. See your reports and notices for the outcome.",
    ),
}
