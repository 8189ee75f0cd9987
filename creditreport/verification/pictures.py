"""Codes that only eyes see: in the text of a page, or in the QR code of one that was scanned, printed, photographed.

A copy has lost its signature and whatever was attached to the original; what is left of it is its look. Called only in
the sandbox: the file is a stranger's. Bounded besides by pages, dots and characters, so that an ordinary copy costs a
tenth of a second and a strange one costs no more than the sandbox allows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

import pypdfium2
import zxingcpp
from PIL import Image

from creditreport.verification.codes import Code, read_code
from creditreport.verification.inspection import is_picture

# The code stands on page one; a cover may lie before it.
MOST_PAGES = 3
# A4 at 150 dpi: enough for a bad photocopy; a page of any other size is drawn with as many dots.
LONG_SIDE = 1754
# A photograph of a page on a table needs more of them.
PHOTO_SIDE = 2600
MOST_DOTS = 60_000_000
MOST_CHARACTERS = 20_000
MOST_CODES = 20
PICTURES = ("PNG", "JPEG")
_PRINTED = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{4}(?:-?[0-9A-Z]{4}){4}(?![0-9A-Z])")


def codes_seen(data: bytes) -> tuple[str, ...]:
    """Well-formed codes on the pages of a PDF or in a picture, in the order met; none when it cannot be read."""
    found: dict[str, None] = {}
    try:
        for text in _seen_in_picture(data) if is_picture(data) else _seen_on_pages(data):
            found |= dict.fromkeys(_codes_of(text))
    # Whatever these libraries raise on a damaged file: what was seen before it counts.
    except Exception:
        return tuple(found)[:MOST_CODES]
    return tuple(found)[:MOST_CODES]


def _codes_of(text: str) -> Iterator[str]:
    """The code of an address, or codes as they are printed."""
    whole = read_code(text) if "/v/" in text[:300] else None
    if isinstance(whole, Code):
        yield whole.value
        return
    for match in _PRINTED.finditer(text):
        code = read_code(match.group())
        if isinstance(code, Code):
            yield code.value


def _seen_on_pages(pdf: bytes) -> Iterator[str]:
    """Of each page its text; where no page's text has a code, what their QR codes say."""
    with pypdfium2.PdfDocument(pdf) as document:
        pages = range(min(len(document), MOST_PAGES))
        texts = [document[place].get_textpage().get_text_bounded()[:MOST_CHARACTERS] for place in pages]
        yield from texts
        if any(True for text in texts for _code in _codes_of(text)):
            return
        for place in pages:
            yield from _qr_of_page(document[place])


def _qr_of_page(page: pypdfium2.PdfPage) -> list[str]:
    scale = LONG_SIDE / max(*page.get_size(), 1.0)
    bitmap = page.render(scale=scale, grayscale=True)
    # A copy: the reader must never look at memory that the renderer owns.
    return _qr_in(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride)


def _seen_in_picture(data: bytes) -> list[str]:
    with Image.open(BytesIO(data), formats=PICTURES) as picture:
        if picture.width * picture.height > MOST_DOTS:
            return []
        # A JPEG is unpacked at a fraction of its size at once.
        picture.draft("L", (PHOTO_SIDE, PHOTO_SIDE))
        grey = picture.convert("L")
    grey.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
    return _qr_in(grey.tobytes(), grey.width, grey.height, grey.width)


def _qr_in(dots: bytes, width: int, height: int, stride: int) -> list[str]:
    # Its stubs know only numpy's arrays, which we do not need: any buffer does.
    view = zxingcpp.ImageView(dots, width, height, zxingcpp.ImageFormat.Lum, stride)  # type: ignore[arg-type]
    found = zxingcpp.read_barcodes(view, formats=zxingcpp.BarcodeFormat.QRCode)  # type: ignore[arg-type]
    return [one.text for one in found]
