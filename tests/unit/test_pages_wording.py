"""The fixed wording: checked whole when it is read; the sentences that carry the meaning, word for word."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

import creditreport.cli  # noqa: F401  (brings the commands of lint.py in)
from creditreport.config import data_folder
from creditreport.errors import Problem
from creditreport.lint import template_problems
from creditreport.reports.fonts import FontSet
from creditreport.reports.glyphs import ReportFont
from creditreport.reports.pages import Edition, Language, load_editions, renderer_version, shipped_editions
from creditreport.reports.pages.conclusion import conclusion, listed_summary
from creditreport.reports.pages.details import money
from creditreport.reports.pages.edition import FILE
from creditreport.reports.pages.wording import Wording
from tests.papers import listed, report


@pytest.fixture
def wording() -> Wording:
    return shipped_editions()[Language.ZH].first


def _edited(tmp_path: Path, old: str, new: str) -> Path:
    folder = data_folder("templates")
    assert folder is not None
    text = (folder / FILE).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_text(text.replace(old, new), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('scan = "扫码核验"\n', "", "zh.scan"),
        ('scan = "扫码核验"\n', 'scan = "扫码核验"\nscam = "x"\n', "zh.scam"),
        ("查见 {listed} 条", "查见若干条", "zh.conclusion.some"),
        ("本报告由{authority}根据", "本报告由{authorty}根据", "zh.notes.notes.0.text"),
        ('fine = "罚款"\n', "", "zh.penalty_types"),
        ('active = "存续（在营、开业、在册）"', 'actve = "存续"', "zh.registration_statuses"),
        ('fine = "fine"\n', "", "en.penalty_types"),
        ("[zh.kinds]", "[zh.kinds", "TOML"),
    ],
)
def test_a_wrong_wording_is_refused_by_key(tmp_path: Path, old: str, new: str, named: str) -> None:
    folder = _edited(tmp_path, old, new)
    with pytest.raises(Problem) as caught:
        load_editions(folder)
    assert caught.value.code == "INVALID_WORDING"
    assert named in caught.value.zh
    assert str(folder / FILE) in caught.value.zh
    (found,) = [one for one in template_problems(folder) if one["file"] == FILE.as_posix()]
    assert named in found["problem"]


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ('scan = "扫码核验"', 'scan = "扫一扫"', {"zh", "both"}),
        ('scan = "Scan to verify"', 'scan = "Scan me"', {"en", "both"}),
    ],
)
def test_a_changed_word_changes_the_version_of_the_editions_that_print_it(
    tmp_path: Path, fonts: FontSet, old: str, new: str, changed: set[str]
) -> None:
    def versions(editions: Mapping[Language, Edition]) -> dict[Language, str]:
        return {one: renderer_version(editions[one], fonts) for one in Language}

    before, after = versions(shipped_editions()), versions(load_editions(_edited(tmp_path, old, new)))
    assert {one for one in Language if before[one] != after[one]} == changed
    assert len(set(before.values())) == 3


def test_other_fonts_change_the_version(tmp_path: Path, fonts: FontSet) -> None:
    edition = shipped_editions()[Language.ZH]
    own = tmp_path / "own.ttf"
    own.write_bytes(fonts.regular.path.read_bytes() + b"\0")
    other = FontSet(ReportFont(own, "F1"), fonts.bold, fonts.fallbacks)
    assert renderer_version(edition, other) != renderer_version(edition, fonts)
    assert renderer_version(edition, FontSet(fonts.regular, fonts.bold, ())) != renderer_version(edition, fonts)


def test_the_conclusion_says_what_was_seen(wording: Wording) -> None:
    clean = report(not_implemented=frozenset(range(20, 46)))
    said = "在上述期间、上述已实施的 19 个领域，截至所列数据时间，未查见该经营主体的违法违规记录。"
    assert conclusion(clean, wording) == said
    assert listed_summary(clean, wording, 6) == ""
    found = report({1: (listed(1),), 19: (listed(2), listed(3))})
    said = "在上述期间、上述已实施的 45 个领域，截至所列数据时间，查见 3 条，分布于 2 个领域。"
    assert conclusion(found, wording) == said
    assert listed_summary(found, wording, 6) == "其中：甲1乙领域 1 条，甲19乙领域 2 条。"
    assert listed_summary(found, wording, 1) == "其中：甲1乙领域 1 条，等 2 个领域。"


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("12345", "12,345.00 元"),
        ("0.5", "0.50 元"),
        ("1E+6", "1,000,000.00 元"),
        ("3.125", "3.125 元"),
        ("0", "0.00 元"),
    ],
)
def test_amounts(wording: Wording, amount: str, said: str) -> None:
    assert money(Decimal(amount), wording) == said
