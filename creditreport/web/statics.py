"""Static files under names that hold their digest (``site.3f2a9c71b0.css``): kept by browsers for a year.

A changed file has another name, so nobody is ever shown an old one. While servers are being renewed one of them may be
asked for a name of the other's: it hands out what it has, and lets nobody keep that.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response

STATIC = ("static", "bootstrap.static")
YEAR = 31_536_000
LENGTH = 10
# What pages load. A file that a person saves keeps its own name.
LOADED = {".css", ".js", ".svg", ".png", ".ico", ".woff", ".woff2"}
HASHED = re.compile(rf"^(?P<stem>.+)\.(?P<digest>[0-9a-f]{{{LENGTH}}})(?P<suffix>\.\w+)$")


def init_statics(app: Flask) -> None:
    """Name static files by their digest in every address that is made, and read such names."""
    folders = {name: Path(_folder(app, name)) for name in STATIC}

    @app.url_defaults
    def name_by_digest(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint in folders and (digest := _digest(folders[endpoint] / values["filename"])):
            stem, _, suffix = values["filename"].rpartition(".")
            values["filename"] = f"{stem}.{digest}.{suffix}"

    for endpoint in STATIC:
        app.view_functions[endpoint] = _by_digest(app.view_functions[endpoint], folders[endpoint])


def _folder(app: Flask, endpoint: str) -> str:
    owner = app.blueprints[endpoint.partition(".")[0]] if "." in endpoint else app
    return str(owner.static_folder)


def _by_digest(view: Any, folder: Path) -> Any:
    def hand_out(filename: str) -> Response:
        found = HASHED.match(filename)
        plain = f"{found['stem']}{found['suffix']}" if found else filename
        if not found or _digest(folder / plain) is None:
            plain_answer: Response = view(filename=filename)
            return plain_answer
        answer: Response = view(filename=plain)
        answer.cache_control.clear()
        if found["digest"] == _digest(folder / plain):
            answer.cache_control.public, answer.cache_control.max_age = True, YEAR
            answer.cache_control.immutable = True
        else:
            answer.cache_control.no_store = True
        return answer

    return hand_out


@cache
def _digest(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:LENGTH] if path.suffix in LOADED and path.is_file() else None
