"""``[expect]``: what a source that is read as a whole must look like: half a feed is an error and not good news.

An empty answer is possible only where the manifest says so, and where the source itself says that all is well.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import Field, model_validator

from creditreport.catalog.part import Part
from creditreport.catalog.words import Vocabulary, comparable_word, find_table

if TYPE_CHECKING:
    from creditreport.catalog.manifest import Manifest


class Share(Part):
    """How large a part of the rows has one of ``values`` in ``column``, from 0 to 1, both ends allowed."""

    column: str
    values: tuple[str, ...] = Field(min_length=1)
    at_least: float = Field(default=0.0, ge=0, le=1)
    at_most: float = Field(default=1.0, ge=0, le=1)

    @model_validator(mode="after")
    def _says_something(self) -> Share:
        if not self.model_fields_set & {"at_least", "at_most"}:
            raise ValueError("give at_least, at_most or both")
        if self.at_least > self.at_most:
            raise ValueError("at_least is more than at_most")
        return self


class Expect(Part):
    """What must hold of the rows that the manifest takes, before the source counts as read.

    ``min_rows`` (1 if left out) and ``max_rows`` are counted over the manifest's own rows, so that one department that
    is missing from a shared table is noticed too. ``required`` columns state something in every row. ``empty``: there
    may be no rows at all, provided that ``success`` (a query of the same database that must give true) or the drop
    itself says so.
    """

    min_rows: int = Field(default=1, ge=1)
    max_rows: int | None = Field(default=None, ge=1)
    required: tuple[str, ...] = ()
    share: tuple[Share, ...] = ()
    empty: bool = False
    success: str | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Expect:
        if self.max_rows is not None and self.max_rows < self.min_rows:
            raise ValueError("max_rows is less than min_rows")
        if self.empty and "min_rows" in self.model_fields_set:
            raise ValueError("empty and min_rows exclude each other")
        return self


def reads_whole_table(manifest: Manifest) -> bool:
    """Whether the source hands over everything: an interface does so when it is not asked by code."""
    return getattr(manifest.source, "ask", None) is None


def expect_problems(manifest: Manifest, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    """What is wrong with ``[expect]`` beside the rest of the manifest: key and sentence."""
    expect = manifest.expect
    driver = manifest.source.driver
    if not reads_whole_table(manifest) and expect != Expect():
        yield "expect", f"驱动 {driver} 逐个主体查询，没有整表可检查 / {driver} reads no whole table"
        return
    if driver == "rest" and (expect.empty or expect.success is not None):
        yield "expect", "接口用 source.empty_ok 和 source.success / an interface has source.empty_ok and source.success"
    if driver == "sql" and expect.empty and expect.success is None:
        yield (
            "expect.success",
            "允许为空的数据库来源须给出成功标志查询 / an empty answer needs a query that shows success",
        )
    if driver == "files" and expect.success is not None:
        yield "expect.success", "文件不能查询，成功标志用 done_marker 或 checksum / a file cannot be queried"
    for place, columns in (("required", expect.required), ("share", [one.column for one in expect.share])):
        for column in columns:
            if column in manifest.ignore:
                yield f"expect.{place}", f"列“{column}”既被检查又被忽略 / “{column}” is both expected and ignored"
    for share in expect.share:
        yield from _unknown_words(share, manifest, vocabulary)


def _unknown_words(share: Share, manifest: Manifest, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    # A word that no look-up of the column knows would never be counted, and the rail would never hold.
    names = [rule.lookup for rules in manifest.fields.values() for rule in rules if rule.column == share.column]
    if not names or None in names:
        return
    known: set[str] = set()
    for name in names:
        try:
            known |= set(find_table(name or "", manifest.lookups, vocabulary) or {})
        except ValueError:
            return  # Told by the check of the tables themselves.
    for word in share.values:
        if comparable_word(word) not in known:
            yield "expect.share", f"列“{share.column}”的词表中没有“{word}” / no look-up of the column knows “{word}”"
