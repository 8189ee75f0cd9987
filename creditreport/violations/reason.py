"""Why a record is not listed: the reason codes of the screening rules, in the order of their steps."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """The reason of the first step that excludes a record; the order of the members is the order of the steps."""

    NOT_THIS_ENTITY = "NOT_THIS_ENTITY"
    DOMAIN_NOT_IMPLEMENTED = "DOMAIN_NOT_IMPLEMENTED"
    CATEGORY_NOT_COVERED = "CATEGORY_NOT_COVERED"
    OUT_OF_TERRITORY = "OUT_OF_TERRITORY"
    SEALED = "SEALED"
    UNDISCLOSABLE = "UNDISCLOSABLE"
    EXEMPT_FROM_PENALTY = "EXEMPT_FROM_PENALTY"
    NOT_EFFECTIVE = "NOT_EFFECTIVE"
    REVOKED = "REVOKED"
    UNDER_REVIEW = "UNDER_REVIEW"
    SUPERSEDED = "SUPERSEDED"
    REPAIRED = "REPAIRED"
    LIST_REMOVED = "LIST_REMOVED"
    SHIELDED = "SHIELDED"
    NOT_PUBLICISED = "NOT_PUBLICISED"
    PUBLICITY_ENDED = "PUBLICITY_ENDED"
    SUMMARY_PROCEDURE = "SUMMARY_PROCEDURE"
    WARNING_ONLY = "WARNING_ONLY"
    OUTSIDE_WINDOW = "OUTSIDE_WINDOW"
    DUPLICATE = "DUPLICATE"
