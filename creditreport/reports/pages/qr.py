"""The verification code as a picture: a QR symbol of exact squares, drawn as one vector shape."""

from __future__ import annotations

import re

from creditreport.qr import modules
from creditreport.reports.pages.paper import Page
from creditreport.reports.pages.style import BLACK, HEIGHT

_DARK = re.compile(rb"\x01+")


def draw_qr(page: Page, right: float, top: float, side: float, text: str) -> float:
    """The symbol for ``text``, ``side`` points square, its top right corner at (``right``, ``top``).

    Gives the width of one module: the caller keeps ``QUIET_ZONE`` of them free all around.
    """
    rows = modules(text)
    module = side / len(rows)
    shapes = []
    for down, row in enumerate(rows, start=1):
        for dark in _DARK.finditer(row):
            start, end = dark.span()
            shapes.append(f"{start} {-down} {end - start} 1 re")
    # In modules, from the top left corner: whole numbers. One path filled once: readers that smooth edges leave no
    # hairlines between its squares.
    corner = f"{module:.5f} 0 0 {module:.5f} {right - side:.3f} {HEIGHT - top:.3f} cm"
    page.raw(corner, "{:g} {:g} {:g} rg".format(*BLACK), *shapes, "f")
    return module
