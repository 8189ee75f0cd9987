"""Errors as a person reads them: a page with one sentence in the page's language, or problem+json for programs."""

from __future__ import annotations

import json
import secrets
import traceback
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from creditreport.db import store_problem
from creditreport.errors import Problem
from creditreport.web.language import language

RETRY_SECONDS = 300
# A browser shows our page only after it has sent its whole file; a file beyond this is cut off instead.
DRAIN_LIMIT = 256 * 1024 * 1024
CHUNK = 1024 * 1024
MEGABYTE = 1024 * 1024
BY_STATUS = {401: "SIGN_IN_REQUIRED", 403: "NOT_ALLOWED", 404: "PAGE_NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}
# A page, or what programs read.
KINDS = ["text/html", "application/json", "application/problem+json"]

log = structlog.get_logger(__name__)


def wants_json() -> bool:
    """Whether the caller is a program: an API address, or JSON preferred over HTML."""
    return request.path.startswith("/api/") or request.accept_mimetypes.best_match(KINDS) in KINDS[1:]


def problem_response(problem: Problem, status: int | None = None) -> Response:
    """The problem as page or problem+json, with the HTTP status of its kind (or the given one)."""
    code = status or problem.kind.http_status
    response = _as_json(problem, code) if wants_json() else _as_page(problem, code)
    if code in (429, 503) or "retry_after" in problem.shown:
        response.headers["Retry-After"] = str(problem.shown.get("retry_after", RETRY_SECONDS))
    if code == 401 and request.path.startswith("/api/"):
        response.headers["WWW-Authenticate"] = "Bearer"
    response.vary.add("Accept")
    return response


def _as_json(problem: Problem, status: int) -> Response:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": problem.code,
        "status": status,
        "detail": problem.sentence(language()),
        "code": problem.code,
        "request_id": g.get("request_id"),
        **problem.shown,
    }
    return Response(json.dumps(body, ensure_ascii=False), status, mimetype="application/problem+json")


def _as_page(problem: Problem, status: int) -> Response:
    return make_response(render_template("web/problem.html", problem=problem, status=status), status)


def on_problem(problem: Problem) -> Response:
    """A refusal raised by a use case."""
    return problem_response(problem)


def on_csrf(_error: CSRFError) -> Response:
    """A form without a valid token: nothing was done."""
    return problem_response(Problem("FORM_EXPIRED"))


def on_http(error: HTTPException) -> Response | HTTPException:
    """What Flask itself refuses; redirects pass."""
    if error.code is None or error.code < 400 or error.response is not None:
        return error
    if isinstance(error, RequestEntityTooLarge):
        _drain()
        limit = (request.max_content_length or 0) // MEGABYTE
        view = current_app.view_functions.get(request.endpoint or "")
        code = "FILES_TOO_LARGE" if hasattr(view, "body_limit") else "UPLOAD_TOO_LARGE"
        return problem_response(Problem(code, limit=limit))
    response = problem_response(Problem(BY_STATUS.get(error.code, "BAD_REQUEST")), error.code)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "WWW-Authenticate"):
            response.headers[name] = value
    return response


def on_crash(error: Exception) -> Response:
    """Anything unforeseen."""
    return problem_response(problem_of(error))


def problem_of(error: Exception) -> Problem:
    """What a person is told of something unforeseen.

    It is logged with where it happened and an incident number, never with what was being handled.
    """
    lost_store = store_problem(error)
    if lost_store is not None:
        log.error("store_unavailable", endpoint=request.endpoint, error=type(error).__name__)
        return lost_store
    incident = secrets.token_hex(4)
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("request_failed", incident=incident, endpoint=request.endpoint, error=type(error).__name__, where=where)
    return Problem("INTERNAL_ERROR", incident=incident)


def _drain() -> None:
    """Read and forget a body that was refused by its declared length, so that the sender gets to see the answer."""
    left = request.content_length or 0
    if not (request.max_content_length or 0) < left <= DRAIN_LIMIT:
        return
    stream = request.environ["wsgi.input"]
    while left > 0 and (chunk := stream.read(min(CHUNK, left))):
        left -= len(chunk)


def init_problems(app: Flask) -> None:
    """Every error of the application goes through one of these."""
    app.register_error_handler(Problem, on_problem)
    app.register_error_handler(CSRFError, on_csrf)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(Exception, on_crash)
