"""The report saved anew by other programs: the page looks the same, the signature is gone or fits no longer."""

from __future__ import annotations

import io
import subprocess

import pymupdf
from PIL import Image
from pypdf import PdfReader, PdfWriter

from tests.attacks.table import ADDED, NO_SIGNATURE, NOT_OURS, NOTHING, REWRITTEN, Sample, attack


def _tool(sample: Sample, *command: str) -> bytes:
    """What a command-line tool makes of the report; ``IN`` and ``OUT`` stand for the files."""
    source, target = sample.folder / "in.pdf", sample.folder / "out.pdf"
    source.write_bytes(sample.pdf)
    places = {"IN": str(source), "OUT": str(target)}
    subprocess.run([places.get(word, word) for word in command], check=True, capture_output=True)
    return target.read_bytes()


def _by_qpdf(name: str, *options: str) -> None:
    attack("saved anew", f"qpdf {name}", REWRITTEN)(lambda sample: _tool(sample, "qpdf", *options, "IN", "OUT"))


_by_qpdf("plain")
_by_qpdf("readable", "--qdf")
_by_qpdf("linearised", "--linearize")
_by_qpdf("with object streams", "--object-streams=generate")
_by_qpdf("compressed anew", "--recompress-flate", "--compression-level=1")
_by_qpdf("uncompressed", "--stream-data=uncompress")
_by_qpdf("another identifier", "--deterministic-id")
_by_qpdf("version raised", "--force-version=2.0")

for _options in (("", "owner"), ("user", "owner")):
    attack("saved anew", f"qpdf encrypted {'with' if _options[0] else 'without'} a password", NO_SIGNATURE,
           status=NOT_OURS)(
        lambda sample, options=_options: _tool(sample, "qpdf", "--encrypt", *options, "256", "--", "IN", "OUT")
    )  # fmt: skip

attack("saved anew", "qpdf, one page of it", REWRITTEN)(
    lambda sample: _tool(sample, "qpdf", "IN", "--pages", ".", "1", "--", "OUT")
)
attack("saved anew", "qpdf, without the attachment", REWRITTEN)(
    lambda sample: _tool(sample, "qpdf", "--remove-attachment=report.json", "IN", "OUT")
)
attack("printed", "pdftocairo to PDF", NO_SIGNATURE, status=NOT_OURS)(
    lambda sample: _tool(sample, "pdftocairo", "-pdf", "IN", "OUT")
)
attack("saved anew", "pdfunite with itself", REWRITTEN)(lambda sample: _tool(sample, "pdfunite", "IN", "IN", "OUT"))


def _mupdf(sample: Sample, **options: object) -> bytes:
    with pymupdf.open(stream=sample.pdf, filetype="pdf") as document:
        return bytes(document.tobytes(**options))


attack("saved anew", "MuPDF plain", REWRITTEN)(_mupdf)
attack("saved anew", "MuPDF cleaned", REWRITTEN)(lambda sample: _mupdf(sample, garbage=4, clean=True, deflate=True))


@attack("saved anew", "MuPDF, words blacked out", REWRITTEN)
def _blacked(sample: Sample) -> bytes:
    with pymupdf.open(stream=sample.pdf, filetype="pdf") as document:
        page = document[0]
        page.add_redact_annot(pymupdf.Rect(50, 200, 545, 400))
        page.apply_redactions()
        return bytes(document.tobytes())


@attack("update", "MuPDF, a note saved as an update", ADDED)
def _noted(sample: Sample) -> bytes:
    path = sample.folder / "noted.pdf"
    path.write_bytes(sample.pdf)
    with pymupdf.open(path) as document:
        document[0].add_freetext_annot(pymupdf.Rect(60, 300, 460, 340), "no record")
        document.saveIncr()
    return path.read_bytes()


@attack("printed", "MuPDF pages into a new file", NO_SIGNATURE, status=NOT_OURS)
def _taken_over(sample: Sample) -> bytes:
    with pymupdf.open(stream=sample.pdf, filetype="pdf") as source, pymupdf.open() as target:
        for page in source:
            target.new_page(width=page.rect.width, height=page.rect.height).show_pdf_page(
                page.rect, source, page.number
            )
        return bytes(target.tobytes())


@attack("printed", "pictures of the pages", NO_SIGNATURE, status=NOT_OURS)
def _pictures(sample: Sample) -> bytes:
    out = io.BytesIO()
    with pymupdf.open(stream=sample.pdf, filetype="pdf") as document:
        maps = [page.get_pixmap(dpi=60) for page in document]
    first, *rest = (Image.frombytes("RGB", (one.width, one.height), one.samples) for one in maps)
    first.save(out, "PDF", save_all=True, append_images=rest)
    return out.getvalue()


@attack("saved anew", "pypdf", REWRITTEN)
def _pypdf(sample: Sample) -> bytes:
    return _written(PdfWriter(clone_from=io.BytesIO(sample.pdf)))


@attack("saved anew", "pypdf, page one of another genuine report", REWRITTEN)
def _page_of_another(sample: Sample) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(sample.pdf))
    writer.insert_page(PdfReader(io.BytesIO(sample.other)).pages[0], 0)
    writer.remove_page(1)
    return _written(writer)


@attack("saved anew", "pypdf, without the form and the certification", NOTHING)
def _without_form(sample: Sample) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(sample.pdf))
    del writer.root_object["/AcroForm"], writer.root_object["/Perms"]
    return _written(writer)


@attack("printed", "the render before it was signed", NO_SIGNATURE, status=NOT_OURS)
def _never_signed(sample: Sample) -> bytes:
    return sample.unsigned


@attack("printed", "the signed revision taken off again", NO_SIGNATURE, status=NOT_OURS)
def _taken_off(sample: Sample) -> bytes:
    return sample.pdf[: sample.pdf.index(b"%%EOF") + 6]


@attack("saved anew", "timestamp and validation data cut off", [True, True, True, False, None], level="B-LTA")
def _shortened(sample: Sample) -> bytes:
    ends = [place for place in range(len(sample.pdf)) if sample.pdf.startswith(b"%%EOF\n", place)]
    assert len(ends) == 4
    return sample.pdf[: ends[1] + 6]


@attack("saved anew", "timestamp cut off", [True, True, True, False, None], level="B-LTA")
def _unstamped(sample: Sample) -> bytes:
    return sample.pdf[: sample.pdf.rindex(b"%%EOF\n", 0, -10) + 6]


def _written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
