"""PDF/A-3b: reports keep every clause that is checked, signed too; every check finds a file doctored against it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from PIL import Image, ImageCms

from creditreport.clock import SHANGHAI
from creditreport.config import Settings
from creditreport.reports.fonts import FontSet
from creditreport.reports.pages import Language, render, shipped_editions
from creditreport.reports.srgb import srgb_profile
from creditreport.reports.xmp import pdf_date
from creditreport.signing.signer import load_signer
from tests.longterm import LongTermSigner
from tests.pdfa import CLAUSES, HOUSE, problems
from tests.pdfa_file import Document
from tests.printed import WITH_RECORDS, Printed

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
TABLE = Path(__file__).parents[2] / "creditreport" / "reports" / "PDFA.md"


@pytest.fixture(scope="module")
def signed(found: Printed, signing_settings: Settings) -> bytes:
    """A report with records and rare characters, signed."""
    made = found.rendered
    return load_signer(signing_settings).sign(made.pdf, at=NOON, page=made.seal_page, box=made.seal_box)


@pytest.mark.parametrize("name", ["clean", "found", "long"])
def test_a_report_keeps_every_clause(name: str, request: pytest.FixtureRequest) -> None:
    assert problems(request.getfixturevalue(name).rendered.pdf) == {}


@pytest.mark.parametrize("language", [Language.EN, Language.BOTH])
def test_the_other_editions_keep_every_clause(language: Language, fonts: FontSet) -> None:
    made = render(WITH_RECORDS, fonts, shipped_editions()[language])
    assert problems(made.pdf) == {}
    tongues = {Language.EN: ["en"], Language.BOTH: ["zh-CN", "en"]}[language]
    metadata = Document(made.pdf).root["/Metadata"].get_data().decode()
    assert re.findall(r"<rdf:li>([a-zA-Z-]+)</rdf:li>", metadata) == tongues


def test_english_lines_of_the_bilingual_edition_are_marked_as_english(fonts: FontSet) -> None:
    made = render(WITH_RECORDS, fonts, shipped_editions()[Language.BOTH])
    with pymupdf.open(stream=made.pdf) as document:
        shown = b"".join(page.read_contents() for page in document)
    marked = re.findall(rb"/Span <</Lang \(en\)>> BDC BT .*?<([0-9a-f]+)> Tj.*? ET EMC", shown)
    texts = [bytes.fromhex(one.decode()).decode("utf-16-be") for one in marked]
    assert "Special-purpose Credit Report" in " ".join(texts)
    assert not [text for text in texts if re.search("[\u4e00-\u9fff]", text) or WITH_RECORDS.number in text]
    plain = render(WITH_RECORDS, fonts).pdf
    with pymupdf.open(stream=plain) as document:
        assert b"BDC" not in b"".join(page.read_contents() for page in document)


def test_validation_data_and_a_document_timestamp_break_no_clause(found: Printed, signing_settings: Settings) -> None:
    made, signer = found.rendered, LongTermSigner(signing_settings, NOON)
    assert problems(signer.sign(made.pdf, at=NOON, page=made.seal_page, box=made.seal_box)) == {}


def test_the_signature_breaks_no_clause(signed: bytes) -> None:
    assert b"/ByteRange" in signed
    assert problems(signed) == {}


def _raw(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def doctor(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new, 1)

    return doctor


def _object(key: str, path: str, value: str) -> Callable[[bytes], bytes]:
    """Sets ``path`` of the first object that has ``key``; takes it out if the value is null."""

    def change(document: Any) -> None:
        xref = _first(document, key)
        document.xref_set_key(xref, path, value)
        if value == "null":
            text = document.xref_object(xref, compressed=True)
            document.update_object(xref, re.sub(rf"/{path.rpartition('/')[2]} null", "", text))

    return _mupdf(change)


def _drawn(more: bytes) -> Callable[[bytes], bytes]:
    """Adds operators to the first page."""

    def change(document: Any) -> None:
        xref = document[0].get_contents()[0]
        document.update_stream(xref, document.xref_stream(xref) + b"\n" + more)

    return _mupdf(change)


def _described(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """Changes the XMP packet."""

    def change(document: Any) -> None:
        xref = _first(document, "/Type/Metadata")
        packet = document.xref_stream(xref)
        assert old in packet
        document.update_stream(xref, packet.replace(old, new), compress=False)

    return _mupdf(change)


def _added(value: str) -> Callable[[bytes], bytes]:
    """Adds an object with a stream."""

    def change(document: Any) -> None:
        xref = document.get_new_xref()
        document.update_object(xref, value)
        document.update_stream(xref, b"n")

    return _mupdf(change)


def _first(document: Any, key: str) -> int:
    wanted = key.replace(" ", "")
    for xref in range(1, document.xref_length()):
        try:
            said = document.xref_object(xref, compressed=True)
        except RuntimeError:  # a number that pyHanko left free
            continue
        if wanted in said.replace(" ", ""):
            return xref
    raise AssertionError(key)


def _mupdf(change: Callable[[Any], None]) -> Callable[[bytes], bytes]:
    def doctor(data: bytes) -> bytes:
        with pymupdf.open(stream=data) as document:
            change(document)
            out = BytesIO()
            document.save(out)
        return out.getvalue()

    return doctor


CATALOGUE, FONT, PROGRAM, WIDGET = "/Type/Catalog", "/Subtype/Type0", "/Type/FontDescriptor", "/Subtype/Widget"
DOCTORED: dict[str, list[Callable[[bytes], bytes]]] = {
    "6.1.2": [_raw(b"%\x93", b"%a"), lambda data: b"\n" + data],
    "6.1.3": [lambda data: data + b"\n\nmore", lambda data: data.replace(b"/ID [", b"/Id [")],
    "6.1.4": [_raw(b"\nxref\n", b"\nxref \n\n")],
    "6.1.5": [_object("/Producer", "Title", "/Name")],
    "6.1.6": [lambda data: re.sub(rb"/CheckSum <..", b"/CheckSum <A ", data)],
    "6.1.7.1": [_raw(b"\nendstream", b" endstream"), _raw(b"\nstream\n", b"\nstream\r")],
    "6.1.7.2": [_raw(b"/Filter /FlateDecode", b"/Filter /LZWDecode  ")],
    "6.1.8": [_raw(b"/Trapped /False", b"/Trapped /#FFls")],
    "6.1.9": [_raw(b"\n3 0 obj\n", b"\n3 0 obj "), _raw(b"\nendobj\n", b" endobj\n")],
    "6.1.12": [_object(CATALOGUE, "Perms", "<</Other 1 0 R>>"), _raw(b"/TransformMethod", b"/DigestMethod/X ")],
    "6.1.13": [_object(CATALOGUE, "Big", "3000000000"), _object(CATALOGUE, "Long", "/" + 130 * "n")],
    "6.2.2": [_drawn(b"1 zz"), _drawn(b"/F99 9 Tf"), _drawn(b"q")],
    "6.2.3": [_object(CATALOGUE, "OutputIntents", "[]"), _object("/N 3", "N", "4")],
    "6.2.4.3": [_drawn(b"0 0 0 1 k"), _drawn(b"/CS0 cs")],
    "6.2.5": [
        _object("/Type/Page/", "Resources/ExtGState", "<</G<</Type/ExtGState/TR/Identity>>>>"), _drawn(b"/Odd ri"),
    ],
    "6.2.8": [
        _added("<</Type/XObject/Subtype/Form/BBox[0 0 1 1]/Ref<<>>>>"), _drawn(b"BI /W 1 /H 1 /IM true ID \x00 EI"),
    ],
    "6.2.11.2": [_object(FONT, "BaseFont", "/Other"), _object("/CIDSystemInfo", "Subtype", "/CIDFontType2")],
    "6.2.11.3": [_object(FONT, "Encoding", "/GBK-EUC-H")],
    "6.2.11.4": [
        _object(PROGRAM, "FontFile3", "null"), _drawn(b"BT /F1 9 Tf <F8FF> Tj ET"), _object(PROGRAM, "CIDSet", "1"),
    ],
    "6.2.11.5": [_object("/CIDSystemInfo", "DW", "990"), _object("/CIDSystemInfo", "W", "null")],
    "6.2.11.7": [_object(FONT, "ToUnicode", "null"), _drawn(b"BT /F1 9 Tf <1234> Tj ET")],
    "6.2.11.8": [_drawn(b"BT /F1 9 Tf <0000> Tj ET")],
    "6.3.1": [_object(WIDGET, "Subtype", "/Sound")],
    "6.3.2": [_object(WIDGET, "F", "0"), _object(WIDGET, "F", "6"), _object(WIDGET, "F", "null")],
    "6.3.3": [_object(WIDGET, "AP", "null"), _object(WIDGET, "AP/D", "<<>>")],
    "6.4.1": [_object(CATALOGUE, "AcroForm", "<</NeedAppearances true>>"), _object(WIDGET, "AA", "<<>>")],
    "6.4.3": [lambda data: data + b"%", lambda data: re.sub(rb"/ByteRange \[0", b"/ByteRange [1", data)],
    "6.5.1": [
        _object(CATALOGUE, "OpenAction", "<</S/GoTo>>"), _object(CATALOGUE, "Some", "<</S/JavaScript/JS(x)>>"),
        _object("/Type/Page/", "AA", "<<>>"),
    ],
    "6.6.2.1": [
        _object(CATALOGUE, "Metadata", "null"), _described(b"</rdf:RDF>", b""),
        _described(b"xpacket begin", b"xpacket bytes='9' begin"),
    ],
    "6.6.2.3": [
        _object("/Producer", "Title", "(Other)"), _object("/Producer", "ModDate", "(D:20261121100001+08'00)"),
        _described(b"xmp:CreatorTool", b"xmp:CreationTool"), _described(b"rdf:Seq", b"rdf:Bag"),
    ],
    "6.6.4": [_described(b"<pdfaid:part>3", b"<pdfaid:part>2"), _described(b">B<", b">A<")],
    "6.8": [
        _object(CATALOGUE, "AF", "null"), _object("/EF", "AFRelationship", "null"), _object("/EF", "F", "null"),
        _object("/Type/EmbeddedFile", "Subtype", "null"), _object("/Type/EmbeddedFile", "Params/ModDate", "null"),
    ],
    "6.9": [_object(CATALOGUE, "OCProperties", "<<>>"), _object("/Type/Page/", "Trans", "<<>>")],
    HOUSE: [
        _object(CATALOGUE, "Lang", "(fr)"), _object(CATALOGUE, "ViewerPreferences", "null"),
        _object(CATALOGUE, "Some", "<</S/URI/URI(http://elsewhere.example)>>"),
    ],
}  # fmt: skip


def test_every_clause_has_a_doctored_file_and_a_line_in_the_table() -> None:
    assert set(DOCTORED) == set(CLAUSES)
    told = set(re.findall(r"^\| (6[\d.]*\d) \|", TABLE.read_text(encoding="utf-8"), re.MULTILINE))
    assert set(CLAUSES) - {HOUSE} <= told


@pytest.mark.parametrize(
    ("clause", "which"), [(clause, at) for clause in DOCTORED for at in range(len(DOCTORED[clause]))]
)
def test_each_check_bites(clause: str, which: int, signed: bytes) -> None:
    check = CLAUSES[clause]
    if not clause.startswith("6.1"):  # MuPDF writes a file's frame in its own way
        assert list(check(Document(_mupdf(lambda _: None)(signed)))) == [] or clause == "6.4.3"
    assert list(check(Document(DOCTORED[clause][which](signed)))) != []


def test_the_colour_space_is_srgb() -> None:
    ours = ImageCms.ImageCmsProfile(BytesIO(srgb_profile()))
    assert ours.profile.profile_description == "sRGB IEC61966-2.1"
    change = ImageCms.buildTransform(ours, ImageCms.createProfile("sRGB"), "RGB", "RGB")
    colours = Image.frombytes("RGB", (64, 64), bytes(at * 37 % 256 for at in range(64 * 64 * 3)))
    seen = ImageCms.applyTransform(colours, change)
    assert seen is not None
    assert max(abs(a - b) for a, b in zip(colours.tobytes(), seen.tobytes(), strict=True)) <= 1


def test_a_date_is_told_in_local_time() -> None:
    assert pdf_date(NOON) == "D:20261121120000+08'00'"
