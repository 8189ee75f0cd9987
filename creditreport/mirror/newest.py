"""The statement that tells which runs are read now."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select, union_all

from creditreport.mirror.models import MirrorRun, RunState

_SLUG = re.compile(r"[a-z][a-z0-9_]*")


def last_ids(slugs: Collection[str]) -> Select[int | None]:
    """The statement that tells the ids of the last complete runs of these sources; ``None`` for one that has none."""
    names = union_all(*(select(slug_as_written(slug).label("slug")) for slug in slugs)).subquery("names")
    newest = select(func.max(MirrorRun.id)).where(MirrorRun.slug == names.c.slug, MirrorRun.state == RunState.COMPLETE)
    return select(newest.correlate(names).scalar_subquery()).select_from(names)


def slug_as_written(slug: str) -> ColumnElement[Any]:
    """A slug as a part of the statement itself: a report asks about half a hundred, always the same."""
    if not _SLUG.fullmatch(slug):
        raise ValueError(f"not a slug: {slug!r}")
    return literal_column(f"'{slug}'")
