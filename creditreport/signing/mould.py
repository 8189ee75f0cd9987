"""Signing quickly: what is the same in every signature is made once, by the ordinary signer, and kept as a mould.

Nearly all the time of an ordinary signature goes into building the same structures again: what is appended to the file
(that half is ``revision.py``), and the CMS structure with its certificates, algorithms and the signed attributes that
PAdES asks for. Of the latter only three things differ from report to report: the digest of the document, the signature
value over the signed attributes, and the lengths of whatever holds that value (an ECDSA value is 70 to 72 bytes long).
So pyHanko signs once, an invented digest; its answer is taken apart into what stands before the value at every level of
nesting, and put together again around the next digest and value.

The mould knows nothing of what pyHanko writes there. It is used only if, with the specimen's own digest and value, it
gives back the specimen byte for byte, and if every signed attribute is one that is known to be the same for each
report. The ordinary way (``signer.py``) stays the reference that tests compare it with, and is the only one where the
answer of somebody else is part of the signature (a timestamp) or where the key lies elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from io import BytesIO
from typing import Any

import structlog
from asn1crypto import cms
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

import creditreport.signing.asn1  # noqa: F401 - makes asn1crypto safe for threads
from creditreport.signing.longterm import DIGEST, Writer
from creditreport.signing.revision import Box, Frame, NoMould, RevisionMould, frame_of
from creditreport.signing.signer import DocumentSigner
from creditreport.signing.waiting import run

log = structlog.get_logger(__name__)

# A specimen's digest: found again in what is signed, and nothing else in there is like it.
SPECIMEN = bytes(range(0x55, 0x75))
# PAdES allows more; whatever else pyHanko may come to write could differ from report to report.
_SAME_EVERY_TIME = {"content_type", "message_digest", "signing_certificate_v2"}
# Kinds of document whose revision is kept ready: some kilobytes each.
_MOST_KINDS = 256
_SEQUENCE, _SET, _OCTETS, _FIRST = b"\x30", b"\x31", b"\x04", b"\xa0"


class SignatureMould:
    """One key's CMS structure; ``sign_raw`` gives the signature value over the signed attributes."""

    def __init__(self, specimen: bytes, sign_raw: Callable[[bytes], bytes]) -> None:
        """``specimen`` is the ordinary signer's CMS structure over the digest ``SPECIMEN``.

        Raises :class:`NoMould` when it is not built as expected.
        """
        self._sign_raw = sign_raw
        content: Any = cms.ContentInfo.load(specimen, strict=True)
        signed = content["content"]
        (signer,) = signed["signer_infos"]
        attributes = signer["signed_attrs"]
        if {one["type"].native for one in attributes} != _SAME_EVERY_TIME:
            raise NoMould("signed attributes")
        parts: list[bytes] = attributes.contents.split(SPECIMEN)
        if len(parts) != 2:
            raise NoMould("message digest")
        self._before, self._after = parts
        # What stands at each level of nesting before the next one: (tag, content). The value is innermost, and last.
        self._levels = (
            (_SEQUENCE, content["content_type"].dump()),
            (_FIRST, b""),
            (_SEQUENCE, _dumped(signed, "version", "digest_algorithms", "encap_content_info", "certificates")),
            (_SET, b""),
            (_SEQUENCE, _dumped(signer, "version", "sid", "digest_algorithm")),
        )
        self._algorithm: bytes = signer["signature_algorithm"].dump()
        if self._around(SPECIMEN, signer["signature"].native) != specimen:
            raise NoMould("structure")

    def sign(self, digest: bytes) -> bytes:
        """The CMS structure over a document with the SHA-256 ``digest``."""
        value = self._sign_raw(_held(_SET, self._before + digest + self._after))
        return self._around(digest, value)

    def _around(self, digest: bytes, value: bytes) -> bytes:
        attributes = _held(_FIRST, self._before + digest + self._after)
        inner = attributes + self._algorithm + _held(_OCTETS, value)
        for tag, before in reversed(self._levels):
            inner = _held(tag, before + inner)
        return inner


class MouldSigner(DocumentSigner):
    """A signer of level B-B whose key is at hand."""

    def sign(self, pdf: bytes, *, at: datetime, page: int, box: tuple[float, float, float, float]) -> bytes:
        """As :meth:`DocumentSigner.sign`, to the byte but for the signature value, in a tenth of the time."""
        if self._mould is None:
            return super().sign(pdf, at=at, page=page, box=box)
        self._check_validity(at)
        whole: Box = tuple(round(edge) for edge in box)  # type: ignore[assignment]
        frame = frame_of(pdf, page, whole)
        revision = self._revisions.get(frame.key) if frame else None
        if frame is None or revision is None:
            return self._first_of_its_kind(pdf, at, page, box, frame)
        poured = revision.pour(pdf, frame, at)
        return poured.filled(pdf, self._mould.sign(poured.digest(pdf)))

    def _first_of_its_kind(
        self, pdf: bytes, at: datetime, page: int, box: tuple[float, float, float, float], frame: Frame | None
    ) -> bytes:
        """Prepared by pyHanko, and a mould for the next ones if there can be one."""
        assert self._mould is not None  # noqa: S101
        writer = Writer(BytesIO(pdf))
        session = self._pdf_signer(page, box, None).init_signing_session(writer)
        session.system_time = at
        output = BytesIO()
        prepared, _ = session.prepare_tbs_document(None, self._reserved).digest_tbs_document(output=output)
        gap = prepared.reserved_region_start, prepared.reserved_region_end
        read = {number for _generation, number in writer.prev.resolved_objects}
        try:
            if frame is None:
                raise NoMould("form of the file")
            if len(self._revisions) >= _MOST_KINDS:
                self._revisions.clear()
            self._revisions[frame.key] = RevisionMould(pdf, frame, output.getvalue(), gap, at, read)
        except NoMould as error:
            log.warning("no mould for a document, signing is slower", why=str(error))
        prepared.fill_with_cms(output, self._mould.sign(prepared.document_digest))
        return output.getvalue()

    @cached_property
    def _revisions(self) -> dict[tuple[object, ...], RevisionMould]:
        return {}

    @cached_property
    def _mould(self) -> SignatureMould | None:
        """Made when the first document is signed. A library that writes something else must not stop the office, but
        it must not go unnoticed either: a test sees to it that there is a mould."""
        attributes = PdfCMSSignedAttributes()
        made = run(self._signer.async_sign(SPECIMEN, DIGEST, use_pades=True, signed_attr_settings=attributes))
        try:
            return SignatureMould(made.dump(), self.key.sign_raw)
        except NoMould as error:
            log.error("no mould for signatures, signing is slow", why=str(error))
            return None


def _dumped(structure: Any, *names: str) -> bytes:
    return b"".join(structure[name].dump() for name in names)


def _held(tag: bytes, content: bytes) -> bytes:
    """DER: the tag, the length in as few bytes as it needs, the content."""
    size = len(content)
    if size < 0x80:
        return tag + bytes([size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return tag + bytes([0x80 | len(length)]) + length + content
