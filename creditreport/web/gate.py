"""Before the application: who scans a code gets the page that was drawn before, if nothing it tells has changed.

A scan is the one request of which there are very many, and Flask's own part of it takes longer than all the rest once
the page need not be drawn (verification/kept.py). So such a request is answered here, with the application's own bytes
and headers of the time when it drew the page. It is the same for everybody: only who asks for nothing but the page,
with no cookie but that of the language, is answered here. All else goes on to the application as if this were not
here, so also who missed a code and may have to wait; and everything where pages are drawn from a replica, which may
not know yet what the store says.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import LanguageAccept, MIMEAccept
from werkzeug.http import parse_accept_header
from werkzeug.wsgi import ClosingIterator

from creditreport.accounts.sessions import client_kind
from creditreport.config import Environment
from creditreport.verification.codes import Code, read_code
from creditreport.verification.kept import KeptPage, State, page_key, tells
from creditreport.verification.looks import note_look
from creditreport.verification.models import Channel
from creditreport.verification.told import verdict_told
from creditreport.web.language import COOKIE, DEFAULT, LANGUAGES
from creditreport.web.limits import of_address
from creditreport.web.problems import KINDS
from creditreport.web.requestid import HEADER, VARIABLE

if TYPE_CHECKING:
    from creditreport.service import Service

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
PREFIX = "/v/"
ENDPOINT = "verification.by_code"
# Where the application leaves the verdict that it told.
VERDICT = "creditreport.verdict"
COOKIES = {"": None, **{f"{COOKIE}={language}": language for language in LANGUAGES}}


@dataclass(frozen=True, slots=True)
class Scan:
    """A page that is asked for as by a scan: the code, and as it was typed, because the page leads to itself."""

    code: str
    typed: str
    language: str


class ScanGate:
    """Stands before ``inner``; one per application."""

    def __init__(self, inner: Wsgi, service: Service) -> None:
        self._inner, self._service = inner, service
        host = service.settings.official_domain.lower()
        self._host = None if service.settings.env is Environment.DEMO else host

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """A WSGI application."""
        began = time.perf_counter()
        scan = self._scan(environ)
        if scan is None or self._service.replica is not None:
            return self._inner(environ, start_response)
        now = self._service.clock.now()
        try:
            state = self._service.report_states(scan.code)
        except SQLAlchemyError:
            # The application tells it.
            return self._inner(environ, start_response)
        key = self._key(scan, state, now)
        kept = self._service.kept_pages.get(key) if key is not None else None
        if kept is None or not self._service.miss_limits.clean(f"address:{of_address(environ.get('REMOTE_ADDR'))}"):
            return self._drawn(environ, start_response, scan, state)
        verdict_told(kept.verdict.status.value, Channel.PAGE)
        note_look(self._service, kept.verdict, Channel.PAGE, client_kind(environ.get("HTTP_USER_AGENT", "")), now)
        name = environ[VARIABLE] = secrets.token_hex(8)
        start_response("200 OK", [*kept.headers, (HEADER, name)])
        return ClosingIterator([kept.page], lambda: _measure(began))

    def _scan(self, environ: dict[str, Any]) -> Scan | None:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX) or environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING"):
            return None
        cookie = environ.get("HTTP_COOKIE", "")
        if cookie not in COOKIES or "HTTP_AUTHORIZATION" in environ or HEADER_GIVEN in environ:
            return None
        if self._host is not None and environ.get("HTTP_HOST", "").lower() != self._host:
            return None
        page, language = _wish(environ.get("HTTP_ACCEPT", ""), environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        typed = path[len(PREFIX) :].encode("latin-1").decode("utf-8", "replace")
        found = read_code(typed) if page else None
        return Scan(found.value, typed, COOKIES[cookie] or language) if isinstance(found, Code) else None

    def _key(self, scan: Scan, state: State | None, now: datetime) -> Hashable | None:
        known = page_key(state, now, self._service.currency) if state is not None else None
        return (known, scan.typed, scan.language) if known is not None else None

    def _drawn(
        self, environ: dict[str, Any], start_response: Callable[..., Any], scan: Scan, state: State | None
    ) -> Iterable[bytes]:
        """The application's answer, kept if it is the page of a report that has not changed while it was drawn."""
        told: list[Any] = []

        def begin(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            told[:] = [status, headers]
            return start_response(status, headers, *more)

        body = self._inner(environ, begin)
        verdict = environ.get(VERDICT)
        if state is None or verdict is None or verdict.report is None or not _is_page(told):
            return body
        try:
            page = b"".join(body)
        finally:
            getattr(body, "close", lambda: None)()
        key = self._key(scan, state, self._service.clock.now())
        if key is not None and tells(verdict, key[0]) and self._service.report_states(scan.code) == state:  # type: ignore[index]
            headers = tuple((name, value) for name, value in told[1] if name.lower() != HEADER.lower())
            self._service.kept_pages.keep(key, KeptPage(page, headers, verdict))
        return [page]


# A proxy's name for the request: the application takes it on where a proxy is trusted.
HEADER_GIVEN = "HTTP_" + HEADER.upper().replace("-", "_")


def _is_page(told: list[Any]) -> bool:
    """Whether the answer is a page, and made for nobody in particular."""
    if not told or not told[0].startswith("200 "):
        return False
    headers = {name.lower(): value for name, value in told[1]}
    return headers.get("content-type", "").startswith("text/html") and "set-cookie" not in headers


def _measure(began: float) -> None:
    from creditreport.operations.metrics import answer_given

    answer_given(ENDPOINT, "GET", 200, time.perf_counter() - began)


@lru_cache(maxsize=256)
def _wish(accept: str, languages: str) -> tuple[bool, str]:
    """Whether a page is wanted, and in which language, as the application would choose."""
    page = parse_accept_header(accept, MIMEAccept).best_match(KINDS) not in KINDS[1:]
    return page, parse_accept_header(languages, LanguageAccept).best_match(list(LANGUAGES), DEFAULT)
