"""The signature in a PDF: finding it, also where the file around it is damaged, and judging it on its own.

The document's structure is pyHanko's to read. Where that fails, or the way to the signature was cut, the byte range
is looked for in clear: a report that somebody edited should be called changed, not unsigned.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from asn1crypto import cms
from pyhanko.pdf_utils.generic import parse_pdf_date
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.general import extract_certificate_info, extract_signer_info
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import extract_contents

import creditreport.signing.asn1  # noqa: F401 - makes asn1crypto safe for threads
from creditreport.clock import as_shanghai
from creditreport.verification.additions import our_additions

_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
_DIGESTS = {"sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
_MOST_SIGNATURES = 10
# A chain of ours is shorter. Certificates that all certify each other make as many chains as they have orders: with ten
# of them a stranger's file would keep step 3 busy for an hour.
_MOST_CERTIFICATES = 4
_MOST_CERTIFICATE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature: which bytes it says it covers, its CMS value, and when it says it was made."""

    byte_range: tuple[int, int, int, int]
    contents: bytes
    claimed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose certificate stands in the signature (DER), with the others that came along."""

    certificate: bytes
    others: tuple[bytes, ...]


def find_signatures(reader: PdfFileReader) -> tuple[Signature, ...]:
    """The document's signatures, the certifying one first; document timestamps are none."""
    try:
        certifying: Any = reader.root["/Perms"]["/DocMDP"]
    except (KeyError, TypeError):
        certifying = None
    found: list[Signature] = []
    for _, value, _ in enumerate_sig_fields(reader, filled_status=True):
        entry = value.get_object()
        if entry.get("/Type") == "/DocTimeStamp":
            continue
        start, length, rest, rest_length = (int(number) for number in entry["/ByteRange"])
        signature = Signature((start, length, rest, rest_length), extract_contents(entry), _claimed_at(entry))
        found.insert(0 if entry == certifying else len(found), signature)
    return tuple(found)


def signatures_in_clear(pdf: bytes) -> tuple[Signature, ...]:
    """Signatures whose byte range leaves out just their own hexadecimal, found without reading the structure."""
    return tuple(_in_clear(pdf))


def _in_clear(pdf: bytes) -> Iterator[Signature]:
    for match in islice(_BYTE_RANGE.finditer(pdf), _MOST_SIGNATURES):
        start, length, rest, rest_length = (int(group) for group in match.groups())
        hexadecimal = pdf[length + 1 : rest - 1]
        try:
            yield Signature((start, length, rest, rest_length), bytes.fromhex(hexadecimal.decode("ascii")))
        # Not hexadecimal: the bytes were moved or changed, but a signature was here.
        except ValueError:
            yield Signature((start, length, rest, rest_length), b"")


def _claimed_at(entry: Any) -> datetime | None:
    try:
        return as_shanghai(parse_pdf_date(entry["/M"], strict=False))
    # Whatever is wrong with a claimed time: it is not claimed.
    except Exception:
        return None


def is_intact(pdf: bytes, signature: Signature) -> bool:
    """Step 1: the covered bytes are those that were signed, and the certificate's key made the signature."""
    try:
        signed_data = _signed_data(signature)
        algorithm = extract_signer_info(signed_data)["digest_algorithm"]["algorithm"].native
        return _signed_by_key(signed_data, "data", _digest(pdf, signature, algorithm))
    # A broken or hostile signature can fail anywhere; each failure is a no.
    except Exception:
        return False


def _digest(pdf: bytes, signature: Signature, algorithm: str) -> bytes:
    """The digest of the bytes that a signature says it covers."""
    digest = _DIGESTS[algorithm]()
    start, length, rest, rest_length = signature.byte_range
    digest.update(pdf[start : start + length])
    digest.update(pdf[rest : rest + rest_length])
    return digest.digest()


def _signed_by_key(signed_data: cms.SignedData, content_type: str, digest: bytes) -> bool:
    signer_info, certificate = extract_signer_info(signed_data), extract_certificate_info(signed_data).signer_cert
    return all(validate_sig_integrity(signer_info, certificate, content_type, digest))


def covers_whole_file(pdf: bytes, signature: Signature) -> bool:
    """Step 2: every byte is signed but the signature's own hexadecimal, and that hides nothing behind its end.

    After the signed bytes only our own validation data and document timestamp may stand (see additions.py).
    """
    _, _, rest, rest_length = signature.byte_range
    end = rest + rest_length
    if not _covers_up_to(pdf, signature, end):
        return False
    return end == len(pdf) or _only_ours_follows(pdf, signature, end)


def _covers_up_to(pdf: bytes, signature: Signature, end: int) -> bool:
    start, length, rest, rest_length = signature.byte_range
    if start != 0 or rest + rest_length != end or end > len(pdf) or not signature.contents:
        return False
    # Exactly <hexadecimal> between the two ranges, and zeros after the value.
    gap = b"<" + signature.contents.hex().encode() + b">"
    if pdf[length:rest].lower() != gap:
        return False
    return signature.contents[_der_length(signature.contents) :].strip(b"\0") == b""


def _only_ours_follows(pdf: bytes, signature: Signature, end: int) -> bool:
    """Whether what follows ``end`` is validation data, and a timestamp that covers the file to its end."""
    hexadecimal = signature.contents.hex().encode()
    # The name that PDF gives to a signature in the store; pyHanko takes the hexadecimal for its contents. No secret
    # hangs on this digest.
    spelt = (signature.contents, hexadecimal, hexadecimal.upper())
    names = {"/" + hashlib.sha1(contents).hexdigest().upper() for contents in spelt}  # noqa: S324
    try:
        stamp = our_additions(pdf, end, names)
        return stamp is None or _stamps(pdf, Signature(stamp.byte_range, stamp.contents))
    # As in is_intact.
    except Exception:
        return False


def _stamps(pdf: bytes, stamp: Signature) -> bool:
    """Whether a document timestamp covers the whole file and was made over just these bytes."""
    token = _signed_data(stamp)
    content = token["encap_content_info"]["content"]
    imprint = content.parsed["message_imprint"]
    covered = _digest(pdf, stamp, imprint["hash_algorithm"]["algorithm"].native)
    algorithm = extract_signer_info(token)["digest_algorithm"]["algorithm"].native
    token_digest = _DIGESTS[algorithm](bytes(content)).digest()
    return (
        _covers_up_to(pdf, stamp, len(pdf))
        and imprint["hashed_message"].native == covered
        and _signed_by_key(token, "tst_info", token_digest)
    )


def _der_length(contents: bytes) -> int:
    """How long the DER value at the beginning is, its head included; 0 when that cannot be said."""
    if len(contents) < 2:
        return 0
    short = contents[1]
    if short < 0x80:
        return 2 + short
    width = short & 0x7F
    return 2 + width + int.from_bytes(contents[2 : 2 + width], "big") if 1 <= width <= 4 else 0


def signer_of(signature: Signature) -> Signer | None:
    """The certificates in the signature; ``None`` when they cannot be read."""
    try:
        found = extract_certificate_info(_signed_data(signature))
        others = [certificate.dump() for certificate in list(found.other_certs)[:_MOST_CERTIFICATES]]
        certificate = found.signer_cert.dump()
    # As in is_intact.
    except Exception:
        return None
    if len(certificate) + sum(map(len, others)) > _MOST_CERTIFICATE_BYTES:
        return None
    return Signer(certificate, tuple(others))


def _signed_data(signature: Signature) -> cms.SignedData:
    return cms.ContentInfo.load(signature.contents)["content"]
