"""Giving verdict pages again that were drawn before (verification/kept.py), to visitors of whom nothing is known."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from flask import Response, request, session

from creditreport.verification.codes import Code, read_code
from creditreport.verification.kept import KeptPage, State, page_key, tells
from creditreport.verification.verdict import Verdict
from creditreport.web.context import moment, service
from creditreport.web.language import COOKIE, language
from creditreport.web.problems import wants_json

Draw = Callable[[], tuple[Verdict, Response]]


def kept_or_drawn(code: str, draw: Draw) -> tuple[Verdict, Response]:
    """The verdict and its page: a kept one if nothing about the report has changed, else what ``draw`` makes."""
    found = read_code(code) if _for_anybody() else None
    if not isinstance(found, Code):
        return draw()
    states, pages = service().report_states, service().kept_pages
    state = states(found.value)
    key = _key(state, code)
    kept = pages.get(key) if key is not None else None
    if kept is not None:
        return kept.verdict, Response(kept.page, mimetype="text/html")
    verdict, response = draw()
    # What changed while the page was drawn may stand on it or not: then it is not kept. Nor is what a form made whole
    # for this visitor alone.
    if verdict.report is not None and not session.modified and states(found.value) == state:
        key = _key(state, code)
        if key is not None and tells(verdict, key[0]):
            pages.keep(key, KeptPage(response.get_data(), verdict))
    return verdict, response


def _key(state: State | None, code: str) -> tuple[Hashable, str, str] | None:
    known = page_key(state, moment(), service().currency) if state is not None else None
    # The page leads to itself in the other language, by the code as it was typed.
    return (known, code, language()) if known is not None else None


def _for_anybody() -> bool:
    """Whether the page would be the same for everybody: asked for as by a scan, by nobody who is signed in."""
    if request.method != "GET" or "Authorization" in request.headers:
        return False
    return not (request.cookies.keys() - {COOKIE} or request.args.keys() - {"lang"} or wants_json())
