"""The verdict's addresses: the same object everywhere, 404 for what cannot be a code, files step by step."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from stdnum.iso7064 import mod_37_36

from creditreport.config import Settings
from creditreport.reports.fonts import FontSet
from creditreport.reports.issue import IssuedReport
from creditreport.verification.by_code import verify_code
from creditreport.verification.codes import ALPHABET
from tests.conftest import NOON
from tests.portal import Portal, get, make_portal, post, token

JSON = {"Accept": "application/json"}
UNKNOWN = "0" * 19 + str(mod_37_36.calc_check_digit("0" * 19, alphabet=ALPHABET))


@pytest.fixture(scope="module")
def issued(portal: Portal) -> IssuedReport:
    return portal.issue(portal.other)


def send(portal: Portal, name: str, data: bytes) -> Any:
    return post(portal.visitor(), "/verify", {"file": (io.BytesIO(data), name)})


def test_scan_api_and_command_line_tell_the_same(portal: Portal, issued: IssuedReport) -> None:
    code = issued.content.verification_code
    with portal.service.reading() as session:
        expected = verify_code(session, code, NOON).as_json()
    for path in (f"/v/{code}", f"/v/{code.lower()}", f"/v/{code[:4]}-{code[4:]}", f"/api/v1/verifications/{code}"):
        answer = get(portal.visitor(), path, headers=JSON)
        assert (answer.status_code, answer.mimetype) == (200, "application/json")
        assert answer.get_json() == expected
        assert answer.headers["Cache-Control"] == "no-store"
    assert expected["status"] == "VALID"
    assert "Accept" in get(portal.visitor(), f"/v/{code}").headers["Vary"]


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        (None, "text/html"),
        ("*/*", "text/html"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("application/json", "application/json"),
        ("application/json, text/html;q=0.5", "application/json"),
    ],
)
def test_pages_for_people_and_json_for_those_who_ask(portal: Portal, accept: str | None, mimetype: str) -> None:
    headers = {"Accept": accept} if accept else {}
    assert get(portal.visitor(), f"/v/{UNKNOWN}", headers=headers).mimetype == mimetype


@pytest.mark.parametrize("code", ["0000-0000-0000-0000-0001", "ABC", "ÄÖÜ", "a/b", "%20", "<b>x</b>", "0" * 5000])
def test_what_cannot_be_a_code_is_not_there(portal: Portal, code: str) -> None:
    client = portal.visitor()
    page = get(client, f"/v/{code}")
    assert page.status_code == 404
    assert "输入有误" in page.text
    assert "<b>x</b>" not in page.text
    told = get(client, f"/v/{code}", headers=JSON)
    assert (told.status_code, told.get_json()["status"]) == (404, "MISTYPED")
    problem = get(client, f"/api/v1/verifications/{code}")
    assert (problem.status_code, problem.mimetype) == (404, "application/problem+json")
    assert problem.get_json(force=True)["code"] == "MISTYPED_CODE"


def test_a_code_that_nobody_has_is_an_answer(portal: Portal) -> None:
    page = get(portal.visitor(), f"/v/{UNKNOWN}")
    assert page.status_code == 200
    assert "查无此码" in page.text
    assert "credit.example.gov.cn" in page.text


def test_the_page_of_a_valid_report(portal: Portal, issued: IssuedReport) -> None:
    page = get(portal.visitor(), f"/v/{issued.content.verification_code}").text
    for said in (
        "有效",
        "盐城乙示例有限公司",
        portal.other,
        issued.number,
        "2026年12月21日",
        "2023年11月20日",
        "未查见",
    ):
        assert said in page
    assert page.count('<th scope="row">') == 45


@pytest.mark.parametrize("typed", [" {} ", "{}", "https://credit.example.gov.cn/v/{}?x=1"])
def test_a_typed_code_leads_to_its_address(portal: Portal, issued: IssuedReport, typed: str) -> None:
    code = issued.content.verification_code
    answer = portal.visitor().get(
        "/verify", query_string={"code": typed.format(code)}, base_url="https://credit.example.gov.cn"
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/v/{code}")


def test_a_mistyped_code_stays_in_the_field(portal: Portal) -> None:
    answer = get(portal.visitor(), "/verify?code=ABCD%22%3E")
    assert answer.status_code == 422
    assert 'value="ABCD&#34;&gt;"' in answer.text
    assert "核验码" in answer.text


def test_a_file_is_told_step_by_step(portal: Portal, issued: IssuedReport) -> None:
    good = send(portal, "报告.pdf", issued.pdf)
    assert good.status_code == 200
    assert good.text.count('<li class="ok">') == 5
    changed = bytearray(issued.pdf)
    changed[len(changed) // 2] ^= 1
    bad = send(portal, "报告.pdf", bytes(changed)).text
    assert "已被改动" in bad
    assert bad.count('<li class="bad">') >= 1
    assert "盐城乙示例有限公司" not in bad


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("x.pdf", b"", "非本站出具"),
        ("x.pdf", b"GIF89a", "这不是 PDF 文件"),
        ("<script>x</script>.pdf", b"%PDF-1.7 nonsense", "非本站出具"),
    ],
)
def test_strange_files_get_an_answer(portal: Portal, name: str, data: bytes, said: str) -> None:
    answer = send(portal, name, data)
    assert answer.status_code == 200
    assert said in answer.text
    assert "<script>x" not in answer.text


def test_sending_no_file_is_told(portal: Portal) -> None:
    client = portal.visitor()
    assert post(client, "/verify", {}).status_code == 422
    empty = post(client, "/verify", {"file": (io.BytesIO(b""), "")})
    assert empty.status_code == 422
    assert "没有收到文件" in empty.text
    assert token(client)


def test_what_was_repaired_since_is_not_shown(tmp_path: Path, signing_settings: Settings, fonts: FontSet) -> None:
    portal = make_portal(tmp_path, signing_settings, fonts)
    portal.city.penalty(7, "A1", portal.mine, number="盐罚〔2025〕1号", facts="堆放危险化学品")
    portal.city.penalty(9, "A2", portal.other, number="盐罚〔2025〕2号", facts="未按规定备案")
    changed, same = portal.issue(portal.mine).content, portal.issue(portal.other).content
    portal.city.repaired("X1", portal.mine, "盐罚〔2025〕1号", "2026-11-21")
    page = get(portal.visitor(), f"/v/{changed.verification_code}").text
    told = get(portal.visitor(), f"/v/{changed.verification_code}", headers=JSON).get_json()
    assert (told["status"], told["marks"], told["listed"]) == ("VALID", ["FACTS_CHANGED"], None)
    assert "出具之后情况有变" in page
    assert "堆放危险化学品" not in page
    assert "盐罚" not in page
    assert "未按规定备案" in get(portal.visitor(), f"/v/{same.verification_code}").text
    portal.service.engine.dispose()


def test_records_that_cannot_be_confirmed_are_not_shown(
    tmp_path: Path, signing_settings: Settings, fonts: FontSet
) -> None:
    portal = make_portal(tmp_path, signing_settings, fonts)
    portal.city.penalty(7, "A1", portal.mine, facts="堆放危险化学品")
    code = portal.issue(portal.mine).content.verification_code
    portal.city.run("DROP TABLE field_07")
    page = get(portal.visitor(), f"/v/{code}").text
    assert "现在不能确认" in page
    assert "堆放危险化学品" not in page
    portal.service.engine.dispose()
