"""Rule sets that an operator might add: versions of one invented town's, made from the city's own."""

from __future__ import annotations

from pathlib import Path

from creditreport.violations.ruleset import FOLDER

TEXT = (FOLDER / "yancheng-2024.toml").read_text(encoding="utf-8")
NAME = "town-2025"


def write(folder: Path, version: int, first: str, last: str | None = None, *, name: str | None = None) -> Path:
    """A version of the rule set ``town-2025`` in force from ``first`` to ``last``."""
    text = TEXT.replace('id = "yancheng-2024"', f'id = "{NAME}"').replace("version = 1", f"version = {version}", 1)
    text = text.replace("trial_until = 2026-08-31\n", f"effective_until = {last}\n" if last else "")
    text = text.replace("effective_from = 2024-09-01", f"effective_from = {first}", 1)
    file = folder / (name or (f"{NAME}.toml" if version == 1 else f"{NAME}@{version}.toml"))
    file.write_text(text, encoding="utf-8")
    return file
