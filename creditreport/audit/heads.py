"""Signed heads: what they say, how they are read back, and the folder outside the store where they are kept.

A head is two files, written once and never overwritten: ``<year>/head-<position>.json``, what was signed, and
``….p7s``, the detached CMS signature. A folder that only grows (another machine, a write-once share) is the place for
them: then not even somebody with the store and the signing key can make the chain say something else unnoticed.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from creditreport.audit.chain import Place, canonical
from creditreport.audit.models import AuditHead
from creditreport.errors import Problem

FORMAT = "creditreport-audit-head-1"
_NAME = re.compile(r"head-\d{12,}\.json")


@dataclass(frozen=True, slots=True)
class Head:
    """A head as it was read, from the store or a folder; nothing is known yet of its signature."""

    place: Place
    signed_at: datetime
    content: str
    signature: str
    where: str

    @property
    def position(self) -> int:
        """The last place that it covers."""
        return self.place.position


def head_content(place: Place, before: Place | None, portal: str, at: datetime) -> str:
    """What is signed: the chain's end, the head before it, whose chain it is, and when."""
    previous = {"position": before.position, "digest": before.digest} if before else None
    return canonical(
        {
            "format": FORMAT,
            "portal": portal,
            "position": place.position,
            "digest": place.digest,
            "previous": previous,
            "signed_at": at.isoformat(),
        }
    )


def stored_head(row: AuditHead) -> Head:
    """The head of a row: what was signed counts, not the columns beside it. Raises ``ValueError``."""
    return _read(row.content, row.signature, f"audit_head {row.position}")


def _read(content: str, signature: str, where: str) -> Head:
    told: dict[str, Any] = json.loads(content)
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise ValueError(where)
    place = Place(int(told["position"]), str(told["digest"]))
    signed_at = datetime.fromisoformat(str(told["signed_at"]))
    if signed_at.tzinfo is None or place.position < 1:
        raise ValueError(where)
    return Head(place, signed_at, content, signature, where)


def head_files(folder: Path) -> Iterator[Path]:
    """The heads in ``folder`` and the folders below it, in no order; none if there is no such folder."""
    yield from (path for path in folder.rglob("head-*.json") if _NAME.fullmatch(path.name))


def read_head(path: Path) -> Head:
    """The head in ``path`` with the signature beside it. Raises ``ValueError`` or ``OSError``."""
    signature = path.with_suffix(".p7s").read_text(encoding="ascii")
    return _read(path.read_bytes().decode("utf-8"), signature, str(path))


def write_head(folder: Path, row: AuditHead) -> None:
    """Put the head of ``row`` into ``folder``, unless it is there; safe to repeat and to run twice at once.

    Raises ``AUDIT_EXPORT_FAILED`` when it cannot be written, and ``AUDIT_EXPORT_CONFLICT`` when another head of the
    same place is there: then the chain was sealed twice, as after a store brought back from a backup. Nothing is ever
    overwritten.
    """
    path = folder / f"{row.signed_at:%Y}" / f"head-{row.position:012d}.json"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The signature first: a head without one would look like somebody's own.
        for target, text in ((path.with_suffix(".p7s"), row.signature), (path, row.content)):
            _write_once(target, text.encode("utf-8"))
    except OSError as error:
        raise Problem("AUDIT_EXPORT_FAILED", path=str(path), detail=error.strerror or str(error)) from error


def _write_once(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    partial = Path(name)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.chmod(0o444)
    try:
        # A hard link is made or refused in one step; a rename would replace what is there.
        os.link(partial, path)
    except FileExistsError:
        if path.read_bytes() != data:
            raise Problem("AUDIT_EXPORT_CONFLICT", path=str(path)) from None
    finally:
        partial.unlink()
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
