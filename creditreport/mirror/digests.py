"""What a mirrored row depends on in its manifest, as digests: a change there is noticed before the mirror is read."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from creditreport.catalog.manifest import Manifest
from creditreport.catalog.words import Vocabulary
from creditreport.violations.rows import used_columns


def kept_by(manifest: Manifest, taken: frozenset[str]) -> str:
    """Of everything that decides which rows are kept, with which columns, and how they are found again."""
    told = manifest.model_dump(mode="json", include={"source", "ignore", "concerns", "skip"})
    # What a manifest does not declare leaves its digest as it was before it could be declared.
    told["concerns"] = {
        key: columns for key, columns in told["concerns"].items() if columns or key in {"names", "organisation_codes"}
    }
    told["found_by"] = {
        key: [rule.model_dump(mode="json") for rule in manifest.fields.get(key, ())] for key in ("uscc", "entity_name")
    }
    ignored_but_read = sorted(used_columns(manifest) & set(manifest.ignore))
    return _digest([told, sorted(taken), ignored_but_read])


def mapped_by(manifest: Manifest, vocabulary: Vocabulary) -> str:
    """Of everything that decides what a row means."""
    told = manifest.model_dump(mode="json", include={"key", "fields", "lookups", "expect", "role", "slug"})
    return _digest([told, {name: dict(table) for name, table in vocabulary.items()}])


def _digest(told: Any) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]
