"""ZIP drops: one table inside, within limits, without paths."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryDirectory

from creditreport.sources.outcome import SourceIncomplete

MOST_MEMBERS = 100
MOST_BYTES = 1024**3
# Text of a register compresses to a tenth, perhaps a thirtieth; what grows by more is made to fill a disk.
MOST_GROWTH = 200
# Tiny members may be all zeros and harmless.
_SMALL = 1024**2
_BLOCK = 1024**2
_PATH = re.compile(r"[/\\:\0]|^\.\.?$")
_ENCRYPTED = 0x1


def is_archive(path: Path) -> bool:
    """Whether a file that begins like a ZIP is an archive and not a workbook, which is a ZIP of a certain form.

    Raises :class:`SourceIncomplete` for one that cannot be opened or that is beyond the limits.
    """
    with _opened(path) as archive:
        names = {info.filename for info in archive.infolist()}
        workbook = "[Content_Types].xml" in names or any(name.startswith("xl/") for name in names)
        _check_size(archive.infolist(), path.name, growth=not workbook)
        return not workbook


@contextmanager
def unpacked(path: Path, pattern: str | None) -> Iterator[Path]:
    """The one member that fits ``pattern`` (any member, if it is the only one), as a file that is removed afterwards.

    Raises :class:`SourceIncomplete` when there is none or more than one, for a path in any name, an encrypted member,
    a damaged archive, and beyond the limits of number, size and growth. The size that is stated is not believed.
    """
    with _opened(path) as archive, TemporaryDirectory(prefix="creditreport-drop-") as folder:
        member = _member(archive.infolist(), pattern, path.name)
        # Under a name of our own: the member's is not to decide where anything is written.
        target = Path(folder) / "member"
        _write(archive, member, target, path.name)
        yield target


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        # Names without the mark for UTF-8 come from Chinese Windows.
        with zipfile.ZipFile(path, metadata_encoding="gb18030") as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, UnicodeDecodeError, RuntimeError) as error:
        raise SourceIncomplete(f"{path.name} 不是能读取的 ZIP 或工作簿 / is not a readable ZIP or workbook") from error


def _check_size(members: list[zipfile.ZipInfo], file: str, *, growth: bool) -> None:
    if growth and len(members) > MOST_MEMBERS:
        raise SourceIncomplete(f"{file} 含 {len(members)} 个文件，至多 {MOST_MEMBERS} 个 / too many files in it")
    if sum(info.file_size for info in members) > MOST_BYTES:
        raise SourceIncomplete(f"{file} 解压后超过 {MOST_BYTES // 1024**2} MiB / too large when unpacked")
    for info in members:
        if growth and info.file_size > max(_SMALL, MOST_GROWTH * info.compress_size):
            raise SourceIncomplete(f"{file} 压缩比异常 / an unlikely rate of compression")


def _member(members: list[zipfile.ZipInfo], pattern: str | None, file: str) -> zipfile.ZipInfo:
    for info in members:
        if _PATH.search(info.filename):
            raise SourceIncomplete(f"{file} 内有带路径的文件名“{info.filename}” / a name in it has a path")
        if info.flag_bits & _ENCRYPTED:
            raise SourceIncomplete(f"{file} 内的文件已加密 / a file in it is encrypted")
    fitting = [info for info in members if pattern is None or fnmatchcase(info.filename, pattern)]
    if len(fitting) != 1:
        wanted = f"符合“{pattern}”的" if pattern else ""
        raise SourceIncomplete(
            f"{file} 内应恰有一个{wanted}文件，有 {len(fitting)} 个 / exactly one file is wanted in it"
        )
    return fitting[0]


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, file: str) -> None:
    written = 0
    with archive.open(member) as packed, target.open("wb") as plain:
        # The module checks the member's own checksum at its end.
        while block := packed.read(_BLOCK):
            written += len(block)
            if written > min(MOST_BYTES, member.file_size):
                raise SourceIncomplete(f"{file} 解压后比声明的大 / larger than it says when unpacked")
            plain.write(block)
