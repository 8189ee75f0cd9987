"""Finding the rows that may concern a business without looking at all of them (pure).

Every row has a few handles and every business has some: a row that ``concern.ConcernRule`` calls the business's, or
perhaps the business's, shares one with it. The reverse need not hold: what is found is judged by the rule. Codes
and names stand as digests, so that an index holds nobody's name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from creditreport.catalog.manifest import Manifest
from creditreport.entities.entity import BusinessEntity
from creditreport.entities.numbers import ORGANISATION
from creditreport.violations.cells import UnreadableCell, clean_text
from creditreport.violations.concern import could_be_damaged, is_valid_code, shows_enough
from creditreport.violations.record import comparable_code, comparable_name
from creditreport.violations.settled import Settled
from creditreport.violations.stated import Row, cell_code, identity_columns, name_columns, names_in, stated_codes

# Rows with a masked or damaged code are few; each is held against the business's codes.
MASKED = "*"


@dataclass(frozen=True, slots=True)
class Handles:
    """How a row is found: by its code, if it has a right one, and by whatever else may lead to it."""

    code: str | None
    others: tuple[str, ...]


class HandleRule:
    """The handles of one manifest's rows."""

    def __init__(self, manifest: Manifest) -> None:
        self._codes = identity_columns(manifest)
        self._names = name_columns(manifest)
        self._organisations = manifest.concerns.organisation_codes
        self._registrations = manifest.concerns.registration_numbers

    @property
    def columns(self) -> frozenset[str]:
        """The columns that handles are made of."""
        codes = (column for column, _marks in self._codes)
        return frozenset([*codes, *self._names, *self._organisations, *self._registrations])

    def of(self, row: Row) -> Handles:
        """The handles of ``row``."""
        codes = [code for _column, code in stated_codes(row, self._codes)]
        code = next(filter(is_valid_code, codes), None)
        if code is not None:
            return Handles(code, tuple({_digest("c", other) for other in codes if other != code}))
        return Handles(None, tuple(dict.fromkeys([*_by_codes(codes), *self._by_words(row)])))

    def _by_words(self, row: Row) -> Iterable[str]:
        for column in self._organisations:
            organisation = cell_code(row[column], ()).replace("-", "")
            if organisation:
                yield _digest("o", organisation)
        for column in self._registrations:
            registration = cell_code(row[column], ())
            if registration:
                yield _digest("c", registration)
        for column in self._names:
            name = _text(row[column])
            for one in names_in(name) if name else ():
                yield _digest("n", one)


def _by_codes(codes: Iterable[str]) -> Iterable[str]:
    for code in codes:
        plain = code.replace("-", "")
        yield _digest("c", code)
        yield _digest("c", plain)
        if shows_enough(code) if "*" in code else could_be_damaged(plain):
            yield MASKED
        if len(plain) == 9:
            yield _digest("o", plain)
        if len(plain) == 15:
            yield _digest("o", plain[6:])


def entity_handles(entity: BusinessEntity) -> tuple[frozenset[str], frozenset[str]]:
    """The codes of ``entity`` in comparable form, and its further handles."""
    codes = frozenset(comparable_code(code) for code in entity.codes)
    others = {_digest("c", code) for code in codes} | {MASKED}
    others |= {_digest("o", code[ORGANISATION]) for code in codes if len(code) == 18}
    others |= {_digest("n", comparable_name(name)) for name in entity.names if name}
    if entity.registration_number:
        others.add(_digest("c", comparable_code(entity.registration_number)))
    return codes, frozenset(others)


def led_elsewhere(manifest: Manifest, settled: Settled, codes: frozenset[str]) -> list[str]:
    """The fingerprints of settled rows that may now be about the business with ``codes``, whatever their own handles.

    A row that a person mapped is about the business that he named. A correction leads elsewhere only if it is one of
    what handles are made of; a row that was dismissed is about nobody.
    """
    leading = HandleRule(manifest).columns if settled else frozenset()
    return [
        mark
        for mark, one in settled.items()
        if (comparable_code(one.uscc) in codes if one.uscc else not leading.isdisjoint(one.cells))
    ]


def _digest(kind: str, text: str) -> str:
    return kind + blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _text(cell: Any) -> str | None:
    try:
        return clean_text(cell)
    except UnreadableCell:
        return None
