"""Verifying: what a verification code, or a PDF that was handed over, is worth today.

A file is checked in five steps; the numbers are those in the code below and in every answer:

1. the signature is intact: the signed bytes are unchanged and the certificate's key made the signature;
2. it covers the whole file: every byte but the signature's own value is under it, and after the signed bytes stand at
   most our own validation data and a document timestamp over all of it (additions.py);
3. its chain ended in one of our roots at the signing time (the stored one, else the claimed one);
4. the file's SHA-256 is that of an edition of an issued report, the one whose code stands on it;
5. the report's status today.

The word that follows: a file that is too large, not a PDF, unreadable, encrypted or unsigned fails step 1 and is
``NOT_ISSUED_HERE``; if 1, 2 or 4 fails it is ``TAMPERED`` when a code on it or its signer is ours, else
``NOT_ISSUED_HERE``; if 3 fails, ``NOT_ISSUED_HERE``; else the status today.

Each of the first four steps is looked at on its own, also after another failed, so that a person sees all that is
wrong; a step that has nothing to look at (no signature; the bytes beyond the limit were never read) is ``None``.
Step 5 is ``None`` unless the first four hold: before that nobody knows which report the file is. The policy is
empty of exceptions and fails closed: no root, no signature, no stored digest each mean no.

A file without a signature on which one code of ours is read (in its data, in the text or the picture of its pages) is
a copy: it stays ``NOT_ISSUED_HERE``, and ``copy_of`` tells the verdict of that code. So a scan or a print is told
apart from the original, which alone is ``VALID``, and from a signed file that was changed, which is ``TAMPERED``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from creditreport.objections.corrections import is_letter
from creditreport.reports.archive import find_by_code
from creditreport.reports.models import CreditReport
from creditreport.signing.trust import TrustStore
from creditreport.verification.by_code import CheckCurrency, told_today
from creditreport.verification.inspection import Inspection, inspect_pdf, is_picture
from creditreport.verification.sandbox import inspect_in_sandbox, see_in_sandbox
from creditreport.verification.sentences import (
    COPY,
    COPY_OF_MANY,
    COPY_OF_NOTHING,
    LETTER,
    PICTURE,
    REFUSALS,
    refusal,
)
from creditreport.verification.status import (
    IssuedFile,
    VerdictStatus,
    code_is_ours,
    file_by_digest,
    first_file,
    signer_is_known,
)
from creditreport.verification.unread import NOT_PDF, TOO_LARGE, UNSIGNED
from creditreport.verification.verdict import Step, Verdict

Inspect = Callable[[bytes], Inspection]
See = Callable[[bytes], tuple[str, ...]]


def verify_file(
    session: Session,
    pdf: bytes,
    now: datetime,
    trust: TrustStore,
    limit: int,
    *,
    current: CheckCurrency | None = None,
    inspect: Inspect = inspect_in_sandbox,
    see: See = see_in_sandbox,
) -> Verdict:
    """The verdict on a PDF (or the picture of a page) at ``now``, with its five steps.

    ``limit`` is the largest size looked at, in bytes. Never raises on a hostile file: what cannot be read is
    ``NOT_ISSUED_HERE``.
    """
    if len(pdf) > limit:
        return _refused(Inspection(problem=TOO_LARGE), (False, None, None, None, None), ours=False)
    digest = hashlib.sha256(pdf).hexdigest()
    known = file_by_digest(session, digest)
    # Bytes that we made ourselves are read right here; a stranger's are read behind bounds.
    found = inspect_pdf(pdf) if known is not None else _with_codes_seen(inspect(pdf), pdf, see)
    signed = found.problem is None

    step_1 = signed and found.intact
    step_2 = found.covers_whole_file if signed else None
    step_3 = _chain_trusted(session, found, known, trust) if signed else None
    step_4 = known is not None and _code_fits(session, found, known.report)
    if known is None or not (step_1 and step_2 and step_3 and step_4):
        changed = signed and not (step_1 and step_2 and step_4)
        ours = changed and (code_is_ours(session, found.codes) or _signer_is_ours(session, found, bool(step_3)))
        verdict = _refused(found, (step_1, step_2, step_3, step_4, None), ours=ours)
        if ours and is_letter(session, digest):
            # Ours to the byte, and not changed: it is only no report.
            return replace(verdict, status=VerdictStatus.NOT_ISSUED_HERE, detail=LETTER)
        return verdict if ours else _as_copy(session, verdict, found, pdf, now, current)
    verdict = told_today(session, known, now, current)
    steps = _steps((step_1, step_2, step_3, step_4, verdict.is_valid))
    return replace(verdict, steps=steps, sha256_matches=True)


def _with_codes_seen(found: Inspection, data: bytes, see: See) -> Inspection:
    """The findings, with the codes that only eyes see on a page where the file itself tells none."""
    readable = found.problem in (None, UNSIGNED) or (found.problem == NOT_PDF and is_picture(data))
    return replace(found, codes=see(data)) if readable and not found.codes else found


def _as_copy(
    session: Session,
    verdict: Verdict,
    found: Inspection,
    data: bytes,
    now: datetime,
    current: CheckCurrency | None,
) -> Verdict:
    """A refused file once more: a copy whose code leads to one report is told so; one that leads nowhere a miss."""
    reports = [find_by_code(session, code) for code in found.codes]
    ours = [report for report in reports if report is not None]
    verdict = replace(verdict, misses=len(reports) - len(ours))
    picture = is_picture(data)
    if found.problem != UNSIGNED and not picture:
        return verdict
    if len(ours) == 1:
        told = told_today(session, first_file(ours[0]), now, current)
        return replace(verdict, detail=COPY, copy_of=told)
    if ours:
        return replace(verdict, detail=COPY_OF_MANY)
    if found.codes:
        return replace(verdict, detail=COPY_OF_NOTHING)
    return replace(verdict, detail=PICTURE) if picture else verdict


def _steps(oks: tuple[bool | None, ...]) -> tuple[Step, ...]:
    names = ("signature_intact", "covers_whole_file", "chain_trusted", "digest_matches_issued", "status_today")
    return tuple(Step(number, name, ok) for number, (name, ok) in enumerate(zip(names, oks, strict=True), start=1))


def _chain_trusted(session: Session, found: Inspection, known: IssuedFile | None, trust: TrustStore) -> bool:
    """Step 3: at the moment we stored for the file, or for the report whose code it bears; else at the claimed one."""
    if known is not None:
        at: datetime | None = known.signed_at
    else:
        report = next(filter(None, (find_by_code(session, code) for code in found.codes)), None)
        at = report.issued_at if report is not None else found.claimed_at
    if found.certificate is None or at is None:
        return False
    return trust.accepts(found.certificate, found.other_certificates, at)


def _code_fits(session: Session, found: Inspection, issued: CreditReport) -> bool:
    """Step 4, second half: a code of ours on the file is that of the report whose digest it has.

    Two reports' digests exchanged in the store would be found here.
    """
    return issued.verification_code in found.codes or not code_is_ours(session, found.codes)


def _signer_is_ours(session: Session, found: Inspection, chain_trusted: bool) -> bool:
    if chain_trusted:
        return True
    return found.certificate is not None and signer_is_known(session, hashlib.sha256(found.certificate).hexdigest())


def _refused(found: Inspection, oks: tuple[bool | None, ...], *, ours: bool) -> Verdict:
    """A file that is not, byte for byte, a report of ours."""
    steps = _steps(oks)
    status = VerdictStatus.TAMPERED if ours else VerdictStatus.NOT_ISSUED_HERE
    detail = REFUSALS[found.problem] if found.problem is not None else refusal(steps, tampered=ours)
    return Verdict(status, detail=detail, steps=steps, sha256_matches=steps[3].ok)
