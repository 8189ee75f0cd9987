"""``creditreport doctor``: is everything there that the service stands on, and if not, what is to be done?

Each part is really used, not only looked for. A part that is ``bad`` stops reports or endangers them; a ``warning``
will, or is a choice that a city should not make. What is checked of each stands in ``checks.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from creditreport.errors import Problem

if TYPE_CHECKING:
    from creditreport.service import Service


class State(StrEnum):
    """How a part is."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: how it is, in both languages, and what to do about it."""

    part: str
    state: State
    zh: str
    en: str
    todo: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As ``doctor --json`` prints it."""
        return {"part": self.part, "state": self.state.value, "zh": self.zh, "en": self.en, "do": self.todo}


Check = Callable[["Service"], Iterator[Finding]]


def examine(service: Service, checks: dict[str, Check]) -> Iterator[Finding]:
    """Every finding, one after another; a check that fails itself is a finding, too."""
    for part, check in checks.items():
        try:
            yield from check(service)
        except Problem as problem:
            yield Finding(part, State.BAD, problem.sentence("zh"), problem.sentence("en"), ADVICE.get(problem.code))
        except Exception as error:  # whatever it is: the next part is looked at all the same
            kind = type(error).__name__
            yield Finding(part, State.BAD, f"检查时出错：{kind}", f"the check itself failed: {kind}", ADVICE.get(part))


# What to do, by error code or by part.
ADVICE = {
    "database": "deploy/README.md, “At 3 a.m.”: the store is away; then creditreport db status",
    "broker": "systemctl status redis-server; redis-cli -u $CREDITREPORT_BROKER_URL ping",
    "keys": "creditreport keys show; keys/README.md",
    "fonts": "creditreport setup (or copy var/fonts from another server)",
    "sources": "creditreport domains probe",
    "STORE_UNAVAILABLE": "creditreport db status; creditreport db upgrade",
    "SIGNING_UNAVAILABLE": "creditreport keys show; keys/README.md",
    "FONTS_MISSING": "creditreport setup (or copy var/fonts from another server)",
    "INVALID_CATALOG": "creditreport domains check",
    "RULESET_NOT_EFFECTIVE": "creditreport rules list; README.md, RULESET",
}
