"""The drivers by name: a new way to fetch rows is one class here and one form in the manifest's schema."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from creditreport.catalog.manifest import LocatedManifest
from creditreport.sources.base import Source
from creditreport.sources.files import FileRows
from creditreport.sources.rest import RestRows
from creditreport.sources.sql import SqlRows

DRIVERS: Mapping[str, type[Source]] = MappingProxyType({one.name: one for one in (SqlRows, FileRows, RestRows)})


def make_source(located: LocatedManifest, environ: Mapping[str, str], codes: tuple[str, ...] = ()) -> Source:
    """The driver of a manifest, ready to be asked about the business with ``codes``, or about everything."""
    return DRIVERS[located.manifest.source.driver](located, environ, codes)
