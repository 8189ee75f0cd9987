"""A PDF's bytes in the hands of somebody who needs no library to append to them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import BytesIO

from pyhanko.pdf_utils.reader import PdfFileReader

CONTENTS = b"/Contents <"


class Raw:
    """The bytes of a report, the numbers of its objects, and updates written by hand."""

    def __init__(self, pdf: bytes) -> None:
        self.pdf = pdf
        reader = PdfFileReader(BytesIO(pdf), strict=False)
        root = reader.root
        self.root = reader.root_ref.idnum
        self.info = reader.trailer.raw_get("/Info").idnum
        self.size = int(reader.trailer["/Size"])
        self.table = reader.last_startxref or 0
        before = pdf.rindex(b"/Prev ") + len(b"/Prev ")
        self.before = int(pdf[before:].split(None, 1)[0])
        # What the revision defines that the seal's signature was written in.
        begin, end = self.pdf.index(b"%%EOF"), self.pdf.index(b"\nxref\n", self.pdf.index(b"/ByteRange"))
        self.revised = [int(one) for one in re.findall(rb"\n(\d+) 0 obj\n", self.pdf[begin:end])]
        kids = root["/Pages"]["/Kids"]
        self.tree = root.raw_get("/Pages").idnum
        self.pages = [kids.raw_get(place).idnum for place in range(len(kids))]
        self.streams = [kids[place].raw_get("/Contents").idnum for place in range(len(kids))]
        self.form = root.raw_get("/AcroForm").idnum
        field = root["/AcroForm"]["/Fields"]
        self.field = field.raw_get(0).idnum
        self.signature = field[0].raw_get("/V").idnum
        names = root["/Names"]["/EmbeddedFiles"]["/Names"]
        self.file = names[1]["/EF"].raw_get("/F").idnum
        found = re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]", pdf)
        assert found is not None
        self.byte_range = tuple(int(group) for group in found.groups())
        self.value = pdf[self.byte_range[1] : self.byte_range[2]]  # <hexadecimal>

    def source(self, number: int) -> bytes:
        """An object's newest source, without head and end."""
        begin = self.pdf.rindex(b"\n%d 0 obj\n" % number) + len(b"\n%d 0 obj\n" % number)
        return self.pdf[begin : self.pdf.index(b"\nendobj", begin)]

    def place(self, number: int) -> int:
        """Where an object's newest source begins."""
        return self.pdf.rindex(b"\n%d 0 obj\n" % number) + 1

    def changed(self, number: int, before: bytes, after: bytes) -> dict[int, bytes]:
        """One object with a piece exchanged, for :meth:`update`."""
        source = self.source(number)
        assert before in source
        return {number: source.replace(before, after, 1)}

    def entered(self, number: int, entries: bytes) -> dict[int, bytes]:
        """A dictionary with more entries at its end."""
        source = self.source(number).rstrip()
        assert source.endswith(b">>")
        return {number: source[:-2] + entries + b"\n>>"}

    def update(
        self,
        objects: dict[int, bytes],
        *,
        root: int | None = None,
        more: bytes = b"",
        free: Iterable[int] = (),
        places: dict[int, int] | None = None,
    ) -> bytes:
        """The file with one more revision: new sources, freed numbers, numbers that point elsewhere."""
        body, entries = b"", {}
        for number, source in objects.items():
            entries[number] = b"%010d 00000 n \n" % (len(self.pdf) + len(body))
            body += b"%d 0 obj\n%s\nendobj\n" % (number, source)
        entries |= {number: b"%010d 00000 n \n" % place for number, place in (places or {}).items()}
        entries |= dict.fromkeys(free, b"0000000000 65535 f \n")
        table = b"xref\n" + b"".join(b"%d 1\n%s" % (number, entries[number]) for number in sorted(entries))
        size = max([self.size, *(number + 1 for number in entries)])
        trailer = b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /Prev %d %s >>\n" % (
            size, root or self.root, self.info, self.table, more,
        )  # fmt: skip
        return self.pdf + body + table + trailer + b"startxref\n%d\n%%%%EOF\n" % (len(self.pdf) + len(body))


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """A stream's source."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


# A page that says something else, in a font that every reader has.
LIE = b"BT /F1 24 Tf 60 600 Td (No record was found.) Tj ET"
FONT = b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
