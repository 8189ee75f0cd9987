"""The pre-check: one use case, nothing issued, nothing reserved, one entry in the audit trail.

What is never shown: a record that is another business's, sealed, or not to be disclosed, whatever step it fell at; and
one that is not listed only because of such a record, which superseded it, dated it, or was repaired for it. To find
these, everything is screened once more without what is never shown. So nobody can tell from what is shown that there
is more. No count of rows is shown either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from creditreport.audit.trail import add_entry
from creditreport.entities.eligible import check_eligible
from creditreport.entities.register import find_entity
from creditreport.errors import Problem
from creditreport.precheck.changes import Background, what_would_change
from creditreport.precheck.result import KnownRecord, PreCheck, SourceGap
from creditreport.quarantine.keep import keep_refused
from creditreport.reports.compose import listed_record
from creditreport.reports.facts import screening_domains
from creditreport.reports.gather import Told, amended, ask_all, window_of
from creditreport.reports.request import moment_of_issue, read_years
from creditreport.violations.answer import Answer, AnswerStatus
from creditreport.violations.reason import Reason
from creditreport.violations.record import ViolationRecord
from creditreport.violations.screen import Decision, Screened, examine

if TYPE_CHECKING:
    from creditreport.catalog.manifest import Manifest
    from creditreport.service import Service

_MAY_SEAL = frozenset({"sealed", "undisclosable"})


@dataclass(frozen=True, slots=True)
class PreCheckRequest:
    """What is asked; ``years`` as typed (``None``: the longest offered), ``on`` another day (not in production)."""

    uscc: str
    requested_by: str
    years: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class _Judged:
    """The records that could be screened, for each number of years, and every source's state.

    ``open_years`` is the same without the records that are never shown; ``place`` tells where a record is in it.
    """

    told: Told
    answers: Mapping[str, Answer]
    years: int
    by_years: Mapping[int, Screened]
    open_years: Mapping[int, Screened]
    place: Mapping[int, int]

    @property
    def chosen(self) -> Screened:
        return self.by_years[self.years]

    def shown(self, position: int) -> bool:
        """Whether the record may be shown: itself, and why it is not listed."""
        if position not in self.place:
            return False
        made, at = self.chosen.decisions[position], self.place[position]
        return made.listed or all(
            screened.decisions[position].reason is self.open_years[years].decisions[at].reason
            for years, screened in self.by_years.items()
        )

    def superseded_by(self, position: int) -> str | None:
        """The document of the later decision that counts instead, of those that may be shown."""
        screened, at = self.open_years[self.years], self.place[position]
        later = screened.cases[at].chains.superseded_by(at)
        return None if later is None else screened.decisions[later].record.document_number


def pre_check(service: Service, request: PreCheckRequest, now: datetime) -> PreCheck:
    """What is known about a business at ``now``, and what its report would list.

    Raises ``INVALID_YEARS``, ``BACKDATING_REFUSED``, ``RULESET_NOT_EFFECTIVE``, ``INVALID_USCC``, ``UNKNOWN_ENTITY``,
    ``DUPLICATE_USCC``, ``ENTITY_NOT_ELIGIBLE`` as issuing does. A source that does not answer is no error: it is named
    in the result, which is then not complete.
    """
    moment = moment_of_issue(request.on, now, service.settings.env)
    ruleset = service.rules.on(moment.date())
    years = ruleset.longest_years if request.years is None else read_years(request.years, ruleset)
    with service.reading() as session:
        entity = find_entity(session, request.uscc)
    check_eligible(entity)
    told = ask_all(service, entity, years, moment)
    result = _result(service, _judge(service, told, years))
    with service.sessions.begin() as session:
        add_entry(
            session,
            at=moment,
            actor=request.requested_by,
            action="precheck.made",
            subject=f"business:{entity.uscc}",
            detail={"years": years, "complete": result.complete, "missing": [gap.slug for gap in result.gaps]},
        )
    return result


def _judge(service: Service, told: Told, years: int) -> _Judged:
    """Screen what was told for every length of report; a chain that cannot be screened is left to staff."""
    records, broken, _used = amended(told)
    keep_refused(service.sessions, broken.values(), told.moment)
    answers = told.all | broken
    while True:
        try:
            by_years = _screened(service, told, records)
        except Problem as problem:
            if problem.code != "UNSCREENABLE_CHAIN":
                raise
            # As for a report: the chain's domain is incomplete until a person has settled it.
            slug = records[problem.shown["index"]].domain
            answers[slug] = replace(answers[slug], status=AnswerStatus.INCOMPLETE)
            records = tuple(record for record in records if record.domain != slug)
        else:
            break
    kept = [at for at, made in enumerate(by_years[years].decisions) if not _never_shown(made)]
    open_years = _screened(service, told, [records[at] for at in kept])
    return _Judged(told, answers, years, by_years, open_years, {position: at for at, position in enumerate(kept)})


def _screened(service: Service, told: Told, records: Sequence[ViolationRecord]) -> dict[int, Screened]:
    """The records screened for every length of report that the rule set offers."""
    domains, day = screening_domains(told.catalog), told.moment.date()
    return {
        years: examine(records, told.request(years), told.ruleset, domains, window_of(day, years, service))
        for years in range(1, told.ruleset.longest_years + 1)
    }


def _result(service: Service, judged: _Judged) -> PreCheck:
    told, catalog, entity = judged.told, service.catalog, judged.told.entity
    overlays = {located.manifest.slug: located.manifest for located in catalog.overlays}
    gaps = [
        _gap(catalog.find(slug).manifest, answer, slug in overlays)
        for slug, answer in judged.answers.items()
        if not answer.usable
    ]
    # Whether a record is sealed is not known while a source that may seal it is silent.
    withheld = any(gap.overlay and _MAY_SEAL & overlays[gap.slug].fields.keys() for gap in gaps)
    status = [answer.status for answer in told.answers.values()]
    return PreCheck(
        uscc=entity.uscc,
        entity_name=entity.name,
        at=told.moment,
        years=judged.years,
        offered_years=tuple(judged.by_years),
        ruleset=told.ruleset.id,
        ruleset_title=told.ruleset.title,
        ruleset_title_en=told.ruleset.title_en,
        window=told.window,
        asked=len(status) - status.count(AnswerStatus.NOT_IMPLEMENTED),
        not_implemented=tuple(s for s, a in told.answers.items() if a.status is AnswerStatus.NOT_IMPLEMENTED),
        gaps=tuple(gaps),
        withheld=withheld,
        records=() if withheld else _records(service, judged, gaps),
    )


def _gap(manifest: Manifest, answer: Answer, overlay: bool) -> SourceGap:
    return SourceGap(
        manifest.slug, manifest.title, manifest.title_en, manifest.responsible_unit, answer.status, overlay
    )


def _records(service: Service, judged: _Judged, gaps: Sequence[SourceGap]) -> tuple[KnownRecord, ...]:
    """The records that may be shown: what would be listed first, each group by domain and newest first."""
    certain = not any(gap.overlay for gap in gaps)
    shown = [
        _known(service, judged, position, certain=certain and judged.answers[made.record.domain].usable)
        for position, made in enumerate(judged.chosen.decisions)
        if judged.shown(position)
    ]
    return tuple(sorted(shown, key=_listed_then_newest))


def _never_shown(made: Decision) -> bool:
    # A record that an earlier step excludes (another kind, another city) may be sealed all the same.
    return made.reason is Reason.NOT_THIS_ENTITY or made.record.sealed is True or made.record.undisclosable is True


def _listed_then_newest(known: KnownRecord) -> tuple[bool, int, int, str]:
    began = known.printed.decided_on or known.printed.listed_on or date.min
    return not known.listed, known.number, -began.toordinal(), known.printed.record_id


def _known(service: Service, judged: _Judged, position: int, *, certain: bool) -> KnownRecord:
    made, case = judged.chosen.decisions[position], judged.chosen.cases[position]
    by_years = {years: screened.decisions[position] for years, screened in judged.by_years.items()}
    manifest = service.catalog.domain(made.record.domain).manifest
    given = Background(
        unit=manifest.responsible_unit,
        authority=service.settings.issuing_authority,
        portal=service.settings.issuer_portal,
        years=judged.years,
        by_years=by_years,
        calendar=service.calendar,
        superseded_by=judged.superseded_by(position),
        listed_in=_listed_in(service, case.listed.get(case.entry)),
    )
    return KnownRecord(
        domain=manifest.slug,
        number=case.domain.number,
        title=manifest.title,
        title_en=manifest.title_en,
        responsible_unit=manifest.responsible_unit,
        listed=made.listed,
        reason=made.reason,
        basis=made.basis,
        years=tuple(years for years, one in by_years.items() if one.listed),
        certain=certain,
        changes=what_would_change(case, made.reason, given),
        printed=listed_record(made.record),
    )


def _listed_in(service: Service, number: int | None) -> tuple[int, str, str] | None:
    for located in service.catalog.domains:
        if number is not None and located.manifest.number == number:
            return number, located.manifest.title, located.manifest.title_en
    return None
