"""The report as a document: frozen content in, PDF pages out, the same bytes every time.

The signature is put on later (``signing``), over the seal whose place :class:`Rendered` tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from creditreport.reports.content import ReportContent
from creditreport.reports.fonts import FontSet
from creditreport.reports.pages.conclusion import draw_conclusion
from creditreport.reports.pages.details import draw_details
from creditreport.reports.pages.document import ATTACHMENT, finish, new_document
from creditreport.reports.pages.edition import Edition, Language, load_editions, shipped_editions
from creditreport.reports.pages.fields import draw_fields
from creditreport.reports.pages.first import draw_head, draw_subject
from creditreport.reports.pages.flow import Flow
from creditreport.reports.pages.notes import draw_margins, measured_notes
from creditreport.reports.pages.paper import Paper
from creditreport.reports.pages.style import TOP
from creditreport.reports.pages.usual import usual_characters

__all__ = [
    "ATTACHMENT", "RENDERER_VERSION", "Edition", "Language", "Rendered", "load_editions", "render", "renderer_version",
    "shipped_editions",
]  # fmt: skip

# Raised whenever the same content would give other bytes.
RENDERER_VERSION = "16"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A report before it is signed: the file, the seal's page (from 0) and rectangle (x1, y1, x2, y2 in points).

    ``content`` is what is attached to the file, and stored: the one canonical text.
    """

    pdf: bytes
    seal_page: int
    seal_box: tuple[float, float, float, float]
    version: str
    language: Language
    content: str


def renderer_version(edition: Edition, fonts: FontSet) -> str:
    """What decides the bytes beside the content: the program's drawing, the words and the fonts it was given."""
    return f"{RENDERER_VERSION}-{edition.digest}-{fonts.digest}"


def render(content: ReportContent, fonts: FontSet, edition: Edition | None = None) -> Rendered:
    """The report's pages in one edition. Deterministic.

    Raises ``MISSING_GLYPH`` naming each character that no font has.
    """
    edition = edition or shipped_editions()[Language.ZH]
    document = new_document(edition.first.language)
    document.usual_characters = usual_characters(content, edition, fonts, lambda other: _blank(other, fonts, edition))
    paper = _paper(fonts, document, edition)
    seal_box = _draw(paper, content, edition)
    version, frozen = renderer_version(edition, fonts), content.to_json()
    pdf = finish(paper, document, content, edition, version, frozen)
    return Rendered(pdf, 0, seal_box, version, edition.language, frozen)


def _blank(content: ReportContent, fonts: FontSet, edition: Edition) -> Any:
    document = new_document(edition.first.language)
    _draw(_paper(fonts, document, edition), content, edition)
    return document


def _paper(fonts: FontSet, document: Any, edition: Edition) -> Paper:
    paper = Paper(fonts, document)
    if edition.second is not None:
        paper.latin = edition.second.language
    return paper


def _draw(paper: Paper, content: ReportContent, edition: Edition) -> tuple[float, float, float, float]:
    """Page one with the conclusion, the fields on a page of their own, the records.

    The notes stand below the conclusion where they have room there, as in a report without records: who turns no
    page has read them. Else they are at the end.
    """
    flow = Flow(paper, y=TOP)
    draw_head(flow, content, edition)
    draw_subject(flow, content, edition)
    flow.y += 14
    seal_box = draw_conclusion(flow, content, edition)
    notes = measured_notes(flow, content, edition)
    beneath = notes.fit(flow)
    if beneath:
        notes.draw(flow)
    flow.new_page()
    draw_fields(flow, content, edition)
    draw_details(flow, content, edition)
    if not beneath:
        notes.draw(flow)
    draw_margins(paper, content, edition)
    return seal_box
