"""Verifying many codes or files in one request, each as if it had been asked for alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from creditreport.verification.by_code import verify_code
from creditreport.verification.verdict import Verdict
from creditreport.verification.verify import verify_file

if TYPE_CHECKING:
    from creditreport.service import Service

# What anybody may ask for at once, and a program that was registered for batches.
OPEN_MOST, MOST = 20, 200
# Sources are waited for and files read behind bounds, several at a time; more would only queue at the same places.
AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing to verify: a code as it was typed, or a file with its name; a file stands at its beginning."""

    name: str
    file: BinaryIO | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """The verdicts on what was asked, in the same order."""

    asked: Sequence[Asked]
    verdicts: Sequence[Verdict]
    at: datetime

    def as_json(self) -> dict[str, Any]:
        """The answer of ``POST /api/v1/verifications``, and what a signed answer says."""
        rows = [
            {"asked": one.name, **verdict.as_json()} for one, verdict in zip(self.asked, self.verdicts, strict=True)
        ]
        counts = Counter(verdict.status.value for verdict in self.verdicts)
        return {"checked_at": self.at.isoformat(), "counts": dict(sorted(counts.items())), "results": rows}


def check_all(service: Service, asked: Sequence[Asked], now: datetime) -> Results:
    """The verdicts at ``now``; a hostile file gets its own and disturbs no other."""

    def check(one: Asked) -> Verdict:
        with service.reading() as session:
            if one.file is None:
                return verify_code(session, one.name, now, current=service.currency)
            limit = service.settings.upload_limit_bytes
            # One byte more than allowed is enough to know that it is too large.
            pdf = one.file.read(limit + 1)
            return verify_file(session, pdf, now, service.trust, limit, current=service.currency)

    if len(asked) == 1:
        return Results(asked, [check(asked[0])], now)
    with ThreadPoolExecutor(min(AT_ONCE, len(asked))) as pool:
        return Results(asked, list(pool.map(check, asked)), now)
