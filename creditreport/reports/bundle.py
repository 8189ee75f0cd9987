"""A bundle: the reports of a business and of its branches in one go, each a report of its own, and a list of them.

Every report is issued by the ordinary use case, with its own number, code, commit and audit entry; a branch's records
are in the branch's own report. Who cannot have one is named, on the cover and to whoever asked; the reports of the
others are in the bundle all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from creditreport.audit.trail import add_entry
from creditreport.clock import as_shanghai
from creditreport.entities.eligible import check_eligible
from creditreport.entities.entity import BusinessEntity
from creditreport.entities.register import branches_of, find_entity
from creditreport.errors import Problem
from creditreport.reports.content import Purpose
from creditreport.reports.issue import IssuedReport, issue_report
from creditreport.reports.pages.cover import (
    Cover,
    CoverGap,
    CoverReport,
    GapReason,
    load_cover_words,
    render_cover,
)
from creditreport.reports.request import IssueRequest, moment_of_issue, read_language, read_purpose, read_years
from creditreport.reports.store import digest

if TYPE_CHECKING:
    from creditreport.service import Service

MOST_BRANCHES = 200
# Refusals about who the business is; everything else may be over tomorrow.
REGISTER = frozenset({"UNKNOWN_ENTITY", "DUPLICATE_USCC", "ENTITY_UNCLEAR", "INVALID_USCC"})
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Refused:
    """A business of the bundle that has no report, and why."""

    entity: BusinessEntity
    problem: Problem


@dataclass(frozen=True, slots=True)
class Bundle:
    """What was issued, in the order of the bundle: the business itself, then its branches by code."""

    parent: BusinessEntity
    made_at: datetime
    reports: tuple[IssuedReport, ...]
    refused: tuple[Refused, ...]
    cover: bytes

    @property
    def complete(self) -> bool:
        """Whether everybody has a report."""
        return not self.refused

    def files(self) -> tuple[tuple[str, bytes], ...]:
        """Name and content of each file, the cover first; names are plain ASCII and sort in this order."""
        wide = max(2, len(str(len(self.reports))))
        named = [(f"{0:0{wide}d}_cover.pdf", self.cover)]
        for at, report in enumerate(self.reports, start=1):
            named.append((f"{at:0{wide}d}_{report.content.subject.uscc}_{report.number}.pdf", report.pdf))
        return tuple(named)

    def zip(self) -> bytes:
        """The files in one ZIP; the same bundle gives the same bytes."""
        told = as_shanghai(self.made_at)
        buffer = BytesIO()
        with ZipFile(buffer, "w") as archive:
            for name, data in self.files():
                member = ZipInfo(name, (told.year, told.month, told.day, told.hour, told.minute, told.second))
                member.compress_type, member.external_attr = ZIP_DEFLATED, 0o644 << 16
                archive.writestr(member, data)
        return buffer.getvalue()

    def as_json(self, path: str, packed: bytes, language: str = "zh") -> dict[str, Any]:
        """What ``bundle --json`` prints: each report as ``issue`` tells it, its path the name in the ZIP."""
        (_cover, _data), *files = self.files()
        return {
            "uscc": self.parent.uscc,
            "entity_name": self.parent.name,
            "made_at": self.made_at.isoformat(),
            "complete": self.complete,
            "reports": [report.as_json(name) for report, (name, _pdf) in zip(self.reports, files, strict=True)],
            "refused": [
                {"uscc": one.entity.uscc, "entity_name": one.entity.name, **one.problem.as_json(language)}
                for one in self.refused
            ],
            "zip": {"path": path, "sha256": digest(packed), "bytes": len(packed)},
        }


def issue_bundle(
    service: Service, request: IssueRequest, now: datetime, say: Progress = lambda _done, _all: None
) -> Bundle:
    """Issue the reports of the business that ``request`` names and of all its branches, and list them.

    ``say`` is told how many of how many are done. Raises, with nothing issued: what :func:`issue_report` raises about
    the request and about the business itself; ``NO_BRANCHES``, ``TOO_MANY_BRANCHES``; and, when nobody could have a
    report, the refusal of the business itself. A process that ends half-way leaves whole reports behind, and no bundle.
    """
    moment = moment_of_issue(request.on, now, service.settings.env)
    years = read_years(request.years, service.rules.on(moment.date()))
    purpose, language = read_purpose(request.purpose), read_language(request.language)
    parent, members = _members(service, request.uscc)
    # What can fail for everybody fails before the first report is issued.
    words, edition, fonts, _signer = (
        load_cover_words(service.settings.templates_dir), service.editions[language], service.fonts, service.signer,
    )  # fmt: skip
    reports, refused = _issue_all(service, request, members, say)
    if not reports:
        raise refused[0].problem
    cover = render_cover(_cover(service, parent, moment, purpose, years, reports, refused), fonts, edition, words)
    with service.sessions.begin() as session:
        add_entry(
            session,
            at=now,
            actor=request.requested_by,
            action="bundle.made",
            subject=f"business:{parent.uscc}",
            detail={
                "reports": [report.number for report in reports],
                "refused": [{"uscc": one.entity.uscc, "code": one.problem.code} for one in refused],
            },
        )
    return Bundle(parent, moment, tuple(reports), tuple(refused), cover)


def _members(service: Service, uscc: str) -> tuple[BusinessEntity, list[BusinessEntity]]:
    with service.reading() as session:
        parent = find_entity(session, uscc)
        check_eligible(parent)
        branches = branches_of(session, parent)
    if not branches:
        raise Problem("NO_BRANCHES", name=parent.name)
    if len(branches) > MOST_BRANCHES:
        raise Problem("TOO_MANY_BRANCHES", name=parent.name, count=len(branches), most=MOST_BRANCHES)
    return parent, [parent, *branches]


def _issue_all(
    service: Service, request: IssueRequest, members: Sequence[BusinessEntity], say: Progress
) -> tuple[list[IssuedReport], list[Refused]]:
    reports: list[IssuedReport] = []
    refused: list[Refused] = []
    for done, member in enumerate(members):
        say(done, len(members))
        try:
            # Each at its own moment: two hundred of them take minutes, and a number is kept for ten.
            reports.append(issue_report(service, replace(request, uscc=member.uscc), service.clock.now()))
        except Problem as problem:
            refused.append(Refused(member, problem))
    say(len(members), len(members))
    return reports, refused


def _cover(
    service: Service,
    parent: BusinessEntity,
    moment: datetime,
    purpose: Purpose,
    years: int,
    reports: Sequence[IssuedReport],
    refused: Sequence[Refused],
) -> Cover:
    contents = [report.content for report in reports]
    settings = service.settings
    return Cover(
        name=parent.name,
        uscc=parent.uscc,
        made_at=moment,
        purpose=purpose,
        years=years,
        portal=settings.issuer_portal,
        authority=settings.issuing_authority,
        domain=settings.official_domain,
        reports=tuple(
            CoverReport(one.subject.name, one.subject.uscc, one.number, one.verification_code, one.valid_until)
            for one in contents
        ),
        gaps=tuple(CoverGap(one.entity.name, one.entity.uscc, _gap_reason(one.problem)) for one in refused),
    )


def _gap_reason(problem: Problem) -> GapReason:
    if problem.code == "ENTITY_NOT_ELIGIBLE":
        return GapReason.NOT_ELIGIBLE
    return GapReason.REGISTER if problem.code in REGISTER else GapReason.LATER
