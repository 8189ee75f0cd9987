"""Which version of the program this is."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from creditreport.config import CHECKOUT


@cache
def program_version() -> str:
    """Of the installed package; a checkout that was never installed (``deploy/prepare.sh``) tells its own."""
    try:
        return version("creditreport")
    except PackageNotFoundError:
        return str(tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])
