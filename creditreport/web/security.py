"""Security headers, cookies and hosts: a strict policy without inline script or style, nothing from other hosts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from creditreport.accounts.apiaccess import for_programs
from creditreport.config import Environment, Settings
from creditreport.errors import Problem

# data: is for Bootstrap's own small pictures of check marks and arrows.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Permitted-Cross-Domain-Policies": "none",
}
# What a browser forgets when somebody signs out, so that the next person at a counter's screen finds nothing.
FORGET = '"cache", "storage"'
SIGNING_OUT = ("accounts.sign_out", "accounts.end_everywhere")
# A load balancer asks these by the machine's own address.
ANY_HOST = ("health.alive", "health.ready", "measuring.metrics")
TWO_YEARS = 63_072_000
# What a form needs beside the file it carries.
FORM_OVERHEAD = 64 * 1024
BODY_LIMIT = "body_limit"
F = TypeVar("F", bound=Callable[..., Any])


def configure_cookies(app: Flask, settings: Settings) -> None:
    """Cookies over https only when the service is public over https; never readable by script."""
    https = settings.public_url.startswith("https://")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        # The prefix makes browsers refuse one that a sibling host under the same domain tries to plant.
        SESSION_COOKIE_NAME="__Host-creditreport" if https else "creditreport",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=8),
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(minutes=10),
        MAX_CONTENT_LENGTH=settings.upload_limit_bytes + FORM_OVERHEAD,
        PREFERRED_URL_SCHEME="https" if https else "http",
    )


def init_security(app: Flask, settings: Settings) -> None:
    """Give every response its headers; pages are never cached by others, static files are."""
    configure_cookies(app, settings)
    https = settings.public_url.startswith("https://")
    if settings.trusted_proxies:
        # The proxies that the operator counts tell the caller's address; the host is compared below, never taken on.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies, x_host=0
        )

    @app.before_request
    def refuse_other_hosts() -> None:
        # The demo is looked at through tunnels and container ports; there is nothing to protect in it.
        if settings.env is Environment.DEMO or request.endpoint in ANY_HOST:
            return
        if request.host.lower() != settings.official_domain.lower():
            raise Problem("OTHER_HOST", host=settings.official_domain)

    wanted = list(HEADERS.items())
    if https:
        wanted.append(("Strict-Transport-Security", f"max-age={TWO_YEARS}; includeSubDomains"))

    @app.after_request
    def add_headers(response: Response) -> Response:
        there = {name.lower() for name, _ in response.headers}
        response.headers.extend([(name, value) for name, value in wanted if name.lower() not in there])
        if request.endpoint not in ("static", "bootstrap.static"):
            response.headers["Cache-Control"] = "no-store"
        if https and request.endpoint in SIGNING_OUT and request.method == "POST":
            response.headers["Clear-Site-Data"] = FORGET
        return response


def body_limit(most: int) -> Callable[[F], F]:
    """Let a view take a body of ``most`` bytes, where a form carries several files. The outermost but the route."""

    def mark(view: F) -> F:
        setattr(view, BODY_LIMIT, most)
        return view

    return mark


def init_csrf(app: Flask) -> None:
    """Ask every form for its token; only an address that takes nothing but a program's secret is not asked."""
    app.config.update(WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_CHECK_DEFAULT=False)
    forms = CSRFProtect(app)

    @app.before_request
    def check_form_token() -> None:
        view = app.view_functions.get(request.endpoint or "")
        # Before the token is read, and with it the whole body.
        if limit := getattr(view, BODY_LIMIT, None):
            request.max_content_length = limit
        if view is not None and not for_programs(view):
            forms.protect()
