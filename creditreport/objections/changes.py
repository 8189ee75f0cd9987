"""What a decision changes of a record, read strictly from what was typed (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import ValidationError

from creditreport.errors import Problem
from creditreport.objections.flow import CaseKind
from creditreport.objections.models import Outcome
from creditreport.violations.own import changed
from creditreport.violations.record import Effect, ImpossibleDay, MissingDay, Repair, ViolationRecord

# What a decision may put right. Whose record it is and where it is from stay; sealing has feeds of its own.
AMENDABLE = (
    "decided_on", "listed_on", "document_number", "violation_type", "facts", "legal_basis", "penalty_types",
    "penalty_content", "fine_yuan", "confiscated_yuan", "procedure", "severity", "authority", "publicity_until",
)  # fmt: skip
SEPARATORS = str.maketrans("、，,;；", "     ")


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided, as typed. ``outcome`` is a word of ``models.Outcome``.

    ``values``: for ``amend``, canonical keys and new values ("" for not stated). ``repaired_on`` and
    ``document`` (the id of a file of the case): for ``repaired``.
    """

    outcome: str
    reasons: str
    values: Mapping[str, str] = field(default_factory=dict)
    repaired_on: str = ""
    document: int | None = None


def outcome_of(decision: Decision, kind: CaseKind, *, of_record: bool) -> Outcome:
    """The outcome; ``INVALID_DECISION`` for one that this kind of case cannot have."""
    if decision.outcome not in set(Outcome):
        raise refused("outcome", "请选择一种", "choose one")
    outcome = Outcome(decision.outcome)
    if outcome is Outcome.REJECTED:
        return outcome
    if kind.is_repair and outcome is not Outcome.REPAIRED:
        raise refused("outcome", "修复申请只能确认修复或不予支持", "a request for repair is confirmed or rejected")
    if of_record == (outcome is Outcome.UNIT_CORRECTS):
        raise refused(
            "outcome",
            "针对一条记录的，请选择撤下、更正或标记已修复；针对领域的，由责任单位在来源更正",
            "of one record: withdraw, amend or mark repaired; of a field in general: the unit corrects its source",
        )
    return outcome


def changes_of(outcome: Outcome, decision: Decision, record: ViolationRecord, today: date) -> dict[str, Any]:
    """The canonical keys that change and their new values (``None``: not stated any more), as JSON.

    A decision that is withdrawn counts as revoked, a listing as removed today: as the feeds of revocations and removals
    would say it. Raises ``INVALID_DECISION`` naming the key.
    """
    if outcome is Outcome.WITHDRAW:
        listed = record.kind.continuing and record.listed_on is not None and record.listed_on <= today
        changes = {"removed_on": today.isoformat()} if listed else {"effect": Effect.REVOKED.value}
    elif outcome is Outcome.REPAIRED:
        changes = {"repair": Repair.REPAIRED.value, "repaired_on": _repaired_on(decision, today)}
    else:
        changes = _amended(decision, record)
    return _checked(record, changes)


def corrected(record: ViolationRecord, changes: Mapping[str, Any]) -> ViolationRecord:
    """The record after ``changes``. Raises ``INVALID_DECISION`` naming the key that it cannot take."""
    try:
        return changed(record, changes)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        cause = first.get("ctx", {}).get("error")
        if isinstance(cause, MissingDay):
            raise refused(cause.key, "此类记录必填", "is required for this kind") from error
        if isinstance(cause, ImpossibleDay):
            raise refused(cause.key, "与另一日期矛盾", str(cause)) from error
        key = str(first["loc"][0]) if first["loc"] else "values"
        raise refused(key, "格式或取值不正确", first["msg"]) from error


def refused(key: str, zh: str, en: str) -> Problem:
    """``INVALID_DECISION`` about ``key``."""
    return Problem("INVALID_DECISION", shown={"key": key}, key=key, detail_zh=zh, detail_en=en)


def _repaired_on(decision: Decision, today: date) -> str:
    try:
        day = date.fromisoformat(decision.repaired_on.strip())
    except ValueError:
        raise refused("repaired_on", "请填写修复日期（YYYY-MM-DD）", "a date is written YYYY-MM-DD") from None
    if day > today:
        raise refused("repaired_on", "不能晚于今天", "must not be after today")
    if decision.document is None:
        raise refused("document", "请附上修复的证明文件", "attach the document that proves the repair")
    return day.isoformat()


def _amended(decision: Decision, record: ViolationRecord) -> dict[str, Any]:
    known = record.model_dump(mode="json")
    changes: dict[str, Any] = {}
    for key, typed in decision.values.items():
        if key not in AMENDABLE:
            raise refused(key, "不能在此更正", "cannot be amended here")
        value: Any = typed.strip() or None
        if key == "penalty_types" and value is not None:
            value = value.translate(SEPARATORS).split()
        if key.endswith("_yuan") and value is not None:
            value = value.replace(",", "")
        changes[key] = value
    after = corrected(record, changes).model_dump(mode="json")
    return {key: after[key] for key in changes if after[key] != known[key]}


def _checked(record: ViolationRecord, changes: dict[str, Any]) -> dict[str, Any]:
    if corrected(record, changes) == record:
        raise refused("values", "与现有内容相同，没有更正", "this is what the record says already")
    return changes
