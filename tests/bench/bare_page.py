"""The least that a verdict page could be: Flask, and one select by primary key."""

from __future__ import annotations

import os

from flask import Flask
from sqlalchemy import create_engine, text

app = Flask(__name__)
_engine = create_engine(os.environ["CREDITREPORT_DATABASE_URL"])
_query = text("SELECT status FROM credit_report WHERE number = :number")
with _engine.connect() as _connection:
    _number = _connection.execute(
        text("SELECT number FROM credit_report WHERE verification_code = :code"), {"code": os.environ["BENCH_CODE"]}
    ).scalar_one()
_engine.dispose()


@app.get("/<code>")
def page(code: str) -> str:
    """The status and the code that was asked for."""
    with _engine.connect() as connection:
        return f"{code} {connection.execute(_query, {'number': _number}).scalar_one()}"
