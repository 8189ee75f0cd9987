"""Clauses of ISO 19005-3 beyond the pages (6.3 to 6.11): annotations, forms, actions, metadata, embedded files."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import datetime
from typing import Any

from asn1crypto import cms

from tests.pdfa_file import Document, Problems

_ANNOTATIONS = (
    "/Text /Link /FreeText /Line /Square /Circle /Polygon /PolyLine /Highlight /Underline /Squiggly /StrikeOut /Stamp "
    "/Caret /Ink /Popup /FileAttachment /Widget /PrinterMark /TrapNet /Watermark /Redact"
)
ANNOTATIONS = frozenset(_ANNOTATIONS.split())
ACTIONS = {"/GoTo", "/GoToR", "/GoToE", "/Thread", "/URI", "/Named", "/SubmitForm"}
NAMED = {"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"}
RDF, DC = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}", "{http://purl.org/dc/elements/1.1/}"
XMP, PDF = "{http://ns.adobe.com/xap/1.0/}", "{http://ns.adobe.com/pdf/1.3/}"
PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
# The properties of predefined schemas that a report uses, and the container of each.
PROPERTIES = {
    f"{PDFA}part": "", f"{PDFA}conformance": "", f"{DC}format": "", f"{DC}title": "Alt", f"{DC}creator": "Seq",
    f"{DC}description": "Alt", f"{DC}language": "Bag", f"{XMP}CreateDate": "", f"{XMP}ModifyDate": "",
    f"{XMP}MetadataDate": "", f"{XMP}CreatorTool": "", f"{PDF}Producer": "", f"{PDF}Keywords": "",
}  # fmt: skip


def annotations(document: Document) -> list[Any]:
    """The annotations of all pages."""
    return [one.get_object() for page in document.reader.pages for one in page.get("/Annots", ())]


def clause_6_3_1(document: Document) -> Problems:
    """Annotation types: none of sound, film, screen or three dimensions."""
    yield from (str(one.get("/Subtype")) for one in annotations(document) if one.get("/Subtype") not in ANNOTATIONS)


def clause_6_3_2(document: Document) -> Problems:
    """Annotation dictionaries: flags are there; printed, not hidden, not invisible, seen at any zoom."""
    for one in annotations(document):
        flags = one.get("/F")
        if flags is None or not flags & 0b100 or flags & 0b100100011:
            yield f"{one.get('/Subtype')}: F {flags}"


def clause_6_3_3(document: Document) -> Problems:
    """Annotation appearances: a normal one and no other; a stream, but for buttons."""
    for one in annotations(document):
        appearance = one.get("/AP")
        left, bottom, right, top = one["/Rect"]
        if appearance is None:
            if left != right and bottom != top and one.get("/Subtype") not in ("/Popup", "/Link"):
                yield f"{one.get('/Subtype')}: no appearance"
        elif set(appearance) != {"/N"} or not hasattr(appearance["/N"], "get_data"):
            yield f"{one.get('/Subtype')}: {sorted(appearance)}"


def clause_6_4_1(document: Document) -> Problems:
    """Interactive forms: fields do nothing, appearances are not left to the reader; no XFA (6.4.2)."""
    form = document.root.get("/AcroForm", {})
    if form.get("/NeedAppearances"):
        yield "NeedAppearances"
    if "/XFA" in form or document.root.get("/NeedsRendering"):
        yield "XFA"
    for one in annotations(document):
        if one.get("/Subtype") == "/Widget" and {"/A", "/AA"} & set(one):
            yield "a field with an action"


def clause_6_4_3(document: Document) -> Problems:
    """Digital signatures: over all of their revision but their own value; one signer, whose certificate is inside."""
    ends = []
    for number, one in document.dictionaries():
        if one.get("/Type") in ("/Sig", "/DocTimeStamp") and "/ByteRange" in one:
            start, length, after, rest = one["/ByteRange"]
            ends.append(after + rest)
            hole = document.data[start + length : after]
            if start or not re.fullmatch(rb"<[0-9A-Fa-f]*>", hole):
                yield f"object {number}: ByteRange"
                continue
            signed = cms.ContentInfo.load(bytes.fromhex(hole[1:-1].decode()))["content"]
            serials = [certificate.chosen.serial_number for certificate in signed["certificates"]]
            if len(signed["signer_infos"]) != 1:
                yield f"object {number}: {len(signed['signer_infos'])} signers"
            elif signed["signer_infos"][0]["sid"].chosen["serial_number"].native not in serials:
                yield f"object {number}: the signer's certificate is not inside"
    if ends and max(ends) != len(document.data):
        yield "the last signature does not reach the end of the file"


def clause_6_5_1(document: Document) -> Problems:
    """Actions: only those that lead somewhere; no scripts. No triggers either (6.5.2)."""
    for number, one in document.dictionaries():
        kind = one.get("/S")
        if ("/JS" in one or one.get("/Type") == "/Action") and kind not in ACTIONS:
            yield f"object {number}: {kind}"
        if kind == "/Named" and one.get("/N") not in NAMED:
            yield f"object {number}: {one.get('/N')}"
        if "/AA" in one:
            yield f"object {number}: AA"
    if "/OpenAction" in document.root or "/JavaScript" in document.root.get("/Names", {}):
        yield "something happens on opening"


def clause_6_6_2_1(document: Document) -> Problems:
    """Metadata: the catalogue's XMP packet, in UTF-8, well-formed, without the header's old attributes."""
    metadata = document.root.get("/Metadata")
    if metadata is None or (metadata.get("/Type"), metadata.get("/Subtype")) != ("/Metadata", "/XML"):
        yield "no metadata"
        return
    data = metadata.get_data()
    header = re.match(rb"<\?xpacket (.*?)\?>", data)
    if header is None or b"bytes=" in header[1] or b"encoding=" in header[1]:
        yield "packet header"
    try:
        ET.fromstring(data.decode())
    except (ET.ParseError, UnicodeDecodeError) as error:
        yield str(error)


def clause_6_6_2_3(document: Document) -> Problems:
    """XMP properties: predefined ones in their containers, and the same as in the document information (6.1.5)."""
    said: dict[str, list[str]] = {}
    for one in properties(document):
        container = PROPERTIES.get(one.tag)
        if container is None or (container and one.find(f"{RDF}{container}") is None):
            yield one.tag
        items = [item.text or "" for item in one.iter(f"{RDF}li")]
        said[one.tag] = items or [one.text or ""]
    info = document.reader.trailer.get("/Info", {})
    for key, tag in (
        ("/Title", f"{DC}title"), ("/Author", f"{DC}creator"), ("/Subject", f"{DC}description"),
        ("/Creator", f"{XMP}CreatorTool"), ("/Producer", f"{PDF}Producer"), ("/Keywords", f"{PDF}Keywords"),
    ):  # fmt: skip
        if info.get(key, "") != said.get(tag, [""])[0]:
            yield f"{key} {info.get(key)!r} is not {said.get(tag)!r}"
    for key, tag in (("/CreationDate", f"{XMP}CreateDate"), ("/ModDate", f"{XMP}ModifyDate")):
        date = datetime.strptime(str(info.get(key, "")).replace("'", ""), "D:%Y%m%d%H%M%S%z") if key in info else None
        if date is None or date != datetime.fromisoformat(said.get(tag, ["0001-01-01T00:00:00+00:00"])[0]):
            yield f"{key} {info.get(key)} is not {said.get(tag)}"


def properties(document: Document) -> list[ET.Element]:
    """The properties of the XMP packet."""
    packet = ET.fromstring(document.root["/Metadata"].get_data().decode())
    return [one for described in packet.iter(f"{RDF}Description") for one in described]


def clause_6_6_4(document: Document) -> Problems:
    """Part and conformance level: 3 and B."""
    said = {one.tag: one.text for one in properties(document)}
    if (said.get(f"{PDFA}part"), said.get(f"{PDFA}conformance")) != ("3", "B"):
        yield f"{said.get(f'{PDFA}part')} {said.get(f'{PDFA}conformance')}"


def clause_6_8(document: Document) -> Problems:
    """Embedded files: named twice, with type, date and relationship, and associated with the document."""
    associated = [one.get_object() for one in document.root.get("/AF", ())]
    for number, one in document.dictionaries():
        if "/EF" in one:
            stream = one["/EF"].get("/F", {})
            absent = {"/F", "/UF", "/AFRelationship"} - set(one)
            if absent or not re.fullmatch(r"/[\w.+-]+/[\w.+-]+", stream.get("/Subtype", "")):
                yield f"object {number}: lacks {sorted(absent)}, type {stream.get('/Subtype')}"
            if "/ModDate" not in stream.get("/Params", {}) or one.get("/AFRelationship") not in RELATIONSHIPS:
                yield f"object {number}: date or relationship"
            if one not in associated:
                yield f"object {number}: associated with nothing"
        elif one.get("/Type") in ("/Filespec", "/F"):
            yield f"object {number}: a file outside"


RELATIONSHIPS = {"/Source", "/Data", "/Alternative", "/Supplement", "/Unspecified"}


def clause_6_9(document: Document) -> Problems:
    """No optional content, alternate presentations (6.10), or requirements (6.11) are used here."""
    names = document.root.get("/Names", {})
    found = {"/OCProperties", "/Requirements"} & set(document.root) | {"/AlternatePresentations"} & set(names)
    if found or any({"/PresSteps", "/Trans"} & set(page) for page in document.reader.pages):
        yield str(sorted(found) or "PresSteps")


def house_rules(document: Document) -> Problems:
    """Stricter than the standard: nothing leads out of the file; title and language are shown."""
    for number, one in document.dictionaries():
        if one.get("/S") in ("/URI", "/GoToR", "/GoToE", "/SubmitForm", "/Launch", "/JavaScript"):
            yield f"object {number}: {one.get('/S')}"
    if not document.root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "DisplayDocTitle"
    languages = next((one for one in properties(document) if one.tag == f"{DC}language"), None)
    first = languages.find(f".//{RDF}li") if languages is not None else None
    if first is None or first.text != document.root.get("/Lang"):
        yield f"Lang {document.root.get('/Lang')}"
