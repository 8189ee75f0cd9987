"""Revocation data for the long-term levels: for each certificate below a root an OCSP answer, else a CRL.

They are fetched here and then judged by pyHanko's validator with nothing else allowed: a chain for which a fresh,
well signed answer is missing has not reached B-LT. A certificate that its authority calls revoked stops the issue.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from asn1crypto import crl, ocsp
from asn1crypto import x509 as asn1
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import RevokedError
from pyhanko_certvalidator.fetchers.common_utils import (
    enumerate_delivery_point_urls,
    format_ocsp_request,
    process_ocsp_response_data,
)
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.util import get_ocsp_urls

import creditreport.signing.asn1  # noqa: F401 - makes asn1crypto safe for threads
from creditreport.errors import Problem
from creditreport.signing.authority import AuthorityFailed, Line
from creditreport.signing.keyfiles import unavailable
from creditreport.signing.trust import TrustStore


@dataclass(slots=True)
class RevocationData:
    """What the chains of one report need for ever: the chains themselves, OCSP answers and CRLs."""

    paths: list[ValidationPath] = field(default_factory=list)
    ocsps: list[ocsp.OCSPResponse] = field(default_factory=list)
    crls: list[crl.CertificateList] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Chain:
    """A certificate, those that may stand above it, the roots, and what the certificate must be allowed to do."""

    certificate: asn1.Certificate
    others: Sequence[asn1.Certificate]
    trust: TrustStore
    usage: frozenset[str] = frozenset()
    extended: frozenset[str] = frozenset()

    async def path(self, at: datetime, data: RevocationData | None = None) -> ValidationPath:
        """The chain, valid at ``at``; with ``data`` also not revoked, by that data alone. Raises pyHanko's errors."""
        context = ValidationContext(
            trust_roots=[asn1.Certificate.load(root) for root in self.trust.roots],
            moment=at,
            allow_fetching=False,
            ocsps=data.ocsps if data else None,
            crls=data.crls if data else None,
            revocation_mode="require" if data else "soft-fail",
            # Made after the signature, as it must be; until when it may be used is still looked at.
            retroactive_revinfo=True,
        )
        validator = CertificateValidator(
            self.certificate, intermediate_certs=list(self.others), validation_context=context
        )
        usage = (set(self.usage), set(self.extended) or None)
        path: ValidationPath = await validator.async_validate_usage(*usage)  # type: ignore[no-untyped-call]
        return path


class RevocationServices:
    """Asks the allowed hosts, and no other address that a certificate may name.

    Each host has a line of its own (``connect`` makes it), so that one that hangs is left alone while others answer.
    """

    def __init__(self, hosts: Sequence[str], connect: Callable[[str], Line]) -> None:
        self._hosts, self._connect = frozenset(hosts), connect
        self._lines: dict[str, Line] = {}

    async def collect(self, chains: Sequence[Chain], at: datetime) -> RevocationData:
        """The chains with what proves that nothing in them is revoked.

        Raises :class:`AuthorityFailed` when that cannot be had, ``SIGNING_UNAVAILABLE`` when something is revoked.
        """
        data = RevocationData()
        for chain in chains:
            try:
                path = await chain.path(at)
            except Exception as error:
                raise AuthorityFailed(f"the chain cannot be built ({error})") from error
            for certificate in path.iter_certs(include_root=False):
                self._fetch(data, certificate, path)
        for chain in chains:
            data.paths.append(await _judged(chain, at, data))
        return data

    def _fetch(self, data: RevocationData, certificate: asn1.Certificate, path: ValidationPath) -> None:
        problems: list[str] = []
        for url in filter(self._allowed, get_ocsp_urls(certificate)):
            try:
                data.ocsps.append(self._ocsp(url, certificate, path))
                return
            # The next address, or a list, may still answer.
            except AuthorityFailed as error:
                problems.append(str(error))
        for point in certificate.crl_distribution_points:
            for url in filter(self._allowed, enumerate_delivery_point_urls(point)):
                try:
                    data.crls.append(self._crl(url))
                    return
                except AuthorityFailed as error:
                    problems.append(str(error))
        subject = certificate.subject.human_friendly
        raise AuthorityFailed(f"OCSP/CRL: no allowed service answered for {subject} {'; '.join(problems)}".strip())

    def _ocsp(self, url: str, certificate: asn1.Certificate, path: ValidationPath) -> ocsp.OCSPResponse:
        authority = path.find_issuing_authority(certificate)
        request = format_ocsp_request(certificate, authority, certid_hash_algo="sha1", request_nonces=True)
        line = self._line("OCSP", url)
        with line.watched():
            answer = line.ask(url, "application/ocsp-response", request.dump(), "application/ocsp-request")
            return process_ocsp_response_data(answer, ocsp_request=request, ocsp_url=url)

    def _crl(self, url: str) -> crl.CertificateList:
        line = self._line("CRL", url)
        with line.watched():
            return crl.CertificateList.load(line.ask(url, "application/pkix-crl"), strict=True)

    def _line(self, kind: str, url: str) -> Line:
        name = f"{kind} {urlsplit(url).netloc}"
        return self._lines.setdefault(name, self._connect(name))

    def _allowed(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.hostname in self._hosts or parts.netloc in self._hosts


async def _judged(chain: Chain, at: datetime, data: RevocationData) -> ValidationPath:
    subject = chain.certificate.subject.human_friendly
    try:
        return await chain.path(at, data)
    except RevokedError as error:
        raise _revoked(subject) from error
    except Exception as error:
        raise AuthorityFailed(f"revocation data for {subject} do not suffice ({error})") from error


def _revoked(subject: str) -> Problem:
    return unavailable(
        f"证书（或其上级证书）已被颁发机构吊销：{subject}；请更换签名密钥，运行 creditreport keys rotate"
        f" / a certificate was revoked by its authority: {subject}; change the signing key: creditreport keys rotate"
    )
