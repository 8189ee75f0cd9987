"""The pages as pictures: what changes the look of the document is seen, and wanted, or is an error."""

from __future__ import annotations

import pytest
from PIL import Image

from creditreport.reports.fonts import FontSet
from creditreport.reports.pages import render
from tests.page_images import FOLDER, PAGES, difference, picture, pictures
from tests.papers import report

# Another version of poppler smooths edges a little otherwise; the star of the seal a tenth smaller is 11 in its square.
ON_THE_WHOLE, IN_A_SQUARE = 0.8, 8.0


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_look_as_they_should(name: str, fonts: FontSet) -> None:
    for file, drawn in pictures(name, fonts).items():
        whole, square = difference(Image.open(FOLDER / file).convert("L"), drawn)
        assert (whole <= ON_THE_WHOLE, square <= IN_A_SQUARE) == (True, True), (file, whole, square)


def test_two_characters_less_are_seen(fonts: FontSet) -> None:
    drawn = picture(render(report(name="盐城海风试验设备公司"), fonts).pdf, 1)
    assert difference(Image.open(FOLDER / "clean-zh-1.png").convert("L"), drawn)[1] > IN_A_SQUARE


def test_every_picture_is_of_a_page_and_small() -> None:
    expected = {f"{name}-{page}.png" for name, (_, _, pages) in PAGES.items() for page in pages}
    found = {path.name: path.stat().st_size for path in FOLDER.iterdir()}
    assert set(found) == expected
    assert {name: size for name, size in found.items() if size > 20_000} == {}
