"""Which language a page speaks: ``?lang=``, else the cookie, else the browser's wish, else Chinese."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask, Response, current_app, g, request, url_for
from flask_babel import Babel
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException

COOKIE = "lang"
LANGUAGES = {"zh": "中文", "en": "English"}
DEFAULT = "zh"
A_YEAR = 365 * 24 * 60 * 60


def language() -> str:
    """``zh`` or ``en`` for this request."""
    if "language" not in g:
        g.language = _choose()
    return str(g.language)


def _choose() -> str:
    for wish in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if wish in LANGUAGES:
            return str(wish)
    return request.accept_languages.best_match(list(LANGUAGES), DEFAULT)


def locale() -> str:
    """The same for Babel, which formats dates and finds the translations."""
    return {"zh": "zh_Hans_CN", "en": "en"}[language()]


def switch_address(to: str) -> str:
    """This page in the other language; a page that was posted to leads to where it can be fetched, else home."""
    if request.endpoint is None:
        return f"{request.path}?lang={to}"
    if request.method not in ("GET", "HEAD"):
        try:
            adapter = current_app.create_url_adapter(request)
            endpoint, arguments = adapter.match(method="GET") if adapter else ("reports.home", {})
        except HTTPException:
            return url_for("reports.home", lang=to)
        return url_for(endpoint, **{**arguments, "lang": to})
    return url_for(request.endpoint, **{**request.args.to_dict(), **(request.view_args or {}), "lang": to})


def remember(response: Response) -> Response:
    """Keep a choice made by ``?lang=`` and tell caches that the page depends on the language."""
    wish = request.args.get("lang")
    if wish in LANGUAGES:
        secure = request.is_secure
        response.set_cookie(COOKIE, str(wish), max_age=A_YEAR, samesite="Lax", httponly=True, secure=secure)
    if response.mimetype == "text/html":
        response.vary.update(("Accept-Language", "Cookie"))
        response.headers["Content-Language"] = {"zh": "zh-Hans-CN", "en": "en"}[language()]
    return response


# A run of Chinese with the punctuation that stands within it.
CHINESE = re.compile(
    r"[\u3400-\u9fff\U00020000-\U0003ffff][\u3000-\u303f\u3400-\u9fff\uff00-\uffef\U00020000-\U0003ffff]*"
)


def spoken(text: Any) -> Markup:
    """``text`` as HTML in which Chinese on a page of another language is marked, so that it is read out as Chinese."""
    safe = escape(text)
    if language() == "zh":
        return safe
    return Markup(CHINESE.sub(r'<span lang="zh-Hans-CN">\g<0></span>', str(safe)))  # noqa: S704


def init_language(app: Flask) -> None:
    """Wire Babel and the switch into the application."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "zh_Hans_CN")
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Asia/Shanghai")
    Babel(app, locale_selector=locale)
    app.after_request(remember)
    app.jinja_env.globals.update(language=language, languages=LANGUAGES, switch_address=switch_address)
    app.jinja_env.filters["spoken"] = spoken
