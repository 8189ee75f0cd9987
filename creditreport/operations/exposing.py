"""Where Prometheus reads what processes of jobs count: a port of their own (``JOBS_METRICS``), beside the pages' one.

No folder is shared with the web server: they may be on other machines or in containers whose process ids mean nothing
to each other, and of two web servers each would tell the same numbers again. The store's state (queue, keys, freshness)
is told by the web server alone, so that nothing is there twice.

Celery's processes count together in a folder that their main process makes before it forks and removes at its end. What
a process counted that has died stays counted; a worker that is started anew begins at nothing, as Prometheus expects.
"""

from __future__ import annotations

import hmac
import os
import shutil
import tempfile
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import structlog

from creditreport.config import Settings

log = structlog.get_logger(__name__)
# The value of a header of the request, by its name however written; ``None`` where there is none.
Header = Callable[[str], str | None]
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
PROXY_HEADERS = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")
# A caller that is slower than this is not Prometheus.
PATIENCE_SECONDS = 10


def may_read(settings: Settings, header: Header, address: str | None) -> bool:
    """Whether who asks may read the numbers: with the token; where none is set, this machine itself, by no proxy."""
    if settings.metrics_token is not None:
        shown = header("Authorization") or ""
        return hmac.compare_digest(shown.encode(), f"Bearer {settings.metrics_token}".encode())
    if any(header(name) is not None for name in PROXY_HEADERS):
        return False
    try:
        return ip_address(address or "").is_loopback
    except ValueError:
        # A socket that only the proxy can reach.
        return False


def count_in_own_folder() -> str:
    """Have this process and those that it forks count together, apart from all others; before anything counts."""
    folder = os.environ[FOLDER] = tempfile.mkdtemp(prefix="creditreport-jobs-metrics-")
    return folder


def count_alone() -> None:
    """This process counts for itself, whatever folder the environment names: that one is another service's."""
    os.environ.pop(FOLDER, None)


class JobsMetrics:
    """The port; :meth:`close` ends it and removes ``folder``."""

    def __init__(self, settings: Settings, folder: str | None = None) -> None:
        self._folder = folder
        self._server: ThreadingHTTPServer | None = None
        if settings.jobs_metrics is None:
            return
        try:
            self._server = ThreadingHTTPServer(settings.jobs_metrics, _answering(settings))
        except OSError as error:
            # Jobs are done all the same; Prometheus finds nobody at the port and says so.
            log.warning("metrics_not_served", port=settings.jobs_metrics[1], error=type(error).__name__)
            return
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, name="jobs-metrics", daemon=True).start()
        log.info("metrics_served", port=self._server.server_address[1])

    def close(self) -> None:
        """Safe to repeat."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _answering(settings: Settings) -> type[BaseHTTPRequestHandler]:
    class Answer(BaseHTTPRequestHandler):
        """``GET /metrics``; anything else, and everybody else, gets 404."""

        timeout = PATIENCE_SECONDS
        server_version, sys_version = "metrics", ""

        def do_GET(self) -> None:
            """Answer."""
            from creditreport.operations.metrics import CONTENT_TYPE, exposition

            if self.path != "/metrics" or not may_read(settings, self.headers.get, self.client_address[0]):
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            body = exposition()
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Who asked is of no interest."""

    return Answer
