"""The compiled translations, for tests that show pages: set-up has usually made them."""

from __future__ import annotations

from functools import cache

from creditreport.web.translations import compile_translations, compiled


@cache
def translate() -> None:
    """See that they are compiled, once in a process."""
    if not compiled():
        compile_translations()
