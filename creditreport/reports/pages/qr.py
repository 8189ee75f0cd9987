"""The verification code as a picture: a QR symbol of exact squares, drawn as one vector shape."""

from __future__ import annotations

import re
from functools import lru_cache

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

from creditreport.reports.pages.paper import Page
from creditreport.reports.pages.style import BLACK, HEIGHT

# A fixed mask: the standard's mask search costs five times the rest, and any mask is read by any reader.
MASK = 2
QUIET_ZONE = 4
_DARK = re.compile(rb"\x01+")


@lru_cache(maxsize=64)
def modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """The symbol for ``text``, level M, without its quiet zone."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=MASK)
    code.add_data(text, optimize=0)
    code.make(fit=True)
    return tuple(tuple(bool(module) for module in row) for row in code.get_matrix())


def draw_qr(page: Page, right: float, top: float, side: float, text: str) -> float:
    """The symbol for ``text``, ``side`` points square, its top right corner at (``right``, ``top``).

    Gives the width of one module: the caller keeps ``QUIET_ZONE`` of them free all around.
    """
    rows = modules(text)
    module = side / len(rows)
    shapes = []
    for down, row in enumerate(rows, start=1):
        for dark in _DARK.finditer(bytes(row)):
            start, end = dark.span()
            shapes.append(f"{start} {-down} {end - start} 1 re")
    # In modules, from the top left corner: whole numbers. One path filled once: readers that smooth edges leave no
    # hairlines between its squares.
    corner = f"{module:.5f} 0 0 {module:.5f} {right - side:.3f} {HEIGHT - top:.3f} cm"
    page.raw(corner, "{:g} {:g} {:g} rg".format(*BLACK), *shapes, "f")
    return module
