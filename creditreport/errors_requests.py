"""Errors of waiting requests, of notices by e-mail and of jobs."""

from __future__ import annotations

from creditreport.errors_kind import REFUSED, WRONG_USE, ErrorKind

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
    "INVALID_EMAIL": ErrorKind(
        422,
        WRONG_USE,
        "邮箱地址不正确，没有保存。请核对后重新填写。",
        "This is not an e-mail address; nothing was kept. Check it and type it again.",
    ),
    "CONFIRMATION_TOO_SOON": ErrorKind(
        429,
        REFUSED,
        "确认邮件刚刚发过。请先查看收件箱和垃圾邮件，{minutes} 分钟后可再发。",
        "A confirmation was sent a moment ago. Look into your inbox and spam folder; you can ask again in {minutes} minutes.",
    ),
    "MAIL_UNAVAILABLE": ErrorKind(
        503,
        REFUSED,
        "邮件现在发不出去，没有发送确认邮件。通知仍会显示在“通知”页；请稍后再试。",
        "Mail cannot be sent now, so no confirmation went out. Notices are still shown on the page; try again later.",
    ),
    "MAIL_LINK_OVER": ErrorKind(
        410,
        REFUSED,
        "这个邮件链接已失效：已用过、已过期或已换了地址。请登录后在“通知”页重新设置。",
        "This link is over: it was used, has expired, or the address was changed. Sign in and set it again on the page of notices.",
    ),
    # --- jobs --------------------------------------------------------------------------------------
    "UNKNOWN_JOB": ErrorKind(
        404,
        WRONG_USE,
        "没有编号为 {value} 的任务。用 creditreport jobs list 查看。",
        "There is no job {value}. creditreport jobs list shows them.",
    ),
    "JOB_DONE": ErrorKind(
        409,
        REFUSED,
        "任务 {value} 已经完成，不再重试。",
        "Job {value} is done and is not tried again.",
    ),
}
