"""What a PDF file says of itself: its signature, and the verification codes that stand on it.

Nothing here is a verdict and nothing here asks our store. The file may be hostile: whatever the parser makes of
it, the answer is an :class:`Inspection`, never an exception. Bounds on time and memory are the sandbox's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from itertools import islice
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader

import creditreport.signing.asn1  # noqa: F401 - makes asn1crypto safe for threads
from creditreport.verification.codes import Code, read_code
from creditreport.verification.signature import (
    Signature,
    covers_whole_file,
    find_signatures,
    is_intact,
    signatures_in_clear,
    signer_of,
)
from creditreport.verification.unread import ENCRYPTED, NOT_PDF, UNREADABLE, UNSIGNED

# A code as it is printed or as it stands in the address, in clear in the file. The set of letters comes first, before
# the look behind it: so the search skips what cannot begin a code, eight times as fast.
_LETTER = rb"[0-9A-HJKMNP-TV-Z]"
_CODE = re.compile(
    _LETTER + rb"(?<![0-9A-Z]" + _LETTER + rb")" + _LETTER + rb"{3}"
    rb"(?:" + _LETTER + rb"{16}|(?:-" + _LETTER + rb"{4}){4})(?![0-9A-Z])"
)  # fmt: skip
_MOST_CODES = 20
_MOST_CANDIDATES = 2000
_MOST_ATTACHMENT_BYTES = 5 * 1024 * 1024
# PNG and JPEG.
_PICTURE = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


@dataclass(frozen=True, slots=True)
class Inspection:
    """The findings. ``problem`` names why there is no signature to judge; else ``None``."""

    problem: str | None = None
    intact: bool = False
    covers_whole_file: bool = False
    certificate: bytes | None = None
    other_certificates: tuple[bytes, ...] = ()
    claimed_at: datetime | None = None
    codes: tuple[str, ...] = ()


def inspect_pdf(pdf: bytes) -> Inspection:
    """Read ``pdf``; a file that cannot be read, is encrypted or unsigned is named so in ``problem``."""
    if b"%PDF-" not in pdf[:1024]:
        return Inspection(problem=NOT_PDF)
    found = Inspection(codes=_codes_in(pdf))
    signatures: tuple[Signature, ...] = ()
    problem = UNSIGNED
    try:
        reader = PdfFileReader(BytesIO(pdf), strict=False)
        if reader.encrypted:
            return replace(found, problem=ENCRYPTED)
        found = replace(found, codes=_merge(_codes_inside(reader), found.codes))
        signatures = find_signatures(reader)
    # RecursionError and MemoryError are exceptions too; a parser may raise any of them on a hostile file.
    except Exception:
        problem = UNREADABLE
    signatures = signatures or signatures_in_clear(pdf)
    return _judge(found, pdf, signatures[0]) if signatures else replace(found, problem=problem)


def is_picture(data: bytes) -> bool:
    """Whether ``data`` begins as a PNG or JPEG picture does."""
    return data.startswith(_PICTURE)


def _judge(found: Inspection, pdf: bytes, signature: Signature) -> Inspection:
    signer = signer_of(signature)
    return replace(
        found,
        intact=is_intact(pdf, signature),
        covers_whole_file=covers_whole_file(pdf, signature),
        certificate=signer.certificate if signer else None,
        other_certificates=signer.others if signer else (),
        claimed_at=signature.claimed_at,
    )


def _merge(*many: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for codes in many for code in codes))[:_MOST_CODES]


def _codes_in(data: bytes) -> tuple[str, ...]:
    """Well-formed codes in clear in ``data``, in order; whether one is ours the store knows."""
    codes: dict[str, None] = {}
    for match in islice(_CODE.finditer(data), _MOST_CANDIDATES):
        code = read_code(match.group().decode("ascii"))
        if isinstance(code, Code):
            codes[code.value] = None
            if len(codes) == _MOST_CODES:
                break
    return tuple(codes)


def _codes_inside(reader: PdfFileReader) -> tuple[str, ...]:
    """Codes in the document's information and attachments, which may be compressed."""
    codes: tuple[str, ...] = ()
    for text in _texts(reader):
        codes = _merge(codes, _codes_in(text))
    return codes


def _texts(reader: PdfFileReader) -> Iterator[bytes]:
    for read in (_information, _attachments):
        try:
            yield from read(reader)
        # Damaged parts say nothing; the rest of the file is still judged.
        except Exception:  # noqa: S112
            continue


def _information(reader: PdfFileReader) -> Iterator[bytes]:
    information = reader.trailer["/Info"]
    for key in information:
        value = information[key]
        if isinstance(value, str):
            yield value.encode()


def _attachments(reader: PdfFileReader) -> Iterator[bytes]:
    names: Any = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
    for at in range(1, min(len(names), 10), 2):
        stream = names[at]["/EF"]["/F"]
        if len(stream.encoded_data) <= _MOST_ATTACHMENT_BYTES:
            yield stream.data
