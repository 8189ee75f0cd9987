"""What is copied out of a report is what was put in, code point for code point, by readers that we did not write."""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path

import pymupdf
import pypdf
import pytest

from creditreport.reports.fonts import FontSet
from creditreport.reports.pages import Language, render, shipped_editions
from tests.papers import listed, report

# Rare characters of names; the first of a plane, whose own place is .notdef's; characters that share one drawing with
# another (the radical ⼀ and 一, 豈 twice); full width and half width.
RARE = ("㑇", "㛃", "䶮", "𬭎", "𠮷", "𬴂", "鿏", "𠀀", "⼀一", "\uf900\u8c48", "ＡA１1（(", "·•—…“”％")
TEXT = "盐城" + "中".join(RARE) + "店"


@pytest.fixture(scope="module", params=list(Language))
def path(request: pytest.FixtureRequest, fonts: FontSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("copied") / "report.pdf"
    content = report({3: (listed(1, facts=TEXT),)}, name="盐城𠮷祥䶮店")
    made.write_bytes(render(content, fonts, shipped_editions()[request.param]).pdf)
    return made


def _flat(text: str) -> str:
    return "".join(text.split())


def test_poppler_copies_it(path: Path) -> None:
    copied = subprocess.run(["pdftotext", "-raw", str(path), "-"], check=True, capture_output=True).stdout.decode()
    assert TEXT in _flat(copied)
    assert "盐城𠮷祥䶮店" in copied


def test_mupdf_copies_it(path: Path) -> None:
    with pymupdf.open(path) as document:
        copied = "".join(page.get_text() for page in document)
        assert document[0].search_for("盐城𠮷祥䶮店")
    assert TEXT in _flat(copied)


def test_pypdf_copies_it(path: Path) -> None:
    copied = "".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    assert TEXT in _flat(copied)


def test_the_same_bytes_show_the_same_characters_in_every_report(fonts: FontSet) -> None:
    edition = shipped_editions()[Language.ZH]
    for name in ("盐城甲店", "盐城𠮷祥乙店"):
        page = pypdf.PdfReader(BytesIO(render(report(name=name), fonts, edition).pdf)).pages[0].get_contents()
        assert page is not None
        assert "经营主体".encode("utf-16-be").hex().encode() in page.get_data()
