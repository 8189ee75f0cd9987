"""Importing an uploaded form: the use case.

1. The file is read to its end, or nothing happens.
2. Its rows are checked; with the last drop they make the next one, written under a hidden name.
3. The log says what is about to be done (``writing``), 4. the drop is put in its place, 5. the log says that it is
   done, with the audit entries. Killed before 4, the import has not happened; killed between 4 and 5, the next import
   of the domain finds the drop in its place and completes the log. Either way the same file can be sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from creditreport.audit.trail import add_entry
from creditreport.doublepublicity.checks import Checks, normal_or_none
from creditreport.doublepublicity.drop import Drop, Drops
from creditreport.doublepublicity.form import Returned
from creditreport.doublepublicity.merge import Merged, merge, without_doubles
from creditreport.doublepublicity.models import ImportRow, ImportState
from creditreport.doublepublicity.rejection import write_rejections
from creditreport.doublepublicity.result import ImportResult, returned_again, told
from creditreport.doublepublicity.upload import Upload, read_upload
from creditreport.errors import Problem
from creditreport.sources.drops import drop_date

if TYPE_CHECKING:
    from creditreport.service import Service


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """A file for a domain, who sends it, and where the rows that are sent back shall be written."""

    file: Path
    slug: str
    actor: str
    rejected: Path | None = None


def import_form(service: Service, request: ImportRequest, now: datetime) -> ImportResult:
    """Bring the accepted rows of an uploaded form into the domain's next drop; the same file twice changes nothing.

    Raises ``UNKNOWN_DOMAIN``, ``UPLOAD_NOT_DECLARED``, ``UPLOAD_UNREADABLE``, ``UPLOAD_COLUMNS``, ``UPLOAD_EMPTY``,
    ``DROP_UNREADABLE``, ``OUTPUT_NOT_WRITABLE``; then nothing was written.
    """
    drops = Drops(service.catalog.domain(request.slug), service.settings.environ)
    upload = read_upload(request.file)
    try:
        return _import(service, drops, request, upload, now)
    except OSError as error:  # a folder without rights, a full disk
        raise Problem("DROP_UNREADABLE", slug=request.slug, detail=str(error)) from error


def _import(service: Service, drops: Drops, request: ImportRequest, upload: Upload, now: datetime) -> ImportResult:
    with drops.locked():
        _complete(service, drops)
        with service.reading() as session:
            done = _imported(session, request.slug, upload.digest)
            last_import = _last(session, request.slug)
        if done is not None:
            _send_back(request, returned_again(done.detail, upload.lines))
            return ImportResult(done, True, request.rejected if done.rejected else None)
        last = drops.read()
        _check_continues(drops, last, last_import)
        merged = _merged(service, request, upload, last, now.date())
        row = _publish(service, drops, _Next(request, upload, last, merged, now))
    return ImportResult(row, False, request.rejected if row.rejected else None)


@dataclass(frozen=True, slots=True)
class _Next:
    request: ImportRequest
    upload: Upload
    last: Drop
    merged: Merged
    now: datetime


def _merged(service: Service, request: ImportRequest, upload: Upload, last: Drop, today: date) -> Merged:
    checks = Checks(service.catalog.domain(request.slug), service.catalog.vocabulary, today)

    def normal(cells: Mapping[str, str]) -> Mapping[str, str] | None:
        return normal_or_none(checks, cells)

    return merge(request.slug, last.rows, without_doubles(map(checks.check, upload.lines)), normal)


def _publish(service: Service, drops: Drops, new: _Next) -> ImportRow:
    """Steps 2 to 5."""
    name = drops.next_name(new.now, new.last.name)
    try:
        digest = drops.prepare(name, new.merged.rows)
        _send_back(new.request, [one for one in new.merged.outcomes if isinstance(one, Returned)])
        row = ImportRow(
            slug=new.request.slug,
            file_digest=new.upload.digest,
            file_name=new.upload.name,
            actor=new.request.actor,
            at=new.now,
            state=ImportState.WRITING.value,
            previous_drop=new.last.name,
            drop_name=name,
            drop_digest=digest,
            **told(new.merged, new.now.date(), service.calendar, service.rules.upload_days(new.now.date())),
        )
        with service.sessions.begin() as session:
            session.add(row)
    except BaseException:
        drops.discard(name)
        raise
    drops.publish(name, digest, new.last.name)
    with service.sessions.begin() as session:
        return _done(session, session.merge(row))


def _complete(service: Service, drops: Drops) -> None:
    """Bring to an end what an import of this domain began and did not finish."""
    slug = drops.manifest.slug
    open_rows = select(ImportRow).where(ImportRow.slug == slug, ImportRow.state == ImportState.WRITING.value)
    with service.sessions.begin() as session:
        for row in session.scalars(open_rows).all():
            if drops.holds(row.drop_name, row.drop_digest):
                drops.mark(row.drop_name)
                _done(session, row)
            else:
                drops.discard(row.drop_name)
                session.execute(delete(ImportRow).where(ImportRow.id == row.id))
    drops.clear()


def _done(session: Session, row: ImportRow) -> ImportRow:
    row.state = ImportState.DONE.value
    subject = f"double_publicity:{row.slug}"
    counts = {key: getattr(row, key) for key in ("rows_read", "accepted", "rejected", "skipped", "late")}
    named = {"file": row.file_digest, "drop": row.drop_name, "previous": row.previous_drop}
    add_entry(
        session, at=row.at, actor=row.actor, action="double_publicity.imported", subject=subject, detail=counts | named
    )
    for one in row.detail["replaced"]:
        # The row as it was stays readable in the drop that this one continues.
        detail = {**one, "drop": row.drop_name, "previous": row.previous_drop}
        add_entry(
            session, at=row.at, actor=row.actor, action="double_publicity.replaced", subject=subject, detail=detail
        )
    return row


def _imported(session: Session, slug: str, digest: str) -> ImportRow | None:
    return session.scalar(select(ImportRow).where(ImportRow.slug == slug, ImportRow.file_digest == digest))


def _last(session: Session, slug: str) -> ImportRow | None:
    return session.scalar(select(ImportRow).where(ImportRow.slug == slug).order_by(ImportRow.id.desc()).limit(1))


def _check_continues(drops: Drops, last: Drop, before: ImportRow | None) -> None:
    """The last drop must not be older than the one that the last import wrote: rows would be lost without a word."""
    if before is None:
        return
    written = drop_date(before.drop_name) or date.min
    if last.name is None or (drop_date(last.name) or date.min) < written:
        detail = f"上次导入写出的 {before.drop_name} 不在文件夹中 / the drop of the last import is not there"
        raise Problem("DROP_UNREADABLE", slug=drops.manifest.slug, detail=detail)


def _send_back(request: ImportRequest, returned: list[Returned]) -> None:
    if request.rejected is not None and returned:
        write_rejections(request.rejected, request.slug, returned)
