"""The source of a mirrored manifest, ready to be read as a whole or from its last watermark on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from creditreport.catalog.expect import Expect
from creditreport.catalog.manifest import LocatedManifest
from creditreport.sources.base import Source
from creditreport.sources.registry import make_source
from creditreport.sources.since import Since
from creditreport.violations.fingerprint import row_of


def since(located: LocatedManifest, environ: Mapping[str, str], after: str | None) -> Source:
    """The source with the time that a sync has; with ``after`` (as stored) only rows from that watermark on.

    Part of a table tells nothing about how many rows there should be, so the guard rails hold for whole readings.
    """
    manifest = located.manifest
    changes: dict[str, Any] = {}
    if manifest.sync is not None:
        changes["deadline_seconds"] = manifest.sync.deadline_seconds
    if after is not None:
        changes["expect"] = Expect(empty=True, success=manifest.expect.success)
    source = make_source(located.model_copy(update={"manifest": manifest.model_copy(update=changes)}), environ)
    if after is not None and manifest.sync is not None and manifest.sync.watermark is not None:
        source.since = Since(manifest.sync.watermark, row_of(after)["at"])
    return source
