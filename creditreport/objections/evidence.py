"""Files that are handed in with a case: few, small, of three forms, looked at by content in a process of its own.

They are only ever handed out as attachments, to those who may see the case.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from creditreport.audit.trail import add_entry
from creditreport.errors import Problem
from creditreport.objections.flow import CLOSED, Move, Party, State, refused
from creditreport.objections.looking import MIMETYPES, MOST_PAGES, MOST_PIXELS, UNREADABLE, look_at
from creditreport.objections.models import EvidenceUse, ObjectionCase, ObjectionEvidence
from creditreport.objections.officer import Officer, may_see, party_of
from creditreport.objections.stepping import hold_case, hold_own

if TYPE_CHECKING:
    from creditreport.service import Service

MOST_FILES = 5
MOST_BYTES = 10_000_000
LONGEST_NAME = 120
PROBLEMS = {
    "form": ("只收 PDF、JPEG、PNG 文件（按内容判断）", "only PDF, JPEG and PNG files are taken, judged by content"),
    "encrypted": ("文件设有密码，请去掉密码", "it is protected by a password; remove that first"),
    "pages": (f"最多 {MOST_PAGES} 页", f"at most {MOST_PAGES} pages"),
    "pixels": (f"图片过大，最多 {MOST_PIXELS // 1_000_000} 百万像素", "the picture has too many pixels"),
    UNREADABLE: ("文件已损坏或不能读取", "it is damaged or cannot be read"),
}


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file to be handed out, as an attachment only: ``Content-Disposition: attachment`` and ``nosniff``."""

    name: str
    mimetype: str
    content: bytes


def add_evidence(
    service: Service, register_id: str, case_id: int, name: str, data: bytes, *, by: str, now: datetime
) -> int:
    """Add a business's file to its draft or open case; returns its id. The same file twice is one.

    Raises ``UNKNOWN_OBJECTION``; ``OBJECTION_MOVE_REFUSED`` once closed; ``EVIDENCE_REFUSED`` with what is wrong: more
    than ``MOST_FILES``, more than ``MOST_BYTES``, neither PDF, JPEG nor PNG by content, encrypted, or unreadable within
    bounds.
    """
    with service.reading() as session:
        case = session.get(ObjectionCase, case_id)
        if case is None or case.register_id != register_id:
            raise Problem("UNKNOWN_OBJECTION")
    form = _form(name, data)
    with service.sessions.begin() as session:
        case = hold_own(session, register_id, case_id)
        return _add(session, case, EvidenceUse.BUSINESS, (name, form, data), by, now)


def add_staff_evidence(
    service: Service, officer: Officer, case_id: int, name: str, data: bytes, *, now: datetime
) -> int:
    """Add a document of the unit or of the decision, by who adds it; returns its id. Raises as :func:`add_evidence`,
    and ``NOT_ALLOWED``."""
    with service.reading() as session:
        case = session.get(ObjectionCase, case_id)
        if case is None or not may_see(officer, case):
            raise Problem("UNKNOWN_OBJECTION")
    form = _form(name, data)
    with service.sessions.begin() as session:
        case = hold_case(session, case_id)
        use = EvidenceUse.UNIT if party_of(officer, case) is Party.UNIT else EvidenceUse.DECISION
        return _add(session, case, use, (name, form, data), officer.actor, now)


def remove_evidence(service: Service, register_id: str, evidence_id: int, *, by: str, now: datetime) -> bool:
    """Take a file out of a draft; tells whether it was there. Raises ``OBJECTION_MOVE_REFUSED`` once filed."""
    with service.sessions.begin() as session:
        row = session.get(ObjectionEvidence, evidence_id)
        if row is None:
            return False
        case = hold_own(session, register_id, row.case_id)
        if case.state != State.DRAFT:
            raise refused(State(case.state), Move.ADD_EVIDENCE)
        session.delete(row)
        _note(session, case, "objection.file_removed", row.sha256, by, now)
    return True


def own_evidence(session: Session, register_id: str, evidence_id: int) -> EvidenceFile:
    """A file for the business whose case it is: what it handed in, and what was decided on.

    Raises ``UNKNOWN_EVIDENCE`` also for another business's, and for what a unit handed in for the house.
    """
    row, case = _found(session, evidence_id)
    if case.register_id != register_id or row.use == EvidenceUse.UNIT:
        raise Problem("UNKNOWN_EVIDENCE")
    return EvidenceFile(row.name, MIMETYPES[row.form], row.content)


def staff_evidence(session: Session, officer: Officer, evidence_id: int) -> EvidenceFile:
    """A file for staff who may see the case. Raises ``UNKNOWN_EVIDENCE`` for anybody else."""
    row, case = _found(session, evidence_id)
    if not may_see(officer, case):
        raise Problem("UNKNOWN_EVIDENCE")
    return EvidenceFile(row.name, MIMETYPES[row.form], row.content)


def _found(session: Session, evidence_id: int) -> tuple[ObjectionEvidence, ObjectionCase]:
    row = session.get(ObjectionEvidence, evidence_id, options=[undefer(ObjectionEvidence.content)])
    if row is None:
        raise Problem("UNKNOWN_EVIDENCE")
    return row, session.get_one(ObjectionCase, row.case_id)


def _form(name: str, data: bytes) -> str:
    """What the file is; looked at while no transaction is open."""
    if len(data) > MOST_BYTES:
        zh, en = f"最大 {MOST_BYTES // 1_000_000} MB", f"at most {MOST_BYTES // 1_000_000} MB"
        raise _refused(name, zh, en)
    looked = look_at(data)
    if looked.form is None:
        raise _refused(name, *PROBLEMS[looked.problem or UNREADABLE])
    return looked.form


def _add(
    session: Session, case: ObjectionCase, use: EvidenceUse, file: tuple[str, str, bytes], by: str, now: datetime
) -> int:
    name, form, data = file
    if State(case.state) in CLOSED:
        raise refused(State(case.state), Move.ADD_EVIDENCE)
    digest = sha256(data).hexdigest()
    mine = (ObjectionEvidence.case_id == case.id, ObjectionEvidence.use == use)
    there = session.scalar(select(ObjectionEvidence.id).where(*mine, ObjectionEvidence.sha256 == digest))
    if there is not None:
        return there
    if (session.scalar(select(func.count()).select_from(ObjectionEvidence).where(*mine)) or 0) >= MOST_FILES:
        raise _refused(name, f"最多 {MOST_FILES} 份", f"at most {MOST_FILES} files")
    row = ObjectionEvidence(
        case_id=case.id, use=use.value, name=safe_name(name, form), form=form, size=len(data), sha256=digest,
        added_at=now, added_by=by, content=data,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _note(session, case, "objection.file_added", digest, by, now)
    return row.id


def safe_name(name: str, form: str) -> str:
    """The file's name without folders, control characters or a misleading ending."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(one for one in unicodedata.normalize("NFC", last) if one.isprintable() and one not in '<>:"|?*')
    stem = plain.rsplit(".", 1)[0].strip(". ") or "file"
    ending = "jpg" if form == "jpeg" else form
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"


def _refused(name: str, zh: str, en: str) -> Problem:
    return Problem("EVIDENCE_REFUSED", name=safe_name(name, "file")[:-5], detail_zh=zh, detail_en=en)


def _note(session: Session, case: ObjectionCase, action: str, digest: str, by: str, now: datetime) -> None:
    add_entry(session, at=now, actor=by, action=action, subject=f"objection:{case.id}", detail={"sha256": digest})
