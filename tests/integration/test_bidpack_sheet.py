"""The signed sheet: what other people's tools say of it, what a verifier is told, what it holds; the command line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from openpyxl import load_workbook
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm

from creditreport import create_app
from creditreport.bidpacks.facts import Facts, Item, Kind, Terms
from creditreport.bidpacks.items import Upload
from creditreport.bidpacks.judge import judge
from creditreport.bidpacks.result import Result, frozen
from creditreport.bidpacks.sheet import Sheet, render_sheet
from creditreport.bidpacks.signing import sheet_file
from creditreport.bidpacks.wording import FILE, load_sheet_words
from creditreport.bidpacks.workbook import result_workbook
from creditreport.cli import main
from creditreport.config import Settings
from creditreport.errors import Problem
from creditreport.lint import wording_problems
from creditreport.reports.content import grouped
from creditreport.reports.fonts import FontSet
from creditreport.reports.pages import Language
from creditreport.signing.demo_ca import init_demo_keys
from creditreport.signing.register import find_key
from creditreport.verification.codes import new_code
from tests.bidding import OPENING, Bidding, make_bidding
from tests.conftest import NOON
from tests.photocopy import picture, scanned
from tests.portal import get, post
from tests.translated import translate

BAD = "坏的.pdf"


@pytest.fixture(scope="module")
def bidding(tmp_path_factory: pytest.TempPathFactory, signing_settings: Settings, fonts: FontSet) -> Iterator[Bidding]:
    # A key of its own, that a test may withdraw.
    folder = tmp_path_factory.mktemp("bidding")
    settings = replace(signing_settings, keys_dir=folder / "keys")
    settings.keys_dir.mkdir()
    init_demo_keys(settings, NOON)
    made = make_bidding(folder, settings, fonts)
    yield made
    made.service.close()


@pytest.fixture(scope="module")
def app(bidding: Bidding) -> Flask:
    translate()
    return create_app(bidding.service)


class Signed:
    """A pack of three, its table, its sheet as a file."""

    def __init__(self, bidding: Bidding, folder: Path) -> None:
        self.reports = [bidding.issue(number) for number in (1, 2)]
        uploads = [Upload(f"第{at}包 投标文件.pdf", one.pdf) for at, one in enumerate(self.reports, start=1)]
        uploads.append(Upload(BAD, b"%PDF-1.7\nnothing"))
        self.absent = bidding.business(9)
        expected = (bidding.business(1), bidding.business(2), self.absent)
        found = bidding.check(*uploads, years=3, expected=expected)
        assert found.result is not None
        assert found.sheet_code is not None
        self.result, self.code = found.result, found.sheet_code
        with bidding.service.reading() as session:
            pdf = sheet_file(session, self.code)
        assert pdf is not None
        self.pdf, self.path = pdf, folder / "sheet.pdf"
        self.path.write_bytes(pdf)


@pytest.fixture(scope="module")
def signed(bidding: Bidding, tmp_path_factory: pytest.TempPathFactory) -> Signed:
    return Signed(bidding, tmp_path_factory.mktemp("sheet"))


def ask(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_what_other_peoples_tools_say(signed: Signed, bidding: Bidding, tmp_path: Path) -> None:
    assert "No syntax or stream encoding errors found" in ask("qpdf", "--check", str(signed.path))
    told = ask("pdfsig", "-nocert", str(signed.path))
    assert "Total document signed" in told
    assert told.count("Signature #") == 1
    assert "ETSI.CAdES.detached" in told
    (signature,) = PdfFileReader(BytesIO(signed.pdf)).embedded_signatures
    assert signature.docmdp_level == MDPPerm.NO_CHANGES
    # It is signed for what it is, and not as a report.
    assert signature.sig_object["/Reason"] == "出具专用信用报告批量核验单"
    text = "".join(ask("pdftotext", "-layout", str(signed.path), "-").split())
    for words in (
        "专用信用报告批量核验单", "演示项目（一期）", "2026年12月1日", grouped(signed.code), signed.reports[0].number,
        bidding.business(1), "盐城第1号示例有限公司", BAD, "共3项：可用2项，须复核0项，不可用1项。", "不少于3年",
        "应有经营主体中有1家没有提交真实的报告。", signed.absent, "不可用",
    ):  # fmt: skip
        assert words in text, words
    assert scanned(picture(signed.path, 150), tmp_path) == [f"https://credit.example.gov.cn/v/{signed.code}"]


def test_the_same_table_gives_the_same_bytes(signed: Signed, bidding: Bidding, fonts: FontSet) -> None:
    service = bidding.service
    words = load_sheet_words(service.settings.templates_dir)
    sheet = Sheet(signed.result, signed.code, "https://a.example/v/X", "门户", "机关", "a.example", NOON)
    drawn = [render_sheet(sheet, fonts, service.editions[language], words) for language in [*Language, Language.ZH]]
    assert drawn[0].pdf == drawn[3].pdf
    assert len({one.pdf for one in drawn}) == 3


def test_two_hundred_rows_and_characters_that_no_font_has(bidding: Bidding, fonts: FontSet, tmp_path: Path) -> None:
    facts = Facts(status="NOT_ISSUED_HERE", step=3)
    items = [
        Item(
            position=at,
            label=f"{at}/" + "很长的文件名" * 20 + "\ue000.pdf",
            kind=Kind.FILE,
            sha256=None,
            facts=facts,
        )
        for at in range(1, 201)
    ]
    terms = Terms(project="项目", opening=OPENING, expected=tuple(f"{at:018d}" for at in range(300)))
    result = frozen(judge(items, terms, NOON.date()), NOON)
    sheet = Sheet(result, new_code(), "https://a.example/v/X", "门户", "机关", "a.example", NOON)
    words = load_sheet_words(bidding.service.settings.templates_dir)
    for language in Language:
        path = tmp_path / f"{language}.pdf"
        path.write_bytes(render_sheet(sheet, fonts, bidding.service.editions[language], words).pdf)
        text = "".join(ask("pdftotext", "-layout", str(path), "-").split())
        assert all(f"{at}/" in text for at in range(1, 201))
        assert "□" in text
        assert f"{299:018d}" in text


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('title = "', 'titel = "', "title"),
        ("{usable}", "{usabel}", "usabel"),
        ('unusable = "不可用"', "", "words.unusable"),
        ("重新核验", "{nobody}", "nobody"),
    ],
)
def test_words_that_cannot_be_used_are_found_before_a_sheet_is_drawn(
    bidding: Bidding, tmp_path: Path, old: str, new: str, told: str
) -> None:
    text = (bidding.service.settings.templates_dir / FILE).read_text(encoding="utf-8")
    target = tmp_path / FILE
    target.parent.mkdir()
    target.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert told in " ".join(one["problem"] for one in wording_problems(tmp_path) if one["file"] == FILE.as_posix())
    with pytest.raises(Problem, match=told):
        load_sheet_words(tmp_path)


def test_its_code_leads_to_what_it_is_and_to_no_report(app: Flask, signed: Signed) -> None:
    client = app.test_client()
    page = get(client, f"/v/{signed.code}")
    assert page.status_code == 200
    told = page.get_data(as_text=True)
    assert "核验单真实" in told
    assert "演示项目（一期）" in told
    assert "共 3 项：可用 2 项，须复核 0 项，不可用 1 项。" in told
    assert "盐城第1号" not in told  # the table is not for whoever scans the code
    # A program that asks for a report is told that there is none, and what there is.
    answer = get(client, f"/v/{signed.code}", headers={"Accept": "application/json"}).get_json()
    assert answer["status"] == "UNKNOWN"
    assert answer["number"] is None
    assert answer["sheet"]["counts"] == {"items": 3, "usable": 2, "check": 0, "unusable": 1, "missing": 1}
    report = get(client, f"/v/{signed.reports[0].code}", headers={"Accept": "application/json"}).get_json()
    assert report["status"] == "VALID"
    assert "sheet" not in report
    assert "核验单" not in get(client, f"/v/{new_code()}").get_data(as_text=True)


def test_its_file_is_known_byte_for_byte(app: Flask, signed: Signed) -> None:
    client = app.test_client()
    same = post(client, "/verify", {"file": (BytesIO(signed.pdf), "sheet.pdf")}, content_type="multipart/form-data")
    assert "核验单真实" in same.get_data(as_text=True)
    other = bytearray(signed.pdf)
    other[len(other) // 2] ^= 1
    changed = post(client, "/verify", {"file": (BytesIO(other), "sheet.pdf")}, content_type="multipart/form-data")
    assert "核验单真实" not in changed.get_data(as_text=True)
    assert "已被改动" in changed.get_data(as_text=True)


def test_a_sheet_signed_with_a_key_that_was_lost_by_then_is_not_to_be_relied_on(
    app: Flask, bidding: Bidding, signed: Signed
) -> None:
    service = bidding.service
    for since, words in ((NOON + timedelta(minutes=1), "核验单真实"), (NOON, "核验单不可信")):
        with service.sessions.begin() as session:
            row = find_key(session, service.signer.fingerprint)
            assert row is not None
            state, row.state, row.revoked_at, row.compromised_since = row.state, "revoked", NOON, since
        try:
            assert words in get(app.test_client(), f"/v/{signed.code}").get_data(as_text=True)
        finally:
            with service.sessions.begin() as session:
                row = find_key(session, service.signer.fingerprint)
                assert row is not None
                row.state, row.revoked_at, row.compromised_since = state, None, None


def test_the_workbook_holds_texts_and_no_formulas(signed: Signed) -> None:
    row = signed.result.items[0].model_copy(update={"label": "=HYPERLINK(1)", "entity_name": "+cmd|x"})
    result: Result = signed.result.model_copy(update={"items": (row, *signed.result.items[1:]), "project": "=1+1"})
    for language in ("zh", "en"):
        book = load_workbook(BytesIO(result_workbook(result, language, signed.code)))
        table, about = book.worksheets
        assert table.freeze_panes == "C2"
        assert table.auto_filter.ref == "A1:Q4"
        assert table.column_dimensions["D"].width > 50
        cells = [cell for sheet in book.worksheets for line in sheet.iter_rows() for cell in line]
        assert "f" not in {cell.data_type for cell in cells}
        assert table["B2"].value == "=HYPERLINK(1)"
        assert table["Q2"].value.date() == signed.result.items[0].valid_until
        assert about["B1"].value == "=1+1"
    assert [cell.value for cell in load_workbook(BytesIO(result_workbook(result, "zh", None))).worksheets[0]["C"]] == [
        "结论", "可用", "可用", "不可用",
    ]  # fmt: skip


def test_on_the_command_line(bidding: Bidding, signed: Signed, tmp_path: Path) -> None:
    files = [tmp_path / "a.pdf", tmp_path / "b.pdf"]
    for path, report in zip(files, signed.reports, strict=True):
        path.write_bytes(report.pdf)
    expected, out = tmp_path / "list.csv", tmp_path / "out.pdf"
    expected.write_text(f"统一社会信用代码\n{bidding.business(1)}\n{bidding.business(2)}\n", encoding="utf-8")
    environment = {
        **bidding.service.settings.environ,
        "CREDITREPORT_CLOCK": NOON.isoformat(),
        "CREDITREPORT_LANG": "zh",
    }
    environment["CREDITREPORT_VAR_DIR"] = str(_with_fonts(bidding))

    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner(env=environment).invoke(main, ["bidpack", *arguments])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.stdout

    opening = ["--opening", "2026-12-01"]
    status, text = run(*map(str, files), *opening, "--expected", str(expected), "--out", str(out), "--json")
    told = json.loads(text)
    assert (status, told["complete"], told["counts"]["usable"]) == (0, True, 2)
    assert out.read_bytes().startswith(b"%PDF-1.7")
    found = CliRunner(env=environment).invoke(main, ["verify", told["sheet"]["verification_code"], "--json"])
    assert (found.exit_code, json.loads(found.stdout)["sheet"]["counts"]["usable"]) == (1, 2)
    found = CliRunner(env=environment).invoke(main, ["verify", str(out)])
    assert "批量核验单，真实；不是报告" in found.stdout
    # One that is too early, one twice: the answer is no.
    status, text = run(str(files[0]), str(files[0]), "--opening", "2026-11-20")
    assert status == 1
    assert "在开标日之后" in text
    assert "与第 1 项是同一个文件" in text
    assert run(str(files[0]), "--opening", "tomorrow")[0] == 2
    assert run(str(files[0]), "--opening", "2031-01-01", "--json")[0] == 2


def _with_fonts(bidding: Bidding) -> Path:
    """Where the fonts of these tests are; the command line makes its own service."""
    return Path(bidding.service.fonts.regular.path).parents[1]
