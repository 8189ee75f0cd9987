"""The errors of the document: making it, its editions, handing it out (part of ``ERRORS``)."""

from __future__ import annotations

from creditreport.errors_kind import REFUSED, WRONG_USE, ErrorKind

DOCUMENT_ERRORS: dict[str, ErrorKind] = {
    "INVALID_LANGUAGE": ErrorKind(
        422,
        WRONG_USE,
        "文种“{value}”不存在，可选：zh（中文）、en（英文）、both（中英对照）。",
        "There is no edition “{value}”; choose zh (Chinese), en (English) or both (bilingual).",
    ),
    "INVALID_SHOWING": ErrorKind(
        422,
        WRONG_USE,
        "核验时可见的内容“{value}”不存在，可选：summary（只见摘要）、records（可见记录）、original（可见记录和原件）。",
        "There is no choice “{value}” of what verifiers see; choose summary, records or original.",
    ),
    "WITHDRAWAL_NOT_CONFIRMED": ErrorKind(
        422,
        REFUSED,
        "没有勾选确认，报告没有撤回。撤回后不能恢复；请返回勾选后再提交。",
        "The confirmation was not ticked, so the report was not withdrawn. It cannot be undone; go back, tick it and send again.",
    ),
    "NOT_VALID_ANY_MORE": ErrorKind(
        409,
        REFUSED,
        "报告 {number} 现已不是有效状态（{state}），没有改动。需要时请重新出具。",
        "Report {number} is no longer valid ({state}), so nothing was changed. Issue a new one if you need it.",
    ),
    "ORIGINAL_NOT_SHOWN": ErrorKind(
        404,
        REFUSED,
        "这里不提供报告原件：主体没有允许，或报告现在不能显示详情。请向主体索取 PDF 原件。",
        "The original is not offered here: the business did not allow it, or no details of the report can be shown now. Ask the business for the PDF.",
    ),
    "UNKNOWN_REPORT": ErrorKind(
        404,
        REFUSED,
        "没有编号为 {number} 的报告。请核对编号后再试。",
        "There is no report with the number {number}. Check the number and try again.",
    ),
    "NO_SUCH_EDITION": ErrorKind(
        404,
        REFUSED,
        "报告 {number} 没有制作过文种 {value}，已有：{made}。可用 creditreport edition 制作。",
        "Report {number} has no edition {value}; it has: {made}. creditreport edition makes one.",
    ),
    "EDITION_REFUSED": ErrorKind(
        409,
        REFUSED,
        "报告 {number} 现已不是有效状态（{state}），不能再制作其他文种。请重新申请报告。",
        "Report {number} is no longer valid ({state}), so no further edition of it is made. Ask for a new report.",
    ),
    "CONTENT_DAMAGED": ErrorKind(
        500,
        REFUSED,
        "报告 {number} 存档的内容与出具时的摘要不符，没有制作。请运维人员从备份恢复该报告。",
        "The stored content of report {number} is not what was issued (its digest differs); nothing was made. The operator must restore it from a backup.",
    ),
    "NUMBER_NOT_ISSUED": ErrorKind(
        409,
        REFUSED,
        "编号 {number} 没有出具报告：{detail_zh}。请核对编号。",
        "No report was issued under the number {number}: {detail_en}. Check the number.",
    ),
    "STORED_REPORT_DAMAGED": ErrorKind(
        500,
        REFUSED,
        "报告 {number} 的存档不能使用，{where}：{detail_zh}。请运维人员从备份恢复该报告并查明原因。",
        "What is stored of report {number} cannot be used, {where}: {detail_en}. The operator must restore it from a backup and find out why.",
    ),
    "OUTPUT_NOT_WRITABLE": ErrorKind(
        500,
        WRONG_USE,
        "不能写入 {path}：{detail}。请换一个可以写入的位置。",
        "{path} cannot be written: {detail}. Choose a place that can be written.",
    ),
    "BATCH_UNREADABLE": ErrorKind(
        422,
        WRONG_USE,
        "清单 {file} 不能使用：{detail_zh}。没有出具任何报告；请更正后再试（列：uscc, years, purpose，可加 language, showing）。",
        "The list {file} cannot be used: {detail_en}. No report was issued; correct it and try again (columns: uscc, years, purpose, and if wanted language, showing).",
    ),
    "BATCH_EXISTS": ErrorKind(
        409,
        WRONG_USE,
        "{path} 中已有一个批次。要继续它，请加 --resume；要另办一批，请换一个文件夹。",
        "There is a batch in {path} already. To go on with it give --resume; for another one choose another folder.",
    ),
    "BATCH_OTHER_LIST": ErrorKind(
        409,
        WRONG_USE,
        "{path} 中的批次属于另一份清单（或清单已改动），没有继续。请用原来的清单，或换一个文件夹。",
        "The batch in {path} belongs to another list, or the list was changed; nothing was done. Give the list it was begun with, or another folder.",
    ),
    "MISSING_GLYPH": ErrorKind(
        500,
        REFUSED,
        "字库中没有字符 {characters}，没有出具报告；请运维人员把含该字的 TrueType 或 OpenType 字体放入 var/fonts/extra 并重启。",
        "No font has the character {characters}, so no report was issued; the operator must put a TrueType or OpenType font that has it into var/fonts/extra and restart.",
    ),
    "SIGNING_UNAVAILABLE": ErrorKind(
        503,
        REFUSED,
        "签名不可用，没有出具报告：{detail}。请运维人员检查签名密钥。",
        "Signing is not available, so no report was issued: {detail}. The operator must check the signing key.",
    ),
    "FONTS_MISSING": ErrorKind(
        503,
        REFUSED,
        "报告字库尚未准备（缺少 {path}），没有出具报告；请运维人员运行 make setup。",
        "The fonts of the report are not prepared ({path} is missing), so no report was issued; the operator must run make setup.",
    ),
    "FONT_UNREADABLE": ErrorKind(
        500,
        REFUSED,
        "字库文件 {path} 不能读取（{detail}），没有出具报告；请运维人员换成可嵌入的 TrueType 或 OpenType 字体或移走该文件。",
        "The font file {path} cannot be read ({detail}), so no report was issued; the operator must replace it by a TrueType or OpenType font that may be embedded, or remove it.",
    ),
    "INVALID_WORDING": ErrorKind(
        500,
        REFUSED,
        "报告固定文字不正确，{path}：{detail}。请运维人员更正该文件。",
        "The fixed wording of the report is not right, {path}: {detail}. The operator must correct that file.",
    ),
    "INVALID_GUIDE": ErrorKind(
        500,
        REFUSED,
        "办事指南的文字不正确，{path}：{detail}。请运维人员更正该文件；其他页面不受影响。",
        "The words of the guide are not right, {path}: {detail}. The operator must correct that file; other pages are not affected.",
    ),
}
