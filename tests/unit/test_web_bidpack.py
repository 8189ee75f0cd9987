"""The pages of a bid pack: the form, what it refuses, how far a pack is, its table; the link; limits on an address."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from creditreport import create_app
from creditreport.bidpacks.items import Upload
from creditreport.bidpacks.limits import MISSES_PER_PACK, MOST_BYTES
from creditreport.bidpacks.models import BidPack
from creditreport.clock import FixedClock
from creditreport.config import Settings
from creditreport.jobs.models import Job
from creditreport.reports.fonts import FontSet
from creditreport.verification.codes import new_code
from tests.bidding import Bidding, make_bidding, zipped
from tests.conftest import NOON
from tests.issued import Issued
from tests.portal import BASE, get, post
from tests.translated import translate

PER_HOUR = 12
PER_MINUTE = 30
FIELDS = {"project": "演示项目（一期）", "opening": "2026-12-01"}


@pytest.fixture(scope="module")
def bidding(tmp_path_factory: pytest.TempPathFactory, signing_settings: Settings, fonts: FontSet) -> Iterator[Bidding]:
    translate()
    folder = tmp_path_factory.mktemp("bidding")
    made = make_bidding(
        folder, signing_settings, fonts, PACKS_PER_HOUR=str(PER_HOUR), MISSES_PER_MINUTE=str(PER_MINUTE)
    )
    yield made
    made.service.close()


@pytest.fixture(scope="module")
def report(bidding: Bidding) -> Issued:
    return bidding.issue(1)


class Agency:
    """Somebody at an address of their own, who sends packs."""

    addresses = iter(range(1, 250))

    def __init__(self, bidding: Bidding) -> None:
        self.client: FlaskClient = create_app(bidding.service).test_client()
        self.environ = {"REMOTE_ADDR": f"192.0.2.{next(Agency.addresses)}"}

    def send(self, *files: tuple[str, bytes], **fields: object) -> TestResponse:
        data: dict[str, object] = {**FIELDS, **fields}
        data["files"] = [(BytesIO(content), name) for name, content in files]
        answer = post(self.client, "/packs", data, content_type="multipart/form-data", environ_base=self.environ)
        for thread in threading.enumerate():
            if thread.name.startswith("pack-"):
                thread.join()
        return answer

    def checked(self, *files: tuple[str, bytes], **fields: object) -> str:
        """The address of a pack that was taken on and is checked."""
        answer = self.send(*files, **fields)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return answer.headers["Location"]

    def page(self, address: str, **settings: object) -> str:
        answer = get(self.client, address, **settings)
        assert answer.status_code == 200
        return answer.get_data(as_text=True)


@pytest.fixture
def agency(bidding: Bidding) -> Agency:
    return Agency(bidding)


def packs(bidding: Bidding) -> int:
    with bidding.service.reading() as session:
        return session.scalar(select(func.count()).select_from(BidPack)) or 0


def test_a_pack_from_the_form_to_the_table(agency: Agency, bidding: Bidding, report: Issued) -> None:
    expected = f"{bidding.business(1)} 甲\n{bidding.business(8)}\n"
    files = [("甲.pdf", report.pdf), ("包.zip", zipped(("乙/坏.pdf", b"%PDF-1.7\nx"), ("再来.pdf", report.pdf)))]
    address = agency.checked(*files, expected=expected, years="3")
    assert re.fullmatch(r"/packs/[\w-]{43}", address)
    page = agency.page(address)
    for words in (
        "共 3 项：可用 1 项，须复核 1 项，不可用 1 项。", "应有主体中有 1 家", bidding.business(8), "包.zip/乙/坏.pdf",
        "真实，开标日有效。", "与第 1 项是同一个文件。", "盐城第1号示例有限公司", "近三年",
    ):  # fmt: skip
        assert words in page, words
    only = agency.page(f"{address}?show=unusable")
    assert "乙/坏.pdf" in only
    assert "再来.pdf" not in only
    english = agency.page(f"{address}?lang=en")
    assert "3 items: 1 usable, 1 to be checked, 1 not usable." in english
    assert "Genuine and valid on the opening date." in english
    sheet = get(agency.client, f"{address}/sheet.pdf")
    assert sheet.data.startswith(b"%PDF-")
    assert "attachment" in sheet.headers["Content-Disposition"]
    table = load_workbook(BytesIO(get(agency.client, f"{address}/table.xlsx").data)).worksheets[0]
    assert [cell.value for cell in table["B"]][1:] == ["甲.pdf", "包.zip/乙/坏.pdf", "包.zip/再来.pdf"]


def test_the_page_fetches_itself_until_the_table_is_there(agency: Agency, bidding: Bidding) -> None:
    started = bidding.start(Upload("a.pdf", b"%PDF-1.7"), Upload("b.pdf", b"%PDF-1.7 b"))
    address = f"/packs/{started.token}"
    waiting = get(agency.client, address)
    assert waiting.headers["Refresh"] == f"2; url={address}"
    assert 'max="2" value="0"' in waiting.get_data(as_text=True)
    assert "共 2 项，已核验 0 项。" in waiting.get_data(as_text=True)
    for name in ("sheet.pdf", "table.xlsx"):
        assert get(agency.client, f"{address}/{name}").status_code == 409


def test_the_check_is_done_beside_the_request_and_its_job_is_settled(agency: Agency, bidding: Bidding) -> None:
    before = packs(bidding)
    address = agency.checked(("码.csv", f"核验码\n{new_code()}".encode()))
    assert packs(bidding) == before + 1
    with bidding.service.reading() as session:
        job = session.scalars(select(Job).where(Job.kind == "bidpack.check").order_by(Job.id.desc())).first()
    assert job is not None
    assert job.state == "done"
    assert "查无此核验码" in agency.page(address)


@pytest.mark.parametrize(
    ("files", "fields", "words"),
    [
        ([], {}, "没有收到文件"),
        ([("a.pdf", b"%PDF-1.7")], {"project": " "}, "项目名称"),
        ([("a.pdf", b"%PDF-1.7")], {"project": "长" * 201}, "最多 200 字"),
        ([("a.pdf", b"%PDF-1.7")], {"project": "项目\U00012000"}, "U+12000"),
        ([("a.pdf", b"%PDF-1.7")], {"opening": "12/01"}, "日期“12/01”不正确"),
        ([("a.pdf", b"%PDF-1.7")], {"opening": "2062-12-01"}, "离今天太远"),
        ([("a.pdf", b"%PDF-1.7")], {"years": "9"}, "查询年限“9”不可选"),
        ([("a.pdf", b"%PDF-1.7")], {"expected": "甲公司"}, "名单第 1 行“甲公司”"),
        ([("a.zip", b"PK\x03\x04")], {}, "压缩包“a.zip”不能读取"),
        ([("a.csv", b"1,2")], {}, "没有找到核验码"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_above_the_form(
    agency: Agency, bidding: Bidding, files: list[tuple[str, bytes]], fields: dict[str, str], words: str
) -> None:
    before = packs(bidding)
    answer = agency.send(*files, **fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert "没有核验" in page or "没有收到" in page or "不正确" in page or "不可选" in page or "字库" in page
    if "opening" not in fields:
        assert 'value="2026-12-01"' in page  # what was typed is still there
    assert packs(bidding) == before


def test_more_than_a_pack_may_have_is_refused_before_it_is_read(agency: Agency) -> None:
    length = {"CONTENT_LENGTH": str(MOST_BYTES * 2), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    answer = agency.client.post("/packs", base_url=BASE, environ_overrides=length, input_stream=BytesIO(b"--x"))
    assert answer.status_code == 413


def test_a_link_opens_only_its_own_pack_and_only_for_thirty_days(
    agency: Agency, bidding: Bidding, report: Issued
) -> None:
    address = agency.checked(("a.pdf", report.pdf))
    for wrong in (address[:-1], address[:-1] + ("A" if address[-1] != "A" else "B"), "/packs/" + "A" * 43):
        for page in ("", "/sheet.pdf", "/table.xlsx"):
            assert get(agency.client, wrong + page).status_code == 404
    with bidding.service.reading() as session:
        kept = [value for row in session.execute(select(BidPack.__table__)) for value in row]
    assert address.rsplit("/", 1)[1] not in kept
    bidding.service.clock = FixedClock(NOON + timedelta(days=30))
    try:
        assert get(agency.client, address).status_code == 404
        assert get(agency.client, f"{address}/sheet.pdf").status_code == 404
    finally:
        bidding.service.clock = FixedClock(NOON)


def test_an_address_has_so_many_packs_an_hour_and_what_is_refused_counts_for_nothing(bidding: Bidding) -> None:
    agency, other = Agency(bidding), Agency(bidding)
    for _ in range(3):
        assert agency.send().status_code == 422
    for _ in range(PER_HOUR):
        assert agency.send(("a.csv", f"核验码\n{'0' * 20}".encode())).status_code == 303
    refused = agency.send(("a.pdf", b"%PDF-1.7"))
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert other.send(("a.pdf", b"%PDF-1.7")).status_code == 303


def test_two_hundred_wrong_codes_lock_nobody_out_and_who_fishes_waits(bidding: Bidding) -> None:
    agency = Agency(bidding)
    wrong = "核验码\n" + "\n".join(new_code() for _ in range(200))
    agency.checked(("码.csv", wrong.encode()))
    asked = get(agency.client, f"/v/{new_code()}", environ_base=agency.environ)
    assert asked.status_code == 200
    # A pack counts as a few misses; who has missed too often has no pack checked either.
    few = "\n".join(wrong.splitlines()[: MISSES_PER_PACK + 3]).encode()
    for _ in range(PER_MINUTE // MISSES_PER_PACK - 1):
        agency.checked(("码.csv", few))
    assert agency.send(("码.csv", few)).status_code == 429
    # Files that are not ours are no misses.
    honest = Agency(bidding)
    honest.checked(*[(f"{at}.pdf", b"%PDF-1.7" + bytes([at])) for at in range(PER_MINUTE + 1)])
    assert get(honest.client, f"/v/{new_code()}", environ_base=honest.environ).status_code == 200


def test_the_page_to_verify_leads_to_packs(agency: Agency) -> None:
    assert 'href="/packs"' in agency.page("/verify")
    assert "最多 200 份" in agency.page("/packs")
    assert "Up to 200 reports at once" in agency.page("/packs?lang=en")
