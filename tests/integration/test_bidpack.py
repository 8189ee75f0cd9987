"""A pack of two hundred files with more than twenty kinds of defect mixed in: every defect found, none invented."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from creditreport.bidpacks.items import Upload
from creditreport.clock import SHANGHAI
from creditreport.config import Settings
from creditreport.reports.fonts import FontSet
from creditreport.verification.by_code import Currency
from creditreport.verification.codes import ALPHABET, new_code
from tests.attacks import ATTACKS, Sample
from tests.attacks.table import NOT_OURS
from tests.bidding import OPENING, Bidding, codes_in, make_bidding, zipped
from tests.conftest import NOON
from tests.genuine import _foreign, _impostor
from tests.issued import Issued
from tests.photocopy import photocopy, picture

LATER = datetime(2026, 11, 21, 15, tzinfo=SHANGHAI)
PLAIN = 96
# Business numbers of the defects; those below PLAIN have one plain report each.
FIRST = 200
ABSENT = 999


@pytest.fixture(scope="module")
def bidding(tmp_path_factory: pytest.TempPathFactory, signing_settings: Settings, fonts: FontSet) -> Iterator[Bidding]:
    made = make_bidding(tmp_path_factory.mktemp("bidding"), signing_settings, fonts)
    yield made
    made.service.close()


@pytest.fixture(scope="module")
def sample(bidding: Bidding, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """A genuine report that somebody who means harm has, and his tools."""
    mine, other, signer = bidding.issue(FIRST), bidding.issue(FIRST + 1), bidding.service.signer
    folder = tmp_path_factory.mktemp("harm")
    foreign = _foreign(bidding.service.settings, folder)
    impostor = _impostor(signer.certificate)
    return Sample("B-B", mine.pdf, mine.unsigned, other.pdf, signer, foreign, impostor, folder)


def test_two_hundred_files_with_every_kind_of_defect(bidding: Bidding, sample: Sample, tmp_path: Path) -> None:
    plain = [bidding.issue(number) for number in range(PLAIN)]
    # What stands in the pack, and what must be said of it.
    files: list[tuple[str, bytes, list[str]]] = [(f"{at}.pdf", one.pdf, []) for at, one in enumerate(plain)]
    files += _whole_but_wrong(bidding)
    files += _no_reports(bidding, plain[0], tmp_path)
    files += _attacked(sample, 197 - len(files))
    random.Random(7).shuffle(files)
    files.sort(key=lambda one: one[0] != "inner.zip")  # within the archive, where it stays closed
    # Likenesses are told of the later one, so these stand at the end.
    files += [
        ("again.pdf", plain[5].pdf, ["SAME_FILE"]),
        ("edition.pdf", bidding.edition(plain[6]), ["SAME_REPORT"]),
        ("another.pdf", bidding.issue(7).pdf, ["SAME_BUSINESS"]),
    ]
    bidding.service.currency = lambda report, now: Currency.CHANGED  # type: ignore[assignment, method-assign]

    expected = [bidding.business(number) for number in (*range(PLAIN), *range(FIRST, FIRST + 40), ABSENT)]
    uploads = [Upload("包/投标文件.zip", zipped(*((name, data) for name, data, _ in files[:150])))]
    uploads += [Upload(name, data) for name, data, _ in files[150:]]
    found = bidding.check(*uploads, years=2, expected=tuple(expected))

    assert found.result is not None
    assert len(files) == 200
    told = dict(
        zip([row.label.removeprefix("包/投标文件.zip/") for row in found.result.items], codes_in(found), strict=True)
    )
    assert told == {name: codes for name, _, codes in files}
    kinds = {code for codes in told.values() for code in codes}
    assert len(kinds) >= 20, sorted(kinds)
    good = [row for row in found.result.items if row.word == "usable"]
    assert {row.entity_name for row in good} >= {f"盐城第{number}号示例有限公司" for number in range(PLAIN)}
    assert all(row.number is None and row.entity_name is None for row in found.result.items if not row.genuine)
    assert bidding.business(ABSENT) in found.result.missing
    assert not set(found.result.missing) & {bidding.business(number) for number in range(PLAIN)}
    assert found.result.complete is False


def _whole_but_wrong(bidding: Bidding) -> list[tuple[str, bytes, list[str]]]:
    """Genuine originals that will not do, or of which something is to be known."""
    business = iter(range(FIRST + 2, FIRST + 40))
    noon = NOON - timedelta(days=40)

    def issue(**how: object) -> Issued:
        return bidding.issue(next(business), **how)  # type: ignore[arg-type]

    ended = {"status": "REVOKED", "status_since": LATER}
    return [
        ("ends-before.pdf", issue(until=date(2026, 11, 30)).pdf, ["ENDS_BEFORE"]),
        ("long-over.pdf", issue(at=noon, until=date(2026, 11, 12)).pdf, ["ENDS_BEFORE"]),
        ("revoked.pdf", issue(**ended).pdf, ["REVOKED"]),
        ("withdrawn.pdf", issue(**ended, withdrawn_at=LATER).pdf, ["WITHDRAWN"]),
        ("superseded.pdf", issue(status="SUPERSEDED", status_since=LATER).pdf, ["SUPERSEDED"]),
        ("one-year.pdf", issue(years=1).pdf, ["SHORT_WINDOW"]),
        ("stranger.pdf", bidding.issue(500).pdf, ["OTHER_BUSINESS"]),
        ("stranger-over.pdf", bidding.issue(501, until=date(2026, 11, 30), years=1).pdf,
         ["ENDS_BEFORE", "OTHER_BUSINESS", "SHORT_WINDOW"]),
        ("reduced.pdf", issue(signature_wanted="B-LTA").pdf, ["REDUCED_SIGNATURE_LEVEL"]),
        ("changed-facts.pdf", issue(listed=1).pdf, ["FACTS_CHANGED"]),
        ("last-day.pdf", issue(until=OPENING).pdf, []),
    ]  # fmt: skip


def _no_reports(bidding: Bidding, report: Issued, folder: Path) -> list[tuple[str, bytes, list[str]]]:
    """Files that are no originals of ours, and why."""
    path = folder / "report.pdf"
    path.write_bytes(report.pdf)
    scan = BytesIO()
    photocopy(picture(path, 150), 3, skew=0.4).save(scan, "PDF")
    photo = BytesIO()
    picture(path, 150).save(photo, "PNG")
    blank = BytesIO()
    Image.new("L", (400, 300), 255).save(blank, "PNG")
    locked = PdfWriter(PdfReader(BytesIO(report.unsigned)))
    locked.encrypt("secret")
    encrypted = BytesIO()
    locked.write(encrypted)
    other = BytesIO()
    empty = PdfWriter()
    empty.add_blank_page(300, 300)
    empty.write(other)
    sheet = _sheet(bidding, report)
    limit = bidding.service.settings.upload_limit_bytes
    return [
        ("empty.pdf", b"", ["EMPTY"]),
        ("letter.docx", zipped(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")), ["NOT_PDF"]),
        ("text.pdf", "这不是 PDF".encode(), ["NOT_PDF"]),
        ("blank.png", blank.getvalue(), ["NOT_PDF"]),
        ("inner.zip", zipped(("a.pdf", report.pdf)), ["ARCHIVE"]),
        ("old.rar", b"Rar!\x1a\x07\x01\x00" + bytes(100), ["ARCHIVE"]),
        ("huge.pdf", b"%PDF-1.7\n" + bytes(limit), ["TOO_LARGE"]),
        ("cut.pdf", report.unsigned[: len(report.unsigned) // 3], ["UNREADABLE"]),
        ("encrypted.pdf", encrypted.getvalue(), ["ENCRYPTED"]),
        ("contract.pdf", other.getvalue(), ["UNSIGNED"]),
        ("scan.pdf", scan.getvalue(), ["COPY"]),
        ("photo.png", photo.getvalue(), ["COPY"]),
        ("unsigned.pdf", report.unsigned, ["COPY"]),
        ("sheet.pdf", sheet, ["SHEET"]),
    ]


def _sheet(bidding: Bidding, report: Issued) -> bytes:
    from creditreport.bidpacks.signing import sheet_file

    found = bidding.check(Upload("one.pdf", report.pdf))
    with bidding.service.reading() as session:
        pdf = sheet_file(session, found.sheet_code or "")
    assert pdf is not None
    return pdf


def _attacked(sample: Sample, count: int) -> list[tuple[str, bytes, list[str]]]:
    """Tampered and forged ones, each made in another way, as many as are wanted."""
    made: dict[bytes, tuple[str, bytes, list[str]]] = {}
    for attack in ATTACKS:
        if attack.level is not None or len(made) == count:
            continue
        status, steps = attack.expected("B-B")
        pdf = attack.make(sample)
        if status == NOT_OURS and steps[1] is None:
            continue  # no signature at all: unsigned, or a copy by what is still to be read; those are above
        made[pdf] = (f"attack-{len(made)}.pdf", pdf, ["NOT_OURS" if status == NOT_OURS else "CHANGED"])
    return list(made.values())


def test_a_table_of_codes(bidding: Bidding) -> None:
    one, other = bidding.issue(700), bidding.issue(701, status="REVOKED", status_since=LATER)
    wrong = one.code[:-1] + next(char for char in ALPHABET if char != one.code[-1])
    lines = [
        "单位,核验码",
        f"甲,{one.code}",
        f"乙,{other.code.lower()}",
        f"丙,{new_code()}",
        f"丁,{wrong}",
        f"戊,{one.code}",
    ]
    started = bidding.start(Upload("名单.csv", "\n".join(lines).encode("gb18030")))
    assert started.misses == 2
    from creditreport.bidpacks.check import check_pack

    check_pack(bidding.service, started.id, NOON)
    found = bidding.find(started)
    assert codes_in(found) == [[], ["REVOKED"], ["UNKNOWN_CODE"], ["MISTYPED_CODE"], ["SAME_REPORT"]]
    assert found.result is not None
    labels = [row.label for row in found.result.items]
    assert labels[0] == f"名单.csv 2 {one.code[:4]}…{one.code[-4:]}"
    assert one.code not in found.result.model_dump_json()
