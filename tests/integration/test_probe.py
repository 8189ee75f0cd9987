"""``domains probe`` on a small city: each thing that can be wrong with a source shows where it belongs."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from creditreport.catalog.probe import probe_all
from creditreport.cli import main
from creditreport.service import Service
from tests.integration.city import City
from tests.integration.mirrors import mirror, run_sync

# The command's own engine is not ours to close, and the store says nothing about the sources.
ONE_STORE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def run(service: Service, environment: dict[str, str]) -> Callable[..., Result]:
    """Runs the command as the city's operator does."""

    def command(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["domains", "probe", *arguments], env=environment)

    return command


@ONE_STORE
def test_a_city_in_order(service: Service, run: Callable[..., Result], city: City) -> None:
    city.penalty(3, "1", city.business(1, "盐城甲公司"))
    result = run("--json")
    assert result.exit_code == 0, result.output
    sources = json.loads(result.stdout)["sources"]
    assert [one["slug"] for one in sources] == [located.manifest.slug for located in service.catalog.all]
    assert all(
        (one["good"], one["reachable"], one["fresh"], one["columns"], one["expectations"]) == (True,) * 5
        for one in sources
    )
    third = next(one for one in sources if one["slug"] == "field_03")
    assert (third["rows"], third["data_as_of"], third["problem"]) == (1, "2026-11-20T23:00:00+08:00", None)
    assert run().exit_code == 0


def break_sources(city: City) -> None:
    city.run("DROP TABLE field_01")
    city.run("ALTER TABLE field_02 ADD COLUMN novel TEXT")
    city.run("UPDATE watermark SET at = '2026-11-18 23:00:00' WHERE field = 3")
    city.run("INSERT INTO watermark VALUES (4, '2026-11-20 23:00:00')")
    city.run("UPDATE watermark SET at = 'unknown' WHERE field = 5")


# reachable, fresh, columns, expectations
FAULTS = {
    "field_01": (False, None, None, None),
    "field_02": (True, None, False, None),
    "field_03": (True, False, True, True),
    "field_04": (True, None, True, False),
    "field_05": (True, None, True, True),
}


def test_every_fault_shows_in_its_own_column_and_holds_up_nobody_else(service: Service, city: City) -> None:
    break_sources(city)
    probed = {one.slug: one for one in probe_all(service)}
    found = {slug: (p.reachable, p.fresh, p.columns, p.expectations) for slug, p in probed.items() if not p.good}
    assert found == FAULTS
    assert all(probed[slug].problem for slug in FAULTS)
    assert "novel" in (probed["field_02"].problem or "")


@ONE_STORE
def test_the_table_for_people_and_the_exit_status(run: Callable[..., Result], city: City) -> None:
    break_sources(city)
    result = run()
    assert result.exit_code == 1
    bad = [line.split()[1] for line in result.stdout.splitlines() if line.startswith("✗")]
    assert bad == sorted(FAULTS)
    assert "novel" in result.stdout
    assert run("--slug", "field_06", "--slug", "register").exit_code == 0
    assert run("--slug", "field_02").exit_code == 1
    unknown = run("--slug", "nothing", "--json")
    assert (unknown.exit_code, json.loads(unknown.stdout)["error"]["code"]) == (2, "UNKNOWN_DOMAIN")


def test_a_mirrored_source_is_as_fresh_as_its_last_good_sync(city: City, service: Service) -> None:
    slug = mirror(city)

    def state() -> tuple[bool, bool | None, str | None]:
        (one,) = probe_all(service, (slug,))
        return one.good, one.fresh, one.data_as_of.date().isoformat() if one.data_as_of else None

    assert state() == (False, False, None)
    city.run("UPDATE watermark SET at = '2026-11-19 23:00:00' WHERE field = 7")
    run_sync(service)
    city.run("UPDATE watermark SET at = '2026-11-20 23:00:00' WHERE field = 7")
    assert state() == (False, False, "2026-11-19")
    run_sync(service)
    assert state() == (True, True, "2026-11-20")
