"""What a verdict leaves behind: looks that the business sees, misses by file, suspicions that staff settle."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from io import BytesIO

import pytest

from creditreport.reports.archive import find_report
from creditreport.reports.content import grouped
from creditreport.reports.issue import IssuedReport
from creditreport.reports.withdraw import withdraw_report
from creditreport.verification.codes import new_code
from creditreport.verification.looks import looks_at
from creditreport.verification.suspicions.handling import suspicions
from tests.conftest import NOON
from tests.issued import make_pdf
from tests.photocopy import photocopy, picture
from tests.portal import BASE, Portal, get, post
from tests.roles import Knocking

CHROME = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"}


@pytest.fixture(scope="module")
def knocking(portal: Portal) -> Knocking:
    return Knocking(portal)


@pytest.fixture(scope="module")
def issued(portal: Portal) -> IssuedReport:
    return portal.issue(portal.mine)


@pytest.fixture(autouse=True)
def written(portal: Portal) -> Iterator[None]:
    """Nothing of other tests waits to be written."""
    portal.service.looks.flush()
    yield
    portal.service.looks.flush()


def upload(portal: Portal, data: bytes, name: str = "report.pdf") -> str:
    answer = post(
        portal.visitor(), "/verify", {"file": (BytesIO(data), name)}, content_type="multipart/form-data", headers=CHROME
    )
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def misses(portal: Portal) -> int:
    return portal.service.miss_limits.hours(NOON)[0].misses


def test_the_business_sees_who_looked(portal: Portal, knocking: Knocking, issued: IssuedReport) -> None:
    number, code = issued.content.number, issued.content.verification_code
    business = knocking("own_business")
    assert "还没有人核验过" in get(business, f"/reports/{number}").get_data(as_text=True)
    get(portal.visitor(), f"/v/{code}", headers=CHROME)
    get(portal.visitor(), f"/v/{grouped(code)}?page=2", headers=CHROME)  # a further part of the same look
    get(portal.visitor(), f"/v/{code}", headers={"Accept": "application/json", **knocking.headers("api_client")})
    upload(portal, issued.pdf)
    get(business, f"/v/{code}", headers=CHROME)  # one's own look
    with portal.visitor().head(f"/v/{code}", base_url="https://credit.example.gov.cn"):
        pass
    portal.service.looks.flush()
    page = get(business, f"/reports/{number}").get_data(as_text=True)
    looks = page[page.index('id="looks"') :]
    assert "3 次" in looks
    assert looks.count("Chrome · Android") == 2
    assert looks.count("示例招标平台") == 1
    assert [word in looks for word in ("核验页", "接口", "文件核验", "批量核验")] == [True, True, True, False]
    assert get(knocking("another_business"), f"/reports/{number}").status_code == 404


@pytest.fixture(scope="module")
def copies(issued: IssuedReport, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The report as it comes back: printed, scanned askew, photographed, saved anew by a printer driver."""
    pdf = tmp_path_factory.mktemp("copies") / "report.pdf"
    pdf.write_bytes(issued.pdf)
    bad = photocopy(picture(pdf, 150), 7, skew=2)
    made = {}
    for name, page, form in (
        ("scan.pdf", bad, "PDF"), ("photo.jpg", bad, "JPEG"), ("screen.png", picture(pdf, 100), "PNG"),
    ):  # fmt: skip
        out = BytesIO()
        page.save(out, form, resolution=150)
        made[name] = out.getvalue()
    saved = pdf.with_name("saved.pdf")
    subprocess.run(["pdftocairo", "-pdf", str(pdf), str(saved)], check=True, capture_output=True)
    return made | {"saved.pdf": saved.read_bytes()}


@pytest.mark.parametrize("name", ["scan.pdf", "photo.jpg", "screen.png", "saved.pdf"])
def test_a_copy_is_told_to_be_one_and_leads_to_its_report(
    portal: Portal, issued: IssuedReport, copies: dict[str, bytes], name: str
) -> None:
    before = misses(portal)
    page = upload(portal, copies[name], name)
    assert "<h1>复制件</h1>" in page
    assert "没有电子签名" in page
    assert page.index("复制件上的核验码指向的报告") < page.index("<h3>有效</h3>")
    assert f"/v/{issued.content.verification_code}" in page
    assert misses(portal) == before, "a copy of a report of ours is no guess"
    with portal.service.reading() as session:
        portal.service.looks.flush()
        last = looks_at(session, issued.content.number, last=1).last[0]
    assert (last.channel, last.verdict) == ("file", "NOT_ISSUED_HERE")


def test_the_copy_of_a_revoked_report_says_so_and_a_signed_file_is_no_copy(
    portal: Portal, copies: dict[str, bytes], issued: IssuedReport
) -> None:
    changed = bytearray(issued.pdf)
    changed[len(changed) // 2] ^= 1
    page = upload(portal, bytes(changed))
    assert "<h1>已被改动</h1>" in page
    assert "复制件" not in page
    own = portal.issue(portal.mine)
    withdraw_report(portal.service, register_of(portal, own), own.content.number, by="test", now=NOON)
    page = upload(portal, make_pdf(grouped(own.content.verification_code)))
    assert "<h3>已撤销</h3>" in page
    page = upload(portal, make_pdf(f"{own.content.verification_code} {issued.content.verification_code}"))
    assert "几份报告的核验码" in page
    assert "<h3>" not in page


def register_of(portal: Portal, report: IssuedReport) -> str:
    with portal.service.reading() as session:
        return find_report(session, report.content.number).register_id


def test_a_file_that_leads_nowhere_is_a_miss_for_each_code_on_it(portal: Portal) -> None:
    before = misses(portal)
    assert "查无此码" in upload(portal, make_pdf(new_code()))
    assert misses(portal) == before + 1
    upload(portal, make_pdf(" ".join(new_code() for _ in range(3))))
    assert misses(portal) == before + 4
    upload(portal, make_pdf("nothing"))
    upload(portal, b"GIF89a")
    assert misses(portal) == before + 6


def test_a_program_may_send_files_of_others_but_not_guess(portal: Portal, knocking: Knocking) -> None:
    before = misses(portal)
    for pdf, counted in ((make_pdf("nothing"), 0), (make_pdf(new_code()), 1)):
        with portal.visitor().post(
            "/api/v1/verifications", data={"files": (BytesIO(pdf), "other.pdf")}, base_url=BASE,
            headers=knocking.headers("api_client"),
        ) as answer:  # fmt: skip
            assert answer.status_code == 200, answer.get_data(as_text=True)
        assert misses(portal) == before + counted


def tell(portal: Portal, address: str, **form: str) -> tuple[int, str]:
    answer = post(portal.visitor(), "/verify/suspicion", dict(form), environ_base={"REMOTE_ADDR": address})
    return answer.status_code, answer.get_data(as_text=True)


def test_a_suspicion_is_taken_down_and_settled(portal: Portal, knocking: Knocking, issued: IssuedReport) -> None:
    code, nobodys = issued.content.verification_code, new_code()
    assert tell(portal, "192.0.2.1", kind="differs", said="")[0] == 422
    assert tell(portal, "192.0.2.1", kind="gossip", said="纸上写三条")[0] == 422
    assert tell(portal, "192.0.2.1", kind="differs", said="长" * 501)[0] == 422
    ours = tell(portal, "192.0.2.1", kind="differs", said="纸上写未查见，这里三条", code=grouped(code))
    theirs = tell(portal, "192.0.2.1", kind="forged", said="<b>像是假的</b>", code=nobodys)
    assert ours[0] == theirs[0] == 200
    assert [re.sub(r"\d+", "", page.split("<h1>")[1].split("</p>")[0]) for _, page in (ours, theirs)] == [
        "举报已收到</h>\n  <p>编号 。出证机关会查看；在查明之前，请不要采信有疑问的报告，可要求对方重新出具。"
    ] * 2, "the same answer whether or not there is such a report"

    officer, auditor = knocking("credit_officer"), knocking("auditor")
    page = get(officer, "/staff/suspicions").get_data(as_text=True)
    assert f'href="/staff/reports/{issued.content.number}"' in page
    assert grouped(nobodys) in page.replace("<wbr>", "")
    assert "&lt;b&gt;像是假的" in page
    with portal.service.reading() as session:
        waiting = [one.id for one in suspicions(session, settled=False)]
    assert post(auditor, f"/staff/suspicions/{waiting[0]}", {"note": "已核实"}).status_code == 403
    assert post(officer, f"/staff/suspicions/{waiting[0]}", {"note": " "}).status_code == 422
    assert post(officer, f"/staff/suspicions/{waiting[0]}", {"note": "已核实"}).status_code == 303
    assert post(officer, f"/staff/suspicions/{waiting[0]}", {"note": "已核实"}).status_code == 303, "safe to repeat"
    assert post(officer, f"/staff/suspicions/{waiting[0]}", {"note": "另一说法"}).status_code == 409
    assert "已核实" in get(auditor, "/staff/suspicions").get_data(as_text=True)


def test_nobody_floods_the_list(portal: Portal) -> None:
    answers = [tell(portal, "192.0.2.77", kind="other", said=f"第 {n} 次")[0] for n in range(6)]
    assert answers == [200] * 5 + [429]
    assert tell(portal, "192.0.2.78", kind="other", said="另一处")[0] == 200
