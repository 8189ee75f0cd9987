"""A text as a QR symbol: for the report's first page and for the pages of the portal."""

from __future__ import annotations

from functools import lru_cache
from math import isqrt

import zxingcpp

# How many modules around the symbol stay free: what the standard asks for.
QUIET_ZONE = 4
# A picture's bytes are 0 where it is dark and 255 where it is light.
_DARK = bytes.maketrans(b"\x00\xff", b"\x01\x00")


@lru_cache(maxsize=64)
def modules(text: str) -> tuple[bytes, ...]:
    """The symbol for ``text``, level M, without its quiet zone: a byte for each module, row by row, 1 where dark."""
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    picture = bytes(memoryview(symbol.to_image(scale=1, add_quiet_zones=False)))  # type: ignore[arg-type]
    side = isqrt(len(picture))
    dark = picture.translate(_DARK)
    return tuple(dark[start : start + side] for start in range(0, side * side, side))
