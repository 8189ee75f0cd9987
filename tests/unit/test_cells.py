"""Cells in the forms that real tables have them: read with certainty or refused."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditreport.violations.cells import UnreadableCell, clean_text, read_day, read_moment, read_money, says_nothing


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2018-7-27", date(2018, 7, 27)),
        ("2018-07-27", date(2018, 7, 27)),
        ("2019-5-22 0:00:00", date(2019, 5, 22)),
        ("2022-3-4 19:00:06", date(2022, 3, 4)),
        ("2022-03-04 19:00:06.1230000", date(2022, 3, 4)),
        ("2022/3/4", date(2022, 3, 4)),
        ("2022.3.4", date(2022, 3, 4)),
        ("20200316", date(2020, 3, 16)),
        ("20200316083000", date(2020, 3, 16)),
        (20200316, date(2020, 3, 16)),
        (20200316.0, date(2020, 3, 16)),
        ("2020年3月16日", date(2020, 3, 16)),
        ("2020 年 03 月 16 日 10:05", date(2020, 3, 16)),
        ("２０２０－０３－１６", date(2020, 3, 16)),
        ("  2020-03-16\n", date(2020, 3, 16)),
        ("2020-02-29", date(2020, 2, 29)),
        (date(2020, 3, 16), date(2020, 3, 16)),
        (datetime(2020, 3, 16, 23, 59), date(2020, 3, 16)),  # noqa: DTZ001 - as a database hands it out
        # 17:00 in Greenwich is the next day in Shanghai.
        (datetime(2020, 3, 16, 17, tzinfo=UTC), date(2020, 3, 17)),
        ("2020-03-16T17:00:00Z", date(2020, 3, 17)),
        ("2020-03-16T23:00:00+08:00", date(2020, 3, 16)),
    ],
)
def test_days_in_all_real_forms(cell: Any, day: date) -> None:
    assert read_day(cell) == day


@pytest.mark.parametrize(
    "cell",
    [
        None,
        "",
        " ",
        "暂无",
        "无",
        "\n",
        "\\n",
        "-",
        "－",
        "null",
        "NULL",
        "None",
        "无处罚期限",
        "长期",
        "永久",
        "0000-00-00",
        "1900-1-1",
        "1900-01-01 00:00:00",
        "9999-9-9",
        "9999-12-31",
        "2099-12-31",
        "20991231",
        date(1900, 1, 1),
        "1970-1-1",
        datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
        "9999-12-31T23:59:59Z",
    ],
)
def test_sentinels_and_words_for_nothing_state_no_day(cell: Any) -> None:
    assert read_day(cell) is None


@pytest.mark.parametrize(
    "cell",
    [
        "202011",
        "2020-11",
        "2020年11月",
        "2020",
        "2020-02-30",
        "2021-02-29",
        "20201301",
        "3/16/2020",
        "16.03.2020",
        "2020-03/16",
        "20-3-16",
        "43906",
        43906,
        43906.0,
        43906.5,
        "1584316800000",
        "二〇二〇年三月十六日",
        "2020-3-16至2021-3-16",
        "2020-3-16 25:00:00",
        "已过期",
        True,
        b"2020-03-16",
        "1066-10-14",
        "2150-01-01",
        time(10, 0),
        float("nan"),
    ],
)
def test_what_is_no_certain_day_is_refused(cell: Any) -> None:
    with pytest.raises(UnreadableCell):
        read_day(cell)


def test_a_declared_sentinel_is_meant_in_every_form() -> None:
    for cell in ("2050-12-31", "20501231", date(2050, 12, 31)):
        assert read_day(cell, ("2050-12-31",)) is None
        assert read_day(cell) == date(2050, 12, 31)


def test_a_moment_keeps_its_time() -> None:
    moment = read_moment("2022-3-4 19:00:06")
    assert moment is not None
    assert moment.isoformat() == "2022-03-04T19:00:06+08:00"


@pytest.mark.parametrize(
    ("cell", "power", "yuan"),
    [
        ("2000", 0, "2000"),
        (2000, 0, "2000"),
        ("2000.00", 0, "2000"),
        ("0.5", 4, "5000"),
        (0.5, 4, "5000"),
        (Decimal("0.123456"), 4, "1234.56"),
        ("0.000001", 4, "0.01"),
        (".5", 4, "5000"),
        ("12,345.60", 0, "12345.6"),
        ("１２，３４５元", 0, "12345"),
        ("罚款2000元", 4, "2000"),
        ("罚款2000元整", 0, "2000"),
        ("罚款人民币2万元", 0, "20000"),
        ("1.5万", 0, "15000"),
        ("￥3000", 0, "3000"),
        ("0", 0, "0"),
        (0.1, 0, "0.1"),
        (Decimal("1E+3"), 0, "1000"),
    ],
)
def test_amounts_are_exact_yuan(cell: Any, power: int, yuan: str) -> None:
    amount = read_money(cell, power)
    assert amount is not None
    assert f"{amount:f}" == yuan


@pytest.mark.parametrize(
    "cell",
    [
        "两千元",
        "贰仟元整",
        "-500",
        "−500",
        "(500)",
        "2000元，没收300元",
        "2000 3000",
        "2000\n3000",
        "12,34",
        "1.234,50",
        "约2000元",
        "2000元/人",
        "NaN",
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        "2e3",
        True,
        "20%",
        "9" * 30,
        "0x10",
    ],
)
def test_what_is_no_plain_amount_is_refused(cell: Any) -> None:
    with pytest.raises(UnreadableCell):
        read_money(cell, 0)


@pytest.mark.parametrize("cell", [None, "", "无", "/", "暂无", "—"])
def test_no_amount_is_not_nought(cell: Any) -> None:
    assert read_money(cell, 0) is None


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  盐城\u3000", "盐城"),
        ("第一行\r\n第二行\t尾", "第一行  第二行 尾"),
        ("盐\u0000城\u200b\ufeff", "盐城"),
        ("e\u0301", "\u00e9"),
        # Full-width letters and rare characters stay what they are.
        ("（Ａ）𠮷㛃", "（Ａ）𠮷㛃"),
        (20200316.0, "20200316"),
        (0.1, "0.1"),
        (True, "true"),
        (Decimal("2.50"), "2.50"),
        (Decimal("2.00"), "2"),
        (date(2020, 3, 16), "2020-03-16"),
        ("\u202e", None),
    ],
)
def test_text_is_composed_and_without_control_characters(cell: Any, text: str | None) -> None:
    assert clean_text(cell) == text


@pytest.mark.parametrize("cell", [b"x", 913209001234567890.0, "#REF!", " #n/a ", float("nan"), Decimal("Infinity")])
def test_text_that_has_lost_something_is_refused(cell: Any) -> None:
    with pytest.raises(UnreadableCell):
        clean_text(cell)


def test_a_declared_sentinel_says_nothing() -> None:
    assert says_nothing("见附件", ("见附件",))
    assert not says_nothing("见附件")


ANY_CELL = st.one_of(
    st.none(),
    st.text(),
    st.text("0123456789-/.:年月日 ,元万¥+T"),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.datetimes(),
    st.datetimes(timezones=st.timezones()),
    st.dates(),
    st.booleans(),
    st.binary(),
)


@given(ANY_CELL)
def test_any_cell_is_read_or_refused_and_nothing_else(cell: Any) -> None:
    """Another error would make the whole source unavailable for everybody instead of setting one row aside."""
    for read in (clean_text, read_day, lambda one: read_money(one, 4)):
        with suppress(UnreadableCell):
            read(cell)


@given(st.dates(min_value=date(1971, 1, 1), max_value=date(2098, 12, 31)))
def test_a_day_is_the_same_in_every_form(day: date) -> None:
    forms = (f"{day:%Y-%m-%d}", f"{day.year}/{day.month}/{day.day} 23:59:59", f"{day:%Y%m%d}", f"{day:%Y年%m月%d日}")
    assert [read_day(form) for form in forms] == [day] * 4
    assert read_day(int(f"{day:%Y%m%d}")) == day


@given(st.decimals(min_value=0, max_value=10**9, places=6))
def test_an_amount_loses_nothing(amount: Decimal) -> None:
    assert read_money(f"{amount:,f}", 4) == amount * 10000
    assert read_money(f"罚款{amount:f}元", 4) == amount
