"""What is told from a first character, or remembered from the last row, is what looking at the whole would tell."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditreport.catalog.manifest import Manifest
from creditreport.violations.cells import _NOTHING, folded, says_nothing
from creditreport.violations.exemption import _EXEMPTION, _FIRST, _plain, speaks_of_exemption
from creditreport.violations.mapping import Mapper, Unmappable

MANIFEST = {
    "slug": "field", "title": "领域", "title_en": "Field", "responsible_unit": "单位", "number": 1, "batch": 1,
    "effective_from": "2024-09-01", "key": ("id",),
    "source": {"driver": "sql", "url": "env:URL", "table": "t", "as_of": {"live": True}},
    "fields": {"decided_on": "day", "penalty_types": {"column": "types", "lookup": "types"},
               "fine_yuan": {"column": "fine", "unit": "wan_yuan"}, "confiscated_yuan": "fine"},
    "lookups": {"types": {"罚款": "fine", "警告": "warning"}},
}  # fmt: skip


@given(st.one_of(st.text(), st.tuples(st.sampled_from([*_NOTHING, "无\u0301", "n\u0303ull"]), st.text()).map("".join)))
def test_a_word_for_nothing_is_told_as_if_it_were_folded(text: str) -> None:
    assert says_nothing(text) == (folded(text) in _NOTHING)


@pytest.mark.parametrize("word", sorted(_NOTHING))
@pytest.mark.parametrize("shape", ["{}", " {}", "{}\u3000", "\u00a0{} "])
def test_every_word_for_nothing_is_still_one(word: str, shape: str) -> None:
    assert says_nothing(shape.format(word))
    assert says_nothing("".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in word).upper())


def test_every_character_that_an_exemption_may_begin_with_is_looked_for() -> None:
    every = (chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)
    begin = {c for c in every if {"不", "免"} & set(unicodedata.normalize("NFKC", c))}
    assert begin == {c for c in begin if _FIRST.search(c)}
    assert _EXEMPTION.startswith("(?:不予以?|免予|免于)")


@given(st.lists(st.sampled_from("不予以免于行政处 罚决定\u3000\uf967\ufa32"), max_size=12).map("".join))
def test_an_exemption_is_told_as_if_every_text_were_folded(text: str) -> None:
    plain = _plain(text)
    words = [start + middle + "处罚" for start in ("不予", "不予以", "免予", "免于") for middle in ("", "行政")]
    assert speaks_of_exemption([None, text]) == any(word in plain for word in words)


def test_a_cell_met_before_means_the_same_and_by_its_own_column() -> None:
    mapper = Mapper(Manifest.model_validate(MANIFEST), {})
    row = {"id": "1", "day": "2025-1-2", "types": "罚款、警告", "fine": "0.2"}
    first = mapper.values(row)
    assert mapper.values(dict(row)) == first
    assert (first["fine_yuan"], first["confiscated_yuan"]) == (2000, first["fine_yuan"] / 10000)
    assert mapper.values({**row, "fine": "0.3"})["fine_yuan"] == 3000


def test_a_cell_that_cannot_be_read_is_refused_every_time() -> None:
    mapper = Mapper(Manifest.model_validate(MANIFEST), {})
    row = {"id": "1", "day": "2025-1-2", "types": "没听说过", "fine": "1"}
    for _ in range(2):
        with pytest.raises(Unmappable, match="没听说过"):
            mapper.values(row)
