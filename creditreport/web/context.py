"""What a request needs: the wired parts, the present moment, a session of the store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar, cast

from flask import current_app, g
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from creditreport.service import Service

T = TypeVar("T")
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


def looked_up(query: Callable[[Session], T], known: Callable[[T], bool]) -> T:
    """What ``query`` finds in the store, for verification: on a fresh replica where there is one and it is ``known``
    there, else on the primary."""
    if (replica := service().replica) is not None:
        return replica.look(query, known, service().reading)
    with reading() as session:
        return query(session)
