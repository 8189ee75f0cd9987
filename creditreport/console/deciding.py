"""The form of a decision, read: of the values only those that were changed."""

from __future__ import annotations

from flask import request

from creditreport.objections.deciding import Decision
from creditreport.objections.flow import CaseKind
from creditreport.objections.models import ObjectionCase, Outcome

# The keys that an officer can correct on the form, in its order. Which values are possible the use case says.
AMENDABLE = (
    "document_number", "violation_type", "facts", "legal_basis", "penalty_content", "fine_yuan", "confiscated_yuan",
    "decided_on", "listed_on", "authority",
)  # fmt: skip


def typed_decision(case: ObjectionCase) -> Decision:
    """The decision on the form. A value that is left as the record has it is not part of an amendment."""
    form, record = request.form, case.record or {}
    document = form.get("document", "")
    typed = {key: form[f"value:{key}"].strip() for key in AMENDABLE if f"value:{key}" in form}
    return Decision(
        outcome=form.get("outcome", ""),
        reasons=form.get("reasons", ""),
        values={key: text for key, text in typed.items() if text != str(record.get(key) or "")},
        repaired_on=form.get("repaired_on", ""),
        document=int(document) if document.isascii() and document.isdecimal() else None,
    )


def outcomes_of(case: ObjectionCase) -> list[Outcome]:
    """How a case can end: one record can be changed, a field in general only its unit can put right."""
    if case.record_id is None:
        return [Outcome.UNIT_CORRECTS, Outcome.REJECTED]
    if case.kind == CaseKind.REPAIR:
        return [Outcome.REPAIRED, Outcome.REJECTED]
    return [Outcome.WITHDRAW, Outcome.AMEND, Outcome.REPAIRED, Outcome.REJECTED]
