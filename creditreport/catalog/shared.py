"""Tables that serve several domains: which words the manifests of one table take, so that no row is nobody's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from creditreport.catalog.manifest import LocatedManifest, Manifest, Take
from creditreport.catalog.references import UnresolvedReference, resolve
from creditreport.violations.record import comparable_name


def taken_words(take: Take) -> frozenset[str]:
    """The words of a ``take`` in comparable form."""
    return frozenset(comparable_name(word) for word in take.values)


def source_text(manifest: Manifest, address: str | None = None) -> str:
    """What tells one source from another: address, what is read there, and the column that rows are taken by."""
    source = manifest.source
    take = source.take.column if source.take else ""
    place = address or str(getattr(source, "url", None) or getattr(source, "folder", ""))
    what = [str(getattr(source, part, None)) for part in ("table", "query", "join", "pattern", "sheet")]
    return "\n".join([source.driver, place, *what, take])


def shared_words(manifests: Iterable[LocatedManifest], environ: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    """For each source that rows are taken from, all words that any manifest takes there."""
    words: dict[str, frozenset[str]] = {}
    for located in manifests:
        take = located.manifest.source.take
        if take is not None:
            key = shared_key(located, environ)
            words[key] = words.get(key, frozenset()) | taken_words(take)
    return MappingProxyType(words)


def shared_key(located: LocatedManifest, environ: Mapping[str, str]) -> str:
    """The key of a manifest's source with its address resolved, or as it is written while that is not possible."""
    source = located.manifest.source
    text = str(getattr(source, "url", None) or getattr(source, "folder", ""))
    try:
        address = resolve(text, environ, located.path.parent)
    except UnresolvedReference:
        address = text
    return source_text(located.manifest, address)
