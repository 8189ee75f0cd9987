"""The base of everything in a manifest, and what sources of every kind have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Part(BaseModel):
    """Base of everything in a manifest: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Take(Part):
    """Which rows of a table that serves several domains are this one's: those with one of ``values`` in ``column``."""

    column: str
    values: tuple[str, ...] = Field(min_length=1)


class AsOf(Part):
    """Where "data as of" comes from: exactly one of the ways.

    ``live``: the source is asked in its own working system, so the asking moment counts. ``query``: one value from
    the same database. ``pointer``: a place of an interface's answer. ``column``: the latest value of a column that
    every row carries (and which is then an ignored or mapped column). ``file``: the date of the drop (``data_date`` in
    its name, else its modification time).
    """

    live: bool = False
    query: str | None = None
    pointer: str | None = Field(default=None, pattern=r"^(/.*)?$")
    column: str | None = None
    file: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> AsOf:
        if sum([self.live, self.query is not None, self.pointer is not None, self.column is not None, self.file]) != 1:
            raise ValueError("give exactly one of live, query, pointer, column, file")
        return self
