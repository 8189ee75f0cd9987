"""The English and the bilingual edition as poppler gives the text back: nothing missing, nothing more."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from creditreport.catalog.load import load_catalog
from creditreport.config import CHECKOUT
from creditreport.reports.content import ReportContent, grouped
from creditreport.reports.fonts import FontSet
from creditreport.reports.pages import Language, render, shipped_editions
from tests.papers import CODE, listed, report
from tests.printed import CLEAN, LONG_NAME, WITH_RECORDS, Printed

EN, BOTH = Language.EN, Language.BOTH
CHINESE = re.compile(r"[\u3400-\u9fff]+")


def real(content: ReportContent) -> ReportContent:
    """``content`` over the fields as the city's manifests name them."""
    manifests = {one.manifest.number: one.manifest for one in load_catalog(CHECKOUT / "domains").domains}
    names = ("title", "title_en", "responsible_unit")
    domains = tuple(
        domain.model_copy(update={name: getattr(manifests[domain.number], name) for name in names})
        for domain in content.domains
    )
    return content.model_copy(update={"domains": domains})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("editions")


@pytest.fixture(scope="module")
def english(fonts: FontSet, folder: Path) -> Printed:
    return Printed(real(WITH_RECORDS), fonts, folder, EN)


def pages(printed: Printed) -> int:
    return printed.text().count("\f")


def test_the_english_edition_says_it_all(english: Printed) -> None:
    text = " ".join(english.text("-layout").split())
    for said in (
        "Special-purpose Credit Report", "Credit China (Yancheng, Jiangsu)",
        "Yancheng Public Credit Information Centre 盐城市公共信用信息中心",
        f"Report No. {WITH_RECORDS.number}", grouped(CODE), "Scan to verify credit.example.gov.cn",
        "Unified social credit code 91320900MA1A2B3C4X", "Type of business Company", "Registration status Active",
        "Three years: 20 November 2023 to 20 November 2026 (both days included)", "Commerce (bidding,",
        "Issued at 21 November 2026, 10:00", "Valid until 21 December 2026, 24:00",
        "Yancheng rules for special-purpose credit reports (2024)",
        "1 Court enforcement Intermediate People's Court 1 seen 2026-11-20 23:00",
        "3 Education Education Bureau None seen 2026-11-20 23:00",
        "44 Tobacco monopoly Tobacco Monopoly Bureau Not started —",
        "Record 1 of 2 Objection open", "Document No. 盐市监处罚〔2025〕0002号", "Kind of record Judgment defaulter",
        "Listed on 3 January 2026", "Decided on 3 June 2025", "Penalties fine, confiscation of illegal gains",
        "Fine CNY 12,345.00 Confiscated CNY 0.50", "Document No. Not stated",
        "Facts 经查，当事人在第2号门店销售商品时未标明价格。", "Page 3 of 3", "The Chinese text prevails.",
    ):  # fmt: skip
        assert said in text, said
    flat = " ".join(english.text("-raw", "-l", "1").split())
    assert "violation records seen: 3, in fields: 2." in flat


def test_only_what_was_recorded_in_chinese_is_chinese_in_english(fonts: FontSet, folder: Path) -> None:
    printed = Printed(real(CLEAN), fonts, folder, EN)
    recorded = {CLEAN.subject.name, CLEAN.issuing_authority}
    assert set(CHINESE.findall(printed.text())) == recorded


def test_the_bilingual_edition_says_everything_twice(fonts: FontSet, folder: Path) -> None:
    content = real(WITH_RECORDS)
    both = "".join(Printed(content, fonts, folder, BOTH).text("-raw").split())
    rows = zip(content.domains, (row.title_en.replace(" ", "") for row in content.domains), strict=True)
    for row, title_en in rows:
        assert row.title in both or len(row.title) > 20, row.title
        assert title_en in both or len(title_en) > 40, title_en
    for said in (
        "查见3条，分布于2个领域。", "violationrecordsseen:3,infields:2.", "结论Conclusion", "异议处理中Objectionopen",
        "第1页，共5页Page1of5", "未查见Noneseen", "尚未实施Notstarted", "2025年6月3日3June2025",
        "数据来源与责任Sources", "TheChinesetextprevails.",
    ):  # fmt: skip
        assert said in both, said


@pytest.mark.parametrize(("language", "most"), [(Language.ZH, 2), (EN, 2), (BOTH, 3)])
@pytest.mark.parametrize("name", [CLEAN.subject.name, LONG_NAME])
def test_a_clean_report_is_short(fonts: FontSet, folder: Path, language: Language, most: int, name: str) -> None:
    assert pages(Printed(real(report(name=name)), fonts, folder, language)) == most


@pytest.mark.parametrize("language", Language)
def test_a_long_record_is_divided_under_its_heads(fonts: FontSet, folder: Path, language: Language) -> None:
    facts = "当事人未按规定办理，属实。" * 300
    content = real(report({20: (listed(1), listed(2, facts=facts), listed(3))}))
    printed = Printed(content, fonts, folder, language)
    text = printed.text("-layout")
    assert "".join(printed.flat().split()).count("当事人未按规定办理，属实。") > 290
    edition = shipped_editions()[language].first
    overleaf = [page for page in text.split("\f") if edition.continued.strip() in page]
    assert len(overleaf) >= 2
    for page in overleaf:
        lines = [line.strip() for line in page.splitlines() if line.strip()]
        assert lines[1].startswith("20")
    # A short record is never divided: its last line stands on the page of its first.
    first, last = edition.details.record.format(at=3, count=3), edition.record_labels.penalty_content
    (page,) = [page for page in text.split("\f") if first in page]
    assert last in page[page.index(first) :]


@pytest.mark.parametrize("language", Language)
def test_no_head_is_left_alone_at_the_foot_of_a_page(fonts: FontSet, folder: Path, language: Language) -> None:
    # Records of every height push the heads to every place on the page.
    records = {
        field: tuple(listed(at, facts="查明属实。" * (7 * field * at % 160)) for at in range(1, 2 + field % 3))
        for field in range(1, 46, 2)
    }
    printed = Printed(real(report(records)), fonts, folder, language)
    edition = shipped_editions()[language].first
    titles = {f"{edition.fields.heading}", edition.details.heading, edition.notes.heading}
    heads = re.compile(r"^(记录 \d+／\d+|Record \d+ of \d+)")
    units = {edition.details.unit.format(unit=edition.name(row.responsible_unit), count=len(row.records))
             for row in printed.content.domains}  # fmt: skip
    for page in printed.text("-layout").split("\f")[:-1]:
        last = [line.strip() for line in page.splitlines() if line.strip()][-2]  # above the foot
        assert not heads.match(last), last
        assert last not in titles
        assert not any(last.endswith(unit) for unit in units), last


def test_every_unit_of_the_city_has_an_english_name() -> None:
    english = shipped_editions()[EN].first
    units = {one.manifest.responsible_unit for one in load_catalog(CHECKOUT / "domains").domains}
    assert [unit for unit in units if CHINESE.search(english.name(unit))] == []


RENDER_ALL = """
import hashlib, sys
from pathlib import Path
from creditreport.reports.content import ReportContent
from creditreport.reports.fonts import load_fonts
from creditreport.reports.pages import Language, render, shipped_editions
content, fonts = ReportContent.model_validate_json(sys.stdin.read()), load_fonts(Path(sys.argv[1]))
for language in reversed(Language):
    print(language, hashlib.sha256(render(content, fonts, shipped_editions()[language]).pdf).hexdigest())
"""


@pytest.mark.parametrize("seed", ["0", "4711"])
def test_every_edition_is_the_same_bytes_in_another_process(fonts: FontSet, fonts_var_dir: Path, seed: str) -> None:
    here = {
        language: hashlib.sha256(render(WITH_RECORDS, fonts, shipped_editions()[language]).pdf).hexdigest()
        for language in Language
    }
    elsewhere = subprocess.run(
        [sys.executable, "-c", RENDER_ALL, str(fonts_var_dir)],
        input=WITH_RECORDS.to_json(), env={**os.environ, "TZ": "America/Lima", "PYTHONHASHSEED": seed},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert dict(line.split() for line in elsewhere.stdout.splitlines()) == here
    assert len(set(here.values())) == 3
