"""The drivers by name: a new way to fetch rows is one class here and one form in the manifest's schema."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from creditreport.catalog.manifest import LocatedManifest
from creditreport.sources.base import Source
from creditreport.sources.files import FileRows
from creditreport.sources.sql import SqlRows

DRIVERS: Mapping[str, type[Source]] = MappingProxyType({driver.name: driver for driver in (SqlRows, FileRows)})


def make_source(located: LocatedManifest, environ: Mapping[str, str]) -> Source:
    """The driver of a manifest, ready to be asked."""
    return DRIVERS[located.manifest.source.driver](located, environ)
