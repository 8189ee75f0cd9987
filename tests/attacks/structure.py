"""The file's own structure bent: tables, ends, beginnings, and files that are two things at once."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable

from tests.attacks.raw import LIE, Raw, stream
from tests.attacks.table import (
    ADDED,
    ATTACKS,
    NO_SIGNATURE,
    NOT_OURS,
    REWRITTEN,
    TAMPERED,
    Attack,
    Sample,
    Steps,
    attack,
)  # fmt: skip


def _enter(kind: str, name: str, steps: Steps, change: Callable[[Raw], bytes], lasting: Steps | None = None) -> None:
    def make(sample: Sample) -> bytes:
        return change(Raw(sample.pdf))

    ATTACKS.append(Attack(kind, name, make, TAMPERED, steps, lasting=lasting))


def _table_stream(raw: Raw, rows: bytes, index: bytes, more: bytes = b"") -> bytes:
    """A table as a stream (PDF 1.5), uncompressed."""
    entries = b"/Type /XRef /W [1 4 2] /Index [%s] /Size %d /Root %d 0 R /Info %d 0 R %s" % (
        index, raw.size + 9, raw.root, raw.info, more)  # fmt: skip
    return stream(rows, entries)


def _row(place: int) -> bytes:
    return b"\1" + place.to_bytes(4, "big") + b"\0\0"


def _as_stream(raw: Raw) -> bytes:
    """An update whose table is a stream."""
    at = len(raw.pdf)
    body = b"%d 0 obj\n%s\nendobj\n" % (raw.streams[0], stream(LIE))
    table = _table_stream(raw, _row(at) + _row(at + len(body)), b"%d 1 %d 1" % (raw.streams[0], raw.size),
                          b"/Prev %d" % raw.table)  # fmt: skip
    return raw.pdf + body + b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (raw.size, table, at + len(body))


def _hybrid(raw: Raw) -> bytes:
    """A classic table for one reader, a stream for another (hybrid reference)."""
    at = len(raw.pdf)
    body = b"%d 0 obj\n%s\nendobj\n" % (raw.streams[0], stream(LIE))
    table = _table_stream(raw, _row(at), b"%d 1" % raw.streams[0])
    hidden = at + len(body)
    body += b"%d 0 obj\n%s\nendobj\n" % (raw.size, table)
    return Raw(raw.pdf + body).update({}, more=b"/XRefStm %d" % hidden)


def _compressed(raw: Raw) -> bytes:
    """The page inside an object stream."""
    page = raw.source(raw.pages[0]).replace(b"/MediaBox", b"/Rotate 180 /MediaBox")
    head = b"%d 0 " % raw.pages[0]
    packed = zlib.compress(head + page)
    held = stream(packed, b"/Type /ObjStm /N 1 /First %d /Filter /FlateDecode" % len(head))
    at = len(raw.pdf)
    body = b"%d 0 obj\n%s\nendobj\n" % (raw.size + 1, held)
    rows = b"\2" + (raw.size + 1).to_bytes(4, "big") + b"\0\0" + _row(at + len(body)) + _row(at)
    table = _table_stream(raw, rows, b"%d 1 %d 2" % (raw.pages[0], raw.size), b"/Prev %d" % raw.table)
    return raw.pdf + body + b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (raw.size, table, at + len(body))


def _looped(raw: Raw) -> bytes:
    """A table whose predecessor is itself."""
    return _in_update(raw, raw.update({}), b"/Prev %d " % raw.table, b"/Prev %d " % len(raw.pdf))


def _in_update(raw: Raw, whole: bytes, before: bytes, after: bytes) -> bytes:
    """A piece exchanged in what was appended."""
    added = whole[len(raw.pdf) :]
    assert added.count(before) == 1
    return raw.pdf + added.replace(before, after)


def _zip(sample: Sample) -> bytes:
    """A file that a ZIP program opens as well."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("report.txt", "no record")
    return sample.pdf + out.getvalue()


HTML = b"<html><script>alert(1)</script><!--"
_enter("table", "an update with a table in a stream", ADDED, _as_stream)
_enter("table", "a hybrid table that hides an object", ADDED, _hybrid)
_enter("table", "a page in an object stream", ADDED, _compressed)
_enter("table", "a table that follows itself", ADDED, _looped)
_enter("table", "a table at the beginning", ADDED, lambda raw: raw.pdf + b"startxref\n0\n%%EOF\n")
_enter("table", "a table beyond the end", ADDED, lambda raw: raw.pdf + b"startxref\n99999999\n%%EOF\n")
_enter("table", "the place of the table twice", ADDED, lambda raw: raw.pdf + b"startxref\n%d\n%%%%EOF\n" % raw.table)
_enter("table", "the table before the signature", ADDED, lambda raw: raw.pdf + b"startxref\n%d\n%%%%EOF\n" % raw.before)
_enter("table", "a size that is too small", ADDED, lambda raw: _in_update(
    raw, raw.update({}), b"/Size %d" % raw.size, b"/Size 1"))  # fmt: skip
_enter("table", "an endless size", ADDED, lambda raw: _in_update(
    raw, raw.update({}), b"/Size %d" % raw.size, b"/Size 99999999999"))  # fmt: skip
_enter("table", "another identifier", ADDED, lambda raw: raw.update({}, more=b"/ID [ <00> <00> ]"))
_enter("table", "said to be encrypted", ADDED, lambda raw: raw.update(
    {raw.size: b"<< /Filter /Unknown >>"}, more=b"/Encrypt %d 0 R" % raw.size))  # fmt: skip
_enter("table", "an object of a later generation", ADDED, lambda raw: _in_update(
    raw, raw.update({raw.streams[0]: stream(LIE)}), b" 00000 n ", b" 00001 n "))  # fmt: skip

_enter("ends", "a line after the end", ADDED, lambda raw: raw.pdf + b"\n")
_enter("ends", "a space after the end", ADDED, lambda raw: raw.pdf + b" ")
_enter("ends", "a zero byte after the end", ADDED, lambda raw: raw.pdf + b"\0")
_enter("ends", "a comment after the end", ADDED, lambda raw: raw.pdf + b"%% nothing\n")
_enter("ends", "a second end", ADDED, lambda raw: raw.pdf + b"%%EOF\n")
_enter("ends", "four kilobytes of rubbish", ADDED, lambda raw: raw.pdf + bytes(range(256)) * 16)
_enter("ends", "the file twice", ADDED, lambda raw: raw.pdf + raw.pdf)
_enter("ends", "the last line end cut off", REWRITTEN, lambda raw: raw.pdf[:-1], lasting=ADDED)
_enter("ends", "the last line cut off", REWRITTEN, lambda raw: raw.pdf[:-6], lasting=ADDED)
_enter("beginnings", "a line before the head", [False, False, False, False, None], lambda raw: b"\n" + raw.pdf)
_enter("beginnings", "a mark of byte order", [False, False, False, False, None], lambda raw: b"\xef\xbb\xbf" + raw.pdf)
_enter("beginnings", "another version", [False, True, True, False, None], lambda raw: b"%PDF-2.0" + raw.pdf[8:],
       lasting=REWRITTEN)  # fmt: skip
_enter("beginnings", "the binary mark of the head", [False, True, True, False, None],
       lambda raw: raw.pdf[:12] + bytes([raw.pdf[12] ^ 3]) + raw.pdf[13:], lasting=REWRITTEN)  # fmt: skip
_enter("two things", "a web page after the end", ADDED, lambda raw: raw.pdf + HTML)
_enter("two things", "a web page before the head", [False, False, False, False, None], lambda raw: HTML + raw.pdf)
_enter("two things", "line ends of another system", [False, False, False, False, None],
       lambda raw: raw.pdf.replace(b"\n", b"\r\n"))  # fmt: skip
attack("two things", "a ZIP archive appended", ADDED)(_zip)


@attack("two things", "hidden two kilobytes inside another file", NO_SIGNATURE, status=NOT_OURS)
def _inside(sample: Sample) -> bytes:
    return b"\0" * 2048 + sample.pdf
