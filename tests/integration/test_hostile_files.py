"""Files that are made to exhaust whoever reads them: each costs bounded time and memory, and is not a report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import pytest
from asn1crypto import keys
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from creditreport.verification.inspection import inspect_pdf
from creditreport.verification.sandbox import Sandbox
from creditreport.verification.unread import UNSIGNED
from creditreport.verification.verify import verify_file
from tests.attacks.hostile import HOSTILE, MEMORY
from tests.conftest import NOON
from tests.genuine import Genuine
from tests.issued import make_pdf
from tests.portal import Portal, post

LIMIT = 10 * 1024 * 1024


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Less time and memory than in earnest; nothing depends on how much of it a file takes."""
    sandbox = Sandbox(seconds=2, memory_bytes=MEMORY)
    yield sandbox
    sandbox.close()


@pytest.mark.parametrize("name", HOSTILE)
def test_not_a_report(genuine: Genuine, sandbox: Sandbox, name: str) -> None:
    pdf = HOSTILE[name]()
    assert len(pdf) < LIMIT
    with genuine.office.sessions() as session:
        verdict = verify_file(session, pdf, NOON, genuine.office.trust, LIMIT, inspect=sandbox.inspect)
    assert verdict.status == "NOT_ISSUED_HERE"
    assert [step.ok for step in verdict.steps or ()] == [False, None, None, False, None]
    assert verdict.detail is not None


def test_the_next_file_is_served(sandbox: Sandbox) -> None:
    """Whatever became of the process that read the others."""
    assert HOSTILE
    patient = Sandbox(seconds=60, memory_bytes=MEMORY)
    try:
        assert patient.inspect(HOSTILE["an attachment that unpacks beyond the memory"]()).problem is not None
        assert patient.inspect(make_pdf("no code")).problem == UNSIGNED
    finally:
        patient.close()


@pytest.mark.parametrize("name", ["tables that follow each other in a ring", "an object that is itself"])
def test_the_page_for_files_answers(portal: Portal, name: str) -> None:
    page = post(portal.visitor(), "/verify", {"file": (BytesIO(HOSTILE[name]()), "report.pdf")})
    assert page.status_code == 200
    assert "文件已损坏或不能读取" in page.text


def namesakes(count: int) -> tuple[SimpleSigner, list[asn1.Certificate]]:
    """A signer whose certificate ``count`` others certify, each of which certifies all the others as well."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "One of many")])
    made = [
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOON - timedelta(days=9))
        .not_valid_after(NOON + timedelta(days=9))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
        for _ in range(count + 1)
    ]
    own, *others = (asn1.Certificate.load(one.public_bytes(Encoding.DER)) for one in made)
    store = SimpleCertificateStore()
    store.register_multiple(others)
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SimpleSigner(own, keys.PrivateKeyInfo.load(private), store), others


def test_certificates_that_all_certify_each_other(genuine: Genuine) -> None:
    """Every order of them is a chain to be tried; so only a few are looked at."""
    signer, others = namesakes(12)
    meta = PdfSignatureMetadata(field_name="Any", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    signed = PdfSigner(meta, signer).sign_pdf(IncrementalPdfFileWriter(BytesIO(make_pdf("no code")))).getvalue()
    assert all(one.dump().hex() in bytes(signed).decode("latin-1").lower() for one in others)
    assert len(inspect_pdf(bytes(signed)).other_certificates) == 4
    assert genuine.office.outcome(bytes(signed)) == ("NOT_ISSUED_HERE", [True, True, False, False, None])
