"""What the document says, as poppler gives the text back."""

from __future__ import annotations

import re
from pathlib import Path

from creditreport.reports.content import grouped
from creditreport.reports.fonts import FontSet
from tests.papers import CODE, LONG_TITLE, LONG_UNIT, domain, report
from tests.printed import FACTS, FIVE_HUNDRED, LONG_NAME, RARE_NAME, WITH_RECORDS, Printed


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
    assert text.count("未查见") == 41 + 1  # the rows and the note


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
    assert details.count("异议处理中") == 1
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
    first = "".join(pages[0].split())
    for said in ("数据来源与责任", "本市", "不列示", "一个月内有效", "不等于该经营主体不存在违法违规行为", "在线提出"):
        assert said in first


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


def test_the_seal_stands_on_page_one_over_the_issuing_body(clean: Printed) -> None:
    assert clean.rendered.seal_page == 0
    left, bottom, right, top = clean.rendered.seal_box
    assert 300 < left < right < 540
    assert 300 < bottom < top < 500
    inside = clean.text(
        "-l", "1", "-x", str(int(left) - 20), "-y", str(int(841.89 - top)),
        "-W", str(int(right - left) + 40), "-H", str(int(top - bottom)),
    )  # fmt: skip
    assert "".join(inside.split()) == "盐城市公共信用信息中心2026年11月21日"
