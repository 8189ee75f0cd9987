"""Errors of objections, repair requests and the corrections that come of them (part of ``ERRORS``)."""

from __future__ import annotations

from creditreport.errors_kind import REFUSED, WRONG_USE, ErrorKind

OBJECTION_ERRORS: dict[str, ErrorKind] = {
    "UNKNOWN_OBJECTION": ErrorKind(
        404,
        REFUSED,
        "没有这个异议或修复申请，或它不由您办理。请核对编号。",
        "There is no such objection or repair request, or it is not yours. Check the number.",
    ),
    "UNKNOWN_RECORD": ErrorKind(
        404,
        REFUSED,
        "没有找到这条记录：它可能已被来源更正或移除。请重新预查后再提出。",
        "This record was not found: its source may have corrected or removed it. Run the pre-check again first.",
    ),
    "UNKNOWN_EVIDENCE": ErrorKind(
        404, REFUSED, "没有这份材料，或它不由您查看。", "There is no such file, or it is not yours to see."
    ),
    "INVALID_OBJECTION": ErrorKind(
        422,
        WRONG_USE,
        "填写的内容不正确，{key}：{detail_zh}。请更正后再试。",
        "What was entered is not right, {key}: {detail_en}. Correct it and try again.",
    ),
    "EVIDENCE_REFUSED": ErrorKind(
        422,
        WRONG_USE,
        "材料 {name} 没有收下：{detail_zh}。",
        "The file {name} was not taken: {detail_en}.",
    ),
    "TOO_MANY_OBJECTIONS": ErrorKind(
        409,
        REFUSED,
        "该主体已有 {most} 件草稿或在办的异议。请先办结、撤回或删除不再需要的。",
        "This business has {most} drafts or open cases already. Settle, withdraw or delete what is not needed first.",
    ),
    "OBJECTION_NUMBERS_EXHAUSTED": ErrorKind(
        503,
        REFUSED,
        "{day} 的受理编号已用完，草稿已保留；次日可再提交。",
        "The numbers of {day} are used up; the draft is kept and can be filed the next day.",
    ),
    "OBJECTION_NEEDS_NEW_EVIDENCE": ErrorKind(
        409,
        REFUSED,
        "同一事项此前未获支持（编号 {number}）。再次提出须附上当时没有的新材料。",
        "The same was rejected before (number {number}). To raise it again, add evidence that was not there then.",
    ),
    "OBJECTION_LAPSED": ErrorKind(
        409,
        REFUSED,
        "编号 {number} 的补正期限已于 {day} 届满，视为撤回。仍需提出的，请重新提交。",
        "The time to complete number {number} ended on {day}; it counts as withdrawn. File it anew if it still matters.",
    ),
    "OBJECTION_MOVE_REFUSED": ErrorKind(
        409,
        REFUSED,
        "本件现在的状态是“{state_zh}”，不能“{move_zh}”。请刷新页面查看轮到谁办理。",
        "This case is now “{state_en}”; “{move_en}” is not possible. Load the page again to see whose turn it is.",
    ),
    "OBJECTION_MOVED": ErrorKind(
        409,
        REFUSED,
        "编号 {number} 已有变化：{who_zh}于 {at} “{what_zh}”。您的操作没有保存；请查看后再决定。",
        "Number {number} has moved: {who_en}, “{what_en}”, at {at}. What you sent was not kept; look at the case again.",
    ),
    "OBJECTION_UNIT_ANSWERS": ErrorKind(
        409,
        REFUSED,
        "本件由“{unit}”的工作人员在本站答复，不能代填。催办或改派请用“改派或再次核实”。",
        "The officers of “{unit}” answer this case here; nobody can answer for them. Reassign it to press for an answer.",
    ),
    "INVALID_DECISION": ErrorKind(
        422,
        WRONG_USE,
        "决定的内容不正确，{key}：{detail_zh}。没有保存。",
        "The decision is not right, {key}: {detail_en}. Nothing was kept.",
    ),
    "UNKNOWN_CORRECTION": ErrorKind(
        404, REFUSED, "没有这条更正。请核对编号。", "There is no such correction. Check its number."
    ),
    "CORRECTION_MOVED": ErrorKind(
        409,
        REFUSED,
        "这条更正已有变化。您的操作没有保存；请查看后再决定。",
        "This correction has changed. What you sent was not kept; look at it again.",
    ),
    "RECORDS_CHANGED_MEANWHILE": ErrorKind(
        503,
        REFUSED,
        "出具过程中该主体的记录有更正或异议，没有出具报告。请马上再试一次。",
        "While the report was being made a record was corrected or disputed, so none was issued. Try again at once.",
    ),
}
