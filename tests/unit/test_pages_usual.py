"""The characters that are prepared once: found without a business, the same in every process, few of them in vain."""

from __future__ import annotations

from typing import Any

import pytest

from creditreport.reports.content import ReportContent
from creditreport.reports.embedding import embed_fonts
from creditreport.reports.fonts import FontSet
from creditreport.reports.glyphs import Characters
from creditreport.reports.pages import Language, render, shipped_editions, usual
from creditreport.reports.pages.document import new_document
from creditreport.reports.pages.usual import usual_characters
from tests.pdfa_file import Document
from tests.pdfa_page import Font
from tests.pdfa_page import fonts as fonts_in
from tests.printed import CLEAN, RARE_NAME, WITH_RECORDS

SECRET = "龘"


@pytest.mark.parametrize("language", list(Language))
def test_nearly_all_that_is_prepared_is_in_a_clean_report(language: Language, fonts: FontSet) -> None:
    made = render(CLEAN, fonts, shipped_editions()[language])
    for name, font, shown in fonts_in(Document(made.pdf)):
        held = set(Font(font).cids())
        assert shown <= held
        assert len(held - shown) <= 12, (name, sorted(map(chr, held - shown)))


def test_what_was_made_before_changes_no_byte(fonts: FontSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usual, "_known", {})
    fresh = render(WITH_RECORDS, fonts).pdf
    render(CLEAN, fonts)
    assert render(WITH_RECORDS, fonts).pdf == fresh
    monkeypatch.setattr(usual, "_known", {})
    render(CLEAN, fonts)
    assert render(WITH_RECORDS, fonts).pdf == fresh


def test_the_order_of_drawing_changes_no_object(fonts: FontSet) -> None:
    def made(order: tuple[tuple[str, bool], ...]) -> Any:
        document = new_document("zh-CN")
        for text, bold in order:
            for run in fonts.runs(text, bold):
                run.font.splitString(run.text, document)
        embed_fonts(document)
        return document.format()

    one = made((("盐城", False), ("市𠮷", True), ("𬭎", False)))
    assert made((("𬭎", False), ("市𠮷", True), ("城盐", False))) == one


def test_no_business_is_in_what_is_kept(fonts: FontSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usual, "_known", {})
    named = WITH_RECORDS.subject.model_copy(update={"name": RARE_NAME + SECRET})
    render(WITH_RECORDS.model_copy(update={"subject": named}), fonts)
    (kept,) = usual._known.values()
    characters = frozenset().union(*kept.values())
    assert not characters & set(SECRET + "𠮷祥𬭎䶮㑇㛃")


def test_little_is_kept_and_drawn_once(fonts: FontSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usual, "_known", {})
    drawn: list[ReportContent] = []

    def draw(content: ReportContent) -> Any:
        drawn.append(content)
        return object.__new__(type("Paperless", (), {"drawn_characters": {}}))

    edition = shipped_editions()[Language.ZH]
    found: Characters = {}
    for _ in range(2):
        for at in range(40):
            portal = CLEAN.model_copy(update={"issuer_portal": f"portal {at % 3}"})
            found = usual_characters(portal, edition, fonts, draw)
    assert found == {}
    assert len(drawn) == 3
    for at in range(40):
        usual_characters(CLEAN.model_copy(update={"issuer_portal": f"portal {at}"}), edition, fonts, draw)
    assert len(usual._known) == usual._KEPT
