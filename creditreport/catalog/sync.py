"""``[sync]``: how a mirrored source is brought up to date."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from creditreport.catalog.part import Part
from creditreport.catalog.words import Vocabulary

if TYPE_CHECKING:
    from creditreport.catalog.manifest import Manifest


class Sync(Part):
    """How what is new is told from what was there: exactly one of ``compare`` and ``watermark``.

    ``compare = "full"``: the whole source is read and compared. ``watermark``: only rows whose column is at least what
    it was the last time; rows that vanish are then seen by the whole comparison, made every ``full_every`` days.
    """

    compare: Literal["full"] | None = None
    watermark: str | None = None
    full_every: int = Field(default=7, ge=1)
    deadline_seconds: float = Field(default=600.0, gt=0, le=86400)

    @model_validator(mode="after")
    def _one_way(self) -> Sync:
        if (self.compare is None) == (self.watermark is None):
            raise ValueError('give exactly one of compare = "full", watermark')
        if self.watermark is None and "full_every" in self.model_fields_set:
            raise ValueError("full_every belongs to watermark: compare is always of the whole")
        return self


def sync_problems(manifest: Manifest, _vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    """What is wrong with ``mode`` and ``[sync]`` together."""
    source, sync = manifest.source, manifest.sync
    if manifest.mode != "mirrored":
        if sync is not None:
            yield "sync", '“sync”只用于 mode = "mirrored" / [sync] belongs to mode = "mirrored"'
        return
    if sync is None:
        yield "sync", "镜像来源须写明 [sync] / a mirrored source needs [sync]"
    if manifest.role.value == "register":
        yield "mode", "登记库由 entities sync 同步 / the register is brought by entities sync"
    if getattr(source, "ask", None):
        yield "mode", "按主体查询的来源不能镜像 / a source that is asked about one business cannot be mirrored"
    if sync is not None and sync.watermark is not None and getattr(source, "table", None) is None:
        yield "sync.watermark", "只有 sql 的 table 可按水位读取 / only a table of the sql driver has a watermark"
