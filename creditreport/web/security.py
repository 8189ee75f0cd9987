"""Security headers and cookies: a strict policy without inline script or style, nothing from other hosts."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, Response, request

from creditreport.config import Settings

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
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
TWO_YEARS = 63_072_000
# What a form needs beside the file it carries.
FORM_OVERHEAD = 64 * 1024


def configure_cookies(app: Flask, settings: Settings) -> None:
    """Cookies over https only when the service is public over https; never readable by script."""
    https = settings.public_url.startswith("https://")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="creditreport",
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

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={TWO_YEARS}; includeSubDomains")
        if request.endpoint not in ("static", "bootstrap.static"):
            response.headers["Cache-Control"] = "no-store"
        return response
