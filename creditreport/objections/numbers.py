"""Numbers on receipts, drawn in the transaction that files a case: none is lost when it is undone.

Structure: day of filing (YYYYMMDD), sequence of that day (5), check digit (ISO 7064 mod 11,10).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session
from stdnum.iso7064 import mod_11_10

from creditreport.db import add_or_step
from creditreport.errors import Problem
from creditreport.objections.models import ObjectionCounter

LAST_SEQUENCE = 99_999


def draw_number(session: Session, now: datetime) -> str:
    """The next number of the day of ``now``. Raises ``OBJECTION_NUMBERS_EXHAUSTED``."""
    day = now.date()
    sequence = add_or_step(session, ObjectionCounter, {"day": day}, "last")
    if sequence > LAST_SEQUENCE:
        raise Problem("OBJECTION_NUMBERS_EXHAUSTED", day=day.isoformat())
    body = f"{day:%Y%m%d}{sequence:05d}"
    return body + str(mod_11_10.calc_check_digit(body))


def is_number(text: str) -> bool:
    """Whether ``text`` is a number of this form with the right check digit."""
    return len(text) == 14 and text.isascii() and text.isdecimal() and bool(mod_11_10.is_valid(text))
