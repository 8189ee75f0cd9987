"""A population made row by row, for figures that are recounted by hand: reports, looks, refusals, uploads, cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from creditreport.audit.trail import add_entry
from creditreport.clock import SHANGHAI, as_shanghai
from creditreport.doublepublicity.models import ImportRow, ImportState
from creditreport.entities.models import CodeConflict, EntityRow
from creditreport.objections.models import ObjectionCase, ObjectionEvent
from creditreport.reports.models import CreditReport, NumberStatus, ReportDecision, ReportNumber
from creditreport.verification.models import Look


class Population:
    """Adds rows to the caller's transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._next = count(1)
        self._businesses: set[int] = set()

    def business(self, n: int) -> str:
        """The register id of business number ``n``."""
        name = f"register-{n}"
        if n not in self._businesses:
            self._businesses.add(n)
            self._session.add(
                EntityRow(
                    register_id=name, uscc=f"91320900MA{n:07d}X", name=f"盐城第{n}示例有限公司", entity_type="company",
                    registration_status="active", synced_at=datetime(2026, 1, 1, tzinfo=SHANGHAI),
                )
            )  # fmt: skip
            self._session.flush()
        return name

    def _number(self, at: datetime, status: NumberStatus, reason: str | None = None) -> str:
        n, day = next(self._next), as_shanghai(at).date()
        number = f"320900{day:%Y%m%d}{n:06d}0"
        self._session.add(
            ReportNumber(
                number=number, verification_code=f"{n:020d}", area="320900", day=day, sequence=n, status=status,
                reason=reason, reserved_at=at, settled_at=at,
            )
        )  # fmt: skip
        self._session.flush()
        return number

    def abandoned(self, at: datetime, reason: str) -> None:
        """A number that came to no report."""
        self._number(at, NumberStatus.ABANDONED, reason)

    def report(self, at: datetime, purpose: str, business: int, listed: Mapping[str, int] | None = None) -> str:
        """A report; ``listed`` is how many records it lists by field. Each field also has one that it does not list."""
        number, register_id = self._number(at, NumberStatus.ISSUED), self.business(business)
        day, found = as_shanghai(at).date(), listed or {}
        self._session.add(
            CreditReport(
                number=number, verification_code=number[-20:], uscc=f"91320900MA{business:07d}X",
                register_id=register_id,
                entity_name="甲", purpose=purpose, years=3, window_start=day, window_end=day, issued_at=at,
                valid_until=day, ruleset="r", ruleset_digest="0" * 64, listed=sum(found.values()), status="ISSUED",
                status_since=at, requested_by="test", content="{}", content_sha256="0" * 64, rendered_sha256="0" * 64,
                renderer="r", pdf_sha256=number.rjust(64, "0"), pdf_bytes=1, signature_level="B-B",
                signer_fingerprint="0" * 64,
            )
        )  # fmt: skip
        self._session.flush()
        told = [(slug, n < times) for slug, times in found.items() for n in range(times + 1)]
        for position, (slug, is_listed) in enumerate(told):
            self._session.add(
                ReportDecision(
                    number=number,
                    position=position,
                    domain=slug,
                    record_id=str(position),
                    listed=is_listed,
                    record="{}",
                )
            )
        return number

    def look(self, number: str, at: datetime, channel: str = "page", verdict: str = "VALID") -> None:
        """A verification."""
        day = as_shanghai(at).date()
        self._session.add(Look(number=number, at=at, day=day, channel=channel, client="x", verdict=verdict))

    def refused(self, at: datetime, business: int, code: str, *domains: str) -> None:
        """A request that came to no report."""
        detail: dict[str, Any] = {"code": code, **({"domains": list(domains)} if domains else {})}
        add_entry(
            self._session, at=at, actor="a", action="report.refused", subject=f"business:{business}", detail=detail
        )

    def upload(
        self, slug: str, at: datetime, days: Sequence[int], rejected: int, *, state: str = ImportState.DONE
    ) -> None:
        """A double-publicity file: working days of each row that was accepted (the limit is 7), and rows sent back."""
        n = next(self._next)
        rows = [{"line": i, "document_number": "x", "decided_on": "2026-10-01", "days": d, "late": d > 7}
                for i, d in enumerate(days)]  # fmt: skip
        delay = {"limit": 7, "longest": max(days, default=None), "median": min(days, default=None)}
        self._session.add(
            ImportRow(
                slug=slug, file_digest=f"{n:064d}", file_name="f", actor="a", at=at, state=state,
                rows_read=len(days) + rejected + 1, accepted=len(days), rejected=rejected, skipped=1,
                late=sum(d > 7 for d in days), drop_name="d", drop_digest="0" * 64,
                detail={"accepted_rows": rows, "delay": delay},
            )
        )  # fmt: skip

    def conflict(self, found_at: datetime, due_on: date, settled_at: datetime | None) -> None:
        """A code that was held twice."""
        self._session.add(CodeConflict(uscc="x", holders=[], found_at=found_at, due_on=due_on, settled_at=settled_at))

    def case(
        self,
        kind: str,
        filed_at: datetime,
        *events: tuple[str, datetime, str],
        returned: tuple[datetime, datetime] | None = None,
    ) -> None:  # fmt: skip
        """A case; ``events`` are move, moment and unit after its filing; the last move may close it."""
        states = {"refer": "REFERRED", "reassign": "REFERRED", "answer": "ANSWERED", "send_back": "ACCEPTED",
                  "uphold": "UPHELD", "reject": "REJECTED", "withdraw": "WITHDRAWN", "lapse": "WITHDRAWN"}  # fmt: skip
        n = next(self._next)
        state = states[events[-1][0]] if events else "FILED"
        closed = events[-1][1] if state in ("UPHELD", "REJECTED", "WITHDRAWN") else None
        case = ObjectionCase(
            number=f"{n:014d}", register_id=self.business(1), uscc="x", kind=kind, domain="health", statement="s",
            wish="w", state=state, version=1, made_at=filed_at, made_by="a", changed_at=filed_at, filed_at=filed_at,
            returned_at=returned[0] if returned else None, completed_at=returned[1] if returned else None,
            closed_at=closed, open_key=None if closed else f"{n:064d}",
        )  # fmt: skip
        self._session.add(case)
        self._session.flush()
        for version, (move, at, unit) in enumerate([("file", filed_at, ""), *events]):
            self._session.add(
                ObjectionEvent(
                    case_id=case.id, at=at, by="a", party="credit_office", move=move, state=states.get(move, "FILED"),
                    version=version, detail={"unit": unit} if unit else {},
                )
            )  # fmt: skip
        self._session.flush()
