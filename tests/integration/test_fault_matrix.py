"""The 45 fields, each with each fault that its source can have: the report is refused by name, or right.

Four parts: databases and drops as the manifests declare them, interfaces as declared, and every other field once more
behind an interface. ``TABLE`` says which faults a source can have; ``tests/faults_*.py`` make them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from creditreport.sources.rest_http import close_clients
from tests.faults import PATIENT, Demo, Domain, Fault, Faults, Must, prepared
from tests.faults_files import FILES
from tests.faults_rest import REST
from tests.faults_sql import SQL

PARTS: dict[str, Faults] = {"sql": SQL, "files": FILES, "rest": REST, "moved to rest": REST}
# The fifteen, "schema change" being two, and what else was thought of. Not: wrong content type of a database
# (it has none), a further page or credentials of a file.
EVERYWHERE = (
    "refused connection", "hang", "slow drip", "500", "error page", "truncated", "empty", "half the rows",
    "new column", "lost column", "unknown word", "another's rows", "duplicate page", "too old",
)  # fmt: skip
TABLE = {
    "sql": {*EVERYWHERE, "page 2 fails", "credentials"},
    "files": {*EVERYWHERE, "wrong content type"},
    "rest": {*EVERYWHERE, "wrong content type", "page 2 fails", "credentials", "only another's rows", "no fault"},
}
TABLE["moved to rest"] = TABLE["rest"]
EMPTY = {"science_technology", "trade_unions", "veterans_affairs", "ethnic_religious_affairs", "earthquake"}
# Fields without a column that an unknown word could stand in.
WORDLESS = {"utilities", *EMPTY}


class Matrix:
    """Every cell's outcome, each found once."""

    def __init__(self, demo: Demo, folder: Path) -> None:
        self.demo, self.folder = demo, folder
        self.outcomes: dict[tuple[str, str, str], str] = {}

    def domains(self, part: str) -> list[Domain]:
        if part == "moved to rest":
            return [one for one in self.demo.domains if one.driver != "rest"]
        return [one for one in self.demo.domains if one.driver == part]

    def run(self, part: str, name: str) -> dict[str, str]:
        """The outcome of each field of ``part`` with this fault; wrong ones are told as they came out."""
        fault = PARTS[part][name]
        domains = [one for one in self.domains(part) if fault.applies(one)]
        if (part, name, domains[0].manifest.slug) not in self.outcomes:
            # A source that keeps its reader waiting costs no work: such cells wait side by side.
            with ThreadPoolExecutor(4 if fault.seconds == PATIENT else 8) as pool:
                found = pool.map(lambda one: self._cell(fault, one), domains)
                for one, outcome in zip(domains, found, strict=True):
                    self.outcomes[part, name, one.manifest.slug] = outcome
        return {one.manifest.slug: self.outcomes[part, name, one.manifest.slug] for one in domains}

    def _cell(self, fault: Fault, domain: Domain) -> str:
        with prepared(self.demo, domain, fault, self.folder / domain.manifest.slug) as cell:
            outcome = cell.outcome()
        return outcome if fault.allows(outcome) else f"FALSE: {outcome}"


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory, closed_account: str) -> Iterator[Matrix]:
    folder = tmp_path_factory.mktemp("matrix")
    demo = Demo(folder / "var", closed_account)
    yield Matrix(demo, folder)
    demo.server.close()
    close_clients()


def cells() -> Iterator[tuple[str, str]]:
    return ((part, name) for part, faults in PARTS.items() for name in faults)


@pytest.mark.parametrize(("part", "name"), list(cells()))
def test_refused_by_name_or_right(matrix: Matrix, part: str, name: str) -> None:
    outcomes = matrix.run(part, name)
    assert {slug: one for slug, one in outcomes.items() if one not in (Must.REFUSED, Must.RIGHT)} == {}


def expected_cells(matrix: Matrix, part: str, name: str) -> set[str]:
    """The fields of ``part`` that can have the fault, said once more without looking at how it is made."""
    fields = {one.manifest.slug: one.manifest for one in matrix.domains(part)}
    slugs = set(fields)
    if name == "unknown word":
        return slugs - WORDLESS
    if name == "too old" and part in ("sql", "rest"):
        return {slug for slug in slugs if not fields[slug].source.as_of.live}
    if name == "too old" or part == "files":
        return slugs
    if part == "sql" and name == "new column":
        return slugs - {"market_regulation"}
    if part == "sql":
        return slugs - EMPTY if name in ("slow drip", "page 2 fails", "half the rows") else slugs
    no_rows = EMPTY | {"utilities"}
    if name in ("new column", "lost column", "page 2 fails", "duplicate page", "half the rows", "only another's rows"):
        slugs -= no_rows
    if part == "rest" and name == "half the rows":
        slugs -= {"human_resources_social_security"}  # its interface states no total
    if part == "rest" and name == "only another's rows":
        slugs -= {"medical_security"}  # it hands over its whole list, which may hold nothing of a business
    return slugs


def test_no_cell_of_the_matrix_reads_as_no_record(matrix: Matrix, capsys: pytest.CaptureFixture[str]) -> None:
    assert {part: set(faults) for part, faults in PARTS.items()} == TABLE
    assert len(matrix.domains("moved to rest")) + len(matrix.domains("rest")) == 45
    for part, name in cells():
        assert set(matrix.run(part, name)) == expected_cells(matrix, part, name), (part, name)
    with capsys.disabled():
        print_totals(matrix)
    assert [cell for cell, outcome in matrix.outcomes.items() if outcome.startswith("FALSE")] == []


def print_totals(matrix: Matrix) -> None:
    width = max(len(part) for part in PARTS)
    print(f"\n{'fault matrix':{width}}  cells  refused  right  false")
    for part in (*PARTS, "all"):
        found = Counter(one[:5] for key, one in matrix.outcomes.items() if part in (key[0], "all"))
        numbers = f"{found.total():5}  {found['refus']:7}  {found['right']:5}  {found['FALSE']:5}"
        print(f"{part:{width}}  {numbers}")
