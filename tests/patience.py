"""The shipped catalogue for tests that ask the demo's live sources: a busy machine is not a slow department.

The manifests allow a source three seconds, as a city would; a machine that runs tests may stand still for longer, and
then every answer would be "did not answer". What a deadline does is tested where a test brings its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from creditreport.catalog.load import Catalog
from creditreport.catalog.manifest import LocatedManifest

# The most that a manifest may say.
PATIENT_SECONDS = 60.0


def patient(catalog: Catalog) -> Catalog:
    """The same catalogue, every source with a minute to answer."""
    return replace(
        catalog,
        domains=tuple(map(_patient, catalog.domains)),
        register=_patient(catalog.register),
        overlays=tuple(map(_patient, catalog.overlays)),
    )


def with_manifest(located: LocatedManifest, **changes: Any) -> LocatedManifest:
    """A manifest copy in memory: only what the test needs is changed, such as the deadline."""
    return located.model_copy(update={"manifest": located.manifest.model_copy(update=changes)})


def _patient(located: LocatedManifest) -> LocatedManifest:
    return with_manifest(located, deadline_seconds=PATIENT_SECONDS)
