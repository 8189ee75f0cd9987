"""The PDF around the pages: metadata, identifier, the attached content; the same content gives the same bytes.

ReportLab's document layer is used without its canvas. Nothing in the file comes from the clock or from chance: the
dates are the moment of issue, the identifier is made from the content.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase import pdfdoc

from creditreport.clock import as_shanghai
from creditreport.reports.content import ReportContent, grouped
from creditreport.reports.glyphs import embed_fonts
from creditreport.reports.pages.paper import Page, Paper
from creditreport.reports.pages.style import HEIGHT, WIDTH
from creditreport.reports.pages.wording import Wording

ATTACHMENT = "report.json"

# Binary streams: the text form that ReportLab prefers makes every stream a quarter larger. The program makes no other
# PDF with ReportLab, so the switch may be the process's.
rl_config.useA85 = 0


class _Catalog(pdfdoc.PDFCatalog):  # type: ignore[misc]
    # AF (associated files) is younger than ReportLab's list of the catalogue's keys.
    __NoDefault__ = (*pdfdoc.PDFCatalog.__NoDefault__, "AF")
    __Refs__ = pdfdoc.PDFCatalog.__NoDefault__


def new_document(language: str) -> Any:
    """An empty PDF 1.7 document in ``language``."""
    document = pdfdoc.PDFDocument(compression=1, invariant=1, pdfVersion=(1, 7), lang=language)
    catalog = _Catalog()
    catalog.__dict__.update(document.Catalog.__dict__)
    document.Catalog = document._catalog = catalog
    catalog.ViewerPreferences = pdfdoc.PDFDictionary({"DisplayDocTitle": "true"})
    return document


def finish(paper: Paper, document: Any, content: ReportContent, wording: Wording, version: str) -> bytes:
    """The file. Raises ``MISSING_GLYPH`` when a character of any page has no glyph."""
    paper.check()
    canonical = content.to_json().encode()
    for page in paper.pages:
        document.addPage(_page(page))
    embed_fonts(document)
    _describe(document, content, wording, version)
    _attach(document, canonical, content.issued_at)
    # The identifier changes with the content and with the program that drew it (ISO 32000-1, 14.4).
    identifier = hashlib.sha256(version.encode() + b"\0" + canonical).digest()[:16].hex().encode()
    document._ID = b"[<" + identifier + b"><" + identifier + b">]"
    data: bytes = document.GetPDFData(None)
    return data


def _page(page: Page) -> Any:
    drawn = pdfdoc.PDFPage()
    drawn.MediaBox = pdfdoc.PDFArray([0, 0, round(WIDTH, 2), round(HEIGHT, 2)])
    drawn.setCompression(1)
    drawn.ExtGState = None
    drawn._shadingUsed = {}  # the canvas would set it
    drawn.setStream(page.operators)
    return drawn


def _describe(document: Any, content: ReportContent, wording: Wording, version: str) -> None:
    document.setTitle(f"{wording.title} {content.number}")
    document.setAuthor(content.issuing_authority)
    document.setSubject(wording.subject.format(name=content.subject.name))
    document.setKeywords(grouped(content.verification_code))
    document.setCreator(content.issuer_portal)
    document.setProducer(f"creditreport renderer {version}")
    document.setDateFormatter(lambda *_: _pdf_date(content.issued_at))


def _pdf_date(moment: datetime) -> str:
    told = as_shanghai(moment)
    offset = int((told.utcoffset() or told - told).total_seconds()) // 60
    return f"D:{told:%Y%m%d%H%M%S}{offset // 60:+03d}'{offset % 60:02d}'"


def _attach(document: Any, data: bytes, moment: datetime) -> None:
    """The content as ``report.json``: an embedded file, also listed as associated data (ISO 32000-2, 14.13)."""
    date = pdfdoc.PDFString(_pdf_date(moment))
    embedded = pdfdoc.PDFStream(
        pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("EmbeddedFile"),
                "Subtype": "/application#2Fjson",
                "Params": pdfdoc.PDFDictionary(
                    {
                        "Size": len(data),
                        "CreationDate": date,
                        "ModDate": date,
                        "CheckSum": f"<{hashlib.md5(data, usedforsecurity=False).hexdigest()}>",
                    }
                ),
            }
        ),
        content=data,
        filters=[pdfdoc.PDFZCompress],
    )
    stream = document.Reference(embedded, "attachedContent")
    file = pdfdoc.PDFDictionary(
        {
            "Type": pdfdoc.PDFName("Filespec"),
            "F": pdfdoc.PDFString(ATTACHMENT),
            "UF": pdfdoc.PDFString(ATTACHMENT),
            "AFRelationship": pdfdoc.PDFName("Data"),
            "EF": pdfdoc.PDFDictionary({"F": stream, "UF": stream}),
        }
    )
    reference = document.Reference(file, "attachment")
    names = pdfdoc.PDFDictionary({"Names": pdfdoc.PDFArray([pdfdoc.PDFString(ATTACHMENT), reference])})
    document.Catalog.Names = pdfdoc.PDFDictionary({"EmbeddedFiles": names})
    document.Catalog.AF = pdfdoc.PDFArray([reference])
