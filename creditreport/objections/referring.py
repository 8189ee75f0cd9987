"""Sending a case to a unit: the letter is made and signed while no transaction is open, then stored with the move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from creditreport.entities.models import EntityRow
from creditreport.errors import Problem
from creditreport.notices.models import NoticeKind
from creditreport.objections.flow import KIND_WORDS, CaseKind, Move
from creditreport.objections.letter import Attached, Letter, load_letter_words, render_letter
from creditreport.objections.limits import limits_for, rules_for
from creditreport.objections.models import (
    EvidenceUse,
    ObjectionCase,
    ObjectionEvent,
    ObjectionEvidence,
    ObjectionLetter,
)
from creditreport.objections.officer import Officer
from creditreport.objections.stepping import begin, check, finish, invalid
from creditreport.objections.telling import tell_unit
from creditreport.objections.units import Unit, unit_called, unit_of_field, with_desk
from creditreport.reports.content import ListedRecord
from creditreport.reports.pages import Language
from creditreport.signing.register import use_key
from creditreport.signing.signer import digest_of
from creditreport.violations.ruleset import LimitName

if TYPE_CHECKING:
    from creditreport.service import Service
    from creditreport.signing.algorithms import SigningKey
    from creditreport.signing.longterm import Sealed

REASON = "发出协同处理函"


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """A unit: that of a field (``domain``, its slug), or one without a desk here by its name (``name``)."""

    domain: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class _Made:
    """A signed letter that is not stored yet."""

    letter: Letter
    sealed: Sealed
    key: SigningKey
    fingerprint: str


def refer(
    service: Service, case_id: int, version: int, move: Move, to: UnitChoice | None, why: str, officer: Officer,
    now: datetime,
) -> int:  # fmt: skip
    """Send the case to a unit by ``move`` with a letter of its own; returns the letter's number within the case."""
    with service.reading() as session:
        case = session.get(ObjectionCase, case_id)
        if case is None or case.filed_at is None:
            raise Problem("UNKNOWN_OBJECTION")
        ready = case.version == version
        if ready:
            check(case, move, officer)
            unit = with_desk(session, _unit(service, case, to))
            letter = _letter(service, session, case, unit, why, now)
    # A case that moved meanwhile needs no letter: what follows tells who did what.
    made = _made(service, letter, now) if ready else None
    with service.sessions.begin() as session:
        held = begin(session, case_id, version, move, officer)
        if held is None or made is None:
            return _letters(session, case_id)
        use_key(session, made.key, now)
        party = check(held, move, officer)
        held.unit, held.unit_domain, held.referred_at = unit.name, unit.domain, now
        n = _letters(session, case_id) + 1
        finish(
            session, held, move, party, officer.actor, now, why=why or None,
            detail={"unit": unit.name, "desk": unit.domain, "letter": n},
        )  # fmt: skip
        session.add(_row(case_id, n, made, officer.actor))
        tell_unit(session, held, NoticeKind.OBJECTION_REFERRED, now, again=n)
    return n


def _unit(service: Service, case: ObjectionCase, to: UnitChoice | None) -> Unit:
    """The unit chosen; without a choice the record's own. Raises ``INVALID_OBJECTION``, ``UNKNOWN_DOMAIN``."""
    catalog = service.catalog
    if to is None or (not to.domain and not (to.name or "").strip()):
        assert case.unit is not None  # noqa: S101 - set when the draft was saved
        return unit_called(catalog, case.unit, case.domain)
    if to.domain:
        return unit_of_field(catalog, to.domain)
    name = " ".join((to.name or "").split())
    if len(name) > 100 or not name.isprintable():
        raise invalid("unit", "单位名称最多 100 字", "a unit's name has at most 100 characters")
    return unit_called(catalog, name, case.domain)


def _letter(
    service: Service, session: Session, case: ObjectionCase, unit: Unit, why: str, now: datetime
) -> Letter:  # fmt: skip
    settings, manifest = service.settings, service.catalog.domain(case.domain).manifest
    kind = CaseKind(case.kind)
    limit = LimitName.REPAIR_AUTHORITY if kind.is_repair else LimitName.UNIT_ANSWER
    files = select(ObjectionEvidence).where(
        ObjectionEvidence.case_id == case.id, ObjectionEvidence.use == EvidenceUse.BUSINESS
    )
    assert case.filed_at is not None  # noqa: S101 - asked before
    return Letter(
        number=f"{case.number}-{_letters(session, case.id) + 1}",
        repair=kind.is_repair,
        kind=KIND_WORDS[kind][0],
        unit=unit.name,
        name=session.get_one(EntityRow, case.register_id).name,
        uscc=case.uscc,
        field=manifest.title,
        filed_at=case.filed_at,
        made_at=now,
        answer_by=service.calendar.deadline(now, limits_for(service, case).unit_answer),
        basis=rules_for(service, case).limits[limit].article,
        record=ListedRecord.model_validate(case.record) if case.record is not None else None,
        statement=case.statement,
        wish=case.wish,
        completed="\n".join(_added(session, case.id)),
        question=why,
        evidence=[
            Attached(one.name, one.size, one.sha256) for one in session.scalars(files.order_by(ObjectionEvidence.id))
        ],
        portal=settings.issuer_portal,
        authority=settings.issuing_authority,
    )


def _added(session: Session, case_id: int) -> list[str]:
    """What the business said after it had filed."""
    later = ObjectionEvent.move.in_([Move.COMPLETE, Move.ADD_EVIDENCE])
    query = select(ObjectionEvent.why).where(ObjectionEvent.case_id == case_id, later, ObjectionEvent.why.is_not(None))
    return [text for text in session.scalars(query.order_by(ObjectionEvent.id)) if text]


def _made(service: Service, letter: Letter, now: datetime) -> _Made:
    words = load_letter_words(service.settings.templates_dir)
    rendered = render_letter(letter, service.fonts, service.editions[Language.ZH], words)
    signer = service.signer.saying(REASON)
    sealed = signer.seal(rendered.pdf, at=now, page=rendered.seal_page, box=rendered.seal_box)
    return _Made(letter, sealed, signer.key, signer.fingerprint)


def _letters(session: Session, case_id: int) -> int:
    counted = select(func.count()).select_from(ObjectionLetter).where(ObjectionLetter.case_id == case_id)
    return session.scalar(counted) or 0


def _row(case_id: int, n: int, made: _Made, by: str) -> ObjectionLetter:
    pdf = made.sealed.pdf
    return ObjectionLetter(
        case_id=case_id, n=n, unit=made.letter.unit, made_at=made.letter.made_at, made_by=by,
        answer_by=made.letter.answer_by, pdf_sha256=digest_of(pdf), pdf_bytes=len(pdf),
        signature_level=made.sealed.level.value, signer_fingerprint=made.fingerprint, pdf=pdf,
    )  # fmt: skip
