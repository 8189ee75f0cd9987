"""Editions: one report in several languages, each a signed file of its own that verifies as that report."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from sqlalchemy import select, update

from creditreport.cli import main
from creditreport.clock import SHANGHAI
from creditreport.errors import Problem
from creditreport.reports.archive import content_of, find_report
from creditreport.reports.content import ReportContent
from creditreport.reports.editions import find_edition, languages_of, make_edition
from creditreport.reports.models import CreditReport, ReportEdition
from creditreport.reports.pages import ATTACHMENT, Language, render
from creditreport.reports.store import digest
from creditreport.service import Service
from creditreport.verification.status import Mark
from creditreport.verification.verify import verify_file
from tests.integration.asking import Sync, ask, audited, count
from tests.integration.city import City

LATER = datetime(2026, 12, 1, 9, 30, tzinfo=SHANGHAI)
LIMIT = 10_000_000


@pytest.fixture
def code(city: City, sync: Sync) -> str:
    """A business with one record."""
    code = city.business(1, "盐城甲有限公司")
    city.penalty(7, "A1", code)
    sync()
    return code


def steps(service: Service, pdf: bytes, now: datetime) -> tuple[str, list[bool | None]]:
    with service.reading() as session:
        verdict = verify_file(session, pdf, now, service.trust, LIMIT)
    return verdict.status.value, [step.ok for step in verdict.steps or ()]


def attached(pdf: bytes) -> ReportContent:
    (data,) = pypdf.PdfReader(BytesIO(pdf)).attachments[ATTACHMENT]
    return ReportContent.model_validate_json(data)


def test_every_edition_is_that_report(service: Service, code: str) -> None:
    issued = ask(service, code)
    english = make_edition(service, issued.number, "en", "test:张某", LATER)
    both = make_edition(service, issued.number, "both", "test:李某", LATER)
    assert len({issued.pdf, english.pdf, both.pdf}) == 3
    for pdf in (issued.pdf, english.pdf, both.pdf):
        assert attached(pdf) == issued.content
        assert steps(service, pdf, LATER) == ("VALID", [True] * 5)
        assert steps(service, pdf, LATER + timedelta(days=30)) == ("EXPIRED", [True, True, True, True, False])
    with service.reading() as session:
        report = find_report(session, issued.number)
        rows = {report.language: report.rendered_sha256}
        rows |= {row.language: row.rendered_sha256 for row in session.scalars(select(ReportEdition))}
        # What the store gives back renders to the bytes that were signed, on either kind of store.
        assert rows == {
            language: digest(render(content_of(report), service.fonts, service.editions[language]).pdf)
            for language in Language
        }
        assert languages_of(session, issued.number) == [Language.ZH, Language.BOTH, Language.EN]
        row = session.get(ReportEdition, (issued.number, "en"))
        first = find_edition(session, issued.number)
    assert row is not None
    assert (row.made_at, row.made_by) == (LATER, "test:张某")
    assert row.signer_fingerprint == service.signer.fingerprint
    assert first is not None
    assert (first.pdf, first.language) == (issued.pdf, Language.ZH)
    claimed = pypdf.PdfReader(BytesIO(english.pdf)).get_fields() or {}
    (signature,) = [field["/V"] for field in claimed.values() if field.get("/FT") == "/Sig"]
    assert signature["/M"].startswith("D:20261201093000")


def test_asking_again_gives_the_same_file(service: Service, code: str) -> None:
    issued = ask(service, code, language="both")
    one = make_edition(service, issued.number, "en", "test", LATER)
    again = make_edition(service, issued.number, "en", "test", LATER + timedelta(hours=1))
    assert (again.pdf, again.made_at) == (one.pdf, LATER)
    assert make_edition(service, issued.number, "both", "test", LATER).pdf == issued.pdf
    assert count(service, ReportEdition) == 1
    assert [entry[1:] for entry in audited(service)][1:] == [
        ("report.edition_made", f"report:{issued.number}", {"language": "en", "pdf_sha256": one.sha256}),
    ]


def test_two_who_ask_at_the_same_time_get_the_same_file(service: Service, code: str) -> None:
    number = ask(service, code).number
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: make_edition(service, number, "en", "test", LATER), range(4)))
    assert len({edition.pdf for edition in made}) == 1
    assert count(service, ReportEdition) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_changed_edition_is_found_out(service: Service, code: str) -> None:
    issued = ask(service, code)
    pdf = make_edition(service, issued.number, "en", "test", LATER).pdf
    at = pdf.index(b"stream") + 20
    changed = pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]
    assert steps(service, changed, LATER) == ("TAMPERED", [False, True, True, False, None])
    # The chain is judged at the moment that the edition was signed, not at the report's.
    with service.sessions.begin() as session:
        session.execute(update(ReportEdition).values(made_at=datetime(2023, 6, 1, tzinfo=SHANGHAI)))
    assert steps(service, pdf, LATER) == ("NOT_ISSUED_HERE", [True, True, False, True, None])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_reduced_level_of_an_edition_is_told_of_that_file_only(service: Service, code: str) -> None:
    issued = ask(service, code)
    english = make_edition(service, issued.number, "en", "test", LATER)
    with service.sessions.begin() as session:
        session.execute(update(ReportEdition).values(signature_wanted="B-LTA"))
    with service.reading() as session:
        marks = [
            verify_file(session, pdf, LATER, service.trust, LIMIT).marks for pdf in (english.pdf, issued.pdf)
        ]  # fmt: skip
    assert marks == [(Mark.REDUCED_SIGNATURE_LEVEL,), ()]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_cannot_have_a_further_edition(service: Service, code: str) -> None:
    number = ask(service, code).number

    def refusal(asked: str, language: str, now: datetime) -> str:
        with pytest.raises(Problem) as raised:
            make_edition(service, asked, language, "test", now)
        return raised.value.code

    assert refusal(number, "fr", LATER) == "INVALID_LANGUAGE"
    assert refusal("320900202611219999999", "en", LATER) == "UNKNOWN_REPORT"
    assert refusal(number, "en", LATER + timedelta(days=30)) == "EDITION_REFUSED"
    with service.sessions.begin() as session:
        session.execute(update(CreditReport).values(status="REVOKED"))
    assert refusal(number, "en", LATER) == "EDITION_REFUSED"
    with service.sessions.begin() as session:
        session.execute(update(CreditReport).values(status="ISSUED", content=CreditReport.content + " "))
    assert refusal(number, "en", LATER) == "CONTENT_DAMAGED"
    assert count(service, ReportEdition) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_commands(
    service: Service, code: str, environment: dict[str, str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: object) -> tuple[int, dict[str, object]]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main.main(args=[*map(str, arguments), "--json"])
        return int(ended.value.code or 0), json.loads(capsys.readouterr().out)

    asked = ("issue", "--uscc", code, "--years", 3, "--purpose", "commerce")
    status, told = run(*asked, "--lang", "en", "--out", tmp_path / "en.pdf")
    assert (status, told["language"]) == (0, "en")
    number = told["number"]
    status, told = run("edition", number, "--lang", "both", "--out", tmp_path / "both.pdf")
    assert (status, told["number"], told["language"]) == (0, number, "both")
    for language, name in ((None, "en"), ("en", "en"), ("both", "both")):
        options = () if language is None else ("--lang", language)
        assert run("reports", "pdf", number, *options, "--out", tmp_path / "again.pdf")[0] == 0
        assert (tmp_path / "again.pdf").read_bytes() == (tmp_path / f"{name}.pdf").read_bytes()
    status, told = run("reports", "pdf", number, "--lang", "zh", "--out", tmp_path / "no.pdf")
    assert (status, told["error"]["code"]) == (1, "NO_SUCH_EDITION")  # type: ignore[index]
    status, told = run(*asked, "--lang", "fr", "--out", tmp_path / "no.pdf")
    assert (status, told["error"]["code"]) == (2, "INVALID_LANGUAGE")  # type: ignore[index]
    assert not (tmp_path / "no.pdf").exists()
