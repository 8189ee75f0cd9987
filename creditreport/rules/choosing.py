"""The city's choice: which version of the chosen rule set a day's reports are issued under."""

from __future__ import annotations

from datetime import date

import structlog

from creditreport.violations.ruleset import LimitName, RuleBook, RuleSet

log = structlog.get_logger(__name__)


class CityRules:
    """The rule set that the city chose in its settings (``RULESET``); one per process."""

    def __init__(self, book: RuleBook, ruleset_id: str) -> None:
        self.book = book
        self.ruleset_id = ruleset_id
        self._told: set[str] = set()

    def on(self, day: date) -> RuleSet:
        """The version in force on ``day``.

        Raises ``UNKNOWN_RULESET`` and ``RULESET_NOT_EFFECTIVE``. A trial that is over goes on; the log says so once.
        """
        chosen = self.book.in_force(self.ruleset_id, day)
        if chosen.trial_over(day) and chosen.digest not in self._told:
            self._told.add(chosen.digest)
            log.warning(
                "ruleset_trial_over", ruleset=chosen.id, version=chosen.version, trial_until=str(chosen.trial_until)
            )
        return chosen

    def upload_days(self, day: date) -> int:
        """How many working days departments have to send up a penalty, as told on ``day``.

        Known on every day: reports stop where no version is in force, the departments' duty does not. Raises
        ``UNKNOWN_RULESET``.
        """
        limit = self.book.nearest(self.ruleset_id, day).limits[LimitName.UPLOAD]
        assert limit.working_days is not None  # noqa: S101 - the form of a rule set holds this
        return limit.working_days
