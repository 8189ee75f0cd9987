"""Is the process alive, and can it do its work? ``/healthz`` and ``/readyz``."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import structlog
from flask import Blueprint, Response, jsonify

from creditreport.errors import Problem
from creditreport.migrations.store import newest, version_of
from creditreport.web.context import service
from creditreport.web.translations import compiled

blueprint = Blueprint("health", __name__)
log = structlog.get_logger(__name__)


@blueprint.get("/healthz")
def alive() -> Response:
    """The process answers; nothing else is looked at."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """Each part that a report needs, really tried: 200 when all are there, else 503 naming those that are not."""
    checks = {name: _try(name, check) for name, check in CHECKS.items()}
    good = all(checks.values())
    return jsonify(status="ready" if good else "not ready", checks=checks), 200 if good else 503


def _try(name: str, check: Callable[[], object]) -> bool:
    # The reason stays in the log: this page is public and paths or addresses are nobody's business.
    try:
        return check() is not False
    except Problem as problem:
        log.error("not_ready", part=name, code=problem.code, reason=problem.en)
    except Exception as error:
        log.error("not_ready", part=name, error=type(error).__name__)
    return False


def _database() -> bool:
    # A store of another version answers too, and fails at the first report.
    engine = service().engine.execution_options(readonly=True)
    return version_of(engine) == _newest()


@cache
def _newest() -> str:
    return newest()


CHECKS: dict[str, Callable[[], object]] = {
    "database": _database,
    "catalog": lambda: service().catalog,
    "ruleset": lambda: service().ruleset,
    "keys": lambda: (service().signer, service().trust),
    "fonts": lambda: service().fonts,
    "translations": compiled,
}
