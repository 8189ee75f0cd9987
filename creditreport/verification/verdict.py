"""The verdict on a code or a file, and the JSON in which it is told everywhere."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Self

from creditreport.reports.ending.models import Ground
from creditreport.reports.models import CreditReport, Showing
from creditreport.verification.status import Mark, VerdictStatus, status_since


@dataclass(frozen=True, slots=True)
class Step:
    """One of the five steps of a file's check; ``ok`` is ``None`` when it could not be, or need not be, looked at."""

    step: int
    name: str
    ok: bool | None


@dataclass(frozen=True, slots=True)
class Detail:
    """What to say beside the status, in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is told about a code or a file.

    ``report`` only when the code or file leads to one; ``details`` only when what it lists would be listed today.
    Of the details the records themselves are told only if the business lets verifiers see them (reports.showing).
    ``copy_of`` is the verdict of the code that was read on a file without a signature; ``misses`` counts what was asked
    for and is not there, which nobody may do too often (misses.py).
    """

    status: VerdictStatus
    report: CreditReport | None = None
    details: bool = False
    marks: tuple[Mark, ...] = ()
    detail: Detail | None = None
    steps: tuple[Step, ...] | None = None
    sha256_matches: bool | None = None
    copy_of: Self | None = None
    misses: int = 0

    @property
    def is_valid(self) -> bool:
        """Whether the answer is yes."""
        return self.status is VerdictStatus.VALID

    @property
    def original_shown(self) -> bool:
        """Whether the signed file itself may be handed to a verifier."""
        return self.is_valid and self.details and self.report is not None and self.report.showing == Showing.ORIGINAL

    def as_json(self) -> dict[str, Any]:
        """The object of ``verify --json`` and of ``/v/<code>``; ``steps`` and ``copy_of`` only for a file."""
        answer: dict[str, Any] = {"status": self.status.value, **_facts(self.report), **self._details()}
        answer |= self._ending()
        answer["marks"] = [mark.value for mark in self.marks]
        answer["sha256_matches"] = self.sha256_matches
        answer["detail"] = {"zh": self.detail.zh, "en": self.detail.en} if self.detail else None
        if self.steps is not None:
            answer["steps"] = [{"step": one.step, "name": one.name, "ok": one.ok} for one in self.steps]
            answer["copy_of"] = self.copy_of.as_json() if self.copy_of is not None else None
        return answer

    def _ending(self) -> dict[str, Any]:
        """Since when the report is no longer valid, and which office ended it if it was revoked."""
        since = status_since(self.report, self.status) if self.report is not None else None
        by = None
        if self.report is not None and self.status is VerdictStatus.REVOKED:
            by = Ground.AUTHORITY if self.report.withdrawn_at is None else Ground.BUSINESS
        return {"status_since": since.isoformat() if since else None, "revoked_by": by}

    def _details(self) -> dict[str, Any]:
        """What only a valid report tells: its terms, and its records while each would still be listed."""
        empty = dict.fromkeys(("listed", "years", "purpose", "showing", "domains", "records"))
        if not self.is_valid or self.report is None:
            return empty
        showing = self.report.showing
        terms = {"years": self.report.years, "purpose": self.report.purpose, "showing": showing}
        if not self.details:
            return {**empty, **terms}
        content = json.loads(self.report.content)
        return {
            **terms,
            "listed": self.report.listed,
            "domains": [_row(domain) for domain in content["domains"]],
            "records": None if showing == Showing.SUMMARY else _records(content),
        }


def _facts(report: CreditReport | None) -> dict[str, Any]:
    if report is None:
        return dict.fromkeys(("number", "entity_name", "uscc", "issued_at", "valid_until", "window"))
    return {
        "number": report.number,
        "entity_name": report.entity_name,
        "uscc": report.uscc,
        "issued_at": report.issued_at.isoformat(),
        "valid_until": report.valid_until.isoformat(),
        "window": {"start": report.window_start.isoformat(), "end": report.window_end.isoformat()},
    }


def _records(content: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"domain": one["slug"], **record} for one in content["domains"] for record in one.get("records", [])]


def _row(domain: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": domain["number"],
        "slug": domain["slug"],
        "title": domain["title"],
        "title_en": domain["title_en"],
        "responsible_unit": domain["responsible_unit"],
        "status": domain["status"],
        "listed": len(domain.get("records", [])) if domain["status"] == "complete" else None,
        "data_as_of": domain.get("data_as_of"),
    }
