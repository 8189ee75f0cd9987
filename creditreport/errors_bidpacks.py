"""The errors of bid packs: handing one in, and its result (part of ``ERRORS``)."""

from __future__ import annotations

from creditreport.errors_kind import REFUSED, WRONG_USE, ErrorKind

BIDPACK_ERRORS: dict[str, ErrorKind] = {
    "PACK_EMPTY": ErrorKind(
        422,
        WRONG_USE,
        "没有收到文件。请选择报告的 PDF、含有它们的 ZIP，或写有核验码的表格（XLSX、CSV）。",
        "No file was received. Choose the reports' PDFs, a ZIP with them, or a table of verification codes (XLSX, CSV).",
    ),
    "PACK_TOO_MANY": ErrorKind(
        422,
        WRONG_USE,
        "一次最多核验 {most} 项，没有核验。请分成几批提交。",
        "At most {most} items are checked in one go; nothing was checked. Send them in several packs.",
    ),
    "PACK_TOO_LARGE": ErrorKind(
        413,
        WRONG_USE,
        "一批文件合计不超过 {most} MB，没有核验。请分成几批提交。",
        "The files of one pack may have {most} MB together; nothing was checked. Send them in several packs.",
    ),
    "ARCHIVE_UNREADABLE": ErrorKind(
        422,
        WRONG_USE,
        "压缩包“{file}”不能读取：{detail_zh}。没有核验；请重新打包为普通 ZIP，或直接选择 PDF。",
        "The archive “{file}” cannot be read: {detail_en}. Nothing was checked; pack it again as a plain ZIP, or choose the PDFs.",
    ),
    "TABLE_UNREADABLE": ErrorKind(
        422,
        WRONG_USE,
        "表格“{file}”不能读取：{detail_zh}。没有核验；请另存为 XLSX 或 CSV 后再提交。",
        "The table “{file}” cannot be read: {detail_en}. Nothing was checked; save it as XLSX or CSV and send it again.",
    ),
    "TABLE_WITHOUT_CODES": ErrorKind(
        422,
        WRONG_USE,
        "表格“{file}”中没有找到{what_zh}。没有核验；请把它们放在一列里，并在列首写上“{what_zh}”。",
        "No {what_en} were found in the table “{file}”. Nothing was checked; put them into one column and name it so.",
    ),
    "EXPECTED_WRONG": ErrorKind(
        422,
        WRONG_USE,
        "应有主体名单第 {where} 行“{value}”不能用：{detail_zh}没有核验；请更正名单后再提交。",
        "Row {where} of the list of expected businesses, “{value}”, cannot be used: {detail_en} Nothing was checked; correct the list and send it again.",
    ),
    "TOO_MANY_EXPECTED": ErrorKind(
        422,
        WRONG_USE,
        "应有主体名单有 {count} 个代码，至多 {most} 个。没有核验。",
        "The list of expected businesses has {count} codes, at most {most} are taken. Nothing was checked.",
    ),
    "PACK_TERMS": ErrorKind(
        422,
        WRONG_USE,
        "“{what_zh}”不能用：{detail_zh}。没有核验；请更正后再提交。",
        "The {what_en} cannot be used: {detail_en}. Nothing was checked; correct it and send the pack again.",
    ),
    "TOO_MANY_PACKS": ErrorKind(
        429,
        REFUSED,
        "这个地址一小时内提交的批量核验太多，请约 {minutes} 分钟后再提交。急需时可逐份核验。",
        "Too many packs came from this address within an hour; try again in about {minutes} minutes. Single reports can be verified meanwhile.",
    ),
    "PACKS_BUSY": ErrorKind(
        503,
        REFUSED,
        "正在核验的批次太多，没有收下这一批。请几分钟后再提交；急需时可逐份核验。",
        "Too many packs are being checked, so this one was not taken on. Try again in a few minutes; single reports can be verified meanwhile.",
    ),
    "PACK_GONE": ErrorKind(
        404,
        REFUSED,
        "没有这个批量核验结果：链接不完整，或已过 30 天保留期。请核对链接，或重新提交。",
        "There is no result here: the link is incomplete, or its thirty days are over. Check the link, or send the pack again.",
    ),
    "SHEET_NOT_READY": ErrorKind(
        409,
        REFUSED,
        "核验单还没有做好：核验仍在进行，或签名暂不可用。请稍后刷新结果页。",
        "The sheet is not made yet: the pack is still being checked, or signing is not available now. Open the result again a little later.",
    ),
}
