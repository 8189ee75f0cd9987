"""Files that are no reports at all: made to exhaust, to confuse or to stop whoever reads them."""

from __future__ import annotations

import zlib
from collections.abc import Callable

MEGABYTE = 1024 * 1024
# What the tests allow the process that reads them.
MEMORY = 320 * MEGABYTE
Maker = Callable[[], bytes]
HOSTILE: dict[str, Maker] = {}


def hostile(name: str) -> Callable[[Maker], Maker]:
    """Enter a function in the table."""

    def enter(make: Maker) -> Maker:
        HOSTILE[name] = make
        return make

    return enter


def document(objects: dict[int, bytes], *, trailer: bytes = b"", size: int | None = None) -> bytes:
    """A PDF of these objects with a right table; object 1 is the catalogue."""
    body, places = b"%PDF-1.7\n", {}
    for number, source in objects.items():
        places[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, source)
    table = b"xref\n" + b"".join(b"%d 1\n%010d 00000 n \n" % (number, places[number]) for number in sorted(places))
    end = b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n"
    return body + table + end % (size or max(places) + 1, trailer, len(body))


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """A stream's source."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


def bomb(megabytes: int, layers: int = 1) -> bytes:
    """Zeros, packed; each layer packs the last one again."""
    packer, zeros = zlib.compressobj(1), bytes(MEGABYTE)
    packed = b"".join(packer.compress(zeros) for _ in range(megabytes)) + packer.flush()
    for _ in range(layers - 1):
        packed = zlib.compress(packed)
    return packed


def with_attachment(file: bytes) -> bytes:
    """A document with one attachment."""
    catalogue = b"<< /Type /Catalog /Names << /EmbeddedFiles << /Names [ (a) 2 0 R ] >> >> >>"
    return document({1: catalogue, 2: b"<< /Type /Filespec /EF << /F 3 0 R >> >>", 3: file})


def with_form(form: bytes, more: dict[int, bytes] | None = None) -> bytes:
    """A document with a form."""
    return document({1: b"<< /Type /Catalog /AcroForm 2 0 R >>", 2: form, **(more or {})})


def with_table_stream(rows: bytes, entries: bytes) -> bytes:
    """A document whose table is a stream."""
    head = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
    table = stream(rows, b"/Type /XRef /Root 1 0 R " + entries)
    return head + b"2 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, len(head))


SIGNED = b"<< /FT /Sig /T (a) /V << /Type /Sig /Contents <%s> /ByteRange [%s] >> >>"

hostile("an attachment that unpacks beyond the memory")(
    lambda: with_attachment(stream(bomb(MEMORY // MEGABYTE), b"/Filter /FlateDecode"))
)
hostile("an attachment packed three times")(
    lambda: with_attachment(stream(bomb(MEMORY // MEGABYTE, 3), b"/Filter [ /FlateDecode /FlateDecode /FlateDecode ]"))
)
hostile("an attachment with ten thousand filters")(
    lambda: with_attachment(stream(b"x", b"/Filter [ %s ]" % (b"/ASCIIHexDecode " * 10_000)))
)
hostile("an attachment in runs of one letter")(
    lambda: with_attachment(stream(b"\x81x" * MEGABYTE + b"\x80", b"/Filter /RunLengthDecode"))
)
hostile("an attachment whose predictor has a million columns")(
    lambda: with_attachment(
        stream(zlib.compress(b"\2" * 100), b"/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 999999999 >>")
    )
)
hostile("an attachment of endless length")(lambda: with_attachment(b"<< /Length 99999999999 >>\nstream\nx\nendstream"))
hostile("an attachment whose length is itself")(lambda: with_attachment(b"<< /Length 3 0 R >>\nstream\nx\nendstream"))
hostile("a table of a billion rows")(
    lambda: b"%PDF-1.7\nxref\n0 9999999999\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF"
)
hostile("a table of fifty thousand rows")(
    lambda: b"%PDF-1.7\nxref\n0 50000\n" + b"0000000009 00000 n \n" * 50_000
    + b"trailer\n<< /Root 1 0 R /Size 50000 >>\nstartxref\n9\n%%EOF"
)  # fmt: skip
hostile("a table of ten thousand parts")(
    lambda: b"%PDF-1.7\nxref\n" + b"".join(b"%d 1\n0000000009 00000 n \n" % (at * 2) for at in range(10_000))
    + b"trailer\n<< /Root 1 0 R /Size 20000 >>\nstartxref\n9\n%%EOF"
)  # fmt: skip
hostile("a table in a stream with rows of no width")(
    lambda: with_table_stream(b"\1\0\0\0\x09\0", b"/Size 999999999 /W [0 0 0]")
)
hostile("a table in a stream with rows of a gigabyte")(
    lambda: with_table_stream(b"\1\0\0\0\x09\0", b"/Size 3 /W [1 999999999 1]")
)
hostile("a table in a stream that unpacks beyond the memory")(
    lambda: with_table_stream(bomb(MEMORY // MEGABYTE), b"/Filter /FlateDecode /Size 99999999 /W [1 2 1]")
)
hostile("tables that follow each other in a ring")(
    lambda: (
        b"%PDF-1.7\n"
        + b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 /Root 1 0 R /Prev 94 >>\n".ljust(85)
        + b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 /Root 1 0 R /Prev 9 >>\nstartxref\n9\n%%EOF"
    )
)
hostile("five hundred tables in a row")(lambda: _many_updates(500))
hostile("an object that is itself")(lambda: document({1: b"1 0 R"}))
hostile("two objects that are each other")(lambda: document({1: b"2 0 R", 2: b"1 0 R"}))
hostile("a form that is its own field")(lambda: with_form(b"<< /Fields [ 2 0 R ] /Kids [ 2 0 R ] /T (a) >>"))
hostile("fields that are each other's children")(
    lambda: with_form(
        b"<< /Fields [ 3 0 R ] >>",
        {3: b"<< /T (a) /FT /Sig /Kids [ 4 0 R 4 0 R ] >>", 4: b"<< /T (b) /Kids [ 3 0 R 3 0 R ] >>"},
    )
)
hostile("a tree of fields that doubles forty times")(
    lambda: with_form(
        b"<< /Fields [ 3 0 R ] >>",
        {at: b"<< /T (a) /Kids [ %d 0 R %d 0 R ] >>" % (at + 1, at + 1) for at in range(3, 43)}
        | {43: b"<< /T (a) /FT /Tx >>"},
    )
)
hostile("a thousand fields")(lambda: with_form(b"<< /Fields [ %s ] >>" % (b"<< /T (a) /FT /Sig >> " * 1_000)))
hostile("fields three thousand deep")(
    lambda: with_form(
        b"<< /Fields [ 3 0 R ] >>",
        {at: b"<< /T (a) /FT /Sig /Kids [ %d 0 R ] >>" % (at + 1) for at in range(3, 3_000)} | {3_000: b"<< /T (a) >>"},
    )
)
hostile("a megabyte of opened dictionaries")(lambda: document({1: b"<</A" * (MEGABYTE // 4)}))
hostile("a megabyte of opened lists")(lambda: document({1: b"[" * MEGABYTE}))
hostile("a megabyte of opened brackets")(lambda: document({1: b"<< /A (" + b"(" * MEGABYTE}))
hostile("a name of half a megabyte")(lambda: document({1: b"<< /Type /" + b"a" * (MEGABYTE // 2) + b" >>"}))
hostile("a number of half a megabyte")(lambda: document({1: b"<< /A " + b"9" * (MEGABYTE // 2) + b" >>"}))
hostile("a comment of half a megabyte")(lambda: b"%PDF-1.7\n%" + b"a" * (MEGABYTE // 2))
hostile("half a megabyte of zeros")(lambda: b"%PDF-1.7\n" + bytes(MEGABYTE // 2))
hostile("half a megabyte of line ends")(lambda: b"%PDF-1.7" + b"\r\n" * (MEGABYTE // 4) + b"startxref")
hostile("fifty thousand heads")(lambda: b"%PDF-1.7\n" * 50_000)
hostile("fifty thousand ends")(lambda: b"%PDF-1.7\n" + b"startxref\n9\n%%EOF\n" * 50_000)
hostile("fifty thousand objects of the same number")(lambda: b"%PDF-1.7\n" + b"1 0 obj 1 endobj\n" * 50_000)
hostile("codes without end")(lambda: b"%PDF-1.7\n" + b"0123-4567-89AB-CDEF-GHJK-" * 20_000)
hostile("half a code again and again")(lambda: b"%PDF-1.7\n" + b"0123456789ABCDEFGHJ-" * 20_000)
hostile("ranges without end")(lambda: b"%PDF-1.7\n" + b"/ByteRange [0 0 0 0 " * 20_000)
hostile("a range with half a megabyte of blanks")(lambda: b"%PDF-1.7\n/ByteRange [0" + b" " * (MEGABYTE // 2))
hostile("half a megabyte of a name")(lambda: b"%PDF-1.7\n" + b"/ByteRange" * 50_000)
hostile("an object stream that holds itself")(
    lambda: with_table_stream(
        b"\2\0\0\0\2\0" + b"\2\0\0\0\2\0", b"/Type /ObjStm /N 1 /First 0 /Size 3 /W [1 4 1] /Index [1 2]"
    )
)


def _many_updates(count: int) -> bytes:
    body = document({1: b"<< /Type /Catalog >>"})
    parts, before, at = [body], body.rindex(b"xref\n0") if b"xref\n0" in body else body.index(b"xref\n"), len(body)
    for _ in range(count):
        part = b"xref\n0 0\ntrailer\n<< /Size 2 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (before, at)
        parts.append(part)
        before, at = at, at + len(part)
    return b"".join(parts)
