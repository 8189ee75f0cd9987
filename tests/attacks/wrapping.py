"""Signature wrapping: the signed bytes stay, a reader is led to others.

After Mladenov, Mainka, Meyer zu Selhausen, Grothe, Schwenk, "1 Trillion Dollar Refund: How To Spoof PDF Signatures"
(2019): signature wrapping (SWA), universal signature forgery (USF), incremental saving (ISA, see updates.py).
"""

from __future__ import annotations

from collections.abc import Callable

from asn1crypto import cms

from tests.attacks.raw import CONTENTS, LIE, Raw, stream
from tests.attacks.table import (
    ADDED,
    ATTACKS,
    CHANGED,
    NO_SIGNATURE,
    NOT_OURS,
    NOTHING,
    ONLY_DIGEST,
    REWRITTEN,
    TAMPERED,
    Attack,
    Sample,
    Steps,
    attack,
)  # fmt: skip


def _enter(name: str, steps: Steps, change: Callable[[Raw], bytes], level: str | None = None) -> None:
    ATTACKS.append(Attack("wrapping", name, lambda sample: change(Raw(sample.pdf)), TAMPERED, steps, level))


def _in_place(raw: Raw, numbers: bytes) -> bytes:
    """The byte range overwritten where it stands; the room behind it is used up."""
    begin = raw.pdf.index(b"/ByteRange [") + len(b"/ByteRange ")
    end = raw.pdf.index(b"\n", begin)
    assert len(numbers) <= end - begin
    return raw.pdf[:begin] + numbers.ljust(end - begin) + raw.pdf[end:]


def _as_update(raw: Raw, change: Callable[[bytes], bytes]) -> bytes:
    """The signature's dictionary redefined in an update; the first one stays."""
    return raw.update({raw.signature: change(raw.source(raw.signature))})


def _with_range(numbers: bytes) -> Callable[[Raw], bytes]:
    def change(raw: Raw) -> bytes:
        written = b"[%s]" % b" ".join(b"%d" % number for number in raw.byte_range)
        return _as_update(raw, lambda source: source.replace(written, numbers))

    return change


def _with_value(value: bytes) -> Callable[[Raw], bytes]:
    return lambda raw: _as_update(raw, lambda source: source.replace(raw.value, value))


def _wrapped(raw: Raw, value: bytes) -> bytes:
    """The second signed part moved to the end; before it, where the old table was, a new table and new objects.

    The moved part still names the old table's place, and there a reader finds the attacker's. ``value`` is what stands
    at the signature's old place; the attacker's own dictionary says that the gap reaches to the moved part.
    """
    _, length, rest, rest_length = raw.byte_range
    moved = raw.table + 16_384
    numbers = b"[0 %d %d %d]" % (length, moved, rest_length)
    source = raw.source(raw.signature)
    begin, end = source.index(b"/ByteRange"), source.index(b"]", source.index(b"/ByteRange")) + 1
    # Whatever the signed revision defined has moved too, and is said anew.
    objects = {number: raw.source(number) for number in raw.revised}
    objects |= {raw.signature: source[:begin] + b"/ByteRange " + numbers + source[end:], raw.streams[0]: stream(LIE)}
    at, body, entries = raw.table + 1024, b"", b""
    for number in sorted(objects):
        entries += b"%d 1\n%010d 00000 n \n" % (number, at + len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, objects[number])
    trailer = b"<< /Size %d /Root %d 0 R /Info %d 0 R /Prev %d >>\n" % (raw.size, raw.root, raw.info, raw.before)
    table = (b"xref\n" + entries + b"trailer\n" + trailer).ljust(1024)
    whole = (raw.pdf[:length] + value).ljust(raw.table) + table + body
    assert len(table) == 1024
    assert len(whole) < moved
    return whole.ljust(moved) + raw.pdf[rest:]


def _second_field(raw: Raw) -> bytes:
    """Another field with a copy of the signature, put first in the form."""
    field, value = raw.size, raw.size + 1
    source = raw.source(raw.field).replace(b"(IssuingAuthoritySeal)", b"(Another)")
    objects = {
        field: source.replace(b"/V %d 0 R" % raw.signature, b"/V %d 0 R" % value),
        value: raw.source(raw.signature),
    }
    return raw.update({**objects, **raw.changed(raw.form, b"/Fields [ ", b"/Fields [ %d 0 R " % field)})


def _certifying_copy(raw: Raw) -> bytes:
    """The certification points at a copy with another byte range."""
    copy = raw.source(raw.signature).replace(b"/ByteRange [0 ", b"/ByteRange [1 ")
    certified = raw.changed(raw.root, b"/DocMDP %d 0 R" % raw.signature, b"/DocMDP %d 0 R" % raw.size)
    seal = raw.changed(raw.field, b"/V %d 0 R" % raw.signature, b"/V %d 0 R" % raw.size)
    return raw.update({raw.size: copy, **certified, **seal})


def _grown(raw: Raw, by: int) -> bytes:
    start, length, rest, rest_length = raw.byte_range
    return _in_place(raw, b"[%d %d %d %d]" % (start, length, rest + by, rest_length - by))


def _moved_value(raw: Raw) -> bytes:
    """The value cut out and appended; zeros stand in its place."""
    _, length, rest, _ = raw.byte_range
    empty = b"<" + b"0" * (len(raw.value) - 2) + b">"
    emptied = Raw(raw.pdf[:length] + empty + raw.pdf[rest:])
    return emptied.update({raw.signature: raw.source(raw.signature)})


_enter("second part moved behind new objects", ADDED, lambda raw: _wrapped(raw, raw.value), "B-B")
_enter("second part moved, zeros at the old place", ADDED, lambda raw: _wrapped(raw, raw.value[:1] + b"0" * 8), "B-B")
_enter("gap enlarged where it stands", REWRITTEN, lambda raw: _grown(raw, 40))
_enter("gap narrowed into the value", REWRITTEN, lambda raw: _grown(raw, -40))
_enter("all four numbers zero", REWRITTEN, lambda raw: _in_place(raw, b"[0 0 0 0]"))
_enter("the range begins later", REWRITTEN, lambda raw: _in_place(raw, b"[9 %d %d %d]" % (
    raw.byte_range[1] - 9, *raw.byte_range[2:])))  # fmt: skip
_enter("the parts overlap", REWRITTEN, lambda raw: _in_place(raw, b"[0 %d %d %d]" % (
    len(raw.pdf) - 9, raw.byte_range[2], raw.byte_range[3])))  # fmt: skip
_enter("the value moved to an update", ADDED, _moved_value)
_enter("a second field with the same signature", ADDED, _second_field)
_enter("the certification at a copy with another range", REWRITTEN, _certifying_copy)
_enter("a second range in the dictionary", ADDED, lambda raw: _as_update(
    raw, lambda source: source[:-2] + b"/ByteRange [0 0 0 0] >>"))  # fmt: skip
_enter("a second range before the first", REWRITTEN, lambda raw: _as_update(
    raw, lambda source: source.replace(b"/Contents", b"/ByteRange [0 0 0 0] /Contents", 1)))  # fmt: skip
_enter("a second value in the dictionary", ADDED, lambda raw: _as_update(
    raw, lambda source: source[:-2] + b"/Contents <00> >>"))  # fmt: skip

for _name, _numbers, _steps in (
    ("no range at all", b"", ADDED), ("an empty range", b"[]", ADDED), ("one number", b"[0]", ADDED),
    ("three numbers", b"[0 1 2]", ADDED), ("six numbers", b"[0 1 2 3 4 5]", ADDED), ("null", b"null", ADDED),
    ("names", b"[/a /b /c /d]", ADDED), ("minus", b"[-1 -2 -3 -4]", REWRITTEN), ("nothing", b"[0 0 0 0]", REWRITTEN),
    ("far away", b"[0 99999999999 999999999999 9]", REWRITTEN), ("fractions", b"[0 1.5 2.5 3]", REWRITTEN),
    ("itself", b"31 0 R", ADDED), ("beyond the end", b"[0 9999999 9999999 9999999]", REWRITTEN),
):  # fmt: skip
    _enter(f"range: {_name}", _steps, _with_range(_numbers))
for _name, _value, _steps in (
    ("null", b"null", ADDED), ("empty", b"<>", NOTHING), ("one zero", b"<00>", NOTHING), ("a number", b"7", ADDED),
    ("a dictionary", b"<< >>", ADDED), ("zeros", b"<" + b"00" * 2000 + b">", NOTHING),
    ("half a sequence", b"<3082FFFF>", NOTHING), ("no end", b"<3080", ADDED), ("a text", b"(0123)", NOTHING),
):  # fmt: skip
    _enter(f"value: {_name}", _steps, _with_value(_value))


def _value_bytes(pdf: bytes) -> tuple[int, int]:
    begin = pdf.index(CONTENTS) + len(CONTENTS)
    return begin, pdf.index(b">", begin)


@attack("wrapping", "bytes hidden behind the value", ADDED)
def _hidden(sample: Sample) -> bytes:
    _, end = _value_bytes(sample.pdf)
    assert sample.pdf[end - 8 : end] == b"00000000"
    return sample.pdf[: end - 8] + b"DEADBEEF" + sample.pdf[end:]


@attack("wrapping", "the value in small letters", ONLY_DIGEST, lasting=ADDED)
def _small(sample: Sample) -> bytes:
    begin, end = _value_bytes(sample.pdf)
    value = sample.pdf[begin:end]
    return sample.pdf[:begin] + (value.lower() if value != value.lower() else value.upper()) + sample.pdf[end:]


@attack("wrapping", "the value of another genuine report", CHANGED, lasting=REWRITTEN)
def _transplanted(sample: Sample) -> bytes:
    begin, end = _value_bytes(sample.pdf)
    theirs = sample.other[slice(*_value_bytes(sample.other))][: end - begin]
    return sample.pdf[:begin] + theirs.ljust(end - begin, b"0") + sample.pdf[end:]


@attack("wrapping", "the value all zeros", [False, True, False, False, None], lasting=NOTHING)
def _zeros(sample: Sample) -> bytes:
    begin, end = _value_bytes(sample.pdf)
    return sample.pdf[:begin] + b"0" * (end - begin) + sample.pdf[end:]


@attack("wrapping", "a value that no key made", CHANGED, lasting=REWRITTEN)
def _no_key(sample: Sample) -> bytes:
    """The digest in it still fits the file; the key's own value, the last in it, was changed."""
    begin, _ = _value_bytes(sample.pdf)
    place = begin + _key_value(Raw(sample.pdf).value[1:-1])
    return sample.pdf[:place] + (b"1" if sample.pdf[place : place + 1] != b"1" else b"2") + sample.pdf[place + 1 :]


def _key_value(made: bytes) -> int:
    """Where the key's own value ends in the hexadecimal of a signature, which a timestamp may follow."""
    # Zeros may follow the signature, and it may end with some of its own.
    value = cms.ContentInfo.load(bytes.fromhex(made.decode()))
    signature = value["content"]["signer_infos"][0]["signature"].native
    return made.upper().index(signature.hex().upper().encode()) + 2 * len(signature) - 8


@attack("wrapping", "the range taken out of the file", NO_SIGNATURE, status=NOT_OURS)
def _no_range(sample: Sample) -> bytes:
    return sample.pdf.replace(b"/ByteRange", b"/ByteWrong")
