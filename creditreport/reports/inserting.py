"""How a report comes into the store with what belongs to it: on PostgreSQL by one statement, else table by table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from creditreport.db import Base, on_server
from creditreport.reports.models import CreditReport, ReportDecision, ReportPdf, SourceAnswer

Row = dict[str, Any]

# Into the tables themselves, the report's first: the others refer to it. No object is needed of what is only kept.
_REPORT, _PDF, _ANSWERS, _DECISIONS = (
    insert(model.__table__)  # type: ignore[arg-type]
    for model in (CreditReport, ReportPdf, SourceAnswer, ReportDecision)
)


def insert_report(session: Session, report: Row, pdf: bytes, answers: Sequence[Row], decisions: Sequence[Row]) -> None:
    """Add the rows to the caller's transaction; each is told by the columns of its table."""
    if on_server(session):
        told = {"report": _told([report]), "answers": _told(answers), "decisions": _told(decisions)}
        session.execute(_AT_ONCE, {**told, "number": report["number"], "pdf": pdf})
        return
    session.execute(_REPORT, report)
    session.execute(_PDF, {"number": report["number"], "pdf": pdf})
    session.execute(_ANSWERS, answers)
    if decisions:
        session.execute(_DECISIONS, decisions)


def _from_json(model: type[Base], rows: str) -> str:
    """Rows as one value: half a hundred of thirteen columns would each be handed over by themselves."""
    name, columns = model.__tablename__, ", ".join(model.__table__.columns.keys())
    return (
        f"INSERT INTO {name} ({columns}) SELECT {columns} "  # noqa: S608 - the names are the model's own
        f"FROM json_populate_recordset(NULL::{name}, CAST(:{rows} AS json))"
    )


# What refers to the report is looked at when the statement is done.
_AT_ONCE = text(
    "WITH pdf AS (INSERT INTO report_pdf (number, pdf) VALUES (:number, :pdf)), "  # noqa: S608 - as above
    f"answers AS ({_from_json(SourceAnswer, 'answers')}), "
    f"decisions AS ({_from_json(ReportDecision, 'decisions')}) {_from_json(CreditReport, 'report')}"
)


def _told(rows: Sequence[Row]) -> str:
    return json.dumps(rows, ensure_ascii=False, default=_as_text)


def _as_text(value: Any) -> str:
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("a stored moment must have a time zone")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be stored so")
