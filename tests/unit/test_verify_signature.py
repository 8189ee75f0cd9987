"""Step 2 by itself: nothing may lie between or beside the signed bytes but the signature's own hexadecimal."""

from __future__ import annotations

import pytest

from creditreport.verification.signature import Signature, covers_whole_file, is_intact, signatures_in_clear, signer_of

# A DER value of five bytes, padded with three zeros as a reserved place is.
VALUE = b"\x30\x03\x02\x01\x07"
PADDED = VALUE + b"\0\0\0"


def file_of(value: bytes, *, before: bytes = b"%PDF begin", after: bytes = b"end %%EOF") -> tuple[bytes, Signature]:
    """A file with ``value`` in its gap, and the signature that says so."""
    gap = b"<" + value.hex().encode() + b">"
    return before + gap + after, Signature((0, len(before), len(before) + len(gap), len(after)), value)


def test_covers() -> None:
    assert covers_whole_file(*file_of(PADDED))
    assert covers_whole_file(*file_of(VALUE))
    pdf, signature = file_of(PADDED)
    assert covers_whole_file(pdf.replace(PADDED.hex().encode(), PADDED.hex().upper().encode()), signature)


@pytest.mark.parametrize("value", [VALUE + b"\0\1", b"", b"\x30", b"\x30\x85\0\0\0\0\1\7", b"\x30\x80\0\0"])
def test_what_hides_behind_the_value(value: bytes) -> None:
    assert not covers_whole_file(*file_of(value))


def moved(start: int = 0, length: int = 0, rest: int = 0, rest_length: int = 0) -> tuple[bytes, Signature]:
    """The good file with one number of its byte range moved."""
    pdf, signature = file_of(PADDED)
    numbers = tuple(map(sum, zip(signature.byte_range, (start, length, rest, rest_length), strict=True)))
    return pdf, Signature(numbers, signature.contents)


@pytest.mark.parametrize(
    "case",
    [
        moved(start=1, length=-1),
        moved(length=-3),
        moved(length=1),
        moved(rest=3, rest_length=-3),
        moved(rest=-1, rest_length=1),
        moved(rest_length=-1),
        moved(rest_length=1),
        moved(length=-(10**9)),
    ],
)
def test_a_byte_range_that_leaves_something_out(case: tuple[bytes, Signature]) -> None:
    assert not covers_whole_file(*case)


def test_bytes_after_the_end_and_a_gap_that_is_no_hexadecimal() -> None:
    pdf, signature = file_of(PADDED)
    assert not covers_whole_file(pdf + b"\n", signature)
    assert not covers_whole_file(pdf.replace(b"<", b"("), signature)
    wide = pdf.replace(b"<", b"<00")
    start, length, rest, rest_length = signature.byte_range
    assert not covers_whole_file(wide, Signature((start, length, rest + 2, rest_length), signature.contents))


@pytest.mark.parametrize("contents", [b"", VALUE, b"\x30\x82\xff\xff", bytes(2000), b"\x30\x80" * 500])
def test_a_value_that_is_no_signature(contents: bytes) -> None:
    pdf, signature = file_of(contents)
    assert not is_intact(pdf, signature)
    assert signer_of(signature) is None


def test_signatures_in_clear_are_found_and_bounded() -> None:
    text = b"%PDF <30030201> /ByteRange [0 5 15 0 ]"
    (found,) = signatures_in_clear(text)
    assert found.byte_range == (0, 5, 15, 0)
    assert found.contents == bytes.fromhex("30030201")
    assert len(signatures_in_clear(b"/ByteRange[0 0 0 0]" * 10_000)) == 10
    assert signatures_in_clear(b"/ByteRange [0 1 2] /ByteRange [0 1 2 -3] /ByteRange [0 99999999999 1 1]") == ()
