"""Every kind of personal data that is removed when its time is over, in the order in which they are looked at."""

from __future__ import annotations

from creditreport.privacy.correspondence import CORRESPONDENCE
from creditreport.privacy.retention import ACCOUNTS, Retention

KINDS: tuple[Retention, ...] = (*ACCOUNTS, *CORRESPONDENCE)
