"""CSV drops: UTF-8 with or without BOM, or GB18030; a file that is neither is an error, never a guess."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

from creditreport.catalog.manifest import FilesSource
from creditreport.sources.base import SourceIncomplete

# Facts of a decision can be long; the module's own limit of 128 kB would stop a lawful file.
csv.field_size_limit(16 * 1024 * 1024)
_BLOCK = 1024 * 1024
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ENOUGH_CHINESE = 3


def csv_rows(path: Path, source: FilesSource) -> Generator[tuple[int, list[Any]]]:
    """Line number and cells of each row. Raises :class:`SourceIncomplete` for encoding or quoting errors."""
    encoding = _encoding(path, source.encoding)
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=source.delimiter, strict=True)
        try:
            for cells in reader:
                yield reader.line_num, list(cells)
        except csv.Error as error:
            problem = f"{path.name} 第 {reader.line_num} 行不是正确的 CSV（{error}） / is not right CSV"
            raise SourceIncomplete(problem) from error


def _encoding(path: Path, declared: str) -> str:
    """The codec that decodes the whole file strictly."""
    if declared != "gb18030":
        error = _decode_error(path, "utf-8-sig")
        if error is None:
            return "utf-8-sig"
        if declared == "utf-8" or _was_utf8(path, error):
            raise SourceIncomplete(f"{path.name} 不是完整的 UTF-8 文本 / is not valid UTF-8")
    if _decode_error(path, "gb18030") is None:
        return "gb18030"
    raise SourceIncomplete(f"{path.name} 的编码无法识别（应为 UTF-8 或 GB18030） / neither UTF-8 nor GB18030")


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def _decode_error(path: Path, encoding: str) -> str | None:
    """What was decoded before the first error, or ``None`` if the file decodes to its end."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    decoded = ""
    try:
        for block in _blocks(path):
            decoded = decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        good = error.object[: error.start].decode(encoding, errors="ignore")
        return good or decoded
    return None


def _was_utf8(path: Path, good: str) -> bool:
    # A damaged UTF-8 file would decode as GB18030 into nonsense. With a BOM, or with several Chinese characters read
    # rightly before the damage, it was never GB18030.
    with path.open("rb") as file:
        marked = file.read(3) == codecs.BOM_UTF8
    return marked or len(_CHINESE.findall(good)) >= _ENOUGH_CHINESE
