"""Errors of the audit trail's chain and of the figures that staff draw."""

from __future__ import annotations

from creditreport.errors_kind import REFUSED, WRONG_USE, ErrorKind

AUDIT_ERRORS: dict[str, ErrorKind] = {
    "AUDIT_EXPORT_FAILED": ErrorKind(
        503,
        REFUSED,
        "审计链头没有写到库外：{path}（{detail}）。已封存和签名的部分保留；请运维人员检查 AUDIT_EXPORT_DIR，下次封存时会再写。",
        "The head of the audit trail was not written outside the store: {path} ({detail}). What was sealed and signed is kept; the operator must check AUDIT_EXPORT_DIR, the next run writes it.",
    ),
    "AUDIT_EXPORT_CONFLICT": ErrorKind(
        409,
        REFUSED,
        "{path} 已是同一位置的另一个审计链头，没有覆盖。同一条链被封存过两次（例如用备份恢复过数据库）：请审计人员先查明原因，两份都保留。",
        "{path} is another head of the same place and was not overwritten. The trail was sealed twice (after a restore from a backup, for instance): auditors must find out why first; keep both.",
    ),
    "AUDIT_HEADS_UNREADABLE": ErrorKind(
        422,
        WRONG_USE,
        "读不到审计链头目录 {path}：{detail}。请核对 --heads 或 AUDIT_EXPORT_DIR。",
        "The folder of audit heads {path} cannot be read: {detail}. Check --heads or AUDIT_EXPORT_DIR.",
    ),
    "TOO_MANY_ENTRIES": ErrorKind(
        422,
        REFUSED,
        "符合条件的审计记录超过 {most} 条，没有导出。请缩小时间范围，或由运维人员运行 creditreport audit entries。",
        "More than {most} entries fit; nothing was exported. Choose a shorter time, or let the operator run creditreport audit entries.",
    ),
    # --- figures ------------------------------------------------------------------------------------
    "INVALID_PERIOD": ErrorKind(
        422,
        WRONG_USE,
        "统计期间“{value}”不正确：起始日不晚于截止日，最长 {most} 天；月份写成 2026-10。",
        "“{value}” is not a period: its first day is not after its last, it is {most} days at most; a month is written 2026-10.",
    ),
}
