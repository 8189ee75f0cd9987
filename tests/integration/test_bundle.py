"""A bundle: a business's reports and its branches', each its own, and a list that hides nothing and tells nothing."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from creditreport.audit.models import AuditEntry
from creditreport.cli import main
from creditreport.errors import Problem
from creditreport.reports.archive import own_reports
from creditreport.reports.bundle import MOST_BRANCHES, Bundle, issue_bundle
from creditreport.reports.content import grouped
from creditreport.reports.request import IssueRequest
from creditreport.service import Service
from creditreport.verification.verdict import Verdict
from creditreport.verification.verify import verify_file
from tests.integration.asking import register_id
from tests.integration.city import City, make_code

Sync = Callable[[], None]
PARENT, FIRST, SECOND = "盐城甲有限公司", "盐城甲有限公司大丰分公司", "盐城甲有限公司东台分公司"


@pytest.fixture
def family(city: City, sync: Sync) -> City:
    """A business with two branches, one record each, and a business that has nothing to do with them."""
    city.business(1, PARENT)
    city.business(3, SECOND, type="分公司", parent="R1")
    city.business(2, FIRST, type="分公司", parent="R1")
    city.business(4, "盐城乙有限公司")
    for number in (1, 2, 3, 4):
        city.penalty(7, f"A{number}", make_code(number))
    sync()
    return city


def ask(uscc: str = make_code(1), language: str = "zh") -> IssueRequest:
    return IssueRequest(uscc, "3", "commerce", "test", language=language)


def made(service: Service, language: str = "zh") -> Bundle:
    return issue_bundle(service, ask(language=language), service.clock.now())


def verdict(service: Service, pdf: bytes) -> Verdict:
    with service.reading() as session:
        return verify_file(session, pdf, service.clock.now(), service.trust, 10_000_000)


def text_of(pdf: bytes, tmp_path: Path) -> str:
    path = tmp_path / "page.pdf"
    path.write_bytes(pdf)
    subprocess.run(["qpdf", "--check", path], check=True, capture_output=True)
    return subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True).stdout


def test_each_has_its_own_report_with_its_own_records(family: City, service: Service, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    bundle = issue_bundle(service, ask(), service.clock.now(), lambda *step: steps.append(step))
    assert steps == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert bundle.complete
    for report, number in zip(bundle.reports, (1, 2, 3), strict=True):
        assert report.content.subject.uscc == make_code(number)
        records = [record.record_id for domain in report.content.domains for record in domain.records]
        assert records == [f"A{number}"]
    with ZipFile(BytesIO(bundle.zip())) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names == ["00_cover.pdf"] + [
            f"{at:02d}_{report.content.subject.uscc}_{report.number}.pdf"
            for at, report in enumerate(bundle.reports, start=1)
        ]
        assert all(name.isascii() for name in names)
        for name, report in zip(names[1:], bundle.reports, strict=True):
            found = verdict(service, archive.read(name))
            assert found.report is not None
            assert (found.status, found.report.number) == ("VALID", report.number)
            path = tmp_path / name
            path.write_bytes(archive.read(name))
            said = subprocess.run(["pdfsig", "-nocert", path], check=True, capture_output=True, text=True).stdout
            assert "Signature is Valid" in said
    with service.reading() as session:
        assert [
            one.number for one in own_reports(session, register_id(service, make_code(2)), service.clock.now())
        ] == [bundle.reports[1].number]
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "bundle.made"))
    assert entry.detail == {"reports": [one.number for one in bundle.reports], "refused": []}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ["目录"]),
        ("en", ["List of special-purpose credit reports"]),
        ("both", ["目录", "List of special-purpose"]),
    ],
)
def test_the_cover_lists_all_codes_and_no_result(
    family: City, service: Service, tmp_path: Path, language: str, words: list[str]
) -> None:
    bundle = made(service, language)
    page = text_of(bundle.cover, tmp_path)
    for report, name in zip(bundle.reports, (PARENT, FIRST, SECOND), strict=True):
        content = report.content
        for told in (name, content.subject.uscc, report.number, grouped(content.verification_code), "2026-12-21"):
            assert told in page
    assert all(word in page for word in words)
    # The codes are drawn and may hold any letters.
    for report in bundle.reports:
        page = page.replace(grouped(report.content.verification_code), "")
    assert "A1" not in page
    assert bundle.zip() == bundle.zip()
    # It is no document of ours: nobody can take the list for a report.
    assert verdict(service, bundle.cover).status == "NOT_ISSUED_HERE"


def test_who_cannot_have_a_report_is_named_and_the_others_have_theirs(
    family: City, service: Service, sync: Sync, tmp_path: Path
) -> None:
    family.run("UPDATE register SET status = '注销' WHERE id = 'R2'")
    sync()
    family.penalty(9, "B1", make_code(3), decided="2025-06")
    bundle = made(service)
    assert [one.content.subject.uscc for one in bundle.reports] == [make_code(1)]
    assert [(one.entity.uscc, one.problem.code) for one in bundle.refused] == [
        (make_code(2), "ENTITY_NOT_ELIGIBLE"), (make_code(3), "SOURCE_INCOMPLETE"),
    ]  # fmt: skip
    page = text_of(bundle.cover, tmp_path)
    for told in (FIRST, SECOND, make_code(2), make_code(3), "未出具报告的主体", "已注销", "可稍后再申请"):
        assert told in page
    # What a department holds on a branch is nobody's to learn from a list of codes.
    assert "领域9" not in page
    with service.reading() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "bundle.made"))
    assert [one["code"] for one in entry.detail["refused"]] == ["ENTITY_NOT_ELIGIBLE", "SOURCE_INCOMPLETE"]


def test_a_branch_whose_entry_is_not_certain_at_present_is_named(family: City, service: Service, sync: Sync) -> None:
    family.run("UPDATE register SET status = '没听说过' WHERE id = 'R2'")
    family.run("DELETE FROM register WHERE id = 'R3'")
    sync()
    bundle = made(service)
    assert [one.content.subject.uscc for one in bundle.reports] == [make_code(1)]
    assert [(one.entity.uscc, one.problem.code) for one in bundle.refused] == [(make_code(2), "ENTITY_UNCLEAR")]


def test_nobody_gets_one_when_a_source_is_silent(family: City, service: Service) -> None:
    family.run("DROP TABLE field_09")
    with pytest.raises(Problem) as raised:
        made(service)
    assert (raised.value.code, raised.value.shown) == ("SOURCE_UNAVAILABLE", {"domains": ["field_09"]})
    with service.reading() as session:
        assert session.scalars(select(AuditEntry).where(AuditEntry.action == "bundle.made")).all() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_stops_a_bundle_before_anything_is_issued(
    family: City, service: Service, sync: Sync, monkeypatch: pytest.MonkeyPatch
) -> None:
    def code(request: IssueRequest) -> str:
        with pytest.raises(Problem) as raised:
            issue_bundle(service, request, service.clock.now())
        return raised.value.code

    assert code(ask(make_code(4))) == "NO_BRANCHES"
    assert code(ask(make_code(2))) == "NO_BRANCHES"
    assert code(ask(make_code(9))) == "UNKNOWN_ENTITY"
    assert code(IssueRequest(make_code(1), "9", "commerce", "test")) == "INVALID_YEARS"
    assert code(IssueRequest(make_code(1), "3", "fun", "test")) == "INVALID_PURPOSE"
    for number in range(100, 100 + MOST_BRANCHES - 1):
        family.business(number, f"盐城甲有限公司第{number}分公司", type="分公司", parent="R1")
    sync()
    assert code(ask()) == "TOO_MANY_BRANCHES"
    family.run("UPDATE register SET status = '注销' WHERE id = 'R1'")
    sync()
    assert code(ask()) == "ENTITY_NOT_ELIGIBLE"
    with service.reading() as session:
        assert session.scalars(select(AuditEntry.action).where(AuditEntry.action != "register.synced")).all() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_command_writes_the_zip_and_says_who_has_none(
    family: City,
    service: Service,
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    out = tmp_path / "bundle.zip"

    def run() -> int:
        arguments = [
            "bundle",
            "--uscc",
            make_code(1),
            "--years",
            "3",
            "--purpose",
            "finance",
            "--out",
            str(out),
            "--json",
        ]
        with pytest.raises(SystemExit) as ended:
            main.main(args=arguments)
        return int(ended.value.code or 0)

    assert run() == 0
    told = json.loads(capsys.readouterr().out)
    with ZipFile(out) as archive:
        assert archive.namelist()[1:] == [one["pdf"]["path"] for one in told["reports"]]
        assert [archive.getinfo(one["pdf"]["path"]).file_size for one in told["reports"]] == [
            one["pdf"]["bytes"] for one in told["reports"]
        ]
    assert (told["complete"], told["refused"], told["zip"]["bytes"]) == (True, [], out.stat().st_size)
    family.penalty(9, "B1", make_code(3), decided="2025-06")
    assert run() == 1
    told = json.loads(capsys.readouterr().out)
    (refused,) = told["refused"]
    assert (refused["uscc"], refused["error"]["code"], refused["error"]["domains"]) == (
        make_code(3), "SOURCE_INCOMPLETE", ["field_09"],
    )  # fmt: skip
