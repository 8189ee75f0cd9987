"""Where a page may lead after it has done its work."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import url_for


def safe_target(target: str | None) -> str:
    """``target`` if it is a path on this site, else the first page: no sign-in sends anybody elsewhere."""
    if target and target.isprintable() and target.startswith("/") and not target.startswith("//"):
        parts = urlsplit(target)
        if not parts.scheme and not parts.netloc and "\\" not in target:
            return target
    return url_for("reports.home")
