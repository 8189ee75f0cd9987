"""What must be true of one manifest beyond its form: each rule finds problems by file, key and sentence.

A manifest that says something we would have to guess about never gets as far as a report: the catalogue loads as a
whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from creditreport.catalog.expect import expect_problems
from creditreport.catalog.keys import KEYS, NEEDED, OVERLAY_CHANGES, Form, KeyForm
from creditreport.catalog.manifest import FILE_NAME, FieldRule, LocatedManifest, Manifest, Role
from creditreport.catalog.references import ENV_REFERENCE
from creditreport.catalog.rest_source import rest_problems
from creditreport.catalog.sync import sync_problems
from creditreport.catalog.upload import upload_problems
from creditreport.catalog.words import Vocabulary, comparable_table, find_table
from creditreport.violations.record import CONTINUING, Kind


@dataclass(frozen=True, slots=True)
class ManifestProblem:
    """One thing wrong with one file; ``key`` is dotted, "" for the file as a whole."""

    file: str
    key: str
    problem: str

    def as_json(self) -> dict[str, str]:
        """As in ``domains check``."""
        return {"file": self.file, "key": self.key, "problem": self.problem}


Found = Iterator[tuple[str, str]]


def semantic_problems(located: LocatedManifest, vocabulary: Vocabulary) -> list[ManifestProblem]:
    """Every problem of a well-formed manifest that can be told from it and the shared words alone."""
    manifest = located.manifest
    found: list[tuple[str, str]] = []
    for rule in _RULES:
        found.extend(rule(manifest, vocabulary))
    return [ManifestProblem(located.path.name, key, problem) for key, problem in found]


def name_problems(located: LocatedManifest) -> list[ManifestProblem]:
    """File name = declared number and slug."""
    manifest, file = located.manifest, located.path.name
    match = FILE_NAME.match(file)
    if match is None:
        return [ManifestProblem(file, "", "文件名应为 NN_slug.toml / the file name must be NN_slug.toml")]
    number = int(match["number"]) if match["number"] else None
    problems = []
    if number != manifest.number:
        problem = f"文件名的编号是 {number}，清单写的是 {manifest.number} / file name and number differ"
        problems.append(ManifestProblem(file, "number", problem))
    if match["slug"] != manifest.slug:
        problem = f"文件名是 {match['slug']}，清单写的是 {manifest.slug} / file name and slug differ"
        problems.append(ManifestProblem(file, "slug", problem))
    return problems


def _references(manifest: Manifest, _vocabulary: Vocabulary) -> Found:
    for key in ("url", "folder", "ca_file"):
        value = getattr(manifest.source, key, None)
        if isinstance(value, str) and value.startswith("env:") and ENV_REFERENCE.match(value) is None:
            yield f"source.{key}", f"“{value}” 不是 env:变量名 的形式 / is not of the form env:NAME"


def _known_keys(manifest: Manifest, _vocabulary: Vocabulary) -> Found:
    known = KEYS[manifest.role]
    for key in manifest.fields:
        if key not in known:
            yield (
                f"fields.{key}",
                f"没有键“{key}”，可用的键：{'、'.join(sorted(known))} / there is no key “{key}” for this role",
            )


def _needed_keys(manifest: Manifest, _vocabulary: Vocabulary) -> Found:
    if any(not skip.when for skip in manifest.skip):
        return  # A feed that is declared to hold no violations at all maps nothing.
    for key in NEEDED[manifest.role]:
        if key not in manifest.fields:
            yield f"fields.{key}", f"缺少必需的键“{key}” / the key “{key}” is required"
    if manifest.role is Role.OVERLAY and not OVERLAY_CHANGES & set(manifest.fields):
        yield "fields", "覆盖清单没有声明改变什么 / the overlay does not say what it changes"
    if manifest.role is not Role.DOMAIN:
        return
    fixed = {rule.value for rule in manifest.fields.get("kind", ()) if isinstance(rule.value, str)}
    kinds = {Kind(value) for value in fixed if value in set(Kind)}
    if kinds & CONTINUING and "listed_on" not in manifest.fields:
        yield "fields.listed_on", "持续状态需要“listed_on” / a continuing state needs “listed_on”"
    if kinds - CONTINUING and "decided_on" not in manifest.fields:
        yield "fields.decided_on", "决定需要“decided_on” / a decision needs “decided_on”"
    if not {"listed_on", "decided_on"} & set(manifest.fields) and not kinds:
        yield "fields.decided_on", "需要“decided_on”或“listed_on” / “decided_on” or “listed_on” is needed"


def _tables(manifest: Manifest, vocabulary: Vocabulary) -> Found:
    for name, table in manifest.lookups.items():
        if name in vocabulary:
            yield f"lookups.{name}", f"词表“{name}”与共用词表同名 / a shared table has the name “{name}”"
        try:
            comparable_table(table)
        except ValueError as error:
            yield f"lookups.{name}", str(error)


def _field_rules(manifest: Manifest, vocabulary: Vocabulary) -> Found:
    for key, rules in manifest.fields.items():
        form = KEYS[manifest.role].get(key)
        if form is None:
            continue
        for rule in rules:
            for part, problem in _rule_problems(rule, form, manifest, vocabulary):
                yield f"fields.{key}.{part}", problem


def _rule_problems(rule: FieldRule, form: KeyForm, manifest: Manifest, vocabulary: Vocabulary) -> Found:
    for part in ("value", "present", "empty"):
        value = getattr(rule, part)
        if value is not None and form.form is not Form.CODE and not _fits(form, value):
            yield part, f"“{value}”不是这个键的值{_choice(form)} / “{value}” is no value of this key"
    if rule.separators is not None and form.form not in {Form.WORDS, Form.TEXTS}:
        yield "separators", "只有列表才能拆分 / only a list can be split"
    if rule.unit != "yuan" and form.form is not Form.MONEY:
        yield "unit", "只有金额才有单位 / only money has a unit"
    if rule.lookup is None:
        return
    if form.form in {Form.CODE, Form.DAY, Form.MONEY}:
        yield "lookup", "代码、日期和金额不用词表 / a code, day or amount has no look-up"
        return
    try:
        table = find_table(rule.lookup, manifest.lookups, vocabulary)
    except ValueError:
        return  # Told by the check of the tables themselves.
    if table is None:
        yield "lookup", f"没有词表“{rule.lookup}” / there is no look-up “{rule.lookup}”"
        return
    for word, value in table.items():
        if not form.accepts(value):
            yield (
                "lookup",
                f"词表“{rule.lookup}”把“{word}”译为“{value}”，不是这个键的值{_choice(form)} / not a value of this key",
            )


def _fits(form: KeyForm, value: str | bool) -> bool:
    if form.form is Form.DAY and isinstance(value, str):
        try:
            return date.fromisoformat(value) is not None
        except ValueError:
            return False
    return value != "" and form.accepts(value)


def _choice(form: KeyForm) -> str:
    if form.form is Form.FLAG:
        return "（true、false）"
    return f"（{'、'.join(sorted(form.words))}）" if form.words else ""


def _ignored(manifest: Manifest, _vocabulary: Vocabulary) -> Found:
    for column in manifest.ignore:
        for key, rules in manifest.fields.items():
            if any(rule.column == column for rule in rules):
                yield "ignore", f"列“{column}”既映射到 {key} 又被忽略 / “{column}” is both mapped and ignored"
        if column in manifest.concerns.columns:
            yield "ignore", f"列“{column}”既用于判断归属又被忽略 / “{column}” is both in concerns and ignored"


def _code_from_column(manifest: Manifest, _vocabulary: Vocabulary) -> Found:
    # A fixed code would make every row the same business's.
    for rule in manifest.fields.get("uscc", ()):
        for part in ("value", "present", "empty"):
            if getattr(rule, part) is not None:
                yield f"fields.uscc.{part}", "统一社会信用代码必须来自数据列 / the code must come from a column"


_RULES: tuple[Callable[[Manifest, Vocabulary], Found], ...] = (
    sync_problems, _references, _known_keys, _needed_keys, _tables, _field_rules, _ignored, _code_from_column,
    expect_problems, rest_problems, upload_problems,
)  # fmt: skip


def in_folder(path: Path, folder: Path) -> bool:
    """Whether ``path`` is one of the catalogue's own files."""
    return path.resolve().is_relative_to(folder.resolve())
