"""Reading one cell: text, day, moment, amount. What cannot be read with certainty raises, it is never guessed.

The forms are those seen in real tables: several ways to write a day, sentinels and words for "no date", amounts in
yuan or 万元 with separators and words around them, full-width digits, many ways to write nothing.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

from creditreport.clock import SHANGHAI, as_shanghai


class UnreadableCell(ValueError):
    """A cell that cannot be read with certainty; the message is the sentence for staff."""


# Words for nothing, compared after NFKC, without white space, in lower case ("\\n" is the two characters).
_NOTHING = frozenset({
    "", "暂无", "无", "\\n", "\\r\\n", "\\t", "-", "--", "—", "——", "/", "null", "none", "(null)", "<null>", "nil",
})  # fmt: skip
_NO_DAY = frozenset({
    "无处罚期限", "无期限", "长期", "长期有效", "永久", "永久有效", "无固定期限", "不限", "无限期", "至今", "未定",
    "不适用", "0000-00-00", "0000-00-0000:00:00", "00000000", "0",
})  # fmt: skip
# Days that systems write for "no day". A sentinel never stands for the day itself: 1970-01-01 is an empty clock.
_SENTINELS = frozenset({
    date(1, 1, 1), date(1753, 1, 1), date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1), date(1970, 1, 1),
    date(2099, 1, 1), date(2099, 9, 9), date(2099, 12, 30), date(2099, 12, 31), date(2999, 12, 31), date(3000, 1, 1),
})  # fmt: skip
_SPREADSHEET_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})
_LAST_EXACT_FLOAT = 2**53
_SHORT = 64

_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<fraction>\d+))?)?"
_ZONE = r"(?P<zone>Z|[+-]\d{2}:?\d{2})?"
_DAY_FORMS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<year>\d{{4}})(?P<sep>[-/.])(?P<month>\d{{1,2}})(?P=sep)(?P<day>\d{{1,2}})(?:(?:T| +){_TIME} *{_ZONE})?",
        rf"(?P<year>\d{{4}}) *年 *(?P<month>\d{{1,2}}) *月 *(?P<day>\d{{1,2}}) *[日号](?: *{_TIME})?",
        rf"(?P<year>\d{{4}})(?P<month>\d{{2}})(?P<day>\d{{2}})(?: +{_TIME})?",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?",
    )
)
_MONTH_ONLY = re.compile(r"\d{4}(?:[-/.]?\d{1,2}|\d{2}| *年 *\d{1,2} *月)")

_AMOUNT = re.compile(
    r"(?:处以|处|并处|合计|共计|共|计|罚款|罚没款|没收违法所得|没收|金额|人民币|rmb|cny|¥|:)*"
    r"(?P<number>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)"
    r"(?P<unit>元|圆|万元|万|亿元|亿)?"
    r"(?:整|正|人民币|\(人民币\)|。)*"
)
_TOO_MUCH = Decimal(10) ** 13
_TWO_NUMBERS = re.compile(r"\d\s+[\d.]")
_POWERS = {"元": 0, "圆": 0, "万元": 4, "万": 4, "亿元": 8, "亿": 8}


# What a word for nothing can begin with: most cells begin with something else and need not be folded to be told.
_FIRST_OF_NOTHING = frozenset(word[0] for word in _NOTHING if word)


def folded(text: str) -> str:
    """NFKC, no white space at all, lower case: how words for nothing are compared."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def clean_text(value: Any) -> str | None:
    """What a cell says, as text: NFC, control characters removed, no white space at the ends; ``None`` if nothing.

    A line break or tab inside becomes a space. Words for nothing are left to :func:`says_nothing`.
    Raises :class:`UnreadableCell` for bytes, a float that has lost digits, a spreadsheet's error.
    """
    if type(value) is str:
        return _clean_short(value) if len(value) <= _SHORT else _clean(value)
    text = cell_text(value)
    return None if text is None else _clean(text)


def _clean(text: str) -> str | None:
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    # Nearly every cell is printable as it is, and then there is nothing to remove.
    clean = (text if text.isprintable() else _without_controls(text)).strip()
    if clean[:1] == "#" and clean.upper() in _SPREADSHEET_ERRORS:
        raise UnreadableCell(f"“{clean}”是表格公式的错误值")
    return clean or None


# A code or number is looked at several times in its row, and a word in many rows: each is cleaned once.
_clean_short = lru_cache(maxsize=8192)(_clean)


def _without_controls(text: str) -> str:
    kept = []
    for character in text:
        if character in "\n\r\t\v\f\x85\u2028\u2029":
            kept.append(" ")
        elif unicodedata.category(character) not in {"Cc", "Cf", "Cs"}:
            kept.append(character)
    return "".join(kept)


def says_nothing(text: str | None, sentinels: Collection[str] = ()) -> bool:
    """Whether ``text`` is one of the words for nothing, or one of the ``sentinels`` declared for this column."""
    if text is None:
        return True
    if not sentinels and _begins_otherwise(text):
        return False
    known = folded(text)
    return known in _NOTHING or any(known == folded(word) for word in sentinels)


def _begins_otherwise(text: str) -> bool:
    """Whether the first character alone shows that ``text`` is no word for nothing.

    Folding leaves these characters first; a mark that follows could only make another one, that begins none.
    """
    first = text[:1]
    plain = "\u4e00" <= first <= "\u9fff" or (first.isascii() and first.isalnum())
    return plain and first.lower() not in _FIRST_OF_NOTHING


def cell_text(value: Any) -> str | None:
    """A cell as it came, as text; ``None`` for a missing one. Raises like :func:`clean_text`."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise UnreadableCell(f"“{value}”不是数字")
        return str(int(value)) if value == value.to_integral_value() else f"{value:f}"
    if isinstance(value, bytes | bytearray | memoryview):
        raise UnreadableCell("单元格是二进制内容，无法读取")
    return str(value)


def _float_text(value: float) -> str:
    if not math.isfinite(value):
        raise UnreadableCell(f"“{value}”不是数字")
    if abs(value) >= _LAST_EXACT_FLOAT:
        # A code or number of 18 digits kept as a float has other last digits than it was typed with.
        raise UnreadableCell("数字过长，已失去末位精度，请以文本形式提供")
    return str(int(value)) if value.is_integer() else f"{Decimal(repr(value)):f}"


def read_moment(value: Any, sentinels: Collection[str] = ()) -> datetime | None:
    """The moment a cell tells (midnight when it tells a day only), in Shanghai; ``None`` if it states none.

    Raises :class:`UnreadableCell` for a month without a day and for any form not known with certainty.
    """
    moment = _told(value, sentinels)
    # A sentinel that the manifest declares as YYYY-MM-DD means the day in whatever form the cell has it.
    return None if moment is None or moment.date().isoformat() in sentinels else moment


def _told(value: Any, sentinels: Collection[str]) -> datetime | None:
    if isinstance(value, datetime):
        return _stated(value if value.tzinfo else value.replace(tzinfo=SHANGHAI))
    if isinstance(value, date):
        return _stated(datetime.combine(value, time(), SHANGHAI))
    text = clean_text(value)
    if text is None or says_nothing(text, sentinels) or folded(text) in _NO_DAY:
        return None
    plain = unicodedata.normalize("NFKC", text).strip()
    for form in _DAY_FORMS:
        match = form.fullmatch(plain)
        if match is not None:
            return _stated(_moment(match.groupdict(), text))
    if _MONTH_ONLY.fullmatch(plain):
        raise UnreadableCell(f"“{text}”只有年月，没有日")
    raise UnreadableCell(f"“{text}”不是能确认的日期")


def read_day(value: Any, sentinels: Collection[str] = ()) -> date | None:
    """The Shanghai day a cell tells, its time dropped; ``None`` if it states none. Raises like :func:`read_moment`."""
    moment = read_moment(value, sentinels)
    return None if moment is None else moment.date()


def _moment(parts: dict[str, str | None], text: str) -> datetime:
    numbers = {key: int(parts.get(key) or 0) for key in ("year", "month", "day", "hour", "minute", "second")}
    try:
        moment = datetime(**numbers, tzinfo=SHANGHAI)
        zone = parts.get("zone")
        if zone:
            iso = moment.replace(tzinfo=None).isoformat() + zone
            moment = datetime.fromisoformat(iso)
    except (ValueError, OverflowError) as error:
        raise UnreadableCell(f"“{text}”不是存在的日期") from error
    return moment


def _stated(moment: datetime) -> datetime | None:
    day = moment.date()
    if day in _SENTINELS or day.year == 9999:
        return None  # Before telling it in Shanghai time: the ends of the calendar cannot be moved by hours.
    moment = as_shanghai(moment)
    day = moment.date()
    if not 1949 <= day.year <= 2098:
        raise UnreadableCell(f"“{day.isoformat()}”不是可信的日期")
    return moment


def read_money(value: Any, power: int, sentinels: Collection[str] = ()) -> Decimal | None:
    """The amount in yuan, exact; ``None`` if the cell states none.

    ``power`` is the column's unit as a power of ten (0 yuan, 4 万元); a unit written in the cell wins over it. Raises
    :class:`UnreadableCell` for a negative amount, two numbers, Chinese numerals and whatever else is no plain amount.
    """
    text = f"{value:f}" if isinstance(value, Decimal) else clean_text(value)
    if isinstance(value, bool):
        raise UnreadableCell(f"“{text}”不是能确认的金额")
    if text is None or says_nothing(text, sentinels):
        return None
    match = _AMOUNT.fullmatch(folded(text))
    if match is None or _TWO_NUMBERS.search(unicodedata.normalize("NFKC", text)):
        raise UnreadableCell(f"“{text}”不是能确认的金额")
    if match["unit"]:
        power = _POWERS[match["unit"]]
    amount = Decimal(match["number"].replace(",", ""))
    if amount >= _TOO_MUCH:
        raise UnreadableCell(f"“{text}”不是可信的金额")
    return plain_amount(amount.scaleb(power))


def plain_amount(amount: Decimal) -> Decimal:
    """The same amount without useless zeros and never in powers of ten: ``2000.00`` and ``2E+3`` are ``2000``."""
    whole = amount.to_integral_value()
    return whole.quantize(Decimal(1)) if amount == whole else Decimal(f"{amount.normalize():f}")
