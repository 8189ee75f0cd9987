"""The signature itself, judged by pdfsig and qpdf, which we did not write."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from creditreport.clock import SHANGHAI
from creditreport.config import Settings
from creditreport.errors import Problem
from creditreport.signing.signer import DocumentSigner, digest_of, load_signer

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
BOX = (380.0, 90.0, 493.4, 203.4)


@pytest.fixture(scope="module")
def signer(signing_settings: Settings) -> DocumentSigner:
    return load_signer(signing_settings)


def make_pdf(pages: int = 2) -> bytes:
    out = BytesIO()
    canvas = Canvas(out, pagesize=(595.28, 841.89), invariant=True)
    canvas.setTitle("Report")
    for page in range(pages):
        canvas.drawString(72, 700, f"page {page + 1}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def tool(*command: str | Path) -> str:
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


def test_pdfsig_says_valid_and_total(signer: DocumentSigner, tmp_path: Path) -> None:
    path = tmp_path / "signed.pdf"
    path.write_bytes(signer.sign(make_pdf(), at=NOW, page=0, box=BOX))
    said = tool("pdfsig", "-nocert", path)
    assert "Signature #1" in said
    assert "Signature #2" not in said
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "SHA-256" in said
    assert "No syntax or stream encoding errors found" in tool("qpdf", "--check", path)


def test_certified_against_any_change(signer: DocumentSigner) -> None:
    reader = PdfFileReader(BytesIO(signer.sign(make_pdf(), at=NOW, page=0, box=BOX)), strict=True)
    (signature,) = reader.embedded_signatures
    assert signature.docmdp_level is MDPPerm.NO_CHANGES
    assert reader.root["/Perms"]["/DocMDP"] == signature.sig_object
    # PAdES forbids the signed attribute signing-time; the claimed time stands in /M.
    attributes = {attribute["type"].native for attribute in signature.signer_info["signed_attrs"]}
    assert attributes == {"content_type", "message_digest", "signing_certificate_v2"}
    assert signature.self_reported_timestamp == NOW


def test_the_field_lies_over_the_seal_and_draws_nothing(signer: DocumentSigner, tmp_path: Path) -> None:
    plain, signed = tmp_path / "plain.pdf", tmp_path / "signed.pdf"
    plain.write_bytes(make_pdf())
    signed.write_bytes(signer.sign(make_pdf(), at=NOW, page=1, box=BOX))
    (annotation,) = PdfReader(signed).pages[1].annotations or []
    assert [float(edge) for edge in annotation.get_object()["/Rect"]] == [380, 90, 493, 203]
    for path in (plain, signed):
        tool("pdftoppm", "-r", "60", "-png", path, path.with_suffix(""))
    assert (tmp_path / "plain-2.png").read_bytes() == (tmp_path / "signed-2.png").read_bytes()


def test_the_page_stays_byte_for_byte_and_so_do_its_dates(signer: DocumentSigner) -> None:
    pdf = make_pdf()
    signed = signer.sign(pdf, at=NOW, page=0, box=BOX)
    assert signed.startswith(pdf.rstrip())
    assert PdfReader(BytesIO(signed)).metadata == PdfReader(BytesIO(pdf)).metadata


def test_the_signing_time_is_the_given_one_in_the_past_too(signer: DocumentSigner) -> None:
    past = datetime(2024, 10, 8, 9, 30, tzinfo=SHANGHAI)
    (signature,) = PdfFileReader(BytesIO(signer.sign(make_pdf(), at=past, page=0, box=BOX))).embedded_signatures
    assert signature.self_reported_timestamp == past


def test_no_signature_outside_the_certificates_life(signer: DocumentSigner) -> None:
    with pytest.raises(Problem) as caught:
        signer.sign(make_pdf(), at=datetime(2023, 5, 1, tzinfo=UTC), page=0, box=BOX)
    assert caught.value.code == "SIGNING_UNAVAILABLE"
    assert "2024-01-01" in caught.value.en


def test_describe_names_the_certificate(signer: DocumentSigner) -> None:
    facts = signer.describe()
    assert facts["fingerprint"] == signer.fingerprint == digest_of(signer.certificate.public_bytes(Encoding.DER))
    assert facts["level"] == "B-B"
    assert facts["algorithm"].startswith("ECDSA P-256")
