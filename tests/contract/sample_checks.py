"""The checks that every manifest's sample passes; each gives sentences that say what is wrong, none if all is well."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from creditreport.catalog.check import name_problems
from creditreport.catalog.keys import KEYS, Form
from creditreport.catalog.manifest import FieldRule, Role
from creditreport.catalog.read import read_manifest
from creditreport.sources.base import SourceIncomplete
from creditreport.violations.answer import Quarantined
from creditreport.violations.rows import used_columns
from tests.contract.sample_screening import overlay_effect, repaired, screened
from tests.contract.sampling import Cells, Sample, plain

Problems = Iterator[str]
STRANGE = "从未见过的词"
_PLAIN_NUMBER = re.compile(r"\d+(\.\d+)?")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def manifest_form(sample: Sample) -> Problems:
    """The manifest has its form, and its file the name that goes with number and slug."""
    located, problems = read_manifest(sample.located.path, sample.vocabulary)
    if located is not None:
        problems = [*problems, *name_problems(located)]
    yield from (f"{one.key}: {one.problem}" for one in problems)


def columns(sample: Sample) -> Problems:
    """The sample's columns are exactly those that the manifest accounts for, and no row has another."""
    declared = used_columns(sample.manifest) | set(sample.manifest.ignore)
    join = getattr(sample.manifest.source, "join", None)
    if join is not None:
        declared |= set(join.on) | {f"{join.alias}.{column}" for column in join.on.values()}
    for column in sorted(set(sample.columns) - declared):
        yield f"the sample's column {column} is neither read nor ignored by the manifest"
    for column in sorted(declared - set(sample.columns)):
        yield f"the manifest speaks of a column {column} that the sample lacks"
    for one in sample.form.rows:
        for column in sorted(set(one.cells) - set(sample.columns)):
            yield f"{one.about}: there is no column {column}"


def outcomes(sample: Sample) -> Problems:
    """All rows together become exactly what is expected, row by row in the sample's order."""
    rows = sample.form.rows
    try:
        kept = sample.read([sample.row(one) for one in rows])
    except SourceIncomplete as error:
        yield f"incomplete: {error}"
        return
    yield from told_apart(sample, kept.values, kept.quarantined, kept.skipped)


def told_apart(
    sample: Sample, values: Sequence[Any], quarantined: Sequence[Quarantined], skipped: Mapping[str, int]
) -> Problems:
    """Whether what the program made of the sample's rows is what is expected."""
    rows = sample.form.rows
    expected = [one.gives for one in rows if one.gives is not None]
    given = [plain(value) for value in values]
    for place in range(max(len(expected), len(given))):
        due, came = (part[place] if place < len(part) else None for part in (expected, given))
        if due != came:
            yield f"expected {due}, was given {came}"
    left = list(quarantined)
    for one in rows:
        if one.aside is None:
            continue
        # A query may give the rows in another order: each is told by column and words.
        mine = [found for found in left if found.column == (one.aside or None) and one.problem in found.problem]
        if mine:
            left.remove(mine[0])
        else:
            told = [(found.column, found.problem) for found in quarantined]
            yield f"{one.about}: not set aside for {one.aside}, {one.problem}; set aside: {told}"
    for found in left:
        yield f"set aside, though not expected: {found.column}, {found.problem}"
    expected_skips = Counter(one.skipped for one in rows if one.skipped is not None)
    if expected_skips != Counter(skipped):
        yield f"skipped: {dict(skipped)}, expected: {dict(expected_skips)}"


def unknown_words(sample: Sample) -> Problems:
    """A word that no look-up knows sets its row aside by column and word, alone in its cell or among others."""
    for key, rules in sample.manifest.fields.items():
        for rule in rules:
            if rule.lookup is None or rule.column is None or not sample.giving:
                continue
            several = KEYS[sample.manifest.role][key].form in {Form.WORDS, Form.TEXTS}
            for cell in (STRANGE, f"{_word_that_is_known(sample, rule)}；{STRANGE}")[: 1 + several]:
                yield from _unknown_word(sample, key, rule, cell)


def _word_that_is_known(sample: Sample, rule: FieldRule) -> str:
    cells = (row[rule.column or ""] for _one, row in sample.giving)
    return next((str(cell) for cell in cells if cell), "")


def _unknown_word(sample: Sample, key: str, rule: FieldRule, cell: str) -> Problems:
    noticed = 0
    take = sample.manifest.source.take
    for one, row in sample.giving:
        kept = sample.read([{**row, rule.column or "": cell}])
        # Whose rows they are is told by the same column: then nobody takes the row.
        words = "没有任何领域" if take is not None and take.column == rule.column else STRANGE
        if any(found.column == rule.column and words in found.problem for found in kept.quarantined):
            noticed += 1
        elif [plain(value) for value in kept.values] != [one.gives]:
            yield f"{one.about}: “{cell}” in {rule.column} was neither noticed nor without effect"
    if not noticed:
        yield f"no row is set aside for the word “{cell}” in {rule.column} ({key})"


def new_column(sample: Sample) -> Problems:
    """A column that the manifest does not know makes the source incomplete, by name."""
    rows = [{**sample.row(one), "新增列": "1"} for one in sample.form.rows]
    yield from _incomplete(sample, rows, (*sample.columns, "新增列"), "新增列")


def lost_column(sample: Sample) -> Problems:
    """So does a column that is read and no longer there."""
    for lost in sorted(used_columns(sample.manifest)):
        left = [column for column in sample.columns if column != lost]
        rows = [{column: sample.row(one)[column] for column in left} for one in sample.form.rows]
        yield from _incomplete(sample, rows, left, lost)


def _incomplete(sample: Sample, rows: list[Cells], names: Any, column: str) -> Problems:
    try:
        sample.read(rows, names)
    except SourceIncomplete as error:
        if column not in str(error):
            yield f"incomplete, but {column} is not named: {error}"
    else:
        yield f"{column} went unnoticed"


def amounts(sample: Sample) -> Problems:
    """Every column of money is in the sample, plain numbers of it in the declared unit: 万元 times ten thousand."""
    for key, rules in _rules_of(sample, Form.MONEY):
        tried = 0
        for one, row in sample.giving:
            text = str(row[rules[0].column or ""]).strip()
            if not _PLAIN_NUMBER.fullmatch(text):
                continue
            tried += 1
            amount = Decimal(text) * (10000 if rules[0].unit == "wan_yuan" else 1)
            stated = (one.gives or {}).get(key)
            if stated is None or Decimal(stated) != amount:
                yield f"{one.about}: {text} in {rules[0].column} is {amount} yuan, the sample expects {stated}"
        if not tried:
            yield f"no plain amount in {rules[0].column} ({key})"


def days(sample: Sample) -> Problems:
    """The day of a decision or listing comes in the source's own form, and not only as YYYY-MM-DD."""
    keys = [rules for key, rules in _rules_of(sample, Form.DAY) if key in {"decided_on", "listed_on"}]
    cells = [row[rule.column or ""] for rules in keys for rule in rules for _one, row in sample.giving]
    if cells and all(isinstance(cell, str) and _ISO_DAY.fullmatch(cell) for cell in cells):
        yield "every day is written YYYY-MM-DD; take rows as the source writes them"


def thorough(sample: Sample) -> Problems:
    """Every mapped key is stated by a record, and there is a row of every sort that the manifest tells apart."""
    manifest, rows = sample.manifest, sample.form.rows
    for skip in manifest.skip:
        if not any(one.skipped == skip.reason for one in rows):
            yield f"no row is skipped as {skip.reason}"
    if any(not skip.when for skip in manifest.skip):
        return
    stated = {key for one in rows for key in _stated(one.gives or {})}
    if manifest.role is Role.OVERLAY:
        stated.add("entity_name")  # An entry has no name: there it only says whom a row concerns.
    for key in sorted(set(manifest.fields) - stated):
        yield f"no record states {key}"
    if all(one.aside is None for one in rows):
        yield "no row is set aside"
    if manifest.role is not Role.REGISTER and not any(one.another for one in rows):
        yield "no row is another business's"
    if manifest.role is not Role.REGISTER and any(one.gives is not None and one.screened is None for one in rows):
        yield "a record has no “screened”"
    take = manifest.source.take
    for word in take.values if take else ():
        if not any(row[take.column] == word for _one, row in sample.giving):  # type: ignore[union-attr]
            yield f"no record of {word}"


def _stated(gives: Mapping[str, Any]) -> set[str]:
    return {*gives, *gives.get("changes", {})}


def _rules_of(sample: Sample, form: Form) -> list[tuple[str, tuple[FieldRule, ...]]]:
    keys = KEYS[sample.manifest.role]
    return [(key, rules) for key, rules in sample.manifest.fields.items() if keys[key].form is form and sample.giving]


CHECKS: dict[str, Callable[[Sample], Problems]] = {
    check.__name__: check
    for check in (
        manifest_form, columns, outcomes, unknown_words, new_column, lost_column, amounts, days, thorough, screened,
        repaired, overlay_effect,
    )
}  # fmt: skip
