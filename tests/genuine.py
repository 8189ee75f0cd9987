"""Genuine reports for tests of tampering and of others' validators: rendered, signed and stored as in earnest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from creditreport.config import Settings
from creditreport.reports.content import ReportContent
from creditreport.reports.fonts import FontSet
from creditreport.reports.pages import render
from creditreport.signing.demo_ca import init_demo_keys
from creditreport.signing.signer import load_signer
from creditreport.verification.codes import new_code
from tests.attacks.table import Sample
from tests.conftest import NOON
from tests.issued import Issued, keep
from tests.longterm import LongTermSigner
from tests.office import Office, shared_office
from tests.papers import listed, report

NUMBERS = iter(f"3209002026112100{place:03d}07" for place in range(10, 99))


@dataclass(frozen=True)
class Genuine:
    """An office and what it issued: a report of level B-B, another one, and one of level B-LTA."""

    office: Office
    url: str  # of its store
    plain: Issued
    other: Issued
    lasting: Issued
    content: ReportContent
    samples: dict[str, Sample]


@contextmanager
def genuine_reports(folder: Path, settings: Settings, fonts: FontSet) -> Iterator[Genuine]:
    """The office of ``folder`` with three reports; the foreign signer is made beside it."""
    with shared_office(folder, settings) as office:
        lasting_signer = LongTermSigner(settings, NOON)
        contents = [_content(report()), _content(report({3: (listed(1),)}, name="盐城乙演示有限公司"))]
        contents.append(_content(contents[0]))
        issued = []
        for content, signer in zip(contents, (office.signer, office.signer, lasting_signer), strict=True):
            paper = render(content, fonts)
            pdf = signer.sign(paper.pdf, at=NOON, page=paper.seal_page, box=paper.seal_box)
            issued.append(keep(office.sessions, signer, content, paper.pdf, pdf))
        plain, other, lasting = issued
        sample = Sample("B-B", plain.pdf, plain.unsigned, other.pdf, office.signer,
                        _foreign(settings, folder), _impostor(office.signer.certificate), folder)  # fmt: skip
        samples = {one.level: one for one in (
            sample, replace(sample, level="B-LTA", pdf=lasting.pdf, unsigned=lasting.unsigned))}  # fmt: skip
        yield Genuine(office, f"sqlite:///{folder / 'store.sqlite3'}", plain, other, lasting, contents[0], samples)


def _content(content: ReportContent) -> ReportContent:
    code = new_code()
    url = f"https://credit.example.gov.cn/v/{code}"
    return content.model_copy(
        update={"number": next(NUMBERS), "verification_code": code, "verification_url": url, "issued_at": NOON}
    )


def _foreign(settings: Settings, folder: Path) -> object:
    """A signer of the same name under a root of somebody else's making."""
    elsewhere = replace(settings, keys_dir=folder / "foreign")
    elsewhere.keys_dir.mkdir()
    init_demo_keys(elsewhere, NOON)
    return load_signer(elsewhere)


def _impostor(ours: x509.Certificate) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """A self-signed certificate that takes over the authority's name, serial number and validity."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(ours.subject)
        .issuer_name(ours.subject)
        .public_key(key.public_key())
        .serial_number(ours.serial_number)
        .not_valid_before(NOON - timedelta(days=100))
        .not_valid_after(NOON + timedelta(days=1000))
        .add_extension(ours.extensions.get_extension_for_class(x509.KeyUsage).value, critical=True)
        .sign(key, SHA256())
    )
    return key, certificate
