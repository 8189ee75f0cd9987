"""Signing by a mould gives the file that the ordinary signer gives; both are judged by tools that we did not write."""

from __future__ import annotations

import os
import re
import subprocess
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms, core, x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, NameObject, NumberObject
from reportlab.pdfgen.canvas import Canvas
from structlog.testing import capture_logs

from creditreport.clock import SHANGHAI
from creditreport.config import Settings
from creditreport.errors import Problem
from creditreport.signing.keyfiles import KeyBundle
from creditreport.signing.mould import SPECIMEN, MouldSigner, SignatureMould
from creditreport.signing.revision import NoMould
from creditreport.signing.signer import DocumentSigner, load_signer
from creditreport.signing.waiting import run

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
BOX = (380.0, 90.0, 493.4, 203.4)
ZONES = st.sampled_from([SHANGHAI, UTC, timezone(timedelta(hours=-5, minutes=-30))])
TIMES = st.builds(
    lambda seconds, zone: NOW.astimezone(zone) + timedelta(seconds=seconds), st.integers(-(10**7), 10**8), ZONES
)
EDGES = st.floats(0, 400, allow_subnormal=False)
BOXES = st.builds(lambda x, y, wide, high: (x, y, x + wide + 10, y + high + 10), EDGES, EDGES, EDGES, EDGES)


Place = tuple[float, float, float, float]


class FixedKey:
    """The bundle with a signature value of a known length, so that two signers can be compared to the byte."""

    def __init__(self, bundle: KeyBundle, value: bytes) -> None:
        self.certificate, self.chain, self.place, self._value = bundle.certificate, bundle.chain, "fixed", value

    def sign_raw(self, data: bytes) -> bytes:
        """The same value, changed by what is signed."""
        return bytes(one ^ other for one, other in zip(self._value, data * 8, strict=False))


@pytest.fixture(scope="module")
def signer(signing_settings: Settings) -> MouldSigner:
    signer = load_signer(signing_settings)
    assert isinstance(signer, MouldSigner)
    return signer


def both(signer: DocumentSigner, value: bytes) -> tuple[MouldSigner, DocumentSigner]:
    assert isinstance(signer.key, KeyBundle)
    key = FixedKey(signer.key, value)
    with pytest.MonkeyPatch.context() as patch:
        # Room for the value, which may be longer than one of the certificate's key.
        patch.setattr("creditreport.signing.signer.signature_size", lambda _: max(72, len(value)))
        return MouldSigner(key, name="某市信用办", location="w"), DocumentSigner(key, name="某市信用办", location="w")


def make_pdf(pages: int, words: int = 1) -> bytes:
    out = BytesIO()
    canvas = Canvas(out, pagesize=(595.28, 841.89), invariant=True)
    for page in range(pages):
        canvas.drawString(72, 700, f"page {page + 1} " * words)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def tool(*command: str | Path) -> str:
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


def compare(mould: MouldSigner, plain: DocumentSigner, pdf: bytes, **how: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        # The second half of a file's identifier is drawn at random.
        patch.setattr(os, "urandom", lambda size: b"\x2a" * size)
        assert mould.sign(pdf, **how) == plain.sign(pdf, **how)


@pytest.mark.parametrize("length", [8, 68, 69, 70, 71, 72, 384])
def test_the_same_bytes_whatever_the_length_of_the_value(signer: MouldSigner, length: int) -> None:
    mould, plain = both(signer, b"\x07" * length)
    for words in (1, 2):
        compare(mould, plain, make_pdf(2, words), at=NOW, page=0, box=BOX)
    assert len(mould._revisions) == 1


@settings(max_examples=30)
@given(at=TIMES, then=TIMES, box=BOXES, place=st.integers(0, 2), words=st.integers(1, 3000))
def test_the_same_bytes_whatever_the_document(
    signer: MouldSigner, at: datetime, then: datetime, box: Place, place: int, words: int
) -> None:
    mould, plain = both(signer, b"\x30" * 71)
    mould.sign(make_pdf(place + 1, 7), at=at, page=place, box=box)
    (made,) = mould._revisions.values()
    compare(mould, plain, make_pdf(place + 1, words), at=then, page=place, box=box)
    assert list(mould._revisions.values()) == [made]
    compare(mould, plain, make_pdf(place + 2, words), at=then, page=place, box=box)
    assert len(mould._revisions) == 2


def test_whatever_decides_the_revision_is_compared(signer: MouldSigner) -> None:
    """One signer over documents that differ in one respect each: none gets what was made for another."""
    mould, plain = both(signer, b"\x30" * 71)
    pdf = make_pdf(3)
    others = [
        pdf,
        pdf.replace(b"/Rotate 0", b"/Rotate 90"),
        pdf.replace(b"/PageMode /UseNone", b"/PageMode /FullScr"),
        pdf.replace(b"%PDF-1.3", b"%PDF-2.0"),
        pdf.replace(b"/Count 3", b"/Count 3 /Rotate 180"),
    ]
    assert len(set(others)) == len(others)
    for other in map(with_right_offsets, others):
        for page, box in ((0, BOX), (0, (10.0, 10.0, 60.0, 61.0)), (1, BOX), (2, BOX)):
            compare(mould, plain, other, at=NOW, page=page, box=box)
            compare(mould, plain, other, at=NOW + timedelta(days=1), page=page, box=box)
    assert len(mould._revisions) == 4 * len(others)


def with_right_offsets(pdf: bytes) -> bytes:
    """The file after its text was changed, its table made anew."""
    table = pdf.index(b"\nxref\n") + 1
    head, tail = pdf[:table], pdf[pdf.index(b"trailer") : pdf.rindex(b"startxref")]
    places = [match.start(1) for match in re.finditer(rb"\n(\d+ 0 obj)", head)]
    lines = [b"0000000000 65535 f \n", *(b"%010d 00000 n \n" % place for place in places)]
    return head + b"xref\n0 %d\n" % len(lines) + b"".join(lines) + tail + b"startxref\n%d\n%%%%EOF\n" % table


def test_a_file_of_another_form_is_prepared_by_pyhanko(signer: MouldSigner, tmp_path: Path) -> None:
    """Tables of another kind; and a page whose annotations stand elsewhere, where nobody compared them."""
    mould, plain = both(signer, b"\x30" * 71)
    first, other = tmp_path / "first.pdf", tmp_path / "other.pdf"
    first.write_bytes(make_pdf(1))
    tool("qpdf", "--object-streams=generate", first, other)
    with capture_logs() as told:
        compare(mould, plain, other.read_bytes(), at=NOW, page=0, box=BOX)
    assert [(one["log_level"], one["why"]) for one in told] == [("warning", "form of the file")]
    for entry in ("/Annots", "/Rotate"):
        writer = PdfWriter(clone_from=first)
        held = ArrayObject() if entry == "/Annots" else NumberObject(90)
        writer.pages[0][NameObject(entry)] = writer._add_object(held)
        writer.write(other)
        compare(mould, plain, other.read_bytes(), at=NOW, page=0, box=BOX)
    assert not any(b"/Annots" in str(key).encode() for key in mould._revisions)


def test_other_people_call_it_valid(signer: MouldSigner, tmp_path: Path) -> None:
    path = tmp_path / "signed.pdf"
    path.write_bytes(signer.sign(make_pdf(2), at=NOW, page=0, box=BOX))
    said = tool("pdfsig", "-nocert", path)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "No syntax or stream encoding errors found" in tool("qpdf", "--check", path)
    (signature,) = PdfFileReader(BytesIO(path.read_bytes()), strict=True).embedded_signatures
    status = validate_pdf_signature(signature, context(signer))
    assert status.bottom_line
    assert "UNTOUCHED" in status.summary()


def context(signer: DocumentSigner) -> ValidationContext:
    roots = [x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in signer.key.chain]
    return ValidationContext(trust_roots=roots, moment=NOW, best_signature_time=NOW)


def test_each_document_has_a_right_value_of_its_own(signer: MouldSigner) -> None:
    lengths, public = set(), signer.certificate.public_key()
    assert isinstance(public, EllipticCurvePublicKey)
    for words in range(40):
        signed = signer.sign(make_pdf(1, words), at=NOW, page=0, box=BOX)
        (signature,) = PdfFileReader(BytesIO(signed)).embedded_signatures
        info = signature.signer_info
        public.verify(info["signature"].native, info["signed_attrs"].untag().dump(), ECDSA(SHA256()))
        (told,) = (one["values"][0].native for one in info["signed_attrs"] if one["type"].native == "message_digest")
        assert told == signature.compute_digest()
        lengths.add(len(info["signature"].native))
    # About half of all values have a zero more: both kinds were seen.
    assert len(lengths) > 1


def test_no_signature_outside_the_certificates_life(signer: MouldSigner) -> None:
    with pytest.raises(Problem) as caught:
        signer.sign(make_pdf(1), at=datetime(2023, 5, 1, tzinfo=UTC), page=0, box=BOX)
    assert caught.value.code == "SIGNING_UNAVAILABLE"


def ordinary(signer: DocumentSigner, digest: bytes = SPECIMEN, pades: bool = True) -> cms.ContentInfo:
    """What the ordinary signer makes of a digest."""
    attributes = PdfCMSSignedAttributes(signing_time=NOW)
    return run(signer._signer.async_sign(digest, "sha256", use_pades=pades, signed_attr_settings=attributes))


def test_a_structure_that_is_not_known_makes_no_mould(signer: MouldSigner) -> None:
    """Another attribute could differ from report to report; something behind the value would be left out."""
    SignatureMould(ordinary(signer).dump(), signer.key.sign_raw)
    behind = ordinary(signer)
    (info,) = behind["content"]["signer_infos"]
    info["unsigned_attrs"] = [{"type": "1.2.3.4", "values": [core.Integer(1)]}]
    for other in (ordinary(signer, pades=False), ordinary(signer, bytes(32)), behind):
        with pytest.raises(NoMould):
            SignatureMould(other.dump(force=True), signer.key.sign_raw)
