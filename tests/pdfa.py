"""Judges a PDF by the clauses of ISO 19005-3 (PDF/A-3, level B), one function for each; see ``reports/PDFA.md``.

There is no validator of this standard that could be installed here. These checks are written from the standard's text
for what a report contains, and ``test_pdf_archive`` shows that each one finds a file that was doctored against it.
"""

from __future__ import annotations

from collections.abc import Callable

from tests import pdfa_file, pdfa_page, pdfa_rest
from tests.pdfa_file import Document, Problems

HOUSE = "house"
CLAUSES: dict[str, Callable[[Document], Problems]] = {
    name.removeprefix("clause_").replace("_", "."): function
    for module in (pdfa_file, pdfa_page, pdfa_rest)
    for name, function in vars(module).items()
    if name.startswith("clause_")
} | {HOUSE: pdfa_rest.house_rules}


def problems(data: bytes) -> dict[str, list[str]]:
    """What is wrong by clause; empty for a file that keeps all the clauses that are checked."""
    document = Document(data)
    found = {clause: list(check(document)) for clause, check in CLAUSES.items()}
    return {clause: wrong for clause, wrong in found.items() if wrong}
