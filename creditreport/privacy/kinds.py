"""Every kind of personal data that is removed when its time is over, in the order in which they are looked at."""

from __future__ import annotations

from creditreport.api import idempotency
from creditreport.privacy.cases import CASES
from creditreport.privacy.correspondence import CORRESPONDENCE
from creditreport.privacy.retention import ACCOUNTS, Retention

ANSWERS = Retention("answers", idempotency.KEPT, lambda session, before, _now: idempotency.forget(session, before))
KINDS: tuple[Retention, ...] = (*ACCOUNTS, *CORRESPONDENCE, *CASES, ANSWERS)
