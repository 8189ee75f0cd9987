"""Parts of a report by themselves, each beside what is usually taken: pages, signature, code picture."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from io import BytesIO

from qrcode import QRCode
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from creditreport.qr import modules
from creditreport.reports.content import ReportContent
from creditreport.reports.font_setup import REGULAR, fonts_folder
from creditreport.reports.issue import issue_report
from creditreport.reports.pages import Language, render
from creditreport.reports.request import IssueRequest
from creditreport.service import Service
from creditreport.signing.signer import DocumentSigner
from tests.bench.figures import Figure, milliseconds, times
from tests.bench.live import business
from tests.bench.peer_signers import rsa_key, stock
from tests.bench.scale import grow
from tests.bench.stage import NOON, Stage


def run(stage: Stage, rounds: int) -> Iterator[Figure]:
    """The figures of one report's parts."""
    city = grow(stage, 100, "parts")
    with city.service as service:
        issued = issue_report(service, IssueRequest(business(1).uscc, "3", "commerce", "benchmark"), NOON)
        content = issued.content
        fonts, edition = service.fonts, service.editions[Language.ZH]
        drawn = times(lambda: render(content, fonts, edition), rounds)
        yield Figure("drawing the pages", drawn.shown(), peers=f"platypus {_platypus(service, content, rounds)}")
        made = render(content, fonts, edition)
        for name, signer in (("plain", _plain(service)), ("mould", service.signer)):
            sign = partial(signer.sign, made.pdf, at=NOON, page=made.seal_page, box=made.seal_box)
            sign()
            peer = "" if name == "plain" else f"stock pyHanko, RSA-3072 {_stock_signature(made.pdf, rounds)}"
            yield Figure(f"sign, {name}, PAdES B-B, P-256", times(sign, rounds).shown(), peers=peer)
    yield _picture(rounds)


def _plain(service: Service) -> DocumentSigner:
    """The ordinary signer with the same key."""
    settings = service.settings
    return DocumentSigner(service.signer.key, name=settings.issuing_authority, location=settings.issuer_portal)


def _picture(rounds: int) -> Figure:
    text = "https://credit.example.gov.cn/v/0123456789ABCDEFGHJK"

    def usual() -> None:
        code = QRCode(border=0)
        code.add_data(text)
        code.make(fit=True)

    own = times(lambda: modules.__wrapped__(text), rounds)
    return Figure(
        "the code as a picture", own.shown(), peers=f"qrcode's own mask search {times(usual, rounds).shown()}"
    )


def _platypus(service: Service, content: ReportContent, rounds: int) -> str:
    """The table of 45 alone, as a first attempt would draw it with the same font."""
    pdfmetrics.registerFont(TTFont("bench", fonts_folder(service.settings.var_dir) / REGULAR))
    style = ParagraphStyle("cell", fontName="bench", fontSize=8, wordWrap="CJK")
    cells = [[str(one.number), one.title, one.responsible_unit, f"{len(one.records)}"] for one in content.domains]

    def draw() -> None:
        rows = [[Paragraph(cell, style) for cell in row] for row in cells]
        SimpleDocTemplate(BytesIO(), pagesize=A4).build([Table(rows)])

    return milliseconds(times(draw, rounds).p50)


def _stock_signature(pdf: bytes, rounds: int) -> str:
    sign = stock(rsa_key())
    return milliseconds(times(lambda: sign(pdf), min(rounds, 10)).p50)
