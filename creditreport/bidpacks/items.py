"""What was handed in, sorted into items: PDFs, what a ZIP holds, the codes of a table. Told by content, not by name.

Nothing is passed over in silence: what cannot be a report becomes an item that says so. Only the files that an
operating system adds by itself are left out. A pack beyond its limits is refused as a whole.
"""

from __future__ import annotations

import hashlib
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO

from creditreport.bidpacks.codes import verification_codes
from creditreport.bidpacks.facts import Kind, Trouble
from creditreport.bidpacks.limits import MEGABYTE, MOST_BYTES, MOST_ITEMS
from creditreport.bidpacks.tables import is_workbook, text_rows, workbook_rows
from creditreport.errors import Problem
from creditreport.verification.codes import Code, read_code
from creditreport.verification.inspection import is_picture

_ZIPS = (b"PK\x03\x04", b"PK\x05\x06")
_OTHER_ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_TABLES = (".csv", ".tsv")
# A report compresses to nine tenths; what grows by more than this is made to fill a memory.
_MOST_GROWTH = 200
_LABEL = 160
_OF_THE_SYSTEM = frozenset({".ds_store", "thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it was sent."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class NewItem:
    """One item to be stored; ``data`` only where there is something to check."""

    label: str
    kind: Kind
    size: int
    data: bytes | None = None
    sha256: str | None = None
    trouble: Trouble | None = None


def sorted_items(uploads: Iterable[Upload], limit: int) -> list[NewItem]:
    """The items, in the order handed in; ``limit``: largest file that is looked at, in bytes.

    Raises, with nothing kept: ``PACK_EMPTY``, ``PACK_TOO_MANY``, ``PACK_TOO_LARGE``, ``ARCHIVE_UNREADABLE``,
    ``TABLE_UNREADABLE``, ``TABLE_WITHOUT_CODES``.
    """
    items: list[NewItem] = []
    size = 0
    for upload in uploads:
        for item in _items_of(upload, limit):
            items.append(item)
            size += len(item.data) if item.data is not None else 0
            if len(items) > MOST_ITEMS:
                raise Problem("PACK_TOO_MANY", most=MOST_ITEMS)
            if size > MOST_BYTES:
                raise Problem("PACK_TOO_LARGE", most=MOST_BYTES // MEGABYTE)
    if not items:
        raise Problem("PACK_EMPTY")
    return items


def _items_of(upload: Upload, limit: int) -> Iterator[NewItem]:
    name, data = clean_label(upload.name), upload.data
    if data.startswith(_ZIPS):
        with _opened(name, data) as archive:
            if is_workbook(archive):
                yield from _codes(name, verification_codes(name, workbook_rows(name, data)))
            elif "[Content_Types].xml" in archive.namelist():
                yield _file(name, data, limit)
            else:
                yield from _members(name, archive, limit)
    elif name.lower().endswith(_TABLES) and b"%PDF-" not in data[:1024] and data.strip():
        yield from _codes(name, verification_codes(name, text_rows(name, data)))
    elif name.lower().endswith(".txt") and b"%PDF-" not in data[:1024] and (cells := _listed(name, data)):
        yield from _codes(name, cells)
    else:
        yield _file(name, data, limit)


def _listed(name: str, data: bytes) -> list[tuple[str, str]]:
    """The codes of a plain text, if it is a list of them: others lie beside reports, too."""
    try:
        return verification_codes(name, text_rows(name, data))
    except Problem:
        return []


def _file(label: str, data: bytes, limit: int) -> NewItem:
    """A file as an item. What is neither a PDF nor the picture of a page is not kept at all."""
    sha256, trouble = hashlib.sha256(data).hexdigest(), None
    if not data:
        trouble = Trouble.EMPTY
    elif len(data) > limit:
        trouble = Trouble.TOO_LARGE
    elif data.startswith(_OTHER_ARCHIVES) or (data.startswith(_ZIPS) and b"[Content_Types].xml" not in data[:4096]):
        trouble = Trouble.ARCHIVE
    elif b"%PDF-" not in data[:1024] and not is_picture(data):
        trouble = Trouble.NOT_PDF
    return NewItem(label, Kind.FILE, len(data), None if trouble else data, sha256, trouble)


def _codes(name: str, cells: list[tuple[str, str]]) -> Iterator[NewItem]:
    """Codes as items. A label shows the row and the ends of a code: whoever reads it has the table beside it."""
    for where, text in cells:
        found = read_code(text)
        code = found.value if isinstance(found, Code) else ""
        shown = f"{code[:4]}…{code[-4:]}" if code else clean_label(text)[:8]
        data = (code or text[:200]).encode()
        yield NewItem(f"{name} {where} {shown}", Kind.CODE, len(data), data)


def _opened(name: str, data: bytes) -> zipfile.ZipFile:
    try:
        # Names without the mark for UTF-8 come from Chinese Windows.
        return zipfile.ZipFile(BytesIO(data), metadata_encoding="gb18030")
    except (zipfile.BadZipFile, NotImplementedError, EOFError, UnicodeDecodeError, ValueError) as error:
        raise _unreadable(name, "已损坏或不是 ZIP", "it is damaged or no ZIP") from error


def _members(name: str, archive: zipfile.ZipFile, limit: int) -> Iterator[NewItem]:
    infos = [info for info in archive.infolist() if not info.is_dir() and not _of_the_system(info.filename)]
    if len(infos) > MOST_ITEMS:
        raise Problem("PACK_TOO_MANY", most=MOST_ITEMS)
    if sum(min(info.file_size, limit) for info in infos) > MOST_BYTES:
        raise Problem("PACK_TOO_LARGE", most=MOST_BYTES // MEGABYTE)
    for info in infos:
        if info.flag_bits & 1:
            raise _unreadable(name, "已加密，请解密后提交", "it is encrypted; send it without a password")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _unreadable(
                name, "压缩方式不常见，请另存为普通 ZIP", "it is packed in an unusual way; save it as a plain ZIP"
            )
        label = f"{name}/{clean_label(info.filename)}"[-_LABEL:]
        if info.file_size > limit:
            # Never unpacked, whatever it is.
            yield NewItem(label, Kind.FILE, info.file_size, trouble=Trouble.TOO_LARGE)
        elif info.file_size > max(MEGABYTE, _MOST_GROWTH * info.compress_size):
            raise _unreadable(name, "压缩比异常", "its rate of compression is unlikely")
        else:
            yield _file(label, _read(name, archive, info, limit), limit)


def _read(name: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    try:
        with archive.open(info) as member:
            return member.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        raise _unreadable(name, f"其中的“{clean_label(info.filename)}”已损坏", "a file in it is damaged") from error


def _of_the_system(name: str) -> bool:
    *folders, last = name.replace("\\", "/").split("/")
    return "__MACOSX" in folders or last.startswith("._") or last.lower() in _OF_THE_SYSTEM


def clean_label(name: str) -> str:
    """A name to be shown: without characters that are not to be seen or that turn a line round."""
    kept = "".join(char for char in name if unicodedata.category(char)[0] != "C")
    return kept.replace("\\", "/").strip()[-_LABEL:] or "?"


def _unreadable(name: str, zh: str, en: str) -> Problem:
    return Problem("ARCHIVE_UNREADABLE", file=name, detail_zh=zh, detail_en=en)
