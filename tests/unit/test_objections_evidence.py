"""Files that are handed in, judged by content in a bounded process."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfWriter

from creditreport.objections import looking
from creditreport.objections.evidence import safe_name
from creditreport.objections.looking import UNREADABLE, Looked, look_at
from tests.objecting import picture


def pdf(pages: int = 1, password: str = "") -> bytes:
    writer, out = PdfWriter(), BytesIO()
    for _ in range(pages):
        writer.add_blank_page(100, 100)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    writer.write(out)
    return out.getvalue()


def bomb() -> bytes:
    """A small PNG that says that it is huge."""
    out = BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    assert out.tell() < 100_000
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "looked"),
    [
        pytest.param(pdf(3), Looked("pdf"), id="pdf"),
        pytest.param(picture(form="JPEG"), Looked("jpeg"), id="jpeg"),
        pytest.param(picture(), Looked("png"), id="png"),
        pytest.param(pdf(password="x"), Looked(problem="encrypted"), id="with a password"),
        pytest.param(pdf(looking.MOST_PAGES + 1), Looked(problem="pages"), id="too many pages"),
        pytest.param(b"%PDF-1.7\n" + b"\0" * 500, Looked(problem=UNREADABLE), id="no pdf after all"),
        pytest.param(picture()[:60], Looked(problem=UNREADABLE), id="cut off"),
        pytest.param(bomb(), Looked(problem="pixels"), id="a bomb"),
        pytest.param(picture(form="GIF"), Looked(problem="form"), id="gif"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", Looked(problem="form"), id="svg"),
        pytest.param(b"MZ\x90\0", Looked(problem="form"), id="program"),
        pytest.param(b"", Looked(problem="form"), id="nothing"),
    ],
)
def test_what_a_file_is(data: bytes, looked: Looked) -> None:
    assert look_at(data) == looked


def test_a_file_that_takes_longer_than_the_bound_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "SECONDS", 0.01)
    assert look_at(pdf()) == Looked(problem=UNREADABLE)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("决定书.pdf", "决定书.pdf"), ("../../etc/passwd", "passwd.pdf"), ("C:\\x\\决定.exe", "决定.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"), ("", "file.pdf"), ("‮fdp.exe", "fdp.pdf"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
    ],
)  # fmt: skip
def test_names_are_made_harmless(name: str, safe: str) -> None:
    assert safe_name(name, "pdf") == safe
