"""Clauses of ISO 19005-3 about what is drawn (6.2): operators, colour, fonts."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from fontTools.cffLib import CFFFontSet
from fontTools.pens.basePen import NullPen
from pypdf.generic import ContentStream, StreamObject

from tests.pdfa_file import Document, Problems

# ISO 32000-1, annex A.
_OPERATORS = (
    "b B b* B* BDC BI BMC BT BX c cm CS cs d d0 d1 Do DP EI EMC ET EX f F f* G g gs h i ID j J K k l m M MP n q Q re "
    "RG rg ri s S SC sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' \""
)
OPERATORS = frozenset(_OPERATORS.split())
RESOURCE_OF = {"Tf": "/Font", "Do": "/XObject", "gs": "/ExtGState", "sh": "/Shading"}
INTENTS = {"/RelativeColorimetric", "/AbsoluteColorimetric", "/Perceptual", "/Saturation"}
_BLENDS = (
    "/Normal /Compatible /Multiply /Screen /Overlay /Darken /Lighten /ColorDodge /ColorBurn /HardLight /SoftLight "
    "/Difference /Exclusion /Hue /Saturation /Color /Luminosity"
)
BLENDS = frozenset(_BLENDS.split())


def drawings(document: Document) -> Iterator[tuple[str, Any, list[tuple[list[Any], str]]]]:
    """Every content stream: its name, its resources, its operations."""
    for at, page in enumerate(document.reader.pages, start=1):
        contents = page.get("/Contents")
        if contents is not None:
            yield f"page {at}", page.get("/Resources", {}), _operations(contents.get_object(), document)
    for number, value in document.objects():
        if isinstance(value, StreamObject) and value.get("/Subtype") == "/Form":
            yield f"form {number}", value.get("/Resources", {}), _operations(value, document)


def _operations(stream: Any, document: Document) -> list[tuple[list[Any], str]]:
    return [(operands, operator.decode()) for operands, operator in ContentStream(stream, document.reader).operations]


def clause_6_2_2(document: Document) -> Problems:
    """Content streams: only the operators of ISO 32000-1, and resources that are the stream's own."""
    for name, resources, operations in drawings(document):
        depth = deepest = 0
        for operands, operator in operations:
            if operator not in OPERATORS and operator != "INLINE IMAGE":
                yield f"{name}: operator {operator}"
            kind = RESOURCE_OF.get(operator)
            if kind and operands[0] not in resources.get(kind, {}):
                yield f"{name}: {operands[0]} is not among its resources"
            depth += {"q": 1, "Q": -1}.get(operator, 0)
            deepest = max(deepest, depth)
        if depth or deepest > 28:
            yield f"{name}: q and Q ({depth}, {deepest})"


def clause_6_2_3(document: Document) -> Problems:
    """Output intent: one ICC profile, sound, of a display or printer, before version 5."""
    intents = [one.get_object() for one in document.root.get("/OutputIntents", ())]
    profiles = [
        one["/DestOutputProfile"] for one in intents if one.get("/S") == "/GTS_PDFA1" and "/DestOutputProfile" in one
    ]
    if len(profiles) != 1 or not all("/OutputConditionIdentifier" in one for one in intents):
        yield "no single output intent"
        return
    data = profiles[0].get_data()
    size, version, kind, space, signature = struct.unpack_from(">I4xI4s4s16x4s", data)
    components = {b"RGB ": 3, b"GRAY": 1, b"CMYK": 4}.get(space)
    if size != len(data) or signature != b"acsp" or version >> 24 >= 5 or kind not in (b"mntr", b"prtr"):
        yield "profile"
    if profiles[0].get("/N") != components:
        yield f"N is {profiles[0].get('/N')} for {space!r}"


def clause_6_2_4_3(document: Document) -> Problems:
    """Uncalibrated colour: RGB and grey by an RGB output intent; nothing in CMYK or in other spaces."""
    for name, resources, operations in drawings(document):
        for operands, operator in operations:
            if operator in ("k", "K", "sh") or (
                operator in ("cs", "CS") and operands[0] not in ("/DeviceRGB", "/DeviceGray")
            ):
                yield f"{name}: {operator} {operands}"
        if resources.get("/ColorSpace") or resources.get("/Pattern") or resources.get("/Shading"):
            yield f"{name}: colour resources"


def clause_6_2_5(document: Document) -> Problems:
    """Extended graphics state, rendering intents (6.2.6) and transparency (6.2.10)."""
    for number, one in document.dictionaries():
        if one.get("/Type") == "/ExtGState" or "/BM" in one:
            if "/TR" in one or one.get("/TR2", "/Default") != "/Default" or "/HTP" in one:
                yield f"object {number}: transfer function or halftone"
            if one.get("/RI", "/Perceptual") not in INTENTS or one.get("/BM", "/Normal") not in BLENDS:
                yield f"object {number}: intent or blend mode"
    for name, _, operations in drawings(document):
        if any(operator == "ri" and operands[0] not in INTENTS for operands, operator in operations):
            yield f"{name}: rendering intent"


def clause_6_2_8(document: Document) -> Problems:
    """Images and forms (6.2.9): no alternates, OPI, interpolation, PostScript, references; nor inline images."""
    for number, one in document.objects():
        if isinstance(one, StreamObject) and one.get("/Subtype") in ("/Image", "/Form", "/PS"):
            forbidden = {"/Alternates", "/OPI", "/PS", "/Ref"} & set(one)
            if forbidden or one.get("/Subtype") == "/PS" or one.get("/Subtype2") == "/PS" or one.get("/Interpolate"):
                yield f"object {number}: {sorted(forbidden)}"
    for name, _, operations in drawings(document):
        if any(operator == "INLINE IMAGE" for _, operator in operations):
            yield f"{name}: inline image"


class Font:
    """A composite font of the document and what its program has."""

    def __init__(self, font: Any) -> None:
        self.font = font
        self.descendant = font["/DescendantFonts"][0].get_object()
        self.descriptor = self.descendant.get("/FontDescriptor", {})
        self.program: Any = None
        if "/FontFile3" in self.descriptor:
            read = CFFFontSet()
            read.decompile(BytesIO(self.descriptor["/FontFile3"].get_data()), None)
            self.program = read[0]

    def cids(self) -> dict[int, float]:
        """CIDs in the program and their widths there."""
        widths = {}
        for name in self.program.charset[1:]:
            glyph = self.program.CharStrings[name]
            glyph.draw(NullPen())
            widths[int(name.removeprefix("cid"))] = glyph.width
        return widths

    def stated(self, cid: int) -> float:
        """The width that the font dictionary states."""
        items = [item.get_object() for item in self.descendant.get("/W", ())]
        at = 0
        while at < len(items):
            if isinstance(items[at + 1], list):
                if items[at] <= cid < items[at] + len(items[at + 1]):
                    return float(items[at + 1][cid - items[at]])
                at += 2
            else:
                if items[at] <= cid <= items[at + 1]:
                    return float(items[at + 2])
                at += 3
        return float(self.descendant.get("/DW", 1000))


def fonts(document: Document) -> Iterator[tuple[str, Any, set[int]]]:
    """Every font of every page's resources with the codes shown in it."""
    found: dict[int, tuple[str, Any, set[int]]] = {}
    for _, resources, operations in drawings(document):
        table = resources.get("/Font", {})
        for name, font in table.items():
            found.setdefault(font.indirect_reference.idnum, (name, font.get_object(), set()))
        current: set[int] = set()
        for operands, operator in operations:
            if operator == "Tf" and operands[0] in table:
                current = found[table[operands[0]].indirect_reference.idnum][2]
            elif operator in ("Tj", "TJ", "'", '"'):
                shown = operands[-1] if isinstance(operands[-1], list) else [operands[-1]]
                for text in shown:
                    data = getattr(text, "original_bytes", b"")
                    current.update(struct.unpack(f">{len(data) // 2}H", data))
    return iter(found.values())


def clause_6_2_11_2(document: Document) -> Problems:
    """Font types: composite fonts alone are used here, of CFF; Type, Subtype and names agree."""
    for name, font, _ in fonts(document):
        if font.get("/Type") != "/Font" or font.get("/Subtype") != "/Type0":
            yield f"{name}: {font.get('/Subtype')}"
            continue
        cid = Font(font)
        base, file = cid.descendant.get("/BaseFont"), cid.descriptor.get("/FontFile3", {})
        kinds = cid.descendant.get("/Subtype"), file.get("/Subtype")
        if kinds != ("/CIDFontType0", "/CIDFontType0C"):
            yield f"{name}: {kinds}"
        whole = f"{base}{font.get('/Encoding', '').replace('/', '-')}"
        if (cid.descriptor.get("/FontName"), font.get("/BaseFont")) != (base, whole):
            yield f"{name}: names"


def clause_6_2_11_3(document: Document) -> Problems:
    """Composite fonts: the CMap is a predefined one and fits the CIDs' collection."""
    for name, font, _ in fonts(document):
        system = font["/DescendantFonts"][0].get_object().get("/CIDSystemInfo", {})
        stated = font.get("/Encoding"), system.get("/Registry"), system.get("/Ordering")
        if stated != ("/Identity-H", "Adobe", "Identity"):
            yield f"{name}: {font.get('/Encoding')} {dict(system)}"


def clause_6_2_11_4(document: Document) -> Problems:
    """Embedding: a program that has a glyph for everything shown; a subset is named so, and has no CIDSet."""
    for name, font, codes in fonts(document):
        one = Font(font)
        if one.program is None:
            yield f"{name}: not embedded"
        elif missing := codes - set(one.cids()):
            yield f"{name}: no glyphs for {sorted(missing)[:5]}"
        if not re.match(r"/[A-Z]{6}\+", one.descendant.get("/BaseFont", "")) or "/CIDSet" in one.descriptor:
            yield f"{name}: subset"


def clause_6_2_11_5(document: Document) -> Problems:
    """Font metrics: the widths in the dictionary are those in the program, within one thousandth."""
    for name, font, _ in fonts(document):
        one = Font(font)
        wrong = [cid for cid, width in one.cids().items() if abs(one.stated(cid) - width) > 1] if one.program else []
        if wrong:
            yield f"{name}: {wrong[:5]}"


def clause_6_2_11_7(document: Document) -> Problems:
    """Unicode maps (asked for by levels A and U only): every code shown stands for characters."""
    for name, font, codes in fonts(document):
        if "/ToUnicode" not in font:
            yield f"{name}: no ToUnicode"
            continue
        known = to_unicode(font["/ToUnicode"].get_data().decode("ascii"))
        wrong = [code for code in codes if known.get(code, "\0") in ("\0", "\ufeff", "\ufffe")]
        if wrong:
            yield f"{name}: {wrong[:5]}"


def to_unicode(cmap: str) -> dict[int, str]:
    """What a CMap of two-byte codes says."""
    known = {}
    for block in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, to in re.findall(r"<(\w{4})>\s*<(\w{4})>\s*<(\w+)>", block):
            for step in range(int(last, 16) - int(first, 16) + 1):
                target = (int(to, 16) + step).to_bytes(len(to) // 2, "big")
                known[int(first, 16) + step] = target.decode("utf-16-be", errors="replace")
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, to in re.findall(r"<(\w{4})>\s*<(\w+)>", block):
            known[int(code, 16)] = bytes.fromhex(to).decode("utf-16-be", errors="replace")
    return known


def clause_6_2_11_8(document: Document) -> Problems:
    """No text shows the glyph .notdef."""
    yield from (name for name, _, codes in fonts(document) if 0 in codes)
