"""The errors of what stands around verifying: suspicions, and reports that staff end (part of ``ERRORS``)."""

from __future__ import annotations

from creditreport.errors_kind import REFUSED, ErrorKind

VERIFICATION_ERRORS: dict[str, ErrorKind] = {
    "INVALID_SUSPICION": ErrorKind(
        422,
        REFUSED,
        "举报没有提交：请选择一种情况，并用 1 至 {most} 个字写明看到了什么。",
        "The report was not sent: choose what it is about and write what you saw, in 1 to {most} characters.",
    ),
    "TOO_MANY_SUSPICIONS": ErrorKind(
        429,
        REFUSED,
        "举报过于频繁，没有提交。请过 {seconds} 秒再试；紧急情况请联系出证机关。",
        "Too many reports were sent, so this one was not taken. Try again in {seconds} seconds; if it is urgent, contact the issuing authority.",
    ),
    "UNKNOWN_SUSPICION": ErrorKind(
        404,
        REFUSED,
        "没有编号为 {value} 的举报。请从举报列表打开。",
        "There is no reported suspicion {value}. Open it from the list.",
    ),
    "SUSPICION_SETTLED": ErrorKind(
        409,
        REFUSED,
        "举报 {value} 已由他人办结，没有改动。请刷新列表查看办理结果。",
        "The suspicion {value} was settled by somebody else; nothing was changed. Reload the list to see what came of it.",
    ),
    "INVALID_REASON": ErrorKind(
        422,
        REFUSED,
        "没有提交：请用 2 至 {most} 个字写明理由。",
        "Nothing was sent: give the reason in 2 to {most} characters.",
    ),
    "INVALID_GROUND": ErrorKind(
        422,
        REFUSED,
        "没有提交：请选择由出证机关撤销，还是应经营主体的申请撤回。",
        "Nothing was sent: choose whether the authority revokes the report or the business asked for it.",
    ),
    "REVOCATION_OPEN": ErrorKind(
        409,
        REFUSED,
        "报告 {number} 已有一项撤销待确认，没有再提出。请先确认或不同意那一项。",
        "A revocation of report {number} is already waiting, so no other was proposed. Confirm or refuse that one first.",
    ),
    "NO_OPEN_REVOCATION": ErrorKind(
        409,
        REFUSED,
        "报告 {number} 没有待确认的撤销，可能已由他人办理。请刷新页面查看。",
        "No revocation of report {number} is waiting; somebody may have settled it. Reload the page.",
    ),
    "ANOTHER_PERSON_NEEDED": ErrorKind(
        409,
        REFUSED,
        "撤销报告 {number} 由您提出，须由另一名信用办经办确认；您可以收回。",
        "You proposed to revoke report {number}; another credit officer must confirm it. You may take it back.",
    ),
}
