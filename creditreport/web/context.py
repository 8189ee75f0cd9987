"""What a request needs: the wired parts, the present moment, a session of the store."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from flask import current_app, g
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from creditreport.service import Service

EXTENSION = "creditreport"


def service() -> Service:
    """The parts that ``create_app`` was given."""
    return cast("Service", current_app.extensions[EXTENSION])


def moment() -> datetime:
    """The present moment, the same one throughout a request."""
    if "moment" not in g:
        g.moment = service().clock.now()
    return cast(datetime, g.moment)


def reading() -> Session:
    """A session that only reads, to be used in ``with``: it takes no write lock and commits nothing."""
    return service().reading()
