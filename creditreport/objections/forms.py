"""What a business writes on the pages of its objections, read as typed; the use cases say what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO

from flask import request

from creditreport.objections.evidence import MOST_BYTES, MOST_FILES
from creditreport.objections.filing import Filing
from creditreport.objections.flow import CaseKind

# A body with all the files that a case may have; each file is held to its own limit besides.
BODY_LIMIT = MOST_FILES * MOST_BYTES + 256 * 1024
OBJECTIONS = tuple(kind for kind in CaseKind if not kind.is_repair)


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it came; at most one byte more than is allowed is read of it, which is enough to refuse it."""

    name: str
    stream: IO[bytes]

    def read(self) -> bytes:
        """Its content."""
        return self.stream.read(MOST_BYTES + 1)


def filing() -> Filing:
    """The words of the form, or of the address that led to it."""
    told = request.values

    def said(key: str) -> str:
        return told.get(key, "").strip()

    return Filing(said("kind"), said("domain"), said("record"), said("report"), said("statement"), said("wish"))


def sent_files() -> list[Sent]:
    """The files that were chosen; an empty file field sends none."""
    return [Sent(file.filename, file.stream) for file in request.files.getlist("files") if file.filename]
