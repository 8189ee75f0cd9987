"""Where the demo's department systems are: the variables that the manifests' addresses refer to."""

from __future__ import annotations

from pathlib import Path

PREFIX = "CREDITREPORT_SOURCE_"

# One database for each department system; the file of MARKET is var/demo/market.sqlite3.
SYSTEMS: tuple[str, ...] = (
    "MARKET",
    "COURT",
    "TAX",
    "PROVINCE",
    "EMERGENCY",
    "WATER",
    "PUBLICITY",
    "ECOLOGY",
    "POLICE",
    "LABOUR",
    "MEDICAL",
    "CREDIT",
)


def database_file(folder: Path, system: str) -> Path:
    """The SQLite file of ``system`` in the demo's ``folder``."""
    return folder / f"{system.lower()}.sqlite3"


def drops_folder(folder: Path) -> Path:
    """The folder that holds one folder of file drops for each department that sends files."""
    return folder / "drops"


def demo_environment(var_dir: Path) -> dict[str, str]:
    """The ``CREDITREPORT_SOURCE_…`` variables for a demo filled in ``var_dir/demo``."""
    folder = var_dir.absolute() / "demo"
    urls = {PREFIX + system: f"sqlite:///{database_file(folder, system)}" for system in SYSTEMS}
    return {**urls, PREFIX + "DROPS": str(drops_folder(folder))}
