"""The document, read back with tools that we did not write: qpdf, poppler, zbar, pypdf."""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pypdf
import pytest

from creditreport.errors import Problem
from creditreport.reports.content import ReportContent, grouped
from creditreport.reports.fonts import FontSet
from creditreport.reports.pages import ATTACHMENT, RENDERER_VERSION, Rendered, render
from tests.papers import CODE, LONG_TITLE, LONG_UNIT, URL, domain, listed, report

RARE_NAME = "盐城𠮷祥𬭎大䶮㑇㛃𬴂鿏店"
LONG_NAME = (
    "江苏盐城沿海高新技术产业开发区𠮷祥新能源智能网联汽车关键零部件研究与制造"
    "集团股份有限公司盐城第一分公司营业部（普通合伙）"
)
FACTS = "".join(f"第{number:04d}项查明当事人未按规定办理（见附卷），属实。" for number in range(1, 210))

CLEAN = report()
WITH_RECORDS = report(
    {
        1: (
            listed(
                1, kind="judgment_defaulter", decided_on=None, listed_on="2026-01-03", penalty_types=None,
                fine_yuan=None, confiscated_yuan=None, document_number="（2025）苏0902执1号",
            ),
        ),
        7: (listed(2, disputed=True), listed(3, document_number=None, authority=None)),
    },
    name=RARE_NAME,
    not_implemented=frozenset({44, 45}),
)  # fmt: skip
LONG = report(
    {20: (listed(1, facts=FACTS),)}, name=LONG_NAME, issuing_authority="盐城市大丰区公共信用信息服务中心（数据局）"
)
FIVE_HUNDRED = report(
    {number: tuple(listed(number * 100 + at) for at in range(12)) for number in range(1, 43)}
)  # 504 records


class Printed:
    """A rendered report on disk and what the tools say about it."""

    def __init__(self, content: ReportContent, fonts: FontSet, folder: Path) -> None:
        self.content = content
        self.rendered: Rendered = render(content, fonts)
        self.path = folder / "report.pdf"
        self.path.write_bytes(self.rendered.pdf)

    def ask(self, *command: str) -> str:
        """The answer of a command-line tool; an error of the tool is an error of the test."""
        done = subprocess.run(command, check=True, capture_output=True)
        # Poppler's -bbox writes the file's subject with bare surrogates into its head; only the words matter here.
        return done.stdout.decode(errors="replace" if "-bbox" in command else "strict")

    def text(self, *options: str) -> str:
        return self.ask("pdftotext", *options, str(self.path), "-")

    def flat(self) -> str:
        """All text of the columns between head and foot, without white space."""
        return "".join(self.text("-layout", "-x", "0", "-y", "62", "-W", "600", "-H", "725").split())


@pytest.fixture(scope="module")
def clean(fonts: FontSet, tmp_path_factory: pytest.TempPathFactory) -> Printed:
    return Printed(CLEAN, fonts, tmp_path_factory.mktemp("clean"))


@pytest.fixture(scope="module")
def found(fonts: FontSet, tmp_path_factory: pytest.TempPathFactory) -> Printed:
    return Printed(WITH_RECORDS, fonts, tmp_path_factory.mktemp("found"))


@pytest.fixture(scope="module")
def long(fonts: FontSet, tmp_path_factory: pytest.TempPathFactory) -> Printed:
    return Printed(LONG, fonts, tmp_path_factory.mktemp("long"))


@pytest.fixture(scope="module")
def many(fonts: FontSet, tmp_path_factory: pytest.TempPathFactory) -> Printed:
    return Printed(FIVE_HUNDRED, fonts, tmp_path_factory.mktemp("many"))


@pytest.fixture(params=["clean", "found", "long", "many"])
def printed(request: pytest.FixtureRequest) -> Printed:
    paper: Printed = request.getfixturevalue(request.param)
    return paper


def test_the_file_is_sound_and_every_font_is_embedded(printed: Printed) -> None:
    assert "No syntax or stream encoding errors found" in printed.ask("qpdf", "--check", str(printed.path))
    rows = printed.ask("pdffonts", str(printed.path)).splitlines()[2:]
    assert rows
    for row in rows:
        embedded, subset, unicode = row.split()[-5:-2]
        assert (embedded, subset, unicode) == ("yes", "yes", "yes"), row


def test_nothing_stands_outside_the_margins(printed: Printed) -> None:
    words = re.findall(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)"', printed.text("-bbox"))
    assert len(words) > 200
    for left, top, right, bottom in (map(float, word) for word in words):
        assert left >= 50
        assert right <= 595.28 - 55
        assert top >= 35
        assert bottom <= 841.89 - 30


def test_metadata(clean: Printed) -> None:
    said = dict(line.split(":", 1) for line in clean.ask("pdfinfo", str(clean.path)).splitlines())
    assert said["Title"].strip() == f"经营主体专用信用报告 {CLEAN.number}"
    assert said["Author"].strip() == CLEAN.issuing_authority
    assert said["Keywords"].strip() == grouped(CODE)
    assert said["PDF version"].strip() == "1.7"
    assert said["Page size"].strip().endswith("(A4)")
    assert said["Pages"].strip() == "3"
    reader = pypdf.PdfReader(clean.path)
    assert reader.trailer["/Root"]["/Lang"] == "zh-CN"
    assert reader.metadata is not None
    assert reader.metadata["/CreationDate"] == "D:20261121100000+08'00'"


def test_the_code_is_scanned_from_a_picture_of_page_one(clean: Printed, tmp_path: Path) -> None:
    clean.ask("pdftoppm", "-r", "150", "-l", "1", "-png", "-singlefile", str(clean.path), str(tmp_path / "one"))
    assert clean.ask("zbarimg", "--quiet", "--raw", str(tmp_path / "one.png")).strip() == URL


def test_the_qr_symbol_stands_at_the_top_right_with_its_quiet_zone(clean: Printed) -> None:
    page = pypdf.PdfReader(clean.path).pages[0].get_contents()
    assert page is not None
    squares = [
        [float(value) for value in found]
        for found in re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re$", page.get_data().decode(), re.MULTILINE)
    ]
    right, top = max(x + w for x, _, w, _ in squares), max(y + h for _, y, _, h in squares)
    left, bottom = min(x for x, *_ in squares), min(y for _, y, *_ in squares)
    millimetre = 72 / 25.4
    assert right - left == pytest.approx(top - bottom, abs=0.01)
    assert right - left >= 25 * millimetre
    assert right > 500
    assert top > 750
    quiet = 4 * min(h for *_, h in squares)
    words = re.findall(
        r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)"', clean.text("-bbox", "-l", "1")
    )
    for x_min, y_min, x_max, y_max in (map(float, word) for word in words):
        beside = x_max < left - quiet or x_min > right + quiet
        apart = 841.89 - y_max > top + quiet or 841.89 - y_min < bottom - quiet
        assert beside or apart


def test_first_page_in_words(found: Printed) -> None:
    text = "".join(found.text("-f", "1", "-l", "1").split())
    for said in (
        "信用中国（江苏盐城）", "盐城市公共信用信息中心", grouped(CODE), "扫码核验", "credit.example.gov.cn",
        "经营主体专用信用报告", "（代替有无违法违规记录证明）", WITH_RECORDS.number, RARE_NAME, "91320900MA1A2B3C4X",
        "公司", "存续", "2023年11月20日至2026年11月20日", "近三年", "商务（招标投标",
        "2026年11月21日10:00", "2026年12月21日24时止", "盐城市专用信用报告规则（2024）",
        "在上述期间、上述已实施的43个领域，截至所列数据时间，查见3条，分布于2个领域。",
    ):  # fmt: skip
        assert said in text, said


def test_every_field_has_its_row(found: Printed) -> None:
    text = found.flat()
    for row in WITH_RECORDS.domains:
        result = {1: "1条", 7: "2条", 44: "尚未实施", 45: "尚未实施"}.get(row.number, "未查见")
        time = "—" if row.number >= 44 else "2026-11-2023:00"
        if row.title == LONG_TITLE or row.responsible_unit == LONG_UNIT:
            assert f"{row.number}{row.title[:8]}" in text
        else:
            assert f"{row.number}{row.title}{row.responsible_unit}{result}{time}" in text
    assert text.count("尚未实施") == 2 + 1  # the two rows and the note
    assert text.count("未查见") == 41 + 2  # the rows, the hint on page one and the note


def test_long_cells_are_wrapped_not_cut(found: Printed) -> None:
    text = "".join(found.text("-raw").split())
    assert LONG_TITLE in text
    assert LONG_UNIT in text


def test_the_head_of_the_table_repeats_overleaf(fonts: FontSet, tmp_path: Path) -> None:
    rows = tuple(domain(number).model_copy(update={"title": LONG_TITLE}) for number in range(1, 46))
    paper = Printed(report(domains=rows), fonts, tmp_path)
    table = paper.text("-raw", "-f", "2", "-l", "3").split("\f")[:2]
    assert ["数据截至" in page for page in table] == [True, True]
    assert "".join("".join(table).split()).count(LONG_TITLE) == 45


def test_details_say_what_was_stated(found: Printed) -> None:
    text = "".join(found.text("-raw").split())
    details = text[text.index("二、违法违规记录明细") :]
    for said in (
        "文书号（2025）苏0902执1号", "失信被执行人", "列入日期2026年1月3日", "记录1／2异议处理中",
        "文书号盐市监处罚〔2025〕0002号", "记录类别行政处罚", "违法行为类型未按规定明码标价",
        "违法事实经查，当事人在第2号门店销售商品时未标明价格。", "依据《中华人民共和国价格法》第四十二条",
        "处罚种类罚款、没收违法所得", "处理内容没收违法所得，并处罚款。", "罚款金额12,345.00元", "没收金额0.50元",
        "作出日期2025年6月3日", "作出机关盐城市市场监督管理局", "文书号未载明", "作出机关未载明",
    ):  # fmt: skip
        assert said in details, said
    assert details.count("异议处理中") == 1 + 1  # the record and the note
    assert "row-" not in text


def test_a_clean_report_has_no_details(clean: Printed) -> None:
    text = "".join(clean.text("-raw").split())
    assert "违法违规记录明细" not in text
    assert "未查见该经营主体的违法违规记录。" in text


def test_notes_and_feet(many: Printed) -> None:
    pages = many.text("-raw").split("\f")[:-1]
    for at, page in enumerate(pages, start=1):
        flat = "".join(page.split())
        assert f"报告编号{FIVE_HUNDRED.number}" in flat
        assert f"核验码{grouped(CODE)}" in flat
        assert f"第{at}页，共{len(pages)}页" in flat
        assert FIVE_HUNDRED.subject.name in flat
    last = "".join(pages[-1].split()) + "".join(pages[-2].split())
    for said in ("数据来源与责任", "本市", "不列示", "一个月内有效", "不等于该经营主体不存在违法违规行为", "在线提出"):
        assert said in last


def test_five_hundred_records_are_all_there_under_their_field(many: Printed) -> None:
    text = many.flat()
    for row in FIVE_HUNDRED.domains:
        for record in row.records:
            assert text.count(str(record.document_number)) == 1
    assert text.count("记录12／12") == 42
    for page in many.text("-layout", "-f", "3").split("\f"):
        lines = [line for line in page.splitlines() if line.strip()]
        if lines and "违法违规记录明细" not in page and "数据来源与责任" not in page:
            assert re.search(r"乙领域|社会治安", lines[1]), lines[:3]


def test_a_long_fact_runs_over_pages_and_keeps_its_order(long: Printed) -> None:
    assert len(FACTS) > 5000
    text = long.flat()
    assert re.findall(r"第(\d{4})项查明当事人", text) == [f"{number:04d}" for number in range(1, 210)]
    assert LONG_NAME in "".join(long.text("-raw", "-l", "1").split())
    for line in long.text("-raw").splitlines():
        assert not line.startswith(("，", "。", "）", "、"))


def test_the_content_is_attached_unchanged(found: Printed) -> None:
    reader = pypdf.PdfReader(found.path)
    (data,) = reader.attachments[ATTACHMENT]
    assert data.decode() == WITH_RECORDS.to_json()
    assert ReportContent.model_validate_json(data) == WITH_RECORDS
    (file,) = reader.trailer["/Root"]["/AF"]
    assert file.get_object()["/AFRelationship"] == "/Data"


def test_the_seal_stands_on_page_one_over_the_issuing_body(clean: Printed) -> None:
    assert clean.rendered.seal_page == 0
    left, bottom, right, top = clean.rendered.seal_box
    assert 300 < left < right < 540
    assert 50 < bottom < top < 250
    inside = clean.text(
        "-l", "1", "-x", str(int(left) - 20), "-y", str(int(841.89 - top)),
        "-W", str(int(right - left) + 40), "-H", str(int(top - bottom)),
    )  # fmt: skip
    assert "".join(inside.split()) == "盐城市公共信用信息中心2026年11月21日"


RENDER_IN_ANOTHER_PROCESS = """
import hashlib, sys
from pathlib import Path
from creditreport.reports.content import ReportContent
from creditreport.reports.fonts import load_fonts
from creditreport.reports.pages import render
content = ReportContent.model_validate_json(sys.stdin.read())
print(hashlib.sha256(render(content, load_fonts(Path(sys.argv[1]))).pdf).hexdigest())
"""


def test_the_same_content_gives_the_same_bytes(found: Printed, fonts: FontSet, fonts_var_dir: Path) -> None:
    assert render(WITH_RECORDS, fonts).pdf == found.rendered.pdf
    elsewhere = subprocess.run(
        [sys.executable, "-c", RENDER_IN_ANOTHER_PROCESS, str(fonts_var_dir)],
        input=WITH_RECORDS.to_json(), env={**os.environ, "TZ": "America/Lima", "PYTHONHASHSEED": "7"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert elsewhere.stdout.strip() == hashlib.sha256(found.rendered.pdf).hexdigest()


def test_threads_that_render_at_the_same_time_do_not_mix(clean: Printed, found: Printed, fonts: FontSet) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda content: render(content, fonts).pdf, [CLEAN, WITH_RECORDS] * 6))
    assert made == [clean.rendered.pdf, found.rendered.pdf] * 6


def test_the_identifier_follows_the_content(clean: Printed, found: Printed) -> None:
    one, other = (pypdf.PdfReader(io.BytesIO(paper.rendered.pdf)).trailer["/ID"] for paper in (clean, found))
    assert one != other
    assert clean.rendered.version.startswith(f"{RENDERER_VERSION}-")


@pytest.mark.parametrize(
    "content",
    [
        report(name="盐城\ue001公司"),
        report({3: (listed(1, facts="查明\ue001情况"),)}),
        report(issuing_authority="盐城\ue001中心"),
    ],
)
def test_a_character_that_no_font_has_stops_the_report_by_name(content: ReportContent, fonts: FontSet) -> None:
    with pytest.raises(Problem) as caught:
        render(content, fonts)
    assert caught.value.code == "MISSING_GLYPH"
    assert caught.value.shown == {"characters": ["\ue001（U+E001）"]}


def test_all_missing_characters_are_named_at_once(fonts: FontSet) -> None:
    content = report({3: (listed(1, facts="查明\ue002情况\ue003"),)}, name="盐城\ue001公司")
    with pytest.raises(Problem, match=r"U\+E001.*U\+E002.*U\+E003"):
        render(content, fonts)
