"""The five steps over files that somebody changed, forged, or signed with another key."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pypdf import PdfReader, PdfWriter
from sqlalchemy.orm import Session, sessionmaker

from creditreport.config import Environment, Settings
from creditreport.signing.demo_ca import init_demo_keys
from creditreport.signing.signer import DocumentSigner, load_signer
from creditreport.signing.trust import TrustStore, load_trust
from creditreport.verification.verify import verify_file
from tests.conftest import NOON
from tests.issued import BOX, make_pdf
from tests.office import LIMIT, Office, open_office, shared_office


@pytest.fixture
def own_office(sessions: sessionmaker[Session], signing_settings: Settings) -> Office:
    """For what depends on the store, or changes it: on both kinds."""
    return open_office(sessions, signing_settings)


@pytest.fixture(scope="module")
def office(signing_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with shared_office(tmp_path_factory.mktemp("office"), signing_settings) as made:
        yield made


@pytest.fixture(scope="module")
def foreign(signing_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> DocumentSigner:
    """A signer of the same name under a root of somebody else's making."""
    settings = replace(signing_settings, keys_dir=tmp_path_factory.mktemp("foreign"))
    init_demo_keys(settings, NOON)
    return load_signer(settings)


def qpdf(pdf: bytes, folder: Path, *options: str) -> bytes:
    source, target = folder / "in.pdf", folder / "out.pdf"
    source.write_bytes(pdf)
    subprocess.run(["qpdf", *options, str(source), str(target)], check=True, capture_output=True)
    return target.read_bytes()


def appended(pdf: bytes) -> bytes:
    """An incremental update that changes the title: the signed bytes stay as they are."""
    writer = PdfWriter(BytesIO(pdf), incremental=True)
    writer.add_metadata({"/Title": "Another title"})
    out = BytesIO()
    writer.write(out)
    assert out.getvalue().startswith(pdf)
    assert len(out.getvalue()) > len(pdf)
    return out.getvalue()


class Reckless(PdfSigner):
    """Signs what the author's signature has closed."""

    def _enforce_certification_constraints(self, reader: object) -> None:
        return None


def unsigned_copy(pdf: bytes) -> bytes:
    """The pages taken over into a new file, as a printing program does."""
    out = BytesIO()
    writer = PdfWriter()
    for page in PdfReader(BytesIO(pdf)).pages:
        page.pop("/Annots", None)
        writer.add_page(page)
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("change", "steps"),
    [
        # What a verifier's program or a forger makes of our file, and the steps that see it.
        pytest.param(lambda pdf, _: appended(pdf), [True, False, True, False, None], id="incremental update"),
        pytest.param(lambda pdf, _: pdf + b"\n", [True, False, True, False, None], id="a line after the end"),
        pytest.param(lambda pdf, _: pdf + b"%%EOF", [True, False, True, False, None], id="a second end"),
        pytest.param(lambda pdf, _: b"\n" + pdf, [False, False, False, False, None], id="a line before the beginning"),
        pytest.param(lambda pdf, at: qpdf(pdf, at), [False, False, True, False, None], id="saved anew by qpdf"),
        pytest.param(
            lambda pdf, at: qpdf(pdf, at, "--object-streams=generate", "--recompress-flate"),
            [False, False, True, False, None],
            id="saved anew, compressed",
        ),
    ],
)
def test_changed(
    office: Office, tmp_path: Path, change: Callable[[bytes, Path], bytes], steps: list[bool | None]
) -> None:
    assert office.outcome(change(office.issued.pdf, tmp_path)) == ("TAMPERED", steps)


def test_bytes_hidden_behind_the_signature_value(office: Office) -> None:
    """The padding of the signature is not signed; the digest finds a change there, and so does step 2."""
    pdf = office.issued.pdf
    start = pdf.index(b"/Contents <") + len(b"/Contents <")
    end = pdf.index(b">", start)
    assert pdf[end - 8 : end] == b"00000000"
    hidden = pdf[: end - 8] + b"DEADBEEF" + pdf[end:]
    assert office.outcome(hidden) == ("TAMPERED", [True, False, True, False, None])


def test_a_second_signature_on_top(office: Office, foreign: DocumentSigner) -> None:
    out = Reckless(
        PdfSignatureMetadata(field_name="Another", md_algorithm="sha256"),
        signer=foreign._signer,
        new_field_spec=SigFieldSpec("Another"),
    ).sign_pdf(IncrementalPdfFileWriter(BytesIO(office.issued.pdf)))
    assert office.outcome(out.getvalue()) == ("TAMPERED", [True, False, True, False, None])

    # The added field put first: it is still the certifying signature that is judged.
    writer = IncrementalPdfFileWriter(out)
    fields = writer.root["/AcroForm"]["/Fields"]
    fields.reverse()
    writer.update_container(fields)
    reordered = BytesIO()
    writer.write(reordered)
    assert office.outcome(reordered.getvalue()) == ("TAMPERED", [True, False, True, False, None])


def test_a_signature_value_that_no_key_made(office: Office) -> None:
    """The signed digest still fits the file; the ECDSA value over it was changed, which lies in no byte range."""
    pdf = office.issued.pdf
    start = pdf.index(b"/Contents <") + len(b"/Contents <")
    value = bytearray.fromhex(pdf[start : pdf.index(b">", start)].decode())
    value[3 + int.from_bytes(value[2:4], "big")] ^= 1  # the last byte of the DER value
    forged = pdf[:start] + value.hex().encode() + pdf[start + 2 * len(value) :]
    assert len(forged) == len(pdf)
    assert office.outcome(forged) == ("TAMPERED", [False, True, True, False, None])


def test_signature_removed(office: Office) -> None:
    assert office.outcome(unsigned_copy(office.issued.pdf)) == ("NOT_ISSUED_HERE", [False, None, None, False, None])
    assert office.outcome(office.issued.unsigned) == ("NOT_ISSUED_HERE", [False, None, None, False, None])


def test_our_code_under_somebody_elses_signature(own_office: Office, foreign: DocumentSigner) -> None:
    forged = foreign.sign(make_pdf(own_office.issued.code, text="clean"), at=NOON, page=0, box=BOX)
    assert own_office.outcome(forged) == ("TAMPERED", [True, True, False, False, None])


def test_somebody_elses_document(office: Office, foreign: DocumentSigner) -> None:
    theirs = foreign.sign(make_pdf("not a code"), at=NOON, page=0, box=BOX)
    assert office.outcome(theirs) == ("NOT_ISSUED_HERE", [True, True, False, False, None])


def test_signed_by_us_but_never_issued(office: Office) -> None:
    """What a stolen key would make: every signature check passes, the store does not know the file."""
    stolen = office.signer.sign(make_pdf("not a code"), at=NOON, page=0, box=BOX)
    assert office.outcome(stolen) == ("TAMPERED", [True, True, True, False, None])


def test_a_signer_that_no_stored_report_knows_is_ours_by_its_chain(
    signing_settings: Settings, sessions: sessionmaker[Session]
) -> None:
    signer, trust = load_signer(signing_settings), load_trust(signing_settings.keys_dir, Environment.TEST)
    pdf = signer.sign(make_pdf("not a code"), at=NOON, page=0, box=BOX)
    with sessions() as session:
        verdict = verify_file(session, pdf, NOON, trust, LIMIT)
    assert verdict.status == "TAMPERED"
    assert [step.ok for step in verdict.steps or ()] == [True, True, True, False, None]


def test_another_signature_over_the_same_report(office: Office) -> None:
    again = office.signer.sign(office.issued.unsigned, at=NOON + timedelta(seconds=1), page=0, box=BOX)
    assert office.outcome(again) == ("TAMPERED", [True, True, True, False, None])


def test_a_file_of_a_signer_whose_root_is_gone_is_still_known_as_ours(own_office: Office) -> None:
    stolen = own_office.signer.sign(make_pdf("not a code"), at=NOON, page=0, box=BOX)
    assert own_office.outcome(stolen, trust=TrustStore(()))[0] == "TAMPERED"
