"""The document as a file, read back with tools that we did not write: qpdf, poppler, zbar, pypdf."""

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
from creditreport.reports.pages import ATTACHMENT, RENDERER_VERSION, render
from tests.papers import CODE, URL, listed, report
from tests.printed import CLEAN, WITH_RECORDS, Printed


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


def test_a_clean_report_is_two_small_pages(clean: Printed) -> None:
    # 60 KB when signed; a font embedded whole, or a table drawn twice, would be far above.
    assert "Pages:           2" in clean.ask("pdfinfo", str(clean.path))
    assert len(clean.rendered.pdf) < 56_000


def test_metadata(clean: Printed) -> None:
    said = dict(line.split(":", 1) for line in clean.ask("pdfinfo", str(clean.path)).splitlines())
    assert said["Title"].strip() == f"经营主体专用信用报告 {CLEAN.number}"
    assert said["Author"].strip() == CLEAN.issuing_authority
    assert said["Keywords"].strip() == grouped(CODE)
    assert said["PDF version"].strip() == "1.7"
    assert said["Page size"].strip().endswith("(A4)")
    assert said["Pages"].strip() == "2"
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
    # The symbol is drawn in modules, from its top left corner.
    symbol = re.search(r"q\n([\d.]+) 0 0 \1 ([\d.]+) ([\d.]+) cm\n([^Q]+)Q", page.get_data().decode())
    assert symbol is not None
    module, x_corner, y_corner = (float(value) for value in symbol.groups()[:3])
    squares = [
        [x_corner + int(x) * module, y_corner + int(y) * module, int(w) * module, int(h) * module]
        for x, y, w, h in re.findall(r"(-?\d+) (-?\d+) (\d+) (\d+) re$", symbol.group(4), re.MULTILINE)
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


def test_the_content_is_attached_unchanged(found: Printed) -> None:
    reader = pypdf.PdfReader(found.path)
    (data,) = reader.attachments[ATTACHMENT]
    assert data.decode() == WITH_RECORDS.to_json()
    assert ReportContent.model_validate_json(data) == WITH_RECORDS
    (file,) = reader.trailer["/Root"]["/AF"]
    assert file.get_object()["/AFRelationship"] == "/Data"


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
