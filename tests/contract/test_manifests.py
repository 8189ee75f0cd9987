"""The manifests as they stand: all 45 load, as the plan's annex numbers them, and each is fit to be read by people."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from creditreport.catalog.keys import KEYS, Form
from creditreport.catalog.load import Catalog, check_manifests, load_catalog
from creditreport.catalog.manifest import LocatedManifest
from creditreport.catalog.words import find_table
from creditreport.violations.rows import used_columns

DOMAINS = Path(__file__).parents[2] / "domains"
CATALOG = load_catalog(DOMAINS)


@pytest.fixture
def catalog() -> Catalog:
    return CATALOG


def test_the_whole_catalogue_is_right() -> None:
    assert check_manifests(DOMAINS) == []


def test_45_domains_in_order(catalog: Catalog) -> None:
    assert [located.manifest.number for located in catalog.domains] == list(range(1, 46))


def test_nineteen_domains_began_in_september_2024_and_all_in_october(catalog: Catalog) -> None:
    begun = [located.manifest.effective_from for located in catalog.domains]
    assert begun.count(date(2024, 9, 1)) == 19
    assert begun.count(date(2024, 10, 1)) == 26
    batches = {(located.manifest.batch, located.manifest.effective_from) for located in catalog.domains}
    assert batches == {(1, date(2024, 9, 1)), (2, date(2024, 10, 1))}


def test_there_are_repairs_revocations_and_removals(catalog: Catalog) -> None:
    assert {located.manifest.slug for located in catalog.overlays} >= {"repairs", "revocations", "removals"}


@pytest.mark.parametrize("located", CATALOG.all, ids=lambda located: located.manifest.slug)
def test_a_manifest_is_short_and_every_address_is_a_reference(located: LocatedManifest) -> None:
    assert len(located.path.read_text(encoding="utf-8").splitlines()) <= 80
    source = located.manifest.source
    assert (getattr(source, "url", None) or getattr(source, "folder", "")).startswith("env:CREDITREPORT_")


@pytest.mark.parametrize("located", CATALOG.all, ids=lambda located: located.manifest.slug)
def test_every_word_of_every_look_up_has_a_meaning_for_its_key(located: LocatedManifest) -> None:
    manifest = located.manifest
    for key, rules in manifest.fields.items():
        form = KEYS[manifest.role][key]
        for rule in rules:
            if rule.lookup is not None:
                table = find_table(rule.lookup, manifest.lookups, CATALOG.vocabulary)
                assert table
                assert all(form.accepts(value) for value in table.values())
            elif rule.column and rule.present is None:
                # Without a look-up a word of the source would have to be our word already.
                assert form.form not in {Form.WORD, Form.WORDS, Form.FLAG}, key


@pytest.mark.parametrize("located", CATALOG.all, ids=lambda located: located.manifest.slug)
def test_no_column_is_both_read_and_ignored(located: LocatedManifest) -> None:
    allowed = {located.manifest.source.as_of.column}
    assert set(located.manifest.ignore) & used_columns(located.manifest) <= allowed


def test_the_vocabulary_is_used(catalog: Catalog) -> None:
    assert {"penalty_types", "yes_no", "effect", "repair", "procedure"} <= set(catalog.vocabulary)
