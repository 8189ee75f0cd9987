"""The files driver reads whole drops only: markers, checksums, files still being written, archives with limits."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from creditreport.catalog.manifest import LocatedManifest, Manifest
from creditreport.sources import archive
from creditreport.sources.base import Asked, Rows
from creditreport.sources.registry import make_source
from creditreport.violations.answer import AnswerStatus

ASKED_AT = datetime(2026, 11, 21, 4, tzinfo=UTC)
OLD, NEW = "文号,当事人\n1号,盐城甲公司\n".encode(), "文号,当事人\n2号,盐城乙公司\n".encode()


def ask(place: Path, work: Any = None, **source: Any) -> Asked[Any]:
    manifest = Manifest.model_validate({
        "slug": "a", "title": "a", "title_en": "a", "responsible_unit": "a", "number": 1, "batch": 1,
        "effective_from": "2024-09-01", "key": ["文号"], "fields": {"uscc": "当事人"}, "deadline_seconds": 30,
        "source": {"driver": "files", "folder": str(place), "pattern": "x_*"} | source,
    })  # fmt: skip
    located = LocatedManifest(path=place.parent / "01_a.toml", manifest=manifest)

    def numbers(rows: Rows) -> list[str]:
        return [row["文号"] for row in rows]

    return make_source(located, {}).start(ASKED_AT, work or numbers).wait()


def drop(folder: Path, day: int, content: bytes, suffix: str = "csv") -> Path:
    path = folder / f"x_202611{day}.{suffix}"
    path.write_bytes(content)
    return path


def mark(path: Path, later: int = 1) -> None:
    done = path.with_name(path.name + ".done")
    done.touch()
    moment = path.stat().st_mtime_ns + later * 1_000_000_000
    os.utime(done, ns=(moment, moment))


def test_a_drop_without_its_marker_is_not_there_yet(tmp_path: Path) -> None:
    old, new = drop(tmp_path, 19, OLD), drop(tmp_path, 20, NEW)
    nothing = ask(tmp_path, done_marker=True)
    assert nothing.status is AnswerStatus.UNAVAILABLE
    assert ".done" in (nothing.problem or "")
    mark(old)
    before = ask(tmp_path, done_marker=True)
    assert before.result == ["1号"]
    assert before.data_as_of is not None
    assert before.data_as_of.date().isoformat() == "2026-11-19"
    mark(new)
    assert ask(tmp_path, done_marker=True).result == ["2号"]
    # Sent again under its old name: the marker of the first sending says nothing about the second.
    mark(new, later=-5)
    assert ask(tmp_path, done_marker=True).result == ["1号"]


@pytest.mark.parametrize("kind", ["sha256", "md5"])
@pytest.mark.parametrize("form", ["{sum}", "{sum}  {name}\n", "{SUM} *{name}\r\n", "{sum}  ./out/{name}\n"])
def test_a_drop_that_fits_its_checksum(tmp_path: Path, kind: str, form: str) -> None:
    drop(tmp_path, 19, OLD)
    path = drop(tmp_path, 20, NEW)
    assert ask(tmp_path, checksum=kind).status is AnswerStatus.UNAVAILABLE
    digest = hashlib.new(kind, NEW).hexdigest()
    text = form.format(sum=digest, SUM=digest.upper(), name=path.name)
    path.with_name(f"{path.name}.{kind}").write_text(text)
    asked = ask(tmp_path, checksum=kind)
    assert (asked.status, asked.result) == (AnswerStatus.COMPLETE, ["2号"]), asked.problem


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (hashlib.sha256(OLD).hexdigest(), "不符"),
        (hashlib.sha256(NEW).hexdigest() + "  x_20261119.csv", "x_20261119.csv"),
        (hashlib.md5(NEW).hexdigest(), "不符"),
        ("", "不是校验和文件"),
        ("文号,当事人", "不是校验和文件"),
    ],
)
def test_a_drop_that_does_not_fit_its_checksum_is_an_error_and_no_reason_to_read_an_older_one(
    tmp_path: Path, text: str, words: str
) -> None:
    old, new = drop(tmp_path, 19, OLD), drop(tmp_path, 20, NEW)
    old.with_name(old.name + ".sha256").write_text(hashlib.sha256(OLD).hexdigest())
    new.with_name(new.name + ".sha256").write_text(text)
    asked = ask(tmp_path, checksum="sha256")
    assert (asked.status, asked.result) == (AnswerStatus.INCOMPLETE, None)
    assert words in (asked.problem or "")


@pytest.mark.parametrize(
    "suffix", ["csv.tmp", "csv.part", "CSV.PARTIAL", "csv.filepart", "csv~", "csv.done", "csv.md5"]
)
def test_what_is_not_a_drop_is_passed_over(tmp_path: Path, suffix: str) -> None:
    drop(tmp_path, 19, OLD)
    drop(tmp_path, 20, NEW, suffix)
    assert ask(tmp_path).result == ["1号"]


@pytest.mark.parametrize("how", ["grown", "replaced"])
def test_a_file_that_changes_while_it_is_read_is_no_answer(tmp_path: Path, how: str) -> None:
    path = drop(tmp_path, 20, NEW)

    def meanwhile(rows: Rows) -> int:
        if how == "grown":
            with path.open("ab") as file:
                file.write("3号,盐城丙公司\n".encode())
        else:
            other = tmp_path / ".other"
            other.write_bytes(OLD)
            other.replace(path)
        return sum(1 for _ in rows)

    asked = ask(tmp_path, meanwhile)
    assert (asked.status, asked.result) == (AnswerStatus.UNAVAILABLE, None)
    assert "改写" in (asked.problem or "")


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return held.getvalue()


def workbook() -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in (["文号", "当事人"], ["2号", "盐城乙公司"]):
        book.active.append(row)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


@pytest.mark.parametrize("members", [{"数据.csv": NEW}, {"a.txt": NEW}, {"a.xlsx": workbook()}])
def test_a_zip_with_one_table(tmp_path: Path, members: dict[str, bytes]) -> None:
    drop(tmp_path, 20, packed(members), "zip")
    asked = ask(tmp_path)
    assert (asked.status, asked.result) == (AnswerStatus.COMPLETE, ["2号"]), asked.problem
    assert (asked.version or "").startswith("x_20261120.zip sha256:")
    assert list(tmp_path.iterdir()) == [tmp_path / "x_20261120.zip"]


def test_the_member_is_chosen_by_pattern_also_under_a_name_of_chinese_windows(tmp_path: Path) -> None:
    content = packed({"aaaa.csv": NEW, "readme.txt": b"x"})
    drop(tmp_path, 20, content.replace(b"aaaa", "处罚".encode("gb18030")), "zip")
    assert ask(tmp_path, member="处罚*.csv").result == ["2号"]
    assert ask(tmp_path).status is AnswerStatus.INCOMPLETE


def encrypted() -> bytes:
    content = bytearray(packed({"a.csv": NEW}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def lying() -> bytes:
    # The directory says fewer bytes than come out.
    content = bytearray(packed({"a.csv": NEW * 1000}))
    place = content.index(b"PK\x01\x02") + 24
    content[place : place + 4] = (10).to_bytes(4, "little")
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (packed({}), "恰有一个"),
        (packed({"a.csv": NEW, "b.csv": NEW}), "恰有一个"),
        (packed({"../a.csv": NEW}), "带路径"),
        (packed({"in/a.csv": NEW}), "带路径"),
        (packed({"/a.csv": NEW}), "带路径"),
        (packed({"C:a.csv": NEW}), "带路径"),
        (packed({"a\\b.csv": NEW}), "带路径"),
        (packed({"a.csv": bytes(30 * 1024 * 1024)}), "压缩比"),
        (packed({f"{n}.csv": b"" for n in range(archive.MOST_MEMBERS + 1)}), "至多 100"),
        (packed({"a.zip": packed({"a.csv": NEW})}), "又是 ZIP"),
        (encrypted(), "加密"),
        (lying(), "ZIP"),
        (packed({"a.csv": NEW})[:-30], "ZIP"),
        (packed({"a.csv": NEW * 50}, zipfile.ZIP_STORED).replace("盐城".encode(), "盐场".encode(), 1), "ZIP"),
    ],
)
def test_an_archive_beyond_the_limits_is_not_read(tmp_path: Path, content: bytes, words: str) -> None:
    drop(tmp_path, 19, OLD)
    drop(tmp_path, 20, content, "zip")
    asked = ask(tmp_path)
    assert (asked.status, asked.result) == (AnswerStatus.INCOMPLETE, None)
    assert words in (asked.problem or "")


def test_an_archive_that_would_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 1000)
    drop(tmp_path, 20, packed({"a.csv": NEW * 100}), "zip")
    asked = ask(tmp_path)
    assert asked.status is AnswerStatus.INCOMPLETE
    assert "超过" in (asked.problem or "")
