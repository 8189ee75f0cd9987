"""Signature levels against a real authority: what is reached, what remains when a service fails, and how."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

from creditreport.config import Settings, load_settings
from creditreport.config_signing import Level
from creditreport.errors import Problem
from creditreport.reports.archive import find_report
from creditreport.service import Service
from creditreport.signing.longterm import Sealed
from creditreport.signing.signer import DocumentSigner, load_signer
from creditreport.signing.trust import load_timestamp_trust, load_trust
from creditreport.verification.by_code import verify_code
from creditreport.verification.inspection import inspect_pdf
from creditreport.verification.verify import verify_file
from tests.authority import PASSPHRASE, Authority, closed_port, running_authority
from tests.conftest import NOON
from tests.integration.asking import Sync, ask
from tests.integration.city import City
from tests.issued import BOX, make_pdf

CODE = "0123-4567-89AB-CDEF-GHJK"
LEVELS = list(Level)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with running_authority(tmp_path_factory.mktemp("authority")) as running:
        yield running


@pytest.fixture(autouse=True)
def good_services(authority: Authority) -> None:
    authority.faults.clear()
    authority.spare.clear()
    authority.asked.clear()


def seal(signer: DocumentSigner) -> Sealed:
    return signer.seal(make_pdf(CODE), at=NOON, page=0, box=BOX)


def roots(settings: Settings) -> list[asn1.Certificate]:
    ders = load_trust(settings.keys_dir, settings.env).roots + load_timestamp_trust(settings.keys_dir).roots
    return [asn1.Certificate.load(der) for der in ders]


def proves_itself(pdf: bytes, settings: Settings) -> bool:
    """What pyHanko's validator says with nothing but the file and the two roots: nobody is asked anything."""
    reader = PdfFileReader(BytesIO(pdf))
    how = {
        "trust_roots": roots(settings),
        "moment": NOON + timedelta(seconds=2),
        "allow_fetching": False,
        "revocation_mode": "require",
        "retroactive_revinfo": True,
    }
    context = DocumentSecurityStore.read_dss(reader).as_validation_context(how)
    (signature,) = reader.embedded_regular_signatures
    status = asyncio.run(async_validate_pdf_signature(signature, context, context))
    stamps = [asyncio.run(async_validate_pdf_timestamp(one, context)) for one in reader.embedded_timestamp_signatures]
    assert signature.docmdp_level is MDPPerm.NO_CHANGES
    return status.bottom_line and all(one.intact and one.valid and one.trusted for one in stamps)


@pytest.mark.parametrize("signer", ["signer", "rsa"])
@pytest.mark.parametrize("level", LEVELS)
def test_the_wanted_level_is_reached(authority: Authority, tmp_path: Path, level: Level, signer: str) -> None:
    settings = authority.settings(tmp_path, signer=signer, SIGNATURE_LEVEL=level.value)
    sealed = seal(load_signer(settings))
    assert (sealed.level, sealed.wanted, sealed.problem) == (level, level, None)

    found = inspect_pdf(sealed.pdf)
    assert (found.problem, found.intact, found.covers_whole_file) == (None, True, True)
    reader = PdfFileReader(BytesIO(sealed.pdf))
    assert ("/DSS" in reader.root) == (level in (Level.B_LT, Level.B_LTA))
    assert len(reader.embedded_timestamp_signatures) == (level is Level.B_LTA)
    (signature,) = reader.embedded_regular_signatures
    stamp = next(iter(extract_tst_data_iter(signature.signer_info, signed=False)), None)
    assert (stamp is None) == (level is Level.B_B)
    path = tmp_path / "signed.pdf"
    path.write_bytes(sealed.pdf)
    said = subprocess.run(["pdfsig", "-nocert", path], check=True, capture_output=True, text=True).stdout
    assert "Signature is Valid" in said
    checked = subprocess.run(["qpdf", "--check", path], check=True, capture_output=True, text=True).stdout
    assert "No syntax or stream encoding errors found" in checked
    if "/DSS" in reader.root:
        assert proves_itself(sealed.pdf, settings)


REFUSED = f"http://127.0.0.1:{closed_port()}/"


@pytest.mark.parametrize("fault", ["refused", "hang", "error page", "broken", "nonsense", "wrong nonce", "expired"])
def test_without_a_timestamp_the_report_is_level_b_b(authority: Authority, tmp_path: Path, fault: str) -> None:
    authority.faults["tsa"] = fault
    url = {"refused": REFUSED, "expired": authority.tsa("expired")}.get(fault, authority.tsa())
    sealed = seal(load_signer(authority.settings(tmp_path, TSA_URL=url)))
    assert (sealed.level, sealed.wanted, sealed.reduced) == (Level.B_B, Level.B_LTA, True)
    assert sealed.problem is not None
    assert sealed.problem.startswith("TSA: ")
    found = inspect_pdf(sealed.pdf)
    assert (found.intact, found.covers_whole_file) == (True, True)


def test_a_timestamp_of_another_root_is_not_taken(authority: Authority, tmp_path: Path) -> None:
    settings = authority.settings(tmp_path)
    (tmp_path / "tsa" / "timeroot.pem").unlink()
    sealed = seal(load_signer(settings))
    assert sealed.level is Level.B_B
    assert "not trusted" in str(sealed.problem)


@pytest.mark.parametrize("fault", ["hang", "error page", "broken", "nonsense", "stale"])
def test_without_revocation_data_the_report_is_level_b_t(authority: Authority, tmp_path: Path, fault: str) -> None:
    authority.faults |= {"ocsp": fault, "crls": fault}
    sealed = seal(load_signer(authority.settings(tmp_path)))
    assert (sealed.level, sealed.wanted) == (Level.B_T, Level.B_LTA)
    assert "/DSS" not in PdfFileReader(BytesIO(sealed.pdf)).root
    assert inspect_pdf(sealed.pdf).covers_whole_file


def test_a_host_that_was_not_allowed_is_not_asked(authority: Authority, tmp_path: Path) -> None:
    sealed = seal(load_signer(authority.settings(tmp_path, REVOCATION_HOSTS="ocsp.example.gov.cn")))
    assert sealed.level is Level.B_T
    assert set(authority.asked) == {"tsa"}


def test_a_list_serves_where_ocsp_fails(authority: Authority, tmp_path: Path) -> None:
    authority.faults["ocsp"] = "broken"
    settings = authority.settings(tmp_path)
    sealed = seal(load_signer(settings))
    assert sealed.level is Level.B_LTA
    assert proves_itself(sealed.pdf, settings)


def test_ocsp_that_hangs_is_left_alone_while_the_lists_serve(authority: Authority, tmp_path: Path) -> None:
    authority.faults["ocsp"] = "hang"
    signer = load_signer(authority.settings(tmp_path))
    assert [seal(signer).level for _ in range(4)] == [Level.B_LTA] * 4
    assert authority.asked.count("ocsp") == 2


@pytest.mark.parametrize(("given", "level"), [({}, Level.B_B), ({"TSA_AUTHORIZATION": "Basic c2VhbA=="}, Level.B_T)])
def test_an_authority_that_wants_to_know_who_asks(
    authority: Authority, tmp_path: Path, given: dict[str, str], level: Level
) -> None:
    authority.faults["tsa"] = "customers only"
    assert seal(load_signer(authority.settings(tmp_path, SIGNATURE_LEVEL="B-T", **given))).level is level


def test_without_the_last_timestamp_the_report_is_level_b_lt(authority: Authority, tmp_path: Path) -> None:
    authority.faults["tsa"], authority.spare["tsa"] = "broken", 2
    settings = authority.settings(tmp_path)
    sealed = seal(load_signer(settings))
    assert sealed.level is Level.B_LT
    assert proves_itself(sealed.pdf, settings)
    assert inspect_pdf(sealed.pdf).covers_whole_file


def test_a_certificate_revoked_by_its_authority_signs_nothing(authority: Authority, tmp_path: Path) -> None:
    signer = load_signer(authority.settings(tmp_path, signer="revoked"))
    with pytest.raises(Problem) as caught:
        seal(signer)
    assert caught.value.code == "SIGNING_UNAVAILABLE"
    assert "revoked" in caught.value.en
    assert "keys rotate" in caught.value.zh


def test_a_service_that_failed_is_left_alone_for_a_while(authority: Authority, tmp_path: Path) -> None:
    now = [1000.0]
    authority.faults["tsa"] = "broken"
    signer = load_signer(authority.settings(tmp_path), tick=lambda: now[0])
    assert [seal(signer).level for _ in range(4)] == [Level.B_B] * 4
    assert authority.asked == ["tsa", "tsa"]
    authority.faults.clear()
    now[0] += 29
    assert seal(signer).level is Level.B_B
    now[0] += 2
    assert [seal(signer).level for _ in range(2)] == [Level.B_LTA] * 2


@pytest.mark.parametrize(("good", "level"), [(1, Level.B_B), (2, Level.B_LT)])
def test_a_token_that_has_grown_costs_one_reduced_report(
    authority: Authority, tmp_path: Path, good: int, level: Level
) -> None:
    authority.faults["tsa"], authority.spare["tsa"] = "longer", good
    signer = load_signer(authority.settings(tmp_path))
    assert [seal(signer).level for _ in range(2)] == [level, Level.B_LTA]


def test_inside_a_running_event_loop(authority: Authority, tmp_path: Path) -> None:
    settings = authority.settings(tmp_path)
    signer = load_signer(settings)

    async def main() -> tuple[Sealed, bool]:
        certificate = signer.certificate.public_bytes(Encoding.DER)
        return seal(signer), load_trust(settings.keys_dir).accepts(certificate, [], NOON)

    sealed, trusted = asyncio.run(main())
    assert sealed.level is Level.B_LTA
    assert trusted


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"SIGNATURE_LEVEL": "B-X"}, "SIGNATURE_LEVEL"),
        ({"SIGNATURE_LEVEL": "B-T"}, "TSA_URL"),
        ({"SIGNATURE_LEVEL": "B-T", "TSA_URL": "ftp://tsa"}, "TSA_URL"),
        ({"SIGNATURE_LEVEL": "B-LT", "TSA_URL": "http://tsa"}, "REVOCATION_HOSTS"),
        ({"AUTHORITY_TIMEOUT_SECONDS": "0"}, "AUTHORITY_TIMEOUT_SECONDS"),
        ({"PKCS11_MODULE": "/usr/lib/softhsm/libsofthsm2.so"}, "PKCS11_TOKEN"),
        ({"SIGNING_PASSPHRASE": ""}, "SIGNING_PASSPHRASE"),
    ],
)
def test_a_wrong_setting_is_named(given: dict[str, str], named: str) -> None:
    good = {"ENV": "test", "DATABASE_URL": "sqlite://", "PUBLIC_URL": "http://x", "SECRET_KEY": "x"}
    given = good | {"SIGNING_PASSPHRASE": "x"} | given
    with pytest.raises(Problem) as caught:
        load_settings({f"CREDITREPORT_{name}": value for name, value in given.items()})
    assert caught.value.code == "INVALID_SETTING"
    assert caught.value.details["name"] == f"CREDITREPORT_{named}"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_lasting_report_is_issued_and_verified(
    city: City, service: Service, sync: Sync, authority: Authority, environment: dict[str, str], tmp_path: Path
) -> None:
    code = city.business(1, "盐城甲有限公司")
    sync()
    keys = tmp_path / "keys"
    authority.settings(keys)
    (keys / "demo").mkdir()
    (keys / "signer.p12").rename(keys / "demo" / "signer.p12")
    given = {
        "KEYS_DIR": str(keys),
        "SIGNING_PASSPHRASE": PASSPHRASE,
        "SIGNATURE_LEVEL": "B-LTA",
        "TSA_URL": authority.tsa(),
        "REVOCATION_HOSTS": authority.host,
    }
    service.settings = load_settings(environment | {f"CREDITREPORT_{name}": value for name, value in given.items()})
    issued = ask(service, code)
    assert (issued.document.signature_level, issued.document.signature_wanted) == ("B-LTA", "B-LTA")
    with service.reading() as session:
        told = verify_file(session, issued.pdf, NOON, service.trust, 10**7)
    assert (told.status.value, told.marks, [step.ok for step in told.steps or ()]) == ("VALID", (), [True] * 5)
    assert proves_itself(issued.pdf, service.settings)


def test_the_authoritys_own_certificate_must_be_trusted(tmp_path: Path) -> None:
    with running_authority(tmp_path, tls=True) as authority:
        trusted = {"SIGNATURE_LEVEL": "B-T", "TSA_CA_FILE": str(tmp_path / "tls.pem")}
        assert seal(load_signer(authority.settings(tmp_path / "keys", **trusted))).level is Level.B_T
        stranger = authority.settings(tmp_path / "keys", SIGNATURE_LEVEL="B-T")
        assert seal(load_signer(stranger)).level is Level.B_B


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_reduced_report_says_so_when_it_is_verified(
    city: City, service: Service, sync: Sync, authority: Authority, environment: dict[str, str]
) -> None:
    code = city.business(1, "盐城甲有限公司")
    sync()
    settings = load_settings(environment | {"CREDITREPORT_SIGNATURE_LEVEL": "B-T", "CREDITREPORT_TSA_URL": REFUSED})
    service.settings = settings
    issued = ask(service, code)
    with service.reading() as session:
        report = find_report(session, issued.number)
        assert (report.signature_level, report.signature_wanted) == ("B-B", "B-T")
        assert issued.as_json("F.pdf")["signature"] == {"level": "B-B", "wanted": "B-T"}
        told = [
            verify_code(session, report.verification_code, NOON),
            verify_file(session, issued.pdf, NOON, service.trust, 10**7),
        ]
    assert [(verdict.status.value, [mark.value for mark in verdict.marks]) for verdict in told] == [
        ("VALID", ["REDUCED_SIGNATURE_LEVEL"])
    ] * 2
