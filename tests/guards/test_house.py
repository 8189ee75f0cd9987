"""The house rules that a machine can hold: sizes, documented settings, nothing private under version control."""

from __future__ import annotations

import subprocess
from pathlib import Path

from creditreport.config import setting_names
from tests.longest import LONGEST

ROOT = Path(__file__).parents[2]


def _tracked(*patterns: str) -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


def test_no_module_is_over_300_lines() -> None:
    long = {}
    for path in _tracked("*.py"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > 300:
            long[path.relative_to(ROOT).as_posix()] = lines
    assert long == {}


def test_the_files_that_are_begun_first_are_there() -> None:
    assert [name for name in LONGEST if not (ROOT / "tests" / name).is_file()] == []


def test_no_manifest_is_over_80_lines() -> None:
    manifests = _tracked("domains/*.toml", "domains/overlays/*.toml")
    long = {p.name: n for p in manifests if p.name != "vocabulary.toml" and (n := len(p.read_text().splitlines())) > 80}
    assert len(manifests) >= 49
    assert long == {}


def test_every_setting_is_explained_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in setting_names() if f"`{name.removeprefix('CREDITREPORT_')}`" not in readme] == []


def test_no_private_key_and_no_database_is_under_version_control() -> None:
    suffixes = {".key", ".p12", ".pfx", ".sqlite3", ".db", ".sqlite"}
    assert [path.name for path in _tracked() if path.suffix in suffixes] == []
    private = [p.name for p in _tracked() if b"-----BEGIN PRIVATE" in p.read_bytes() and p != Path(__file__)]
    assert private == []
