"""The errors of backup and restore (part of ``ERRORS``)."""

from __future__ import annotations

from creditreport.errors_kind import REFUSED, WRONG_USE, ErrorKind

OPERATIONS_ERRORS: dict[str, ErrorKind] = {
    "BACKUP_PLACE": ErrorKind(
        422,
        WRONG_USE,
        "备份目录 {path} 不可用：{detail}。请给出一个尚不存在的目录，其上级目录可写。",
        "The backup cannot be written to {path}: {detail}. Name a folder that does not exist yet in one that can be written.",
    ),
    "BACKUP_FAILED": ErrorKind(
        503,
        REFUSED,
        "备份没有完成：{detail}。没有留下可用的备份，请排除原因后重做。",
        "The backup was not finished: {detail}. No usable backup was left; put the cause right and make it again.",
    ),
    "BACKUP_DAMAGED": ErrorKind(
        422,
        REFUSED,
        "{path} 不是完好的备份：{detail}。没有恢复任何内容，请换用另一份备份。",
        "{path} is no sound backup: {detail}. Nothing was restored; use another backup.",
    ),
    "STORE_NOT_EMPTY": ErrorKind(
        409,
        REFUSED,
        "数据库已有内容（{tables} 张表），不会覆盖。请恢复到一个新建的空数据库，再修改 DATABASE_URL。",
        "The store is not empty ({tables} tables) and is not overwritten. Restore into a new, empty one and change DATABASE_URL.",
    ),
    "RESTORE_FAILED": ErrorKind(
        503,
        REFUSED,
        "恢复没有完成：{detail}。请删除该数据库，新建后重做。",
        "The restore was not finished: {detail}. Drop that database, make a new one and do it again.",
    ),
    "SERVER_TOOLS_MISSING": ErrorKind(
        503,
        REFUSED,
        "找不到版本 {version} 或更新的 {program}。请安装 postgresql-client-{version}（或把其目录加入 PATH）。",
        "There is no {program} of version {version} or newer. Install postgresql-client-{version}, or put its folder into PATH.",
    ),
}
