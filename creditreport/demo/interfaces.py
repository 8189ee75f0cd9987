"""The invented departments' JSON interfaces: four ways to prove who asks, to go on, to say "all is well".

Each answers from its department's database, as its programmers would have made it; none knows the others' habits.
"""

from __future__ import annotations

import base64
import hmac
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from creditreport.demo.environment import database_file
from creditreport.sources.rest_auth import signature
from creditreport.violations.record import comparable_code

USERNAME = "creditreport"
APP_KEY = "credit-centre"
_SKEW = 300


@dataclass(frozen=True, slots=True)
class Question:
    """One request: ``target`` is path and query as sent, ``parameters`` are of the query or of the JSON body."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    parameters: Mapping[str, str]

    @property
    def path(self) -> str:
        """The path alone."""
        return self.target.partition("?")[0]

    def number(self, name: str, default: int) -> int:
        """A whole number among the parameters."""
        text = self.parameters.get(name, "")
        return int(text) if text.isdecimal() else default


@dataclass(frozen=True, slots=True)
class Told:
    """The answer: a JSON document and further headers."""

    document: Any
    headers: Mapping[str, str]


class Interface(ABC):
    """One department's interface over its table. ``code`` is the column that it finds a business by, if it does."""

    system: ClassVar[str]
    path: ClassVar[str]
    table: ClassVar[str]
    code: ClassVar[str | None] = None
    parameter: ClassVar[str] = ""

    def __init__(self, folder: Path, secret: str) -> None:
        self._file, self._secret = database_file(folder, self.system), secret

    @abstractmethod
    def admits(self, question: Question, now: float) -> bool:
        """Whether the credentials are right at the moment ``now`` (seconds since 1970)."""

    @abstractmethod
    def answer(self, question: Question) -> Told:
        """The page that was asked for."""

    def rows(self, question: Question) -> list[dict[str, Any]]:
        """The rows of the business that was asked about (in capitals or not, full width or not), or all rows."""
        rows = self.select(f"SELECT * FROM {self.table} ORDER BY rowid")  # noqa: S608 - names are our own
        if self.code is None:
            return rows
        wanted = comparable_code(question.parameters.get(self.parameter, ""))
        return [row for row in rows if wanted and comparable_code(str(row[self.code] or "")) == wanted]

    def select(self, statement: str) -> list[dict[str, Any]]:
        """What the department's database says."""
        with closing(sqlite3.connect(f"file:{quote(str(self._file))}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(statement)]


def _same(given: str | None, right: str) -> bool:
    return given is not None and hmac.compare_digest(given.encode(), right.encode())


def _slice(rows: Sequence[Any], start: int, size: int) -> Sequence[Any]:
    return rows[start : start + max(1, size)]


class Police(Interface):
    """Numbered pages, a signature over each request, success as a code."""

    system, path, table, code, parameter = "POLICE", "/police/cases", "ga_ajjg", "shxydm", "code"

    def admits(self, question: Question, now: float) -> bool:
        """The signature is right and not older than five minutes."""
        stamp = question.headers.get("x-timestamp", "")
        if question.headers.get("x-app-key") != APP_KEY or not stamp.isdecimal():
            return False
        right = signature(self._secret, question.method, question.target, stamp, question.body)
        fresh = abs(now - int(stamp)) <= _SKEW
        return fresh and _same(question.headers.get("x-signature"), right)

    def answer(self, question: Question) -> Told:
        """``{"code": 0, "data": {"total", "list"}}``."""
        rows, size = self.rows(question), question.number("pageSize", 10)
        page = _slice(rows, (question.number("pageNo", 1) - 1) * size, size)
        return Told({"code": 0, "message": "成功", "data": {"total": len(rows), "list": page}}, {})


class Labour(Interface):
    """Asked by POST, a bearer token, a cursor."""

    system, path, table, code, parameter = "LABOUR", "/labour/decisions", "ldbzjc_case", "emp_uscc", "uscc"

    def admits(self, question: Question, now: float) -> bool:
        """The token is right."""
        return _same(question.headers.get("authorization"), f"Bearer {self._secret}")

    def answer(self, question: Question) -> Told:
        """``{"success": true, "items", "next_cursor"}``; the cursor is ``null`` at the end."""
        rows, size, start = self.rows(question), question.number("limit", 10), question.number("cursor", 0)
        after = start + size
        cursor = str(after) if after < len(rows) else None
        return Told({"success": True, "items": _slice(rows, start, size), "next_cursor": cursor}, {})


class Ecology(Interface):
    """A key in a header of its own, the next page in the ``Link`` header."""

    system, path, table, code, parameter = "ECOLOGY", "/ecology/penalties", "st_xzcf_aj", "dsr_dm", "dsr_dm"

    def admits(self, question: Question, now: float) -> bool:
        """The key is right."""
        return _same(question.headers.get("x-api-key"), self._secret)

    def answer(self, question: Question) -> Told:
        """``{"status": "ok", "total", "rows"}``."""
        rows, size, start = self.rows(question), question.number("limit", 10), question.number("offset", 0)
        document = {"status": "ok", "total": len(rows), "rows": _slice(rows, start, size)}
        if start + size >= len(rows):
            return Told(document, {})
        further = urlencode({**question.parameters, "offset": start + size})
        return Told(document, {"Link": f'<{question.path}?{further}>; rel="next"'})


class Medical(Interface):
    """User and password; only the list as a whole, the next page's address and the time of loading in the answer."""

    system, path, table = "MEDICAL", "/medical/penalties", "yb_jjjg_cf"

    def admits(self, question: Question, now: float) -> bool:
        """User and password are right."""
        pair = base64.b64encode(f"{USERNAME}:{self._secret}".encode()).decode()
        return _same(question.headers.get("authorization"), f"Basic {pair}")

    def answer(self, question: Question) -> Told:
        """``{"result": "OK", "as_of", "total", "records", "next"}``."""
        rows, start, size = self.rows(question), question.number("from", 0), 10
        loaded = self.select("SELECT max(done_at) AS at FROM yb_sync_log WHERE tbl = 'yb_jjjg_cf'")
        after = start + size
        document = {
            "result": "OK",
            "as_of": loaded[0]["at"],
            "total": len(rows),
            "records": _slice(rows, start, size),
            "next": f"{self.path}?from={after}" if after < len(rows) else None,
        }
        return Told(document, {})


INTERFACE_TYPES: tuple[type[Interface], ...] = (Police, Labour, Ecology, Medical)
