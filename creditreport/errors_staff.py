"""The errors that staff and departments meet: uploads, mirrored sources, rows to be settled (part of ``ERRORS``)."""

from __future__ import annotations

from creditreport.errors_kind import REFUSED, WRONG_USE, ErrorKind

STAFF_ERRORS: dict[str, ErrorKind] = {
    # --- the form of double publicity ---------------------------------------------------------------
    "UPLOAD_UNREADABLE": ErrorKind(
        422,
        REFUSED,
        "文件 {file} 没有读全：{detail}。没有导入任何内容；请更正文件后重新上传。",
        "The file {file} was not read to its end: {detail}. Nothing was imported; correct the file and send it again.",
    ),
    "UPLOAD_MISSING": ErrorKind(
        422,
        REFUSED,
        "没有收到文件。请选择双公示行政处罚表（XLSX 或 CSV）后再上传。",
        "No file was received. Choose the double-publicity form (XLSX or CSV) and send it again.",
    ),
    "UPLOAD_COLUMNS": ErrorKind(
        422,
        REFUSED,
        "文件 {file} 的列与双公示行政处罚表不一致：{detail}。没有导入任何内容；请按表样更正表头。",
        "The columns of {file} are not those of the double-publicity form: {detail}. Nothing was imported; correct the header.",
    ),
    "UPLOAD_EMPTY": ErrorKind(
        422,
        REFUSED,
        "文件 {file} 只有表头，没有一行数据。没有导入任何内容；请核对所选文件。",
        "The file {file} has a header and no rows. Nothing was imported; check that it is the right file.",
    ),
    "UPLOAD_NOT_DECLARED": ErrorKind(
        409,
        REFUSED,
        "领域“{slug}”不接受双公示表上传。要接受，请在 {file} 中声明 [double_publicity] units，且来源为 files。",
        "The domain “{slug}” takes no uploads of the double-publicity form. To allow them, declare [double_publicity] units in {file}; its source must be files.",
    ),
    "DROP_UNREADABLE": ErrorKind(
        503,
        REFUSED,
        "领域“{slug}”的数据文件夹不能接收导入：{detail}。没有导入任何内容；请运维人员处理后再导入同一文件。",
        "The folder of “{slug}” cannot take the import: {detail}. Nothing was imported; the operator must see to it, then import the same file again.",
    ),
    "INVALID_REPLIES": ErrorKind(
        500,
        REFUSED,
        "答复用语文件 {file} 不正确：{detail}。请运维人员更正后再试。",
        "The file of wordings {file} is not right: {detail}. The operator must correct it.",
    ),
    # --- mirrored sources ------------------------------------------------------------------------
    "NOT_MIRRORED": ErrorKind(
        422,
        WRONG_USE,
        "“{value}”不是镜像来源，出具报告时直接查询，不需同步。",
        "“{value}” is not a mirrored source: it is asked when a report is made and needs no sync.",
    ),
    # --- rows that a person must settle --------------------------------------------------------------
    "UNKNOWN_QUARANTINE_ROW": ErrorKind(
        404,
        WRONG_USE,
        "没有编号为 {value} 的待核定行。用 creditreport quarantine list 查看。",
        "There is no row {value} to settle. creditreport quarantine list shows them.",
    ),
    "NAME_MISSING": ErrorKind(422, WRONG_USE, "请写明核定人姓名。", "Give the name of the person who settles the row."),
    "REASON_MISSING": ErrorKind(
        422, WRONG_USE, "请写明排除该行的理由。", "Give the reason for which the row is dismissed."
    ),
    "ALREADY_SETTLED": ErrorKind(
        409,
        REFUSED,
        "第 {value} 行已由 {who} 核定为“{state}”，不再改动。来源送来不同的行时会重新核定。",
        "Row {value} was settled as “{state}” by {who} and stays so. A different row from the source is settled anew.",
    ),
    "SAME_PERSON": ErrorKind(
        409,
        REFUSED,
        "排除第 {value} 行由 {who} 提出，须由另一人确认。",
        "To dismiss row {value} was proposed by {who}; another person must confirm it.",
    ),
    "NO_SUCH_COLUMN": ErrorKind(
        422,
        WRONG_USE,
        "第 {value} 行没有列“{column}”，现有：{known}。",
        "Row {value} has no column “{column}”; it has: {known}.",
    ),
    "STILL_UNCERTAIN": ErrorKind(
        422,
        REFUSED,
        "这样更正后第 {value} 行仍不能确认（{detail}），没有保存。请一并更正所指的列。",
        "Row {value} would still not be certain ({detail}), so nothing was kept. Correct the column it names as well.",
    ),
}
