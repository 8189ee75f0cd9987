"""Which business a row means that states an older number and no code: asked of the register as it is stored."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from creditreport.catalog.manifest import Manifest
from creditreport.entities.models import EntityNumber, EntityRow
from creditreport.entities.numbers import KeptNumber
from creditreport.entities.register import with_sole_numbers
from creditreport.violations.concern import Concern, ConcernRule
from creditreport.violations.stated import Row, older_columns, older_numbers

# A business's rows follow one another in most tables.
_REMEMBERED = 20_000


class Meant:
    """The rows of one manifest, judged by the rule that judges them for a report."""

    def __init__(self, manifest: Manifest, reading: sessionmaker[Session]) -> None:
        self._manifest, self._reading = manifest, reading
        self._columns = older_columns(manifest)
        self._rules: dict[KeptNumber, ConcernRule | None] = {}

    def code(self, row: Row) -> str | None:
        """The present code of the one business that ``row`` means; ``None``: nobody for certain."""
        for _column, number in older_numbers(row, self._columns):
            rule = self._rule(number)
            finding = rule.of(row) if rule is not None else None
            if finding is not None and finding.concern is Concern.MINE:
                return finding.code
        return None

    def _rule(self, number: KeptNumber) -> ConcernRule | None:
        if number not in self._rules:
            if len(self._rules) >= _REMEMBERED:
                self._rules.clear()
            self._rules[number] = self._looked_up(number)
        return self._rules[number]

    def _looked_up(self, number: KeptNumber) -> ConcernRule | None:
        holders = select(EntityNumber.register_id).where(
            EntityNumber.kind == number.kind.value, EntityNumber.number == number.number
        )
        with self._reading() as session:
            # Any of its holders: if there are several, it is none's alone, and the rule says so.
            holder = session.scalars(holders.limit(1)).first()
            if holder is None:
                return None
            row = session.get_one(EntityRow, holder)
            return ConcernRule(self._manifest, with_sole_numbers(session, row.as_entity()))
