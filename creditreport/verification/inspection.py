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
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from creditreport.clock import as_shanghai
from creditreport.verification.codes import Code, read_code

# Why a file cannot be checked further.
TOO_LARGE, NOT_PDF, UNREADABLE, ENCRYPTED, UNSIGNED = "too_large", "not_pdf", "unreadable", "encrypted", "unsigned"

_STRONG = {"sha256", "sha384", "sha512"}
# A code as it is printed or as it stands in the address, in clear in the file.
_CODE = re.compile(
    rb"(?<![0-9A-Z])(?:[0-9A-HJKMNP-TV-Z]{20}|(?:[0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4})(?![0-9A-Z])"
)
_MOST_CODES = 20
_MOST_CERTIFICATES = 10
_MOST_CERTIFICATE_BYTES = 64 * 1024
_MOST_ATTACHMENT_BYTES = 5 * 1024 * 1024


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
    try:
        reader = PdfFileReader(BytesIO(pdf), strict=False)
        if reader.encrypted:
            return replace(found, problem=ENCRYPTED)
        found = replace(found, codes=_merge(_codes_inside(reader), found.codes))
        signatures = list(reader.embedded_signatures)
        if not signatures:
            return replace(found, problem=UNSIGNED)
        return _judge(found, pdf, reader, signatures)
    # RecursionError and MemoryError are exceptions too; a parser may raise any of them on a hostile file.
    except Exception:
        return replace(found, problem=UNREADABLE)


def _judge(found: Inspection, pdf: bytes, reader: PdfFileReader, signatures: list[EmbeddedPdfSignature]) -> Inspection:
    signature = _certification(reader, signatures)
    return replace(
        found,
        intact=_intact(signature),
        # A report carries one signature; a second one is something that was added.
        covers_whole_file=len(signatures) == 1 and _covers(pdf, signature),
        certificate=signature.signer_cert.dump(),
        other_certificates=_others(signature),
        claimed_at=_claimed_at(signature),
    )


def _certification(reader: PdfFileReader, signatures: list[EmbeddedPdfSignature]) -> EmbeddedPdfSignature:
    """The signature that certifies the document, else the first one."""
    try:
        certifying = reader.root["/Perms"]["/DocMDP"]
    except (KeyError, TypeError):
        return signatures[0]
    return next((one for one in signatures if one.sig_object == certifying), signatures[0])


def _intact(signature: EmbeddedPdfSignature) -> bool:
    """The signed bytes are those that were signed, and the signature over them is of the named certificate."""
    try:
        if signature.md_algorithm not in _STRONG or signature.sig_object.get("/Type", "/Sig") != "/Sig":
            return False
        intact, valid = validate_sig_integrity(
            signature.signer_info,
            signature.signer_cert,
            expected_content_type="data",
            actual_digest=signature.compute_digest(),
        )
    except Exception:
        return False
    return intact and valid


def _covers(pdf: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Every byte is signed but the signature's own hexadecimal, and that hides nothing behind its end."""
    try:
        start, length, rest, rest_length = (int(number) for number in signature.byte_range)
    except (TypeError, ValueError):
        return False
    contents = signature.pkcs7_content
    if start != 0 or length < 0 or rest_length < 0 or rest != length + 2 * len(contents) + 2:
        return False
    if rest + rest_length != len(pdf) or pdf[length : length + 1] != b"<" or pdf[rest - 1 : rest] != b">":
        return False
    try:
        if bytes.fromhex(pdf[length + 1 : rest - 1].decode("ascii")) != contents:
            return False
    except ValueError:
        return False
    return contents[_der_length(contents) :].strip(b"\0") == b""


def _der_length(contents: bytes) -> int:
    """How long the DER value at the beginning is, its head included; 0 when that cannot be said."""
    if len(contents) < 2:
        return 0
    short = contents[1]
    if short < 0x80:
        return 2 + short
    width = short & 0x7F
    return 2 + width + int.from_bytes(contents[2 : 2 + width], "big") if 1 <= width <= 4 else 0


def _others(signature: EmbeddedPdfSignature) -> tuple[bytes, ...]:
    others: list[bytes] = [certificate.dump() for certificate in signature.other_embedded_certs[:_MOST_CERTIFICATES]]
    return tuple(others) if sum(map(len, others)) <= _MOST_CERTIFICATE_BYTES else ()


def _claimed_at(signature: EmbeddedPdfSignature) -> datetime | None:
    try:
        claimed = signature.self_reported_timestamp
        return as_shanghai(claimed) if claimed is not None else None
    except Exception:
        return None


def _merge(*many: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for codes in many for code in codes))[:_MOST_CODES]


def _codes_in(data: bytes) -> tuple[str, ...]:
    """Well-formed codes in clear in ``data``, in order; whether one is ours the store knows."""
    codes: dict[str, None] = {}
    for match in _CODE.finditer(data):
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
