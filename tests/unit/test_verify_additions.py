"""Step 2 of long-term levels: our own validation data and timestamp may follow the signature, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from asn1crypto import cms
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject, pdf_string
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from creditreport.config import Settings
from creditreport.verification.inspection import inspect_pdf
from tests.conftest import NOON
from tests.issued import BOX, make_pdf
from tests.longterm import LongTermSigner, QuietWriter

CODE = "0123456789ABCDEFGHJY"


@pytest.fixture(scope="module")
def signer(signing_settings: Settings) -> LongTermSigner:
    return LongTermSigner(signing_settings, NOON)


@pytest.fixture(scope="module")
def signed(signer: LongTermSigner) -> bytes:
    """Level B-T: one revision with the signature and its timestamp."""
    return signer.sign_only(make_pdf(CODE), at=NOON, page=1, box=BOX)


@pytest.fixture(scope="module")
def stored(signer: LongTermSigner, signed: bytes) -> bytes:
    """Level B-LT."""
    return signer.add_store(signed, NOON)


@pytest.fixture(scope="module")
def stamped(signer: LongTermSigner, stored: bytes) -> bytes:
    """Level B-LTA."""
    return signer.stamp(stored, NOON)


def covers(pdf: bytes) -> bool:
    found = inspect_pdf(pdf)
    assert found.intact
    return found.covers_whole_file


def edited(pdf: bytes, change: Callable[[QuietWriter], Any]) -> bytes:
    """One more revision with what ``change`` does."""
    writer, out = QuietWriter(BytesIO(pdf)), BytesIO()
    change(writer)
    writer.write(out)
    assert out.getvalue().startswith(pdf)
    return out.getvalue()


def test_each_level_of_our_own_signer(signer: LongTermSigner, signed: bytes, stored: bytes, stamped: bytes) -> None:
    assert covers(signed)
    assert covers(stored)
    assert covers(stamped)
    named = signer.add_store(signed, NOON, vri=True)
    assert b"/VRI" in named
    assert covers(named)
    assert covers(signer.stamp(named, NOON))
    # A timestamp with no data of validation added before it, or the store and the timestamp in one revision.
    assert covers(signer.stamp(signed, NOON))
    found = PdfFileReader(BytesIO(stamped))
    assert len(found.embedded_timestamp_signatures) == 1
    assert found.xrefs.total_revisions == 4


@pytest.mark.parametrize("cut", [1, 10, 100, 500, 1000])
def test_cut_off(stored: bytes, stamped: bytes, cut: int) -> None:
    assert not covers(stored[:-cut])
    assert not covers(stamped[:-cut])


@pytest.mark.parametrize("more", [b"\n", b"%%EOF\n", b"%x\n", b"\0", b"1 0 obj\nnull\nendobj\n"])
def test_something_after_the_end(signed: bytes, stored: bytes, stamped: bytes, more: bytes) -> None:
    for pdf in (signed, stored, stamped):
        assert not covers(pdf + more)


def test_a_changed_byte_in_what_was_added(signed: bytes, stamped: bytes) -> None:
    """The timestamp covers all that was added but its own token."""
    token = stamped.rindex(b"/Contents <") + len(b"/Contents ")
    rest = stamped.index(b">", token) + 1
    for place in (*range(len(signed), token, 31), *range(rest, len(stamped), 31), len(stamped) - 1):
        changed = bytearray(stamped)
        changed[place] ^= 1
        assert not covers(bytes(changed)), place


def add_stream(writer: QuietWriter, kind: str, data: bytes, **entries: Any) -> None:
    stream = StreamObject(stream_data=data, dict_data={NameObject(f"/{key}"): entries[key] for key in entries})
    writer.root["/DSS"].setdefault(NameObject(kind), ArrayObject()).append(writer.add_object(stream))
    writer.update_container(writer.root["/DSS"])


def add_annotation(writer: QuietWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    note = DictionaryObject({NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/Text")})
    page[NameObject("/Annots")] = ArrayObject([writer.add_object(note)])
    writer.update_container(page)


def change_page(writer: QuietWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    page[NameObject("/Rotate")] = NumberObject(180)
    writer.update_container(page)


def change_catalogue(writer: QuietWriter) -> None:
    writer.root[NameObject("/PageMode")] = NameObject("/UseOutlines")
    writer.update_root()


def change_title(writer: QuietWriter) -> None:
    information = writer.trailer["/Info"]
    information[NameObject("/Title")] = pdf_string("Another title")
    writer.update_container(information)


def change_field(writer: QuietWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"][0]
    field[NameObject("/T")] = pdf_string("Another")
    writer.update_container(field)


CHANGES = [
    change_page,
    change_catalogue,
    change_title,
    change_field,
    add_annotation,
    lambda writer: writer.add_object(pdf_string("nobody refers to me")),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_revision_of_somebody_else(
    signer: LongTermSigner, signed: bytes, stored: bytes, stamped: bytes, change: Callable[[QuietWriter], Any]
) -> None:
    for pdf in (signed, stored, stamped):
        assert not covers(edited(pdf, change))
    # Slipped in before our own data, and together with them.
    assert not covers(signer.add_store(edited(signed, change), NOON))
    assert not covers(signer.stamp(edited(stored, change), NOON))


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_within_our_own_revisions(
    signer: LongTermSigner, signed: bytes, stored: bytes, change: Callable[[QuietWriter], Any]
) -> None:
    assert not covers(signer.add_store(signed, NOON, also=change))
    assert not covers(signer.stamp(stored, NOON, also=change))


def test_one_store_and_one_timestamp_at_most(signer: LongTermSigner, stored: bytes) -> None:
    certificate = signer.signer.signing_cert.dump()
    again = signer.add_store(stored, NOON, also=lambda writer: add_stream(writer, "/Certs", certificate))
    assert not covers(signer.add_store(again, NOON, also=lambda writer: add_stream(writer, "/Certs", certificate)))


@pytest.mark.parametrize("key", [b"/Info", b"/Root", b"/Size", b"/Prev", b"startxref", b"/ID [ <"])
def test_a_trailer_that_says_something_else(stored: bytes, key: bytes) -> None:
    place = stored.rindex(key) + len(key)
    place += key in (b"/Info", b"/Root", b"/Size", b"/Prev", b"startxref")
    assert stored[place : place + 1].isalnum()
    digit = b"2" if stored[place : place + 1] == b"1" else b"1"
    assert not covers(stored[:place] + digit + stored[place + 1 :])


@pytest.mark.parametrize(
    ("kind", "data", "entries"),
    [
        ("/Certs", b"BT (not a certificate) ET", {}),
        ("/CRLs", b"", {}),
        ("/OCSPs", b"x", {}),
        ("/Other", b"x", {}),
        ("/Certs", None, {"Subtype": NameObject("/Form")}),
        ("/Certs", None, {"F": pdf_string("elsewhere")}),
        ("/CRLs", None, {}),
    ],
)
def test_what_is_no_validation_data(
    signer: LongTermSigner, signed: bytes, kind: str, data: bytes | None, entries: dict[str, Any]
) -> None:
    certificate = signer.signer.signing_cert.dump()
    given = data if data is not None else certificate
    assert not covers(signer.add_store(signed, NOON, also=lambda writer: add_stream(writer, kind, given, **entries)))
    more = certificate + b"\0"
    assert not covers(signer.add_store(signed, NOON, also=lambda writer: add_stream(writer, "/Certs", more)))
    assert covers(signer.add_store(signed, NOON, also=lambda writer: add_stream(writer, "/Certs", certificate)))


def test_the_timestamp_is_the_last_word(signer: LongTermSigner, stamped: bytes) -> None:
    assert not covers(signer.stamp(stamped, NOON, field="Again"))
    certificate = signer.signer.signing_cert.dump()
    assert not covers(edited(stamped, lambda writer: add_stream(writer, "/Certs", certificate)))


def test_a_timestamp_over_other_bytes(signer: LongTermSigner, signed: bytes, stored: bytes, stamped: bytes) -> None:
    """A token that another file got, put into this one's place."""
    other = signer.stamp(signer.add_store(signed, NOON), NOON)
    assert covers(other)
    mine, theirs = (pdf.rindex(b"/Contents <") + len(b"/Contents <") for pdf in (stamped, other))
    length = theirs_length = stamped.index(b">", mine) - mine
    assert other.index(b">", theirs) - theirs == theirs_length
    swapped = stamped[:mine] + other[theirs : theirs + length] + stamped[mine + length :]
    assert not covers(swapped)


@pytest.mark.parametrize("moved", [(0, 0, 0, 0), (0, 0, 0, -1), (0, -1, 0, 0), (1, -1, 0, 0), (0, 0, 1, -1)])
def test_a_timestamp_over_a_part_of_the_file(
    signer: LongTermSigner, stamped: bytes, moved: tuple[int, int, int, int]
) -> None:
    """The token fits the bytes that it says it covers; they are not all."""
    begin = stamped.rindex(b"/ByteRange [") + len(b"/ByteRange [")
    end = stamped.index(b"\n", begin)
    numbers = [int(one) + by for one, by in zip(stamped[begin:].split(b"]")[0].split(), moved, strict=True)]
    text = b"%d %d %d %d]" % tuple(numbers)
    changed = stamped[:begin] + text.ljust(end - begin) + stamped[end:]
    start, length, rest, rest_length = numbers
    token = signer.token(changed[start : start + length] + changed[rest : rest + rest_length]).hex().encode()
    gap = stamped.rindex(b"/Contents <") + len(b"/Contents <")
    room = stamped.index(b">", gap) - gap
    assert len(token) <= room
    forged = changed[:gap] + token.ljust(room, b"0") + changed[gap + room :]
    assert len(forged) == len(stamped)
    assert covers(forged) == (moved == (0, 0, 0, 0))


def test_a_timestamp_that_no_key_made(stamped: bytes) -> None:
    begin = stamped.rindex(b"/Contents <") + len(b"/Contents <")
    end = stamped.index(b">", begin)
    token = cms.ContentInfo.load(bytes.fromhex(stamped[begin:end].decode()))
    signature = token["content"]["signer_infos"][0]["signature"].native
    place = stamped.upper().index(signature.hex().upper().encode(), begin)
    forged = stamped[:place] + (b"1" if stamped[place] == ord("0") else b"0") + stamped[place + 1 :]
    assert not covers(forged)


def own_field(box: tuple[int, int, int, int] | None, **entries: Any) -> Callable[[QuietWriter], None]:
    """Prepares the timestamp's field in the same revision."""

    def change(writer: QuietWriter) -> None:
        append_signature_field(writer, SigFieldSpec("Timestamp", on_page=0, box=box))
        field = writer.root["/AcroForm"]["/Fields"][-1]
        if box is None:
            field[NameObject("/Rect")] = ArrayObject([NumberObject(0)] * 4)
        field.update({NameObject(f"/{key}"): value for key, value in entries.items()})

    return change


def list_the_seal_twice(writer: QuietWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    page[NameObject("/Annots")] = ArrayObject([writer.root["/AcroForm"]["/Fields"].raw_get(0)])
    writer.update_container(page)


@pytest.mark.parametrize(
    "change",
    [
        own_field((50, 50, 300, 200)),
        own_field(None, Rect=ArrayObject([NumberObject(edge) for edge in (50, 50, 300, 200)])),
        own_field(None, A=DictionaryObject({NameObject("/S"): NameObject("/JavaScript")})),
        list_the_seal_twice,
    ],
)
def test_a_timestamp_in_a_field_that_shows_or_does_something(
    signer: LongTermSigner, stored: bytes, change: Callable[[QuietWriter], Any]
) -> None:
    assert covers(signer.stamp(stored, NOON, also=lambda _: None))
    assert not covers(signer.stamp(stored, NOON, also=change))
