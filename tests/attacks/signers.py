"""Signed anew: by strangers, by a namesake, by a thief who has the authority's own key."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

from asn1crypto import keys, x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pypdf import PdfWriter

from creditreport.signing.signer import DocumentSigner
from tests.attacks.table import ADDED, FOREIGN, NOT_OURS, ONLY_DIGEST, Sample, attack
from tests.conftest import NOON
from tests.issued import BOX, make_pdf
from tests.longterm import QuietWriter


class Reckless(PdfSigner):
    """Signs what the author's signature has closed."""

    def _enforce_certification_constraints(self, reader: object) -> None:
        return None


def _signer(sample: Sample) -> SimpleSigner:
    """Somebody with a self-signed certificate of the authority's name."""
    key, certificate = sample.impostor
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SimpleSigner(
        x509.Certificate.load(certificate.public_bytes(Encoding.DER)), keys.PrivateKeyInfo.load(private),
        SimpleCertificateStore(),
    )  # fmt: skip


def _on_top(sample: Sample, *, certify: bool, subfilter: SigSeedSubFilter = SigSeedSubFilter.PADES) -> bytes:
    permissions = {"certify": True, "docmdp_permissions": MDPPerm.ANNOTATE} if certify else {}
    meta = PdfSignatureMetadata(field_name="Another", md_algorithm="sha256", subfilter=subfilter, **permissions)
    signer = Reckless(meta, _signer(sample), new_field_spec=SigFieldSpec("Another"))
    return bytes(signer.sign_pdf(QuietWriter(BytesIO(sample.pdf))).getvalue())


def _from_scratch(sample: Sample, pdf: bytes) -> bytes:
    meta = PdfSignatureMetadata(field_name="IssuingAuthoritySeal", md_algorithm="sha256", certify=True,
                                subfilter=SigSeedSubFilter.PADES, docmdp_permissions=MDPPerm.NO_CHANGES)  # fmt: skip
    return bytes(PdfSigner(meta, _signer(sample)).sign_pdf(QuietWriter(BytesIO(pdf))).getvalue())


def _by(signer: DocumentSigner, pdf: bytes, seconds: int = 0) -> bytes:
    return signer.sign(pdf, at=NOON + timedelta(seconds=seconds), page=0, box=BOX)


@attack("second signature", "a stranger's approval on top", ADDED)
def _approved(sample: Sample) -> bytes:
    return _on_top(sample, certify=False)


@attack("second signature", "a stranger's approval of an older kind", ADDED)
def _approved_of_old(sample: Sample) -> bytes:
    return _on_top(sample, certify=False, subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED)


@attack("second signature", "a stranger's certification on top", [True, True, False, False, None])
def _certified(sample: Sample) -> bytes:
    return _on_top(sample, certify=True)


@attack("second signature", "the added field put first", ADDED)
def _first(sample: Sample) -> bytes:
    writer, out = QuietWriter(BytesIO(_on_top(sample, certify=False))), BytesIO()
    fields = writer.root["/AcroForm"]["/Fields"]
    fields.reverse()
    writer.update_container(fields)
    writer.write(out)
    return out.getvalue()


attack("signed anew", "by a stranger of the same name", FOREIGN)(lambda sample: _by(sample.foreign, sample.unsigned))
attack("signed anew", "self-signed, same name and serial number", FOREIGN)(
    lambda sample: _from_scratch(sample, sample.unsigned)
)
attack("signed anew", "by the stolen key, another report", ONLY_DIGEST)(
    lambda sample: _by(sample.signer, make_pdf("no code"))
)
attack("signed anew", "by the stolen key, the same report", ONLY_DIGEST)(
    lambda sample: _by(sample.signer, sample.unsigned, 1)
)
attack("signed anew", "by the stolen key, the same report changed", ONLY_DIGEST)(
    lambda sample: _by(sample.signer, _page_gone(sample))
)
attack("signed anew", "a stranger's own document", FOREIGN, status=NOT_OURS)(
    lambda sample: _by(sample.foreign, make_pdf("no code"))
)
attack("signed anew", "a self-signed document without our code", FOREIGN, status=NOT_OURS)(
    lambda sample: _from_scratch(sample, make_pdf("no code"))
)
attack("signed anew", "a stranger's document with our code in it", FOREIGN)(
    lambda sample: _by(sample.foreign, make_pdf(_code(sample)))
)


def _page_gone(sample: Sample) -> bytes:
    """The report before it was signed, without its last page."""
    writer, out = PdfWriter(clone_from=BytesIO(sample.unsigned)), BytesIO()
    writer.remove_page(len(writer.pages) - 1)
    writer.write(out)
    return out.getvalue()


def _code(sample: Sample) -> str:
    return str(PdfFileReader(BytesIO(sample.pdf)).trailer["/Info"]["/Keywords"])
