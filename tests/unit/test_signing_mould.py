"""Signing by a mould gives the file that the ordinary signer gives; both are judged by tools that we did not write."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path

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
from reportlab.pdfgen.canvas import Canvas

from creditreport.clock import SHANGHAI
from creditreport.config import Settings
from creditreport.errors import Problem
from creditreport.signing.keyfiles import KeyBundle
from creditreport.signing.mould import SPECIMEN, MouldSigner, NoMould, SignatureMould
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


@pytest.fixture
def _chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second half of a file's identifier is drawn at random."""
    monkeypatch.setattr(os, "urandom", lambda size: b"\x2a" * size)


def both(signer: DocumentSigner, value: bytes) -> tuple[MouldSigner, DocumentSigner]:
    assert isinstance(signer.key, KeyBundle)
    key = FixedKey(signer.key, value)
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


@pytest.mark.usefixtures("_chance")
@pytest.mark.parametrize("length", [8, 68, 69, 70, 71, 72, 384])
def test_the_same_bytes_whatever_the_length_of_the_value(signer: MouldSigner, length: int) -> None:
    mould, plain = both(signer, b"\x07" * length)
    pdf = make_pdf(2)
    assert mould.sign(pdf, at=NOW, page=0, box=BOX) == plain.sign(pdf, at=NOW, page=0, box=BOX)


@settings(max_examples=30)
@given(at=TIMES, box=BOXES, place=st.integers(0, 5), words=st.integers(1, 3000))
def test_the_same_bytes_whatever_the_document(
    signer: MouldSigner, at: datetime, box: tuple[float, float, float, float], place: int, words: int
) -> None:
    mould, plain = both(signer, b"\x30" * 71)
    pdf = make_pdf(place % 3 + 1, words)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "urandom", lambda size: b"\x2a" * size)
        quick, slow = (one.sign(pdf, at=at, page=place % 3, box=box) for one in (mould, plain))
    assert quick == slow


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
