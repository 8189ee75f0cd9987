"""The PDF around the pages: a PDF/A-3 file (level B) with metadata, identifier and the attached content.

ReportLab's document layer is used without its canvas. The same content gives the same bytes: nothing in the file comes
from the clock or from chance, the dates are the moment of issue, the identifier is made from the content.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from reportlab.pdfbase import pdfdoc

from creditreport.reports.content import ReportContent, grouped
from creditreport.reports.embedding import embed_fonts
from creditreport.reports.pages.edition import Edition
from creditreport.reports.pages.paper import Page, Paper
from creditreport.reports.pages.plates import deflated
from creditreport.reports.pages.style import HEIGHT, WIDTH
from creditreport.reports.pages.typeset import one_line
from creditreport.reports.pdfobjects import Stream, array, compressed, constant, dictionary, text
from creditreport.reports.srgb import NAME, srgb_profile
from creditreport.reports.xmp import Description, pdf_date, xmp_packet

ATTACHMENT = "report.json"
DESCRIPTION = "The content of this report, as data"


class _Catalog(pdfdoc.PDFCatalog):  # type: ignore[misc]
    # Output intents and associated files are younger than ReportLab's list of the catalogue's keys.
    __NoDefault__ = (*pdfdoc.PDFCatalog.__NoDefault__, "OutputIntents", "AF")
    __Refs__ = pdfdoc.PDFCatalog.__NoDefault__


def new_document(language: str) -> Any:
    """An empty PDF 1.7 document in ``language``."""
    document = pdfdoc.PDFDocument(compression=1, invariant=1, pdfVersion=(1, 7), lang=language)
    catalog = _Catalog()
    catalog.__dict__.update(document.Catalog.__dict__)
    document.Catalog = document._catalog = catalog
    document.language = language
    catalog.Outlines = None
    catalog.ViewerPreferences = dictionary(DisplayDocTitle="true")
    catalog.OutputIntents = array([_output_intent(document)])
    return document


def finish(paper: Paper, document: Any, content: ReportContent, edition: Edition, version: str, frozen: str) -> bytes:
    """The file, with ``frozen``, the content as it is stored. Raises ``MISSING_GLYPH`` when a page needs a glyph that
    no font has."""
    paper.check()
    canonical = frozen.encode()
    _attach(document, canonical, content.issued_at)
    words = [wording for wording in (edition.first, edition.second) if wording is not None]
    described = Description(
        titles=[(wording.language, f"{wording.title} {content.number}") for wording in words],
        author=one_line(content.issuing_authority),
        subject=edition.first.subject.format(name=one_line(content.subject.name)),
        keywords=grouped(content.verification_code),
        creator=one_line(content.issuer_portal),
        producer=_producer(version),
        moment=content.issued_at,
    )
    return _file(paper, document, described, canonical)


def finish_plain(
    paper: Paper, document: Any, *, title: str, author: str, creator: str, moment: datetime, version: str
) -> bytes:
    """The file of a page that is no report: nothing is attached to it. Raises ``MISSING_GLYPH`` as :func:`finish`."""
    paper.check()
    titles = [(document.language, title)]
    described = Description(titles, author, "", "", creator, _producer(version), moment)
    return _file(paper, document, described, b"".join("\n".join(page.operators).encode() for page in paper.pages))


def _producer(version: str) -> str:
    return f"creditreport renderer {version}"


def _file(paper: Paper, document: Any, described: Description, shown: bytes) -> bytes:
    for page in paper.pages:
        document.addPage(_page(page))
    embed_fonts(document)
    _describe(document, described)
    # The identifier changes with the content and with the program that drew it (ISO 32000-1, 14.4).
    identifier = hashlib.sha256(described.producer.encode() + b"\0" + shown).digest()[:16].hex().encode()
    document._ID = b"[<" + identifier + b"><" + identifier + b">]"
    # What ReportLab's GetPDFData does more is for its own fonts, outlines and identifiers.
    data: bytes = document.format()
    return data


def _output_intent(document: Any) -> Any:
    """All colours are sRGB (ISO 19005-3, 6.2.3)."""
    profile = document.Reference(constant(srgb_profile(), N=3), "sRGB")
    return dictionary(
        Type="/OutputIntent", S="/GTS_PDFA1", OutputConditionIdentifier=text(NAME), Info=text(NAME),
        DestOutputProfile=profile,
    )  # fmt: skip


def _page(page: Page) -> Any:
    drawn = pdfdoc.PDFPage()
    drawn.MediaBox = array([0, 0, round(WIDTH, 2), round(HEIGHT, 2)])
    drawn.ExtGState = None
    drawn._shadingUsed = {}  # the canvas would set it
    drawn.Contents = Stream(deflated(page.operators), Filter="/FlateDecode")
    return drawn


def _describe(document: Any, described: Description) -> None:
    date = text(pdf_date(described.moment))
    document.info = dictionary(
        Title=text(described.title), Author=text(described.author), Subject=text(described.subject),
        Keywords=text(described.keywords), Creator=text(described.creator), Producer=text(described.producer),
        CreationDate=date, ModDate=date, Trapped="/False",
    )  # fmt: skip
    # Not compressed, so that it is found by programs that know no PDF (ISO 32000-1, 14.3.2).
    metadata = Stream(xmp_packet(described), Type="/Metadata", Subtype="/XML")
    document.Catalog.Metadata = document.Reference(metadata, "metadata")


def _attach(document: Any, data: bytes, moment: datetime) -> None:
    """The content as ``report.json``: an embedded file, also listed as associated data (ISO 19005-3, 6.8)."""
    date = text(pdf_date(moment))
    checksum = f"<{hashlib.md5(data, usedforsecurity=False).hexdigest()}>"
    embedded = compressed(
        data, Type="/EmbeddedFile", Subtype="/application#2Fjson",
        Params=dictionary(Size=len(data), CreationDate=date, ModDate=date, CheckSum=checksum),
    )  # fmt: skip
    stream = document.Reference(embedded, "attachedContent")
    file = dictionary(
        Type="/Filespec", F=text(ATTACHMENT), UF=text(ATTACHMENT), Desc=text(DESCRIPTION), AFRelationship="/Data",
        EF=dictionary(F=stream, UF=stream),
    )  # fmt: skip
    reference = document.Reference(file, "attachment")
    document.Catalog.Names = dictionary(EmbeddedFiles=dictionary(Names=array([text(ATTACHMENT), reference])))
    document.Catalog.AF = array([reference])
