"""Writes deploy/LICENCES.md: every package that the program runs on, with its version and licence (`make sbom`)."""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "deploy" / "LICENCES.md"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ \\]+)", re.MULTILINE)
HEAD = """# Licences of what the program runs on

Written by `make sbom` from `requirements.txt` and what the packages say of themselves; a test fails when it is not
current. The program itself: `LICENSE`. Beside these: the report's fonts (Noto Sans SC, OFL 1.1; Hanazono from Debian,
its own free licence), and Bootstrap (MIT), inside bootstrap-flask.

| package | version | licence |
| --- | --- | --- |
"""


def licences() -> str:
    """The page as it should be. Raises :class:`SystemExit` for a package that is not installed as pinned."""
    lines = []
    for name, version in PINNED.findall((ROOT / "requirements.txt").read_text(encoding="utf-8")):
        try:
            told = metadata(name)
        except PackageNotFoundError as error:
            raise SystemExit(f"{name} is not installed: make setup") from error
        lines.append(f"| {name} | {version} | {_licence(told)} |")
    return HEAD + "\n".join(lines) + "\n"


def _licence(told: object) -> str:
    get = told.get  # type: ignore[attr-defined]
    if expression := get("License-Expression"):
        return str(expression)
    classified = [line.rsplit(" :: ", 1)[1] for line in told.get_all("Classifier", []) if line.startswith("License ::")]  # type: ignore[attr-defined]
    if classified:
        return "; ".join(classified)
    first = (get("License") or "").strip().splitlines()
    return first[0][:80] if first else "not stated"


if __name__ == "__main__":
    TARGET.write_text(licences(), encoding="utf-8")
    sys.stdout.write(f"{TARGET.relative_to(ROOT)}\n")
