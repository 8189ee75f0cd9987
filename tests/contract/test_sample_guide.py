"""The guide's example of a sample is one: with the guide's example of a manifest it passes every check."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from creditreport.catalog.load import load_manifest, load_words
from tests.contract.sample_checks import CHECKS
from tests.contract.sampling import Sample, load_form

DOMAINS = Path(__file__).parents[2] / "domains"
README = (DOMAINS / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("check", CHECKS)
def test_the_example_passes(tmp_path: Path, check: str) -> None:
    manifest = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)[0]
    (text,) = re.findall(r"```json\n(.*?)```", README, re.DOTALL)
    path = tmp_path / "45_city_gas.toml"
    path.write_text(manifest, encoding="utf-8")
    words = load_words(DOMAINS)
    sample = Sample(load_manifest(path, words), load_form(text, exact=False), words)
    assert list(CHECKS[check](sample)) == []
