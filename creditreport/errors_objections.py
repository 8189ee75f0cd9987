"""Errors of objections, repair requests and the corrections that come of them (part of ``ERRORS``)."""

from __future__ import annotations

from creditreport.errors_kind import REFUSED, ErrorKind

OBJECTION_ERRORS: dict[str, ErrorKind] = {
    "OBJECTION_MOVE_REFUSED": ErrorKind(
        409,
        REFUSED,
        "本件现在的状态是“{state_zh}”，不能“{move_zh}”。请刷新页面查看轮到谁办理。",
        "This case is now “{state_en}”; “{move_en}” is not possible. Load the page again to see whose turn it is.",
    ),
}
