"""What the server measures of its answers, and the page where Prometheus reads it.

``/metrics`` tells how busy the service is and which departments are away, which is nobody else's business: it wants
``METRICS_TOKEN``; without one it answers only this machine itself, and not through a proxy.
"""

from __future__ import annotations

import time

from flask import Blueprint, Flask, Response, abort, g, request

from creditreport.operations.exposing import may_read
from creditreport.web.context import moment, service

blueprint = Blueprint("measuring", __name__)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Counters, latencies and the store's state, for Prometheus; 404 for everybody else."""
    from creditreport.operations.gauges import Gauges
    from creditreport.operations.metrics import CONTENT_TYPE, exposition

    if not may_read(service().settings, request.headers.get, request.remote_addr):
        abort(404)
    return Response(exposition(Gauges(service(), moment())), content_type=CONTENT_TYPE)


def init_measuring(app: Flask) -> None:
    """Measure every answer from the first look at the request to the last byte handed to the server."""
    from creditreport.operations.metrics import answer_given, start_counting

    start_counting()

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        began, endpoint, method, status = (
            g.get("began"),
            request.endpoint or "none",
            request.method,
            response.status_code,
        )

        @response.call_on_close
        def note() -> None:
            if began is not None:
                answer_given(endpoint, method, status, time.perf_counter() - began)

        return response
