"""The form of a manifest: one TOML file that declares a domain, the register or an overlay.

``domains/README.md`` explains every key to an operator. A manifest holds no password: an address or secret is
``env:NAME`` or ``file:PATH``.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from creditreport.catalog.expect import Expect
from creditreport.catalog.part import AsOf as AsOf
from creditreport.catalog.part import Part as Part
from creditreport.catalog.part import Take as Take
from creditreport.catalog.rest_source import RestSource
from creditreport.catalog.sync import Sync
from creditreport.catalog.upload import DoublePublicity


class Role(StrEnum):
    """What the rows of a manifest are."""

    DOMAIN = "domain"
    REGISTER = "register"
    OVERLAY = "overlay"


class Join(Part):
    """A second table whose columns are joined on; they are named ``<alias>.<column>`` in the mapping.

    A left join: a row of the main table without a partner is still seen; ``[expect] share`` can make it an error.
    """

    table: str
    alias: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    on: dict[str, str] = Field(min_length=1, description="column of the main table = column of the second")


class SqlSource(Part):
    """Rows from any SQLAlchemy address: a table (perhaps with a join) or a query."""

    driver: Literal["sql"]
    url: str
    table: str | None = None
    query: str | None = None
    join: Join | None = None
    page_size: int | None = Field(default=None, ge=1)
    page_by: tuple[str, ...] = ()
    take: Take | None = None
    as_of: AsOf

    @model_validator(mode="after")
    def _table_or_query(self) -> SqlSource:
        if (self.table is None) == (self.query is None):
            raise ValueError("give exactly one of table, query")
        if self.query is not None and self.join is not None:
            raise ValueError("join belongs to table; write the join into the query")
        if (self.page_size is None) != (not self.page_by):
            raise ValueError("page_size and page_by go together")
        if self.page_by and (self.table is None or self.join is not None):
            raise ValueError("only a single table can be read page by page")
        if self.as_of.file or self.as_of.pointer is not None:
            raise ValueError("as_of of a database is live, query or column")
        return self


class FilesSource(Part):
    """Rows from the newest whole drop in a folder: CSV (UTF-8, with BOM, GB18030) or XLSX, perhaps in a ZIP."""

    driver: Literal["files"]
    folder: str
    pattern: str = "*"
    encoding: Literal["auto", "utf-8", "gb18030"] = "auto"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    sheet: str | None = None
    header_row: int = Field(default=1, ge=1)
    checksum: Literal["sha256", "md5"] | None = None
    done_marker: bool = False
    member: str | None = None
    take: Take | None = None
    as_of: AsOf = AsOf(file=True)

    @model_validator(mode="after")
    def _as_of_fits(self) -> FilesSource:
        if self.as_of.live or self.as_of.query is not None or self.as_of.pointer is not None:
            raise ValueError("a file is never live and cannot be queried: as_of is file or column")
        return self


Source = Annotated[SqlSource | FilesSource | RestSource, Field(discriminator="driver")]
DRIVER_NAMES = ("files", "rest", "sql")


class FieldRule(Part):
    """How one canonical key gets its value. A key's type (date, money, word, text) follows from the key itself.

    ``column`` is read unless ``value`` fixes the value for every row. ``lookup`` names a table of words. ``unit``
    is for money. ``separators`` splits a cell that holds several words. ``present`` is the value whenever the cell
    says anything at all, ``empty`` the value when it says nothing.
    """

    column: str | None = None
    value: str | bool | None = None
    lookup: str | None = None
    unit: Literal["yuan", "wan_yuan"] = "yuan"
    separators: str | None = None
    present: str | bool | None = None
    empty: str | bool | None = None
    sentinels: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _column_or_value(self) -> FieldRule:
        if (self.column is None) == (self.value is None):
            raise ValueError("give exactly one of column, value")
        if self.present is not None and self.lookup is not None:
            raise ValueError("present and lookup exclude each other")
        return self


def _field_rules(value: Any) -> Any:
    # "col" is short for {column = "col"}; a list is tried in order, the first that states a value wins.
    rules = value if isinstance(value, list | tuple) else [value]
    return tuple({"column": rule} if isinstance(rule, str) else rule for rule in rules)


FieldRules = Annotated[tuple[FieldRule, ...], BeforeValidator(_field_rules), Field(min_length=1)]


class Condition(Part):
    """One condition on a cell: it holds one of ``values``, or it is (or is not) empty, or a right unified code."""

    column: str
    values: tuple[str, ...] = ()
    empty: bool | None = None
    unified_code: bool | None = None

    @model_validator(mode="after")
    def _one_test(self) -> Condition:
        if sum([bool(self.values), self.empty is not None, self.unified_code is not None]) != 1:
            raise ValueError("give exactly one of values, empty, unified_code")
        return self


class Skip(Part):
    """Rows that are no business's records, by name of the reason; they are counted, never silent.

    All conditions must hold; no condition means every row (a feed that is declared to hold no violations at all).
    """

    reason: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    when: tuple[Condition, ...] = ()


class Concerns(Part):
    """The columns that say whom a row concerns when its code does not: see ``violations/concern.py``.

    An older number that is right and that one entry of the register has alone means that business; any other, and a
    name, means that the row may be about whoever it fits.
    """

    names: tuple[str, ...] = ()
    organisation_codes: tuple[str, ...] = ()
    registration_numbers: tuple[str, ...] = ()
    tax_numbers: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.names, *self.organisation_codes, *self.registration_numbers, *self.tax_numbers)


class Manifest(Part):
    """One source of rows, declared."""

    slug: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    title_en: str
    responsible_unit: str
    role: Role = Role.DOMAIN
    number: int | None = Field(default=None, ge=1, le=99)
    batch: int | None = None
    effective_from: date | None = None
    mode: Literal["live", "mirrored"] = "live"
    sync: Sync | None = None
    deadline_seconds: float = Field(default=3.0, gt=0, le=60)
    retries: int = Field(
        default=2, ge=0, le=10, description="how often a failed asking is repeated within the deadline"
    )
    freshness: int = Field(default=0, ge=0, description="working days before window_end that the data may lag")
    key: tuple[str, ...] = Field(min_length=1, description="columns that identify a row for ever")
    source: Source
    expect: Expect = Expect()
    double_publicity: DoublePublicity | None = None
    fields: dict[str, FieldRules] = Field(default={})
    concerns: Concerns = Concerns()
    lookups: dict[str, dict[str, str | bool]] = Field(default={})
    ignore: tuple[str, ...] = ()
    skip: tuple[Skip, ...] = ()

    @model_validator(mode="after")
    def _role_keys(self) -> Manifest:
        needed = ("number", "batch", "effective_from")
        for key in needed:
            given = getattr(self, key) is not None
            if given != (self.role is Role.DOMAIN):
                raise ValueError(f"{key} is {'required for' if not given else 'only for'} a domain")
        return self


FILE_NAME = re.compile(r"^(?:(?P<number>\d{2})_)?(?P<slug>[a-z][a-z0-9_]*)\.toml$")


class LocatedManifest(Part):
    """A manifest and the file it came from: relative paths in it are relative to that file's folder."""

    path: Path
    manifest: Manifest
