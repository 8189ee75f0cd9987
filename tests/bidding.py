"""An office with many businesses and reports, for bid packs: drawn, signed, stored as in earnest, without sources."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import update

from creditreport.bidpacks.check import check_pack
from creditreport.bidpacks.facts import Terms
from creditreport.bidpacks.find import Found, find_pack
from creditreport.bidpacks.items import Upload
from creditreport.bidpacks.start import Started, start_pack
from creditreport.clock import FixedClock, as_shanghai
from creditreport.config import Settings, load_settings
from creditreport.demo.codes import unified_code
from creditreport.entities.models import EntityRow
from creditreport.reports.content import Subject, Window
from creditreport.reports.fonts import FontSet
from creditreport.reports.models import CreditReport, ReportEdition
from creditreport.reports.numbers import compose_number
from creditreport.reports.pages import Language, render
from creditreport.reports.store import digest
from creditreport.service import Service
from creditreport.verification.codes import new_code
from tests.conftest import NOON
from tests.issued import Issued, keep
from tests.papers import report
from tests.stores import make_store

OPENING = date(2026, 12, 1)


@dataclass
class Bidding:
    """A service over a store of its own; ``issue`` fills it."""

    service: Service
    count: int = 0
    uscc: dict[str, str] = field(default_factory=dict)

    def business(self, number: int) -> str:
        """The code of the ``number``-th invented business."""
        return unified_code("91", "320902", 700 + number)

    def issue(
        self, business: int, *, at: datetime = NOON, years: int = 3, until: date = date(2026, 12, 21), **ended: Any
    ) -> Issued:
        """A report for a business; ``ended`` are columns of the stored report, set afterwards."""
        self.count += 1
        signer = self.service.signer
        day, code = as_shanghai(at).date(), new_code()
        number = compose_number("320900", day, self.count)
        uscc, name = self.business(business), f"盐城第{business}号示例有限公司"
        content = report(name=name).model_copy(
            update={
                "number": number, "verification_code": code, "issued_at": at, "valid_until": until,
                "verification_url": f"{self.service.settings.public_url}/v/{code}", "years": years,
                "subject": Subject(uscc=uscc, name=name, entity_type="company", registration_status="active"),
                "window": Window(start=date(2026 - years, 11, 20), end=date(2026, 11, 20)),
            }
        )  # fmt: skip
        paper = render(content, self.service.fonts)
        pdf = signer.sign(paper.pdf, at=at, page=paper.seal_page, box=paper.seal_box)
        issued = keep(self.service.sessions, signer, content, paper.pdf, pdf)
        self._as_own(issued, uscc, name, at, ended)
        return issued

    def _as_own(self, issued: Issued, uscc: str, name: str, at: datetime, ended: dict[str, Any]) -> None:
        with self.service.sessions.begin() as session:
            if session.get(EntityRow, uscc) is None:
                session.add(EntityRow(register_id=uscc, uscc=uscc, name=name, entity_type="company",
                                      registration_status="active", synced_at=at))  # fmt: skip
                session.flush()
            session.execute(
                update(CreditReport).where(CreditReport.number == issued.number).values(register_id=uscc, **ended)
            )

    def edition(self, issued: Issued) -> bytes:
        """Another file of the same report, as if in English."""
        signer = self.service.signer
        pdf = signer.sign(issued.unsigned, at=NOON, page=0, box=(380.0, 90.0, 480.0, 190.0))
        if pdf == issued.pdf:
            raise AssertionError("the same file")
        with self.service.sessions.begin() as session:
            session.add(
                ReportEdition(number=issued.number, language=Language.EN, made_at=NOON, made_by="test", renderer="test",
                              rendered_sha256=digest(issued.unsigned), pdf_sha256=digest(pdf), pdf_bytes=len(pdf),
                              signature_level="B-B", signature_wanted="B-B", signer_fingerprint=signer.fingerprint,
                              pdf=pdf)
            )  # fmt: skip
        return pdf

    def start(self, *uploads: Upload, language: Language = Language.ZH, **terms: Any) -> Started:
        """A pack taken on, not checked."""
        wanted = Terms.model_validate({"project": "演示项目（一期）", "opening": OPENING, **terms})
        return start_pack(self.service, uploads, wanted, language, self.service.clock.now())

    def check(self, *uploads: Upload, **terms: Any) -> Found:
        """A pack taken on and checked."""
        started = self.start(*uploads, **terms)
        check_pack(self.service, started.id, self.service.clock.now())
        return self.find(started)

    def find(self, started: Started) -> Found:
        with self.service.reading() as session:
            return find_pack(session, started.token, self.service.clock.now())


def make_bidding(folder: Path, signing: Settings, fonts: FontSet, **changes: str) -> Bidding:
    """The office, over an empty SQLite store in ``folder``."""
    variables = {
        "ENV": "test",
        "DATABASE_URL": f"sqlite:///{folder / 'store.sqlite3'}",
        "PUBLIC_URL": signing.public_url,
        "SECRET_KEY": signing.secret_key,
        "SIGNING_PASSPHRASE": signing.signing_passphrase,
        "KEYS_DIR": str(signing.keys_dir),
        "VAR_DIR": str(folder / "var"),
        **changes,
    }
    settings = load_settings({f"CREDITREPORT_{name}": value for name, value in variables.items()})
    make_store(settings.database_url)
    service = Service(settings, FixedClock(NOON))
    service.fonts = fonts
    return Bidding(service)


def codes_in(found: Found) -> list[list[str]]:
    """The findings of each item, by code."""
    if found.result is None:
        raise AssertionError("not checked")
    return [[str(one["code"]) for one in row.findings] for row in found.result.items]


def zipped(*members: tuple[str, bytes]) -> bytes:
    """A ZIP with these members."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()
