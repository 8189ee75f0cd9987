"""The double-publicity form on the page: imported like the command does it, its rejected rows kept to be fetched."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from creditreport.doublepublicity.importing import ImportRequest, import_form
from creditreport.doublepublicity.models import ImportRow, ImportState, RejectionFile
from creditreport.doublepublicity.result import ImportResult
from creditreport.errors import Problem

if TYPE_CHECKING:
    from creditreport.service import Service

# So many uploads are listed, newest first.
NEWEST = 50
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Uploaded:
    """One upload as staff see it; ``fetchable`` when its rejected rows can be downloaded here."""

    row: ImportRow
    fetchable: bool


def upload_form(service: Service, slug: str, name: str, stream: IO[bytes], actor: str, now: datetime) -> ImportResult:
    """Import an uploaded form for the domain ``slug``, and keep the rows that are sent back for download.

    The same file again changes nothing and gives the same answer. Raises as ``doublepublicity.importing.import_form``.
    """
    with TemporaryDirectory(dir=_scratch(service), prefix="upload-") as scratch:
        file, rejected = Path(scratch) / _safe(name), Path(scratch) / "back" / "rejected.xlsx"
        rejected.parent.mkdir()
        with file.open("wb") as target:
            copyfileobj(stream, target)
        result = import_form(service, ImportRequest(file, slug, actor, rejected), now)
        if result.rejection_file is not None:
            content = result.rejection_file.read_bytes()
            with service.sessions.begin() as session:
                if session.get(RejectionFile, result.row.id) is None:
                    session.add(RejectionFile(import_id=result.row.id, content=content))
    return result


def uploads(session: Session, only: Collection[str] | None = None) -> list[Uploaded]:
    """The newest uploads, of all domains or only of these."""
    query = (
        select(ImportRow, RejectionFile.import_id)
        .outerjoin(RejectionFile, RejectionFile.import_id == ImportRow.id)
        .where(ImportRow.state == ImportState.DONE)
        .order_by(ImportRow.id.desc())
        .limit(NEWEST)
    )
    if only is not None:
        query = query.where(ImportRow.slug.in_(sorted(only)))
    return [Uploaded(row, kept is not None) for row, kept in session.execute(query)]


def rejections_of(session: Session, import_id: int) -> tuple[ImportRow, bytes]:
    """An upload and the file of its rejected rows. Raises ``PAGE_NOT_FOUND`` when none is kept."""
    row, file = session.get(ImportRow, import_id), session.get(RejectionFile, import_id)
    if row is None or file is None:
        raise Problem("PAGE_NOT_FOUND")
    return row, file.content


def _scratch(service: Service) -> Path:
    folder = service.settings.var_dir / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _safe(name: str) -> str:
    """The uploaded file's own name without its folder and without what a file system or a log might stumble over."""
    plain = unicodedata.normalize("NFC", re.split(r"[\\/]", name)[-1])
    kept = "".join(char if char.isalnum() or char in "._-（）() " else "_" for char in plain).strip(" .")
    return (kept or "upload")[-LONGEST_NAME:]
