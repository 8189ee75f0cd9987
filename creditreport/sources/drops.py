"""Which drop of a folder counts: the newest one that is whole, by the department's own word where it gives one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from creditreport.catalog.manifest import FilesSource
from creditreport.sources.outcome import SourceIncomplete, SourceUnavailable

DONE = ".done"
CHECKSUMS = ("sha256", "md5")
_BESIDE = (DONE, *(f".{kind}" for kind in CHECKSUMS))
_UNFINISHED = (".tmp", ".temp", ".part", ".partial", ".crdownload", ".filepart", ".download", ".swp", "~")
_DATE_IN_NAME = re.compile(r"(?<!\d)(20\d{2})(-?)(\d{2})\2(\d{2})(?:\d{4}|\d{6})?(?!\d)")
_SUM = re.compile(r"^\\?(?P<sum>[0-9a-fA-F]+)(?:[ \t]+\*?(?P<name>.+?))?\s*$")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A file as it was at one moment; another size, time or file of the same name means that it was written to."""

    inode: int
    size: int
    changed_ns: int

    @classmethod
    def of(cls, path: Path) -> Snapshot:
        """The file as it is now. Raises ``OSError``."""
        state = path.stat()
        return cls(state.st_ino, state.st_size, state.st_mtime_ns)

    def check(self, path: Path) -> None:
        """Raise :class:`SourceUnavailable` when the file is no longer the one that was looked at."""
        if Snapshot.of(path) != self:
            raise SourceUnavailable(f"{path.name} 在读取期间被改写，尚未写完 / was written to while it was read")


def choose_drop(folder: Path, source: FilesSource) -> Path:
    """The newest drop that is there as a whole.

    Where the manifest says that a marker or a checksum file comes last, a drop without it is not there yet, and the
    one before it counts, with its date. Raises :class:`SourceUnavailable` naming the folder when there is none.
    """

    def whole(path: Path) -> bool:
        return (not source.done_marker or _is_marked(path)) and (
            source.checksum is None or _beside(path, f".{source.checksum}").is_file()
        )

    beside = [DONE] if source.done_marker else []
    return newest_drop(folder, source.pattern, whole, [*beside, f".{source.checksum}"] if source.checksum else beside)


def newest_drop(
    folder: Path, pattern: str, whole: Callable[[Path], bool] = lambda _: True, beside: Iterable[str] = ()
) -> Path:
    """The newest file of ``folder`` that fits ``pattern``: by the date in its name, then by its modification time.

    Raises :class:`SourceUnavailable` naming the folder when there is none.
    """
    try:
        found = [path for path in folder.iterdir() if _is_drop(path, pattern)]
        if not found:
            raise SourceUnavailable(f"文件夹 {folder} 中没有符合“{pattern}”的文件 / the folder has no such file")
        there = [path for path in found if whole(path)]
        if not there:
            wanted = "、".join(beside)
            raise SourceUnavailable(f"文件夹 {folder} 中的文件都没有 {wanted} 标记 / no file has its mark yet")
        return max(there, key=lambda path: (drop_date(path.name) or date.min, path.stat().st_mtime_ns, path.name))
    except OSError as error:
        raise SourceUnavailable(f"文件夹 {folder} 不存在或不能读取 / the folder is missing or unreadable") from error


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _is_marked(path: Path) -> bool:
    # A drop that is sent again under its old name still has its old marker while the new content arrives.
    marker = _beside(path, DONE)
    return marker.is_file() and marker.stat().st_mtime_ns >= path.stat().st_mtime_ns


def _is_drop(path: Path, pattern: str) -> bool:
    name = path.name.lower()
    passed_over = name.startswith((".", "~$")) or name.endswith(_UNFINISHED) or name.endswith(_BESIDE)
    return not passed_over and fnmatchcase(path.name, pattern) and path.is_file()


def drop_date(name: str) -> date | None:
    """The latest date (``YYYYMMDD`` or ``YYYY-MM-DD``) in a file's name, if there is one."""
    days = []
    for match in _DATE_IN_NAME.finditer(name):
        try:
            days.append(date(int(match[1]), int(match[3]), int(match[4])))
        except ValueError:
            continue
    return max(days, default=None)


def digest_of(path: Path, kind: str = "sha256") -> str:
    """The digest of a file's content in hexadecimal digits; of ``kind`` sha256 or md5."""

    def start() -> hashlib._Hash:
        return hashlib.new(kind, usedforsecurity=False)

    with path.open("rb") as file:
        return hashlib.file_digest(file, start).hexdigest()


def check_sum(path: Path, kind: str) -> None:
    """Compare a drop with the checksum file beside it. Raises :class:`SourceIncomplete` when they differ.

    The file is as ``sha256sum`` and ``md5sum`` write it: the digest, perhaps followed by the drop's name. It guards
    against damage on the way, not against an attacker, who could write both.
    """
    beside = _beside(path, f".{kind}")
    lines = beside.read_text(encoding="utf-8-sig", errors="replace").strip().splitlines()
    match = _SUM.match(lines[0]) if len(lines) == 1 else None
    if match is None:
        raise SourceIncomplete(f"{beside.name} 不是校验和文件 / is not a checksum file")
    named = match["name"]
    if named is not None and Path(named.replace("\\", "/")).name != path.name:
        raise SourceIncomplete(f"{beside.name} 是“{named}”的校验和 / is the checksum of another file")
    if match["sum"].lower() != digest_of(path, kind):
        raise SourceIncomplete(f"{path.name} 与校验和不符，传输可能不完整 / does not have the stated checksum")
