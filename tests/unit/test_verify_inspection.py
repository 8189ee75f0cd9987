"""The codes that stand on a file, wherever they are kept, and what is said of a file that cannot be read."""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfWriter

from creditreport.reports.content import grouped
from creditreport.verification.codes import new_code
from creditreport.verification.inspection import inspect_pdf
from creditreport.verification.unread import NOT_PDF
from tests.issued import make_pdf

CODE = "0123456789ABCDEFGHJY"


def compressed(pdf: bytes, folder: Path) -> bytes:
    """The same document with everything but the pages' skeleton in compressed streams."""
    source, target = folder / "in.pdf", folder / "out.pdf"
    source.write_bytes(pdf)
    subprocess.run(["qpdf", "--object-streams=generate", "--compress-streams=y", source, target], check=True)
    return target.read_bytes()


@pytest.mark.parametrize("code", [CODE, grouped(CODE), f"核验码 {grouped(CODE)}"])
def test_the_code_in_the_information(code: str, tmp_path: Path) -> None:
    packed = compressed(make_pdf(code), tmp_path)
    assert CODE[:4].encode() not in packed
    assert inspect_pdf(packed).codes == (CODE,)


def test_the_code_in_the_attachment(tmp_path: Path) -> None:
    writer = PdfWriter(BytesIO(make_pdf("nothing here")))
    writer.add_attachment("report.json", b'{"verification_code":"' + CODE.encode() + b'"}')
    out = BytesIO()
    writer.write(out)
    packed = compressed(out.getvalue(), tmp_path)
    assert CODE.encode() not in packed
    assert inspect_pdf(packed).codes == (CODE,)


def test_only_well_formed_codes_count() -> None:
    wrong = CODE[:-1] + "Z"
    text = f"%PDF-1.7 {wrong} X{CODE} {CODE}7 {CODE.lower()} /v/{CODE}?x {grouped(CODE)}".encode()
    assert inspect_pdf(text).codes == (CODE,)


def test_a_file_of_nothing_but_codes_is_bounded() -> None:
    assert len(inspect_pdf(b"%PDF-1.7 " + b" ".join(new_code().encode() for _ in range(1000))).codes) == 20


def test_what_is_no_pdf_is_not_looked_into() -> None:
    pdf = make_pdf(CODE)
    assert inspect_pdf(b"\n" * 1000 + pdf).codes == (CODE,)
    assert inspect_pdf(b"\n" * 1100 + pdf).problem == NOT_PDF
    assert inspect_pdf(b"\n" * 1100 + pdf).codes == ()
