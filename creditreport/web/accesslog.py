"""gunicorn's access log without what must not lie about: verification codes, invitations, other secrets of addresses.

Whoever reads a log could look at a report with the code in it. A code keeps its first four characters, enough to tell
whether two lines are about the same one. ``gunicorn --logger-class creditreport.web.accesslog.AccessLog``.
"""

from __future__ import annotations

import json
import os
import re
from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from creditreport.logs import FORMAT, JsonLines
from creditreport.web.requestid import VARIABLE

SHOWN = 4
# What follows these in a path is a code as a person typed it, with spaces and letters of any script.
CODE = re.compile(r"(/v/|/api/v1/verifications/)([^/?#]+?)(?=$|[/?#]| HTTP/)", re.IGNORECASE)
# Whatever is asked of a page by ?name=value may be a code or a name; only its beginning stays.
VALUE = re.compile(r"([?&][^=&\s]+=)([^&#\s]+)")
# Tokens of links (set-up, invitation, opt-out). Numbers of reports, digits only, tell nothing and stay.
TOKEN = re.compile(r"(?<=/)(?!\d+(?![\w-]))[\w-]{16,}")


def shortened(text: str) -> str:
    """``text`` (a path, a request line, an address) with every code and token cut to its first characters."""

    def cut(found: re.Match[str]) -> str:
        return f"{found.group(1)}{_cut(found.group(2))}"

    return TOKEN.sub(lambda found: _cut(found.group()), VALUE.sub(cut, CODE.sub(cut, text)))


def _cut(value: str) -> str:
    return value if len(value) <= SHOWN else f"{value[:SHOWN]}…"


class AccessLog(Logger):  # type: ignore[misc]
    """gunicorn's log with shortened addresses; one JSON object in a line where ``LOG_FORMAT`` says so."""

    def setup(self, cfg: Any) -> None:
        """Give what gunicorn says of itself the form of all other lines."""
        super().setup(cfg)
        if os.environ.get(FORMAT) == "json":
            for handler in self.error_log.handlers:
                handler.setFormatter(JsonLines())

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """One line for an answered request: neither address nor browser of whoever asked."""
        if os.environ.get(FORMAT) != "json" or not self.cfg.accesslog:
            super().access(resp, req, environ, request_time)
            return
        told = {
            "event": "request",
            "request": environ.get(VARIABLE),
            "method": environ.get("REQUEST_METHOD"),
            "path": shortened(environ.get("RAW_URI") or ""),
            "status": int(resp.status_code),
            "bytes": getattr(resp, "sent", None),
            "seconds": round(request_time.total_seconds(), 4),
        }
        self.access_log.info(json.dumps(told, ensure_ascii=False))

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> dict[str, Any]:
        """What a line may hold."""
        atoms = super().atoms(resp, req, environ, request_time)
        # Headers and variables of the request may hold a whole address too; none of them is needed in a line.
        kept = {name: value for name, value in atoms.items() if not name.startswith("{")}
        return {
            **kept,
            **{name: shortened(str(kept[name])) for name in ("r", "U", "f") if name in kept},
            "q": shortened(f"?{kept.get('q') or ''}")[1:],
        }
