"""Mapping one row to canonical values by its manifest's rules: rename, read, look up; what is not certain raises."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from creditreport.catalog.keys import KEYS, Form, KeyForm
from creditreport.catalog.manifest import FieldRule, Manifest
from creditreport.catalog.words import Table, Vocabulary, comparable_word, find_table
from creditreport.violations.cells import UnreadableCell, cell_text, clean_text, read_day, read_money, says_nothing
from creditreport.violations.exemption import is_exemption_word

Row = Mapping[str, Any]
SEPARATORS = "；;、,，\n"
_POWERS = {"yuan": 0, "wan_yuan": 4}
# Words, days, amounts and authorities repeat from row to row: what a short cell means is worked out once.
_SHORT, _REMEMBERED = 64, 16384
_NOT_MET = object()


class Unmappable(ValueError):
    """A row that cannot be mapped with certainty: the source's column (if one is to blame) and a sentence."""

    def __init__(self, column: str | None, problem: str) -> None:
        self.column, self.problem = column, problem
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class _Rule:
    """One rule of a manifest with its look-up table at hand, and what it made of the short cells met so far."""

    declared: FieldRule
    table: Table | None
    column: str | None
    fixed: Any
    met: dict[str | None, Any] = field(default_factory=dict, compare=False)


class Mapper:
    """A manifest's rules, ready for many rows. The unified code is not read here: see ``concern``."""

    def __init__(self, manifest: Manifest, vocabulary: Vocabulary) -> None:
        self._key, self._required = manifest.key, manifest.expect.required
        self._forms = KEYS[manifest.role]
        self._rules = {
            key: tuple(_bind(rule, self._forms[key], manifest, vocabulary) for rule in rules)
            for key, rules in manifest.fields.items()
            if key != "uscc"
        }

    def column(self, key: str) -> str | None:
        """The first column that ``key`` is read from, to name it in a problem."""
        return next((rule.declared.column for rule in self._rules.get(key, ()) if rule.declared.column), None)

    def cells(self, key: str, row: Row) -> list[str | None]:
        """The cells that ``key`` is read from, as text."""
        return [clean_text(row[rule.declared.column]) for rule in self._rules.get(key, ()) if rule.declared.column]

    def row_id(self, row: Row) -> str:
        """The row's lasting name from the key columns. Raises :class:`Unmappable` for an empty part.

        Nor is a row certain in which a column is empty that the manifest requires of every row.
        """
        for column in self._required:
            _stated(row, column, "必填列")
        return "/".join(_stated(row, column, "主键列") for column in self._key)

    def values(self, row: Row) -> dict[str, Any]:
        """Every key that the row states. Raises :class:`Unmappable`."""
        values: dict[str, Any] = {}
        for key, rules in self._rules.items():
            for rule in rules:
                if rule.column is None:
                    value = rule.fixed
                else:
                    cell = row[rule.column]
                    value = rule.met.get(cell, _NOT_MET) if type(cell) is str or cell is None else _NOT_MET
                    if value is _NOT_MET:
                        value = _value(rule, self._forms[key], cell, key)
                if value is not None:
                    values[key] = value
                    break
        return values


def _stated(row: Row, column: str, what: str) -> str:
    try:
        text = clean_text(row[column])
    except UnreadableCell as error:
        raise Unmappable(column, str(error)) from error
    if text is None or says_nothing(text):
        raise Unmappable(column, f"{what}“{column}”为空")
    return text


def _bind(rule: FieldRule, form: KeyForm, manifest: Manifest, vocabulary: Vocabulary) -> _Rule:
    table = find_table(rule.lookup, manifest.lookups, vocabulary) if rule.lookup else None
    return _Rule(rule, table, rule.column, _as_list(rule.value, form))


def _value(rule: _Rule, form: KeyForm, cell: Any, key: str) -> Any:
    """What a cell means that was not met before, or is too long to be remembered."""
    try:
        value = _read(rule, form, cell, key)
    except UnreadableCell as error:
        raise Unmappable(rule.column, f"列“{rule.column}”：{error}") from error
    if (cell is None or (type(cell) is str and len(cell) <= _SHORT)) and len(rule.met) < _REMEMBERED:
        rule.met[cell] = value
    return value


def _read(rule: _Rule, form: KeyForm, cell: Any, key: str) -> Any:
    declared = rule.declared
    if declared.present is not None:
        stated = not says_nothing(clean_text(cell), declared.sentinels)
        return _as_list(declared.present if stated else declared.empty, form)
    value = _READERS[form.form](rule, form, cell, key)
    return _as_list(declared.empty, form) if value is None else value


def _as_list(value: str | bool | None, form: KeyForm) -> Any:
    return (value,) if value is not None and form.form in {Form.WORDS, Form.TEXTS} else value


def _text(rule: _Rule, form: KeyForm, cell: Any, _key: str) -> Any:
    text = clean_text(cell)
    if rule.table is not None:
        return _word(rule, form, cell, _key)
    return None if says_nothing(text, rule.declared.sentinels) else text


def _day(rule: _Rule, _form: KeyForm, cell: Any, _key: str) -> Any:
    return read_day(cell, rule.declared.sentinels)


def _money(rule: _Rule, _form: KeyForm, cell: Any, _key: str) -> Any:
    return read_money(cell, _POWERS[rule.declared.unit], rule.declared.sentinels)


def _word(rule: _Rule, form: KeyForm, cell: Any, _key: str) -> Any:
    """One word: looked up, or already in our words. A look-up may know a word for nothing, so it comes first."""
    text = clean_text(cell)
    if text is None:
        return None
    known = comparable_word(text)
    if rule.table is not None and known in rule.table:
        value = rule.table[known]
        return None if value == "" else value
    if says_nothing(text, rule.declared.sentinels):
        return None
    if rule.table is None:
        if form.form is Form.FLAG and known in {"true", "false"}:
            return known == "true"
        if known in form.words:
            return known
    raise UnreadableCell(f"未知的词“{text}”")


def _words(rule: _Rule, form: KeyForm, cell: Any, key: str) -> Any:
    """Several words in one cell; the cell as a whole is looked up first. Words that only say "exempted" are no type."""
    whole = clean_text(cell)
    if whole is not None and rule.table is not None and comparable_word(whole) in rule.table:
        value = _word(rule, form, cell, key)
        return None if value is None else (value,)
    found: list[Any] = []
    for part in _split(cell, rule.declared):
        if key == "penalty_types" and is_exemption_word(part):
            continue
        value = _word(rule, form, part, key)
        if value is not None and value not in found:
            found.append(value)
    return tuple(found) or None


def _texts(rule: _Rule, _form: KeyForm, cell: Any, _key: str) -> Any:
    texts = [part for part in _split(cell, rule.declared) if not says_nothing(part, rule.declared.sentinels)]
    return tuple(dict.fromkeys(texts)) or None


def _split(cell: Any, declared: FieldRule) -> list[str]:
    text = cell_text(cell)
    if text is None or says_nothing(clean_text(text), declared.sentinels):
        return []
    separators = SEPARATORS if declared.separators is None else declared.separators
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    for separator in separators[1:]:
        text = text.replace(separator, separators[0])
    parts = text.split(separators[0]) if separators else [text]
    return [part for part in map(clean_text, parts) if part is not None]


_READERS: Mapping[Form, Callable[[_Rule, KeyForm, Any, str], Any]] = {
    Form.TEXT: _text,
    Form.TEXTS: _texts,
    Form.DAY: _day,
    Form.MONEY: _money,
    Form.WORD: _word,
    Form.FLAG: _word,
    Form.WORDS: _words,
}
