"""The levels above B-B, reached one after another before a report is released.

What the signer appends, and nothing else may ever stand behind the signature:

* B-T: nothing; the timestamp over the signature value is an unsigned attribute inside the signature's own room.
* B-LT: one incremental update: the catalogue again, with a ``/DSS`` entry (and the ETSI extension's declaration); the
  ``/DSS`` dictionary with ``/Certs``, ``/OCSPs``, ``/CRLs`` (no ``/VRI``); their streams.
* B-LTA: one more incremental update: a document timestamp (``/Type /DocTimeStamp``, subfilter ``ETSI.RFC3161``) in an
  invisible field ``ArchiveTimestamp`` on the first page, whose byte range covers the whole file before and after it.

Certification against any change (DocMDP level 1) permits exactly these two (ISO 32000-2, 12.8.2.2.2). Each step makes
new bytes from the last ones: where a service fails, the file of the step before is whole and is the report.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from asn1crypto import cms
from asn1crypto import x509 as asn1
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

import creditreport.signing.asn1  # noqa: F401 - makes asn1crypto safe for threads
from creditreport.config import Settings
from creditreport.config_signing import Level
from creditreport.signing.authority import AuthorityFailed, Line, TimestampAuthority
from creditreport.signing.revocation import Chain, RevocationData, RevocationServices
from creditreport.signing.trust import TrustStore, load_timestamp_trust

DIGEST = "sha256"
TIMESTAMP_FIELD = "ArchiveTimestamp"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A signed report and the level that it reached; ``problem`` says, for staff, why it is below ``wanted``."""

    pdf: bytes
    level: Level
    wanted: Level
    problem: str | None = None

    @property
    def reduced(self) -> bool:
        """Whether a verifier must be told ``REDUCED_SIGNATURE_LEVEL``."""
        return self.level.rank < self.wanted.rank


class Writer(IncrementalPdfFileWriter):
    """pyHanko's writer, leaving title, dates and producer as the page made them."""

    def _update_meta(self) -> None:
        return None


class Authorities:
    """The services that the wanted level needs; one per process, their breakers with them."""

    def __init__(self, settings: Settings, trust: TrustStore, tick: Callable[[], float] = time.monotonic) -> None:
        signing = settings.signing
        seconds = float(signing.authority_timeout_seconds)
        self.wanted = signing.signature_level
        self._trust, self._tsa_trust = trust, load_timestamp_trust(settings.keys_dir)
        line = Line("TSA", seconds, ca_file=signing.tsa_ca_file, authorization=signing.tsa_authorization, tick=tick)
        self.timestamps = TimestampAuthority(signing.tsa_url or "", line, self._tsa_trust)
        self._revocation = RevocationServices(signing.revocation_hosts, lambda name: Line(name, seconds, tick=tick))

    async def lengthen(self, pdf: bytes, certificate: asn1.Certificate, others: Sequence[asn1.Certificate]) -> Sealed:
        """From B-T (``pdf``) to the wanted level, or as far as the services let us come."""
        level = Level.B_T
        try:
            if self.wanted.rank >= Level.B_LT.rank:
                pdf = with_validation_data(pdf, await self._collect(pdf, certificate, others))
                level = Level.B_LT
            if self.wanted.rank >= Level.B_LTA.rank:
                pdf = await with_document_timestamp(pdf, self.timestamps)
                level = Level.B_LTA
        except SigningError as error:
            self.timestamps.forget_size()
            return Sealed(pdf, level, self.wanted, str(error))
        return Sealed(pdf, level, self.wanted)

    async def _collect(
        self, pdf: bytes, certificate: asn1.Certificate, others: Sequence[asn1.Certificate]
    ) -> RevocationData:
        token, stamped_at = _timestamp_in(pdf)
        certificates = [one.chosen for one in token["certificates"]]
        sid = token["signer_infos"][0]["sid"].chosen
        tsa = next(one for one in certificates if one.serial_number == sid["serial_number"].native)
        chains = (
            Chain(certificate, others, self._trust, usage=frozenset({"non_repudiation"})),
            Chain(tsa, certificates, self._tsa_trust, extended=frozenset({"time_stamping"})),
        )
        return await self._revocation.collect(chains, stamped_at)


def _timestamp_in(pdf: bytes) -> tuple[cms.SignedData, datetime]:
    (signature,) = PdfFileReader(BytesIO(pdf)).embedded_regular_signatures
    token = next(iter(extract_tst_data_iter(signature.signer_info, signed=False)), None)
    if token is None:
        raise AuthorityFailed("the signature holds no timestamp")
    return token, token["encap_content_info"]["content"].parsed["gen_time"].native


def with_validation_data(pdf: bytes, data: RevocationData) -> bytes:
    """``pdf`` with the document security store appended; the roots are each verifier's own and are left out."""
    out = BytesIO(pdf)
    writer = Writer(out)
    DocumentSecurityStore.supply_dss_in_writer(
        writer, None, paths=data.paths, ocsps=data.ocsps, crls=data.crls, embed_roots=False
    )
    writer.write_in_place()  # type: ignore[no-untyped-call]
    return out.getvalue()


async def with_document_timestamp(pdf: bytes, authority: TimestampAuthority) -> bytes:
    """``pdf`` with a document timestamp over all of it appended. Raises :class:`AuthorityFailed`."""
    out = BytesIO(pdf)
    stamper = PdfTimeStamper(authority, field_name=TIMESTAMP_FIELD)
    await stamper.async_timestamp_pdf(Writer(out), DIGEST, in_place=True)
    return out.getvalue()
