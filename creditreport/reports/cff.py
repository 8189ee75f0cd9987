"""Compact fonts as a PDF takes them: Type 2 charstrings and the CFF container around the ones that a report uses.

A font program in the file is CID-keyed CFF (Adobe Technical Notes 5176 and 5177). Its CIDs are code points, not the
places of glyphs in some subset: what a page's text says in bytes never depends on what else the report draws, and two
code points that share one drawing still copy out as themselves. Cubic outlines on a grid take a third less room
than the TrueType ones they are made from.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from fontTools.pens.t2CharStringPen import T2CharStringPen

from creditreport.reports.contours import EM, Draw, contours, replay

# Most glyphs are Chinese and one em wide; only another width is written.
USUAL_WIDTH = EM

# Of the font dictionaries, the operators used (5176, tables 9, 10 and 23).
_ROS, _CID_COUNT, _FD_ARRAY, _FD_SELECT = b"\x0c\x1e", b"\x0c\x22", b"\x0c\x24", b"\x0c\x25"
_FONT_BBOX, _CHARSET, _CHAR_STRINGS, _PRIVATE = b"\x05", b"\x0f", b"\x11", b"\x12"
_DEFAULT_WIDTH, _NOMINAL_WIDTH = b"\x14", b"\x15"
# The first string of a font's own: 391 standard ones come before.
_OWN_STRINGS = 391
_NOTDEF = b"\x0e"


def charstring(draw: Draw, advance: int) -> bytes:
    """What ``draw`` draws on a pen as a Type 2 charstring ``advance`` wide, both in thousandths of the em."""
    pen = T2CharStringPen(None if advance == USUAL_WIDTH else advance, None)
    replay(contours(draw), pen)
    made = pen.getCharString()
    made.compile()
    code: bytes = made.bytecode
    return code


def is_blank(code: bytes) -> bool:
    """Whether a charstring draws nothing: an end, with or without a width before it."""
    return len(code) <= 4 and code.endswith(_NOTDEF)


class Program(NamedTuple):
    """A font program in three pieces; the middle one holds the usual glyphs and is the same in many reports."""

    before: bytes
    usual: bytes
    after: bytes


class Glyphs:
    """Some glyphs of a font, in the form in which a program is put together: CIDs (none is 0) and charstrings."""

    def __init__(self, glyphs: Sequence[tuple[int, bytes]]) -> None:
        self.cids = struct.pack(f">{len(glyphs)}H", *(cid for cid, _ in glyphs))
        self.lengths = [len(code) for _, code in glyphs]
        self.codes = b"".join([code for _, code in glyphs])


def font_program(name: str, box: Sequence[int], usual: Glyphs, more: Glyphs) -> Program:
    """A CFF font program of two lots of glyphs; ``box`` is the FontBBox."""
    cids, lengths = usual.cids + more.cids, [len(_NOTDEF), *usual.lengths, *more.lengths]
    head = b"\x01\x00\x04\x04" + _index([name.encode("ascii")])
    strings = _index([b"Adobe", b"Identity"]) + _index([])  # and no global subroutines
    charset = b"\x00" + cids
    select = b"\x03" + struct.pack(">HHBH", 1, 0, 0, len(lengths))
    places = _index_head(lengths) + _NOTDEF
    private = _integer(USUAL_WIDTH) + _DEFAULT_WIDTH + _integer(0) + _NOMINAL_WIDTH
    # Offsets are written in five bytes, so the dictionary is as long with the true ones as with these.
    at_charset = len(head) + len(_index([_top(box, (0, 0, 0, 0))])) + len(strings)
    at_select = at_charset + len(charset)
    at_glyphs = at_select + len(select)
    at_private = at_glyphs + len(places) + len(usual.codes) + len(more.codes)
    top = _index([_top(box, (at_charset, at_select, at_glyphs, at_private + len(private)))])
    font = _index([_integer(len(private)) + _integer(at_private) + _PRIVATE])
    return Program(
        b"".join((head, top, strings, charset, select, places)),
        usual.codes,
        b"".join((more.codes, private, font)),
    )


def _top(box: Sequence[int], places: tuple[int, int, int, int]) -> bytes:
    charset, select, drawn, fonts = map(_integer, places)
    registry = _integer(_OWN_STRINGS) + _integer(_OWN_STRINGS + 1) + _integer(0) + _ROS
    bounds = b"".join(map(_integer, box)) + _FONT_BBOX
    tables = charset + _CHARSET + select + _FD_SELECT + drawn + _CHAR_STRINGS + fonts + _FD_ARRAY
    return registry + bounds + _integer(0x10000) + _CID_COUNT + tables


def _integer(value: int) -> bytes:
    return b"\x1d" + struct.pack(">i", value)


def _index(parts: Sequence[bytes]) -> bytes:
    return _index_head([len(part) for part in parts]) + b"".join(parts) if parts else b"\x00\x00"


def _index_head(lengths: Sequence[int]) -> bytes:
    offsets = list(accumulate(lengths, initial=1))
    size, form = (2, "H") if offsets[-1] <= 0xFFFF else (4, "I")
    return struct.pack(f">HB{len(offsets)}{form}", len(lengths), size, *offsets)
