"""The five steps over real files: genuine, out of date, and files that cannot be checked at all."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from creditreport.clock import SHANGHAI
from creditreport.config import Settings
from creditreport.reports.models import CreditReport
from creditreport.signing.signer import digest_of
from creditreport.signing.trust import TrustStore
from tests.conftest import NOON
from tests.issued import store
from tests.office import Office, open_office, shared_office


@pytest.fixture
def own_office(sessions: sessionmaker[Session], signing_settings: Settings) -> Office:
    """For what depends on the store, or changes it: on both kinds."""
    return open_office(sessions, signing_settings)


@pytest.fixture(scope="module")
def office(signing_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with shared_office(tmp_path_factory.mktemp("office"), signing_settings) as made:
        yield made


def qpdf(pdf: bytes, folder: Path, *options: str) -> bytes:
    source, target = folder / "in.pdf", folder / "out.pdf"
    source.write_bytes(pdf)
    subprocess.run(["qpdf", *options, str(source), str(target)], check=True, capture_output=True)
    return target.read_bytes()


def test_genuine(own_office: Office) -> None:
    answer = own_office.verify(own_office.issued.pdf)
    assert answer["status"] == "VALID"
    assert [step["ok"] for step in answer["steps"]] == [True] * 5
    assert answer["sha256_matches"] is True
    assert answer["number"] == own_office.issued.number
    assert answer["listed"] == 0
    assert answer["detail"] is None


def test_genuine_but_expired(own_office: Office) -> None:
    later = datetime(2026, 12, 22, tzinfo=SHANGHAI)
    assert own_office.outcome(own_office.issued.pdf, now=later) == ("EXPIRED", [True, True, True, True, False])


@pytest.mark.parametrize("status", ["REVOKED", "SUPERSEDED"])
def test_genuine_but_ended(own_office: Office, status: str) -> None:
    with own_office.sessions.begin() as session:
        session.execute(update(CreditReport).values(status=status))
    assert own_office.outcome(own_office.issued.pdf) == (status, [True, True, True, True, False])


def test_valid_long_after_the_certificate_ended(own_office: Office) -> None:
    """Step 3 looks at the signing time, not at today."""
    with own_office.sessions.begin() as session:
        session.execute(update(CreditReport).values(valid_until=datetime(2050, 1, 1).date()))  # noqa: DTZ001
    assert own_office.outcome(own_office.issued.pdf, now=datetime(2049, 1, 1, tzinfo=SHANGHAI))[0] == "VALID"


def test_the_chain_is_judged_at_the_stored_moment_of_issue(own_office: Office) -> None:
    with own_office.sessions.begin() as session:
        session.execute(update(CreditReport).values(issued_at=datetime(2023, 6, 1, tzinfo=SHANGHAI)))
    assert own_office.outcome(own_office.issued.pdf) == ("NOT_ISSUED_HERE", [True, True, False, True, None])


def test_the_digest_of_another_genuine_report(own_office: Office) -> None:
    """Two reports' digests exchanged in the store: neither file passes for the other report."""
    other = store(own_office.sessions, own_office.signer, NOON, number="320900202611210000025")
    for number, sha256 in (
        (own_office.issued.number, "0" * 64), (other.number, digest_of(own_office.issued.pdf)),
        (own_office.issued.number, digest_of(other.pdf)),
    ):  # fmt: skip
        with own_office.sessions.begin() as session:
            session.execute(update(CreditReport).where(CreditReport.number == number).values(pdf_sha256=sha256))
    for pdf in (own_office.issued.pdf, other.pdf):
        assert own_office.outcome(pdf) == ("TAMPERED", [True, True, True, False, None])


def test_no_root_trusts_nothing(office: Office) -> None:
    expected = ("NOT_ISSUED_HERE", [True, True, False, True, None])
    assert office.outcome(office.issued.pdf, trust=TrustStore(())) == expected


@pytest.mark.parametrize(
    ("make", "says"),
    [
        pytest.param(lambda pdf, at: qpdf(pdf, at, "--encrypt", "", "owner", "256", "--"), "加密", id="encrypted"),
        pytest.param(lambda pdf, at: qpdf(pdf, at, "--encrypt", "u", "o", "256", "--"), "加密", id="with a password"),
        pytest.param(lambda pdf, _: b"\x89PNG\r\n" + pdf[9:], "不是 PDF", id="not a PDF"),
        pytest.param(lambda pdf, _: b"", "不是 PDF", id="empty"),
        pytest.param(lambda pdf, _: pdf[: len(pdf) // 2], "不能读取", id="cut off"),
        pytest.param(lambda pdf, _: b"%PDF-1.7\n" + b"<<" * 100_000, "不能读取", id="nested without end"),
        pytest.param(lambda pdf, _: b"%PDF-1.7\nstartxref\n9\n%%EOF", "不能读取", id="no table"),
    ],
)
def test_not_a_file_that_can_be_checked(
    office: Office, tmp_path: Path, make: Callable[[bytes, Path], bytes], says: str
) -> None:
    pdf = make(office.issued.pdf, tmp_path)
    assert office.outcome(pdf) == ("NOT_ISSUED_HERE", [False, None, None, False, None])
    assert says in office.verify(pdf)["detail"]["zh"]


def test_fifty_megabytes(office: Office) -> None:
    answer = office.verify(office.issued.pdf + b"\0" * 50 * 1024 * 1024)
    assert answer["status"] == "NOT_ISSUED_HERE"
    assert [step["ok"] for step in answer["steps"]] == [False, None, None, None, None]
    assert "过大" in answer["detail"]["zh"]
    assert answer["sha256_matches"] is None
