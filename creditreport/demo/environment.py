"""Where the demo's department systems are: the variables that the manifests' addresses refer to."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
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
# Departments that let nobody into their database and answer over HTTP instead, with the variable of their secret.
INTERFACES: Mapping[str, str] = {
    "POLICE": "POLICE_SECRET",
    "LABOUR": "LABOUR_TOKEN",
    "ECOLOGY": "ECOLOGY_KEY",
    "MEDICAL": "MEDICAL_PASSWORD",
}
REST_PORT = PREFIX + "REST_PORT"
DEFAULT_REST_PORT = 8045


def database_file(folder: Path, system: str) -> Path:
    """The SQLite file of ``system`` in the demo's ``folder``."""
    return folder / f"{system.lower()}.sqlite3"


def drops_folder(folder: Path) -> Path:
    """The folder that holds one folder of file drops for each department that sends files."""
    return folder / "drops"


def interface_urls(port: int) -> dict[str, str]:
    """The addresses of the departments' interfaces on a server at ``port``."""
    return {PREFIX + system: f"http://127.0.0.1:{port}/{system.lower()}" for system in INTERFACES}


def demo_environment(var_dir: Path, kept: Mapping[str, str] | None = None) -> dict[str, str]:
    """The ``CREDITREPORT_SOURCE_…`` variables for a demo filled in ``var_dir/demo``.

    The interfaces' port and secrets are those of ``kept`` where it has them; else secrets are drawn.
    """
    kept = kept or {}
    folder = var_dir.absolute() / "demo"
    port = kept.get(REST_PORT) or str(DEFAULT_REST_PORT)
    urls = {PREFIX + system: f"sqlite:///{database_file(folder, system)}" for system in SYSTEMS}
    drawn = {PREFIX + name: kept.get(PREFIX + name) or secrets.token_urlsafe(24) for name in INTERFACES.values()}
    return {
        **urls,
        **interface_urls(int(port)),
        **drawn,
        REST_PORT: port,
        PREFIX + "DROPS": str(drops_folder(folder)),
    }
