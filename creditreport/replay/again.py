"""Replay: a report made again from what was stored, and compared with what was issued.

1. The overlays and our own corrections are applied to the stored answers, and the records are screened by the rule
   set of that day: decided anew, never read back.
2. The content is composed from the decisions, the catalogue of that day and the business as it was then.
3. Each edition is rendered again; its bytes before signing must be those that the signed file begins with. Another
   version of the renderer, of its words or of the fonts makes other bytes: that edition cannot be compared.

What only the content holds is taken from it: the printed names of portal and authority, the address, the business's
type and status. The window is the stored one: the official calendar may have been stated since.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from creditreport.errors import Problem
from creditreport.replay.compare import Difference, differences
from creditreport.replay.stored import StoredEdition, StoredReport, damaged, load_stored
from creditreport.reports.compose import Case, compose
from creditreport.reports.content import Purpose, ReportContent
from creditreport.reports.facts import screening_domains
from creditreport.reports.pages import Language, render, renderer_version
from creditreport.violations.overlays import apply_overlays
from creditreport.violations.own import SLUG, apply_own
from creditreport.violations.screen import Decision, ScreeningRequest, screen
from creditreport.violations.window import Window

if TYPE_CHECKING:
    from creditreport.service import Service


@dataclass(frozen=True, slots=True)
class ReplayedEdition:
    """One edition made again; ``identical`` is ``None`` when another renderer made the stored one."""

    language: str
    stored: str
    present: str
    identical: bool | None

    def as_json(self) -> dict[str, Any]:
        """As in ``replay --json``."""
        renderer = {"stored": self.stored, "present": self.present}
        return {"language": self.language, "pre_signature_identical": self.identical, "renderer": renderer}


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of a replay. The first edition is the one that was issued."""

    number: str
    content_identical: bool
    decisions_identical: bool
    editions: tuple[ReplayedEdition, ...]
    differences: tuple[Difference, ...]

    @property
    def pre_signature_identical(self) -> bool | None:
        """False if any edition differs, ``None`` if one cannot be compared, true if all are the same."""
        told = [one.identical for one in self.editions]
        return False if False in told else None if None in told else True

    @property
    def same(self) -> bool:
        """Whether everything that can be compared is identical."""
        return not self.differences

    def as_json(self) -> dict[str, Any]:
        """What ``replay --json`` prints."""
        return {
            "number": self.number,
            "content_identical": self.content_identical,
            "decisions_identical": self.decisions_identical,
            "pre_signature_identical": self.pre_signature_identical,
            "renderer": {"stored": self.editions[0].stored, "present": self.editions[0].present},
            "editions": [one.as_json() for one in self.editions],
            "differences": [one.as_json() for one in self.differences],
        }


@dataclass(frozen=True, slots=True)
class _Imprint:
    """Who issued, as the stored content says."""

    public_url: str
    official_domain: str
    issuer_portal: str
    issuing_authority: str


def replay(service: Service, number: str) -> Replayed:
    """Make the report ``number`` again and compare; nothing is changed.

    Raises ``UNKNOWN_REPORT``, ``NUMBER_NOT_ISSUED``, ``STORED_REPORT_DAMAGED``, ``RULESET_NOT_STORED`` (what is stored
    cannot be used), ``FONTS_MISSING``, ``INVALID_WORDING`` (this place cannot render).
    """
    with service.reading() as session:
        stored = load_stored(session, number)
    decisions = _decided(stored)
    content = _composed(stored, decisions)
    told_apart = _content_differences(stored, content)
    columns_apart = _column_differences(stored, content)
    decided_apart = list(differences(list(stored.decisions), _decision_values(decisions), "decisions"))
    editions = [_rendered(service, content, one) for one in stored.editions]
    apart = [*told_apart, *columns_apart, *decided_apart, *(each for _, found in editions for each in found)]
    return Replayed(number, not told_apart, not decided_apart, tuple(one for one, _ in editions), tuple(apart))


def _decided(stored: StoredReport) -> list[Decision]:
    """Each record decided anew, in the order in which it was decided then."""
    report, number = stored.report, stored.report.number
    records = [record for answer in stored.answers.values() for record in answer.records]
    entries = [entry for answer in stored.overlays.values() for entry in answer.entries]
    applied = apply_overlays(records, entries, stored.entity)
    if applied.quarantined:
        slug = sorted(applied.quarantined)[0]
        problem = applied.quarantined[slug][0].problem
        en = f"one of its entries cannot be applied to the stored records ({problem})"
        raise damaged(number, f"source_answer.{slug}", f"有条目不能用于存档的记录（{problem}）", en)
    ours = apply_own(applied.records, stored.own)
    if ours.broken:
        en = "one of our own corrections cannot be applied to the stored records"
        raise damaged(number, f"source_answer.{SLUG}", "有更正不能用于存档的记录", en)
    request = ScreeningRequest(
        report.uscc, report.issued_at.date(), report.years, stored.ruleset.id, stored.entity.previous_codes
    )
    window = Window(start=report.window_start, end=report.window_end)
    try:
        return screen(ours.records, request, stored.ruleset, screening_domains(stored.catalog), window)
    except Problem as problem:  # a record of an unknown domain, or a chain that no report was ever issued with
        raise damaged(number, "source_answer", problem.zh, problem.en) from problem


def _composed(stored: StoredReport, decisions: list[Decision]) -> ReportContent:
    report, printed = stored.report, stored.content
    if report.purpose not in set(Purpose):
        raise damaged(report.number, "purpose", f"“{report.purpose}”不存在", f"there is no “{report.purpose}”")
    imprint = _Imprint(
        printed.verification_url.removesuffix(f"/v/{report.verification_code}"),
        printed.official_domain,
        printed.issuer_portal,
        printed.issuing_authority,
    )
    case = Case(
        entity=stored.entity,
        years=report.years,
        purpose=Purpose(report.purpose),
        window=Window(start=report.window_start, end=report.window_end),
        moment=report.issued_at,
        ruleset=stored.ruleset,
        answers=stored.answers,
        overlay_answers=stored.overlays,
        decisions=decisions,
        catalog=stored.catalog,
    )
    return compose(case, imprint, number=report.number, verification_code=report.verification_code)


def _content_differences(stored: StoredReport, content: ReportContent) -> list[Difference]:
    text, kept = content.to_json(), stored.report.content
    found = list(differences(json.loads(kept), json.loads(text)))
    if not found and text != kept:
        found.append(Difference("content (text)", kept, text))
    if (digest := sha256(kept.encode()).hexdigest()) != stored.report.content_sha256:
        found.append(Difference("content_sha256", stored.report.content_sha256, digest))
    return found


def _column_differences(stored: StoredReport, content: ReportContent) -> list[Difference]:
    """What lists and verdicts read from the report's own row: it must say what the content says."""
    report = stored.report
    kept = {
        "listed": report.listed,
        "ruleset": report.ruleset,
        "valid_until": report.valid_until.isoformat(),
    }
    told = {
        "listed": content.listed,
        "ruleset": content.ruleset,
        "valid_until": content.valid_until.isoformat(),
    }
    return list(differences(kept, told, "credit_report"))


def _decision_values(decisions: list[Decision]) -> list[dict[str, Any]]:
    return [
        {
            "domain": made.record.domain,
            "record_id": made.record.record_id,
            "listed": made.listed,
            "reason": made.reason.value if made.reason else None,
            "basis": made.basis,
            "record": made.record.canonical(),
        }
        for made in decisions
    ]


def _rendered(
    service: Service, content: ReportContent, stored: StoredEdition
) -> tuple[ReplayedEdition, list[Difference]]:
    """The edition made again where that can be compared; the stored file against its digest in any case."""
    path = f"editions[{stored.language}]"
    if stored.language not in set(Language):
        raise damaged(content.number, path, "没有这种文种", "there is no such edition")
    edition = service.editions[Language(stored.language)]
    present = renderer_version(edition, service.fonts)
    found = []
    if (digest := sha256(stored.pdf).hexdigest()) != stored.pdf_sha256:
        found.append(Difference(f"{path}.pdf_sha256", stored.pdf_sha256, digest))
    if present != stored.renderer:
        return ReplayedEdition(stored.language, stored.renderer, present, None), found
    pdf = render(content, service.fonts, edition).pdf
    if (digest := sha256(pdf).hexdigest()) != stored.rendered_sha256:
        found.append(Difference(f"{path}.rendered_sha256", stored.rendered_sha256, digest))
    elif not stored.pdf.startswith(pdf):
        # A signature is appended; the file handed out begins with what was signed.
        found.append(Difference(f"{path}.pdf", "不以签名前的内容开头 / does not begin with what was signed", digest))
    return ReplayedEdition(stored.language, stored.renderer, present, not found), found
