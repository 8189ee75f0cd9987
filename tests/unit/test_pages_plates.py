"""Plates: drawing from what is kept gives the bytes of drawing everything, and nothing of a business is kept."""

from __future__ import annotations

import zlib
from datetime import date, datetime
from weakref import WeakKeyDictionary

import pytest

from creditreport.clock import SHANGHAI
from creditreport.reports.content import ReportContent
from creditreport.reports.fonts import FontSet
from creditreport.reports.pages import Language, plates, render, shipped_editions
from creditreport.reports.pages.plates import Plate, Plates, deflated, plates_of
from tests.papers import listed, report
from tests.printed import CLEAN, LONG, LONG_NAME, WITH_RECORDS

TOMORROW = report(issued_at=datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI), valid_until=date(2026, 12, 22))
CONTENTS = (CLEAN, WITH_RECORDS, report(name=LONG_NAME), TOMORROW, LONG, report(not_implemented=frozenset({3})), CLEAN)


@pytest.fixture
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plates, "_PLATES", WeakKeyDictionary())


def plain(content: ReportContent, fonts: FontSet, language: Language) -> bytes:
    """The report drawn in a process that has drawn nothing before."""
    plates._PLATES.pop(fonts, None)
    return render(content, fonts, shipped_editions()[language]).pdf


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("language", Language)
def test_what_is_kept_changes_no_byte(fonts: FontSet, language: Language) -> None:
    expected = [plain(content, fonts, language) for content in CONTENTS]
    plates._PLATES.pop(fonts)
    for _ in range(2):
        assert [render(content, fonts, shipped_editions()[language]).pdf for content in CONTENTS] == expected


@pytest.mark.usefixtures("nothing_kept")
def test_editions_and_fonts_have_plates_of_their_own(fonts: FontSet) -> None:
    expected = {language: plain(CLEAN, fonts, language) for language in Language}
    plates._PLATES.pop(fonts)
    for language in (*Language, *reversed(Language)):
        assert render(CLEAN, fonts, shipped_editions()[language]).pdf == expected[language]
    other = FontSet(fonts.bold, fonts.regular, fonts.fallbacks)
    assert render(CLEAN, other).pdf != expected[Language.ZH]
    assert render(CLEAN, fonts).pdf == expected[Language.ZH]


@pytest.mark.usefixtures("nothing_kept")
def test_nothing_of_a_business_is_kept(fonts: FontSet) -> None:
    content = report({7: (listed(1), listed(2, facts="很长的事实。" * 400))}, name="秘密示例有限公司")
    for language in Language:
        render(content, fonts, shipped_editions()[language])
    kept = list(plates_of(fonts)._kept.items())
    assert len([value for _, value in kept if isinstance(value, Plate)]) > 3
    # In which fields a business has records is its own, too.
    assert {key[0][0] for key, value in kept if isinstance(value, Plate)} == {"head", "notes"}
    record = content.domains[6].records[0]
    secrets = ("秘密示例", content.subject.uscc, content.number, content.verification_code[:4], "很长的事实", "12,345")
    for secret in (*secrets, str(record.document_number), str(record.facts)):
        shown = secret.encode("utf-16-be").hex()
        for key, value in kept:
            assert shown not in str(value)
            assert secret not in repr((key, value))


@pytest.mark.usefixtures("nothing_kept")
def test_a_plate_that_lacks_a_glyph_is_not_kept(fonts: FontSet) -> None:
    for _ in range(2):
        with pytest.raises(Exception, match="U\\+E001"):
            render(report(issuing_authority="盐城\ue001中心"), fonts)


def test_a_stream_of_plates_inflates_to_what_was_drawn() -> None:
    plate = Plate.of(["1 0 0 rg", "0 0 9 9 re f"], {}, 0.0, None)
    operators = ["q", plate, plate, "0 g", "Q", plate]
    assert zlib.decompress(deflated(operators)).decode() == "\n".join([*operators, ""])
    assert zlib.decompress(deflated([])) == b""


def test_the_oldest_is_forgotten_first() -> None:
    kept = Plates(most=2)
    for number in (1, 2, 3):
        kept.keep(number, str(number))
    assert [kept.get(number) for number in (1, 2, 3)] == [None, "2", "3"]
