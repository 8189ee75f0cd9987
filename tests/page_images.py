"""Small reference pictures of the document's pages, and how far a page may be from its picture.

``.venv/bin/python -m tests.page_images`` draws them anew into ``tests/pages``: look at each before it is committed.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

from creditreport.config import CHECKOUT
from creditreport.reports.content import ReportContent
from creditreport.reports.fonts import FontSet, load_fonts
from creditreport.reports.pages import Language, render, shipped_editions
from tests.printed import CLEAN, WITH_RECORDS

FOLDER = Path(__file__).parent / "pages"
DPI = 45
# Sixteen greys are enough to see a page by, and keep a picture below 20 KB.
GREYS = 16
# About a centimetre: a difference is looked for in each square of this many pixels.
SQUARE = 18

# name -> content, edition, which of its pages (from 1)
PAGES: dict[str, tuple[ReportContent, Language, tuple[int, ...]]] = {
    "clean-zh": (CLEAN, Language.ZH, (1, 2)),
    "records-zh": (WITH_RECORDS, Language.ZH, (1, 3)),
    "clean-en": (CLEAN, Language.EN, (1, 2)),
    "clean-both": (CLEAN, Language.BOTH, (1, 3)),
}


def picture(pdf: bytes, page: int) -> Image.Image:
    """One page as poppler draws it, in few greys."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "a.pdf", Path(folder) / "a"
        source.write_bytes(pdf)
        options = ["-r", str(DPI), "-f", str(page), "-l", str(page), "-singlefile", "-png"]
        subprocess.run(["pdftoppm", *options, str(source), str(target)], check=True)
        drawn = Image.open(target.with_suffix(".png")).convert("L")
    step = 255 / (GREYS - 1)
    return drawn.point([round(round(grey / step) * step) for grey in range(256)])


def pictures(name: str, fonts: FontSet) -> dict[str, Image.Image]:
    """The pages of one report of :data:`PAGES`, by the name of their file."""
    content, language, pages = PAGES[name]
    pdf = render(content, fonts, shipped_editions()[language]).pdf
    return {f"{name}-{page}.png": picture(pdf, page) for page in pages}


def difference(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """How far two pictures are apart, in greys of 255: on the whole, and in the square where it is most."""
    if one.size != other.size:
        return 255.0, 255.0
    apart = ImageChops.difference(one, other)
    squares = apart.reduce(SQUARE)
    return ImageStat.Stat(apart).mean[0], float(squares.getextrema()[1])  # type: ignore[arg-type]


def main() -> None:
    """Draw all reference pictures anew."""
    fonts = load_fonts(CHECKOUT / "var")
    FOLDER.mkdir(exist_ok=True)
    for name in PAGES:
        for file, drawn in pictures(name, fonts).items():
            drawn.quantize(GREYS).save(FOLDER / file, optimize=True, bits=4)
            print(f"{file}: {(FOLDER / file).stat().st_size} B")


if __name__ == "__main__":
    main()
