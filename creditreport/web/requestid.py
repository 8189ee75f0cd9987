"""A name for each request: in every log line about it, in its answer's head and in a problem that is told.

A proxy's own name is taken on where a proxy is trusted, so that its log and ours can be laid side by side.
"""

from __future__ import annotations

import re
import secrets

import structlog
from flask import Flask, Response, g, request

from creditreport.config import Settings

HEADER = "X-Request-ID"
# Under this key the server's access log finds it.
VARIABLE = "creditreport.request_id"
FORM = re.compile(r"[0-9A-Za-z_-]{8,64}")


def request_id() -> str:
    """The present request's name."""
    return str(g.request_id)


def init_request_ids(app: Flask, settings: Settings) -> None:
    """Name each request before anything else is done with it."""

    @app.before_request
    def name_it() -> None:
        given = request.headers.get(HEADER, "") if settings.trusted_proxies else ""
        g.request_id = given if FORM.fullmatch(given) else secrets.token_hex(8)
        request.environ[VARIABLE] = g.request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=g.request_id)

    @app.teardown_request
    def forget_it(_error: BaseException | None) -> None:
        structlog.contextvars.unbind_contextvars("request")

    @app.after_request
    def tell_it(response: Response) -> Response:
        response.headers[HEADER] = g.request_id
        return response
