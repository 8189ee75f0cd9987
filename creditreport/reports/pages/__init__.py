"""The report as a document: frozen content in, PDF pages out, the same bytes every time.

The signature is put on later (``signing``), over the seal whose place :class:`Rendered` tells.
"""

from __future__ import annotations

from dataclasses import dataclass

from creditreport.reports.content import ReportContent
from creditreport.reports.fonts import FontSet
from creditreport.reports.pages.details import draw_details
from creditreport.reports.pages.document import ATTACHMENT, finish, new_document
from creditreport.reports.pages.fields import draw_fields
from creditreport.reports.pages.first import draw_first_page
from creditreport.reports.pages.flow import Flow
from creditreport.reports.pages.notes import draw_margins, draw_notes
from creditreport.reports.pages.paper import Paper
from creditreport.reports.pages.wording import Wording, load_wording, shipped_wording

__all__ = ["ATTACHMENT", "RENDERER_VERSION", "Rendered", "Wording", "load_wording", "render", "renderer_version"]

# Raised whenever the same content would give other bytes.
RENDERER_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A report before it is signed: the file, the seal's page (from 0) and rectangle (x1, y1, x2, y2 in points)."""

    pdf: bytes
    seal_page: int
    seal_box: tuple[float, float, float, float]
    version: str


def renderer_version(wording: Wording) -> str:
    """What decides the bytes beside the content: the program's drawing and the wording it was given."""
    return f"{RENDERER_VERSION}-{wording.digest}"


def render(content: ReportContent, fonts: FontSet, wording: Wording | None = None) -> Rendered:
    """The report's pages. Deterministic. Raises ``MISSING_GLYPH`` naming each character that no font has."""
    words = wording or shipped_wording()
    document = new_document(words.language)
    paper = Paper(fonts, document)
    seal_box = draw_first_page(paper, content, words)
    flow = Flow(paper)
    draw_fields(flow, content, words)
    draw_details(flow, content, words)
    draw_notes(flow, content, words)
    draw_margins(paper, content, words)
    version = renderer_version(words)
    return Rendered(finish(paper, document, content, words, version), 0, seal_box, version)
