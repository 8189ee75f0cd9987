"""Pictures of a page as verifiers hold them up to a scanner: a print, and a bad photocopy of it. No chance involved."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

from PIL import Image, ImageChops, ImageEnhance, ImageFilter


def picture(pdf: Path, dpi: int) -> Image.Image:
    """Page one in grey, by Poppler."""
    target = pdf.with_name(f"{pdf.stem}-{dpi}")
    command = ["pdftoppm", "-r", str(dpi), "-l", "1", "-gray", "-singlefile", str(pdf), str(target)]
    subprocess.run(command, check=True, capture_output=True)
    with Image.open(target.with_suffix(".pgm")) as opened:
        return opened.copy()


def photocopy(page: Image.Image, seed: int, *, skew: float, blur: float = 1.2, noise: int = 50) -> Image.Image:
    """A bad copy of a page of 150 dpi: out of focus, askew by ``skew`` degrees, pale, with specks and dirt.

    ``blur`` is the radius in dots (1.2 at 150 dpi: a fifth of a millimetre), ``noise`` the greatest deviation in levels
    of grey.
    """
    drawn = random.Random(seed)
    copy = page.rotate(skew, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    copy = copy.filter(ImageFilter.GaussianBlur(blur))
    # Half the contrast, on grey paper.
    copy = ImageEnhance.Contrast(copy).enhance(0.5).point([min(255, max(0, level - 15)) for level in range(256)])
    for sign in (ImageChops.add, ImageChops.subtract):
        grain = Image.frombytes("L", copy.size, drawn.randbytes(copy.width * copy.height))
        copy = sign(copy, grain.point([level * noise // 255 for level in range(256)]))
    # Whoever scans it sees the paper through a lens of his own.
    return _specks(copy, drawn).filter(ImageFilter.GaussianBlur(0.8))


def _specks(copy: Image.Image, drawn: random.Random) -> Image.Image:
    """Dust on the glass: black and white dots of up to a third of a millimetre."""
    for _ in range(copy.width * copy.height // 4000):
        size = drawn.randrange(1, 3)
        left, top = drawn.randrange(copy.width - size), drawn.randrange(copy.height - size)
        copy.paste(drawn.choice((0, 255)), (left, top, left + size, top + size))
    return copy


def scanned(image: Image.Image, folder: Path) -> list[str]:
    """What ZBar reads in a picture."""
    path = folder / "picture.png"
    image.save(path)
    done = subprocess.run(
        ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", str(path)], capture_output=True, text=True
    )
    return done.stdout.split()
