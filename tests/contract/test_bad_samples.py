"""Each check of a sample bites: one thing made wrong in a manifest, in a sample or in the program, and it is told."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from creditreport.catalog.load import load_words
from creditreport.catalog.manifest import LocatedManifest
from creditreport.catalog.read import read_manifest
from creditreport.violations import build, mapping, reading
from tests.contract.sample_checks import CHECKS
from tests.contract.sampling import Sample, load_form, load_sample

FOLDER = Path(__file__).parents[1] / "bad_domains" / "samples"
WORDS = load_words(Path(__file__).parents[2] / "domains")
PAIRS = {"01_good": "good", "good_overlay": "good_overlay"}
CASES = {path.name.removesuffix(".case.toml"): path for path in sorted(FOLDER.glob("*.case.toml"))}


def pair(folder: Path, name: str, file: str = "", old: str = "", new: str = "") -> Sample:
    """A good manifest and its sample, with one text of one of the two replaced."""
    texts = {
        "manifest": (FOLDER / f"{name}.toml").read_text(encoding="utf-8"),
        "sample": (FOLDER / f"{PAIRS[name]}.json").read_text(encoding="utf-8"),
    }
    if file:
        assert old in texts[file]
        texts[file] = texts[file].replace(old, new)
    (folder / f"{name}.toml").write_text(texts["manifest"], encoding="utf-8")
    located, _problems = read_manifest(folder / f"{name}.toml", WORDS)
    assert located is not None
    return Sample(located, load_form(texts["sample"], exact=False), WORDS)


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("name", PAIRS)
def test_the_good_ones_are_good(tmp_path: Path, name: str, check: str) -> None:
    assert list(CHECKS[check](pair(tmp_path, name))) == []


@pytest.mark.parametrize("name", CASES)
def test_one_thing_wrong_is_told(tmp_path: Path, name: str) -> None:
    case = tomllib.loads(CASES[name].read_text(encoding="utf-8"))
    sample = pair(tmp_path, case["pair"], case["file"], case["old"], case["new"])
    problems = list(CHECKS[case["check"]](sample))
    assert any(case["words"] in problem for problem in problems), problems


def _no_unknown_word(rule: Any, form: Any, cell: Any, key: str) -> Any:
    try:
        return _WORD(rule, form, cell, key)
    except ValueError:
        return None


_WORD = mapping._word
PROGRAM: dict[str, tuple[Any, str, Any, str]] = {
    "columns are not compared": (reading, "check_source", lambda *_: None, "new_column"),
    "only new columns are compared": (
        reading, "check_source", lambda manifest, columns: _only_new(manifest, columns), "lost_column",
    ),
    "an unknown word states nothing": (mapping, "_word", _no_unknown_word, "unknown_words"),
    "an exemption goes unnoticed": (build, "disposition", lambda *_: None, "outcomes"),
    "amounts are all in yuan": (mapping, "_POWERS", {"yuan": 0, "wan_yuan": 0}, "outcomes"),
}  # fmt: skip


def _only_new(_manifest: Any, columns: Any) -> None:
    if "新增列" in columns:
        raise ValueError


@pytest.mark.parametrize("name", PROGRAM)
def test_a_program_that_is_wrong_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    module, attribute, replacement, check = PROGRAM[name]
    sample = pair(tmp_path, "01_good")
    monkeypatch.setattr(module, attribute, replacement)
    try:
        problems = list(CHECKS[check](sample))
    except KeyError as error:  # A cell that is not there at all is as loud as a sentence.
        problems = [str(error)]
    assert problems


def test_every_check_has_something_that_it_catches() -> None:
    caught = {tomllib.loads(path.read_text(encoding="utf-8"))["check"] for path in CASES.values()}
    assert caught | {check for *_rest, check in PROGRAM.values()} == set(CHECKS)


@pytest.mark.parametrize(
    "row",
    [
        '{"about": "x", "cells": {}}',
        '{"about": "x", "cells": {}, "another": true, "skipped": "y"}',
        '{"about": "x", "cells": {}, "aside": "y"}',
        '{"about": "x", "cells": {}, "another": true, "screened": "listed"}',
        '{"about": "x", "cells": {}, "another": true, "gone": true}',
    ],
)
def test_a_row_says_exactly_what_becomes_of_it(row: str) -> None:
    with pytest.raises(ValidationError):
        load_form(f'{{"about": "x", "usual": {{}}, "rows": [{row}]}}', exact=False)


def test_a_manifest_without_a_sample_fails_with_the_file_to_add(tmp_path: Path) -> None:
    located = pair(tmp_path, "01_good").located
    unknown = LocatedManifest(
        path=tmp_path / "46_gas.toml", manifest=located.manifest.model_copy(update={"slug": "gas"})
    )
    with pytest.raises(AssertionError, match=r"46_gas\.toml has no sample: add tests/contract/samples/gas\.json"):
        load_sample(unknown, WORDS, frozenset())
