"""Signed reports in the hands of programs that we did not write: Poppler, pyHanko, qpdf, MuPDF, ZBar."""

from __future__ import annotations

import asyncio
import subprocess
from collections import Counter
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from asn1crypto import x509
from PIL import Image, ImageChops, ImageStat
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from creditreport.reports.fonts import FontSet
from creditreport.reports.pages import Language, render, shipped_editions
from tests.conftest import NOON
from tests.genuine import Genuine
from tests.photocopy import photocopy, picture, scanned

PAPERS = [*Language, "B-LTA"]


@pytest.fixture(scope="module")
def papers(genuine: Genuine, fonts: FontSet, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same report, signed, in each edition, and in Chinese with the longest-lasting signature."""
    folder, files = tmp_path_factory.mktemp("papers"), {}
    for language in Language:
        paper = render(genuine.content, fonts, shipped_editions()[language])
        signed = genuine.office.signer.sign(paper.pdf, at=NOON, page=paper.seal_page, box=paper.seal_box)
        files[str(language)] = folder / f"{language}.pdf"
        files[str(language)].write_bytes(signed)
    files["B-LTA"] = folder / "lasting.pdf"
    files["B-LTA"].write_bytes(genuine.lasting.pdf)
    return files


def url(genuine: Genuine, name: str) -> str:
    code = genuine.lasting.code if name == "B-LTA" else genuine.plain.code
    return f"https://credit.example.gov.cn/v/{code}"


def tool(*command: str | Path) -> str:
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("name", PAPERS)
def test_poppler_says_valid(papers: dict[str, Path], name: str) -> None:
    said = tool("pdfsig", "-nocert", papers[name])
    assert said.count("Signature is Valid.") == 1
    assert said.count("ETSI.CAdES.detached") == 1
    assert said.count("Signature #") == (2 if name == "B-LTA" else 1)
    assert said.count("Total document signed") == 1


def context(genuine: Genuine, **more: Any) -> dict[str, Any]:
    roots = [x509.Certificate.load(root) for root in genuine.office.trust.roots]
    return {"trust_roots": roots, "moment": NOON + timedelta(seconds=1), "allow_fetching": False, **more}


@pytest.mark.parametrize("name", Language)
def test_pyhanko_trusts_it_by_the_demo_root_alone(genuine: Genuine, papers: dict[str, Path], name: str) -> None:
    (signature,) = PdfFileReader(BytesIO(papers[name].read_bytes()), strict=True).embedded_signatures
    status = asyncio.run(async_validate_pdf_signature(signature, ValidationContext(**context(genuine))))
    assert status.bottom_line
    assert status.trusted
    assert status.docmdp_ok
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert status.modification_level is ModificationLevel.NONE
    nobody = ValidationContext(**context(genuine, trust_roots=[]))
    assert not asyncio.run(async_validate_pdf_signature(signature, nobody)).trusted


def test_pyhanko_trusts_a_lasting_one_with_what_is_in_the_file(genuine: Genuine, papers: dict[str, Path]) -> None:
    """Revocation data are required and nothing is fetched: they come from the file."""
    reader = PdfFileReader(BytesIO(papers["B-LTA"].read_bytes()), strict=True)
    how = context(genuine, revocation_mode="require", retroactive_revinfo=True)
    inside = DocumentSecurityStore.read_dss(reader).as_validation_context(how)
    (signature,), (stamp,) = reader.embedded_regular_signatures, reader.embedded_timestamp_signatures
    status = asyncio.run(async_validate_pdf_signature(signature, inside, inside))
    assert status.bottom_line
    assert status.docmdp_ok
    assert status.modification_level is ModificationLevel.LTA_UPDATES
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.trusted
    stamped = asyncio.run(async_validate_pdf_timestamp(stamp, inside))
    assert stamped.intact
    assert stamped.valid
    assert stamped.trusted
    assert stamped.coverage is SignatureCoverageLevel.ENTIRE_FILE
    # Without the data in the file the same question has no answer.
    outside = ValidationContext(**how, crls=[], ocsps=[])
    assert not asyncio.run(async_validate_pdf_signature(signature, outside, outside)).bottom_line


@pytest.mark.parametrize("name", PAPERS)
def test_qpdf_finds_nothing_wrong(papers: dict[str, Path], name: str) -> None:
    said = tool("qpdf", "--check", papers[name])
    assert "No syntax or stream encoding errors found" in said
    assert "not encrypted" in said
    assert "WARNING" not in said


def letters(text: str) -> Counter[str]:
    return Counter("".join(text.split()))


@pytest.mark.parametrize("name", PAPERS)
def test_mupdf_reads_the_same_text_as_poppler(genuine: Genuine, papers: dict[str, Path], name: str) -> None:
    with pymupdf.open(papers[name]) as document:
        assert not document.is_repaired
        assert not document.is_encrypted
        assert document.page_count == int(tool("pdfinfo", papers[name]).split("Pages:")[1].split()[0])
        for place, page in enumerate(document, start=1):
            theirs = tool("pdftotext", "-f", str(place), "-l", str(place), papers[name], "-")
            mine = page.get_text()
            assert letters(mine) == letters(theirs)
            assert len(mine) > 300
        whole = "".join("".join(page.get_text().split()) for page in document)
        assert genuine.content.subject.name in whole
        assert genuine.content.subject.uscc in whole
        assert document.embfile_names() == ["report.json"]


@pytest.mark.parametrize("name", PAPERS)
def test_mupdf_draws_the_same_page_as_poppler(papers: dict[str, Path], name: str) -> None:
    with pymupdf.open(papers[name]) as document:
        drawn = document[0].get_pixmap(dpi=60, colorspace=pymupdf.csGRAY)
    mine = Image.frombytes("L", (drawn.width, drawn.height), drawn.samples)
    theirs = picture(papers[name], 60).resize(mine.size)
    assert ImageStat.Stat(mine).stddev[0] > 10, "something is on the page"
    # Each smooths letters in its own way; a missing line or a box for a letter is far more than that.
    small = (mine.width // 8, mine.height // 8)
    difference = ImageChops.difference(mine.resize(small), theirs.resize(small))
    assert ImageStat.Stat(difference).mean[0] < 3
    assert difference.getextrema()[1] < 60


@pytest.mark.parametrize("dpi", [150, 300])
@pytest.mark.parametrize("name", PAPERS)
def test_the_code_is_scanned_from_a_print(
    genuine: Genuine, papers: dict[str, Path], tmp_path: Path, name: str, dpi: int
) -> None:
    assert scanned(picture(papers[name], dpi), tmp_path) == [url(genuine, name)]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("skew", [2.0, -2.0])
@pytest.mark.parametrize("name", Language)
def test_the_code_is_scanned_from_a_bad_photocopy(
    genuine: Genuine, papers: dict[str, Path], tmp_path: Path, name: str, skew: float, seed: int
) -> None:
    page = picture(papers[name], 150)
    # Its upper right quarter: at that the camera is pointed.
    copy = photocopy(page.crop((page.width // 2, 0, page.width, page.height // 3)), seed, skew=skew)
    assert scanned(copy, tmp_path) == [url(genuine, name)]
