"""Every manifest and a few rows of its source: each row becomes exactly what it must, and no change goes unnoticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from creditreport.catalog.load import load_catalog
from creditreport.catalog.manifest import LocatedManifest
from creditreport.catalog.shared import shared_key, shared_words
from tests.contract.sample_checks import CHECKS
from tests.contract.sampling import SAMPLES, load_sample, missing_sample

CATALOG = load_catalog(Path(__file__).parents[2] / "domains")
SHARED = shared_words(CATALOG.domains, {})


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("located", CATALOG.all, ids=lambda located: located.manifest.slug)
def test_a_manifest_and_its_sample(located: LocatedManifest, check: str) -> None:
    taken = SHARED.get(shared_key(located, {}), frozenset())
    sample = load_sample(located, CATALOG.vocabulary, taken)
    assert list(CHECKS[check](sample)) == []


def test_a_manifest_without_a_sample_is_told_which_file_to_add(tmp_path: Path) -> None:
    body = CATALOG.domain("sports").manifest.model_copy(update={"number": 46, "slug": "city_gas"})
    told = missing_sample(LocatedManifest(path=tmp_path / "46_city_gas.toml", manifest=body))
    assert told is not None
    assert "46_city_gas.toml has no sample" in told
    assert "tests/contract/samples/city_gas.json" in told


def test_no_sample_is_left_over() -> None:
    assert {path.stem for path in SAMPLES.iterdir()} == {located.manifest.slug for located in CATALOG.all}
