"""Issuing for a list, line by line, so that it may be broken off anywhere and gone on with.

The folder of a batch knows which list it is for and when it began. Each line is asked for with a key of its own
(``reports.once``), so that a line whose process was killed between the commit and our note of it leads to the report it
was given, that day or days later.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from creditreport.clock import as_shanghai
from creditreport.entities.register import find_entity
from creditreport.errors import Problem
from creditreport.reports.batch_lines import Line
from creditreport.reports.issue import issue_report
from creditreport.reports.once import issued_before, once_key
from creditreport.reports.output import whole_file
from creditreport.reports.request import IssueRequest
from creditreport.spreadsheets import csv_lines

if TYPE_CHECKING:
    from creditreport.service import Service

NAME, RESULTS, NOTES = "batch.json", "results.csv", "results.part"
SERVER_SIDE = 500


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one line: ``issued``, ``refused`` (a person has to do something) or ``failed`` (try again)."""

    line: int
    uscc: str
    years: str
    purpose: str
    state: str
    number: str = ""
    verification_code: str = ""
    file: str = ""
    code: str = ""
    message_zh: str = ""
    message_en: str = ""

    def message(self, language: str) -> str:
        """Why there is no report."""
        return self.message_en if language.startswith("en") else self.message_zh

    def as_json(self) -> dict[str, Any]:
        """As ``issue-batch --json`` tells it."""
        return asdict(self)


HEADER = tuple(field.name for field in fields(Result))


class Batch:
    """One list and its folder; one process works on it at a time."""

    def __init__(
        self, service: Service, file: Path, lines: Sequence[Line], out: Path, by: str, *, resume: bool
    ) -> None:
        self.service, self.lines, self.out, self.by = service, lines, out, by
        digest = sha256(file.read_bytes()).hexdigest()
        self.id, self.begun = self._known(digest, resume) or self._new(digest)
        self._results = {one.line: one for one in self._noted()}
        self._notes: IO[bytes] | None = None

    def _known(self, digest: str, resume: bool) -> tuple[str, date] | None:
        """The batch that was begun in the folder. Raises ``BATCH_EXISTS``, ``BATCH_OTHER_LIST``."""
        path = self.out / NAME
        if not path.is_file():
            return None
        if not resume:
            raise Problem("BATCH_EXISTS", path=str(self.out))
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["list_sha256"] != digest:
            raise Problem("BATCH_OTHER_LIST", path=str(self.out))
        return told["id"], date.fromisoformat(told["begun"])

    def _new(self, digest: str) -> tuple[str, date]:
        known = secrets.token_hex(16), as_shanghai(self.service.clock.now()).date()
        try:
            self.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Problem("OUTPUT_NOT_WRITABLE", path=str(self.out), detail=error.strerror or str(error)) from error
        told = {"id": known[0], "begun": known[1].isoformat(), "list_sha256": digest}
        with whole_file(self.out / NAME) as file:
            file.write(json.dumps(told, indent=1).encode())
        return known

    def __enter__(self) -> Self:
        notes = (self.out / NOTES).open("ab+")
        # What a killed process was writing ends in the middle of a line.
        notes.seek(0)
        notes.truncate(notes.read().rfind(b"\n") + 1)
        self._notes = notes
        return self

    def __exit__(self, *_: object) -> None:
        if self._notes is not None:
            with suppress(OSError):
                self._notes.close()
        with self._writing(), whole_file(self.out / RESULTS) as file:
            rows = [[getattr(one, name) for name in HEADER] for one in self.results()]
            file.writelines(line.encode() for line in csv_lines([HEADER, *rows]))

    @property
    def todo(self) -> list[Line]:
        """The lines without a report that may have one: those not tried, and those that a source refused."""
        known = self._results
        return [line for line in self.lines if line.number not in known or known[line.number].state == "failed"]

    def results(self) -> list[Result]:
        """What is known, in the order of the list."""
        return [self._results[line.number] for line in self.lines if line.number in self._results]

    def issue(self, line: Line, now: datetime) -> Result:
        """Issue the report of one line, or note why not.

        A store that is away ends the batch with its error, a folder that cannot be written with
        ``OUTPUT_NOT_WRITABLE``; it can be gone on with.
        """
        request = IssueRequest(
            line.uscc, line.years, line.purpose, self.by, language=line.language, showing=line.showing,
            once=f"batch:{self.id}:{line.number}",
        )  # fmt: skip
        try:
            number, code, pdf = self._before(request, now) or self._issued(request, now)
        except Problem as problem:
            state = "failed" if problem.kind.http_status >= SERVER_SIDE else "refused"
            why = {"code": problem.code, "message_zh": problem.zh, "message_en": problem.en}
            return self._note(Result(line.number, line.uscc, line.years, line.purpose, state, **why))
        name = f"{line.number:06d}_{number}.pdf"
        with self._writing(), whole_file(self.out / name) as file:
            file.write(pdf)
        return self._note(Result(line.number, line.uscc, line.years, line.purpose, "issued", number, code, name))

    def _issued(self, request: IssueRequest, now: datetime) -> tuple[str, str, bytes]:
        issued = issue_report(self.service, request, now)
        return issued.number, issued.content.verification_code, issued.pdf

    def _before(self, request: IssueRequest, now: datetime) -> tuple[str, str, bytes] | None:
        """The report that the line was given on a day before today, by a process that could not note it any more."""
        today = as_shanghai(now).date()
        if self.begun == today:
            return None
        with self.service.reading() as session:
            entity = find_entity(session, request.uscc)
            for day in _days(self.begun, today):
                if before := issued_before(session, once_key(entity, request, day)):
                    content, document = before
                    return content.number, content.verification_code, document.pdf
        return None

    def _note(self, result: Result) -> Result:
        assert self._notes is not None  # noqa: S101 - entered
        with self._writing():
            self._notes.write(json.dumps(result.as_json(), ensure_ascii=False).encode() + b"\n")
            self._notes.flush()
            os.fsync(self._notes.fileno())
        self._results[result.line] = result
        return result

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A folder that cannot be written ends the batch: what was issued is found again when it is gone on with."""
        try:
            yield
        except OSError as error:
            raise Problem("OUTPUT_NOT_WRITABLE", path=str(self.out), detail=error.strerror or str(error)) from error

    def _noted(self) -> Iterator[Result]:
        """What earlier processes noted, the last word on each line; a note that was cut off in the middle is none."""
        path = self.out / NOTES
        for text in path.read_bytes().splitlines(keepends=True) if path.is_file() else ():
            if text.endswith(b"\n"):
                yield Result(**json.loads(text))


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days))
