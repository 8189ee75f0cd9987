"""Rows that a person must settle: kept when they are met, settled by the right persons, then no longer in the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from creditreport.audit.models import AuditEntry
from creditreport.cli import main
from creditreport.errors import Problem
from creditreport.quarantine.listing import list_rows
from creditreport.quarantine.models import QuarantineRow
from creditreport.quarantine.settle import correct, dismiss, map_to
from creditreport.service import Service
from tests.integration.asking import Sync, ask, refused
from tests.integration.city import City, make_code
from tests.integration.mirrors import answer, entity, mirror, run_sync


def rows(service: Service, *, open_only: bool = True) -> list[QuarantineRow]:
    with service.reading() as session:
        return list_rows(session, open_only=open_only)


def audited(service: Service) -> list[tuple[str, str]]:
    with service.reading() as session:
        query = select(AuditEntry).where(AuditEntry.action.like("quarantine.%")).order_by(AuditEntry.id)
        return [(entry.actor, entry.action) for entry in session.scalars(query)]


def problem(deed: Any, *given: Any) -> Problem:
    with pytest.raises(Problem) as raised:
        deed(*given)
    return raised.value


@pytest.fixture(params=["live", "mirrored"])
def code(request: pytest.FixtureRequest, city: City) -> str:
    """A business; the field is asked at each report, or mirrored."""
    if request.param == "mirrored":
        mirror(city)
    city.business(2, "盐城乙有限公司")
    return city.business(1, "盐城甲有限公司")


def meet(service: Service, code: str) -> QuarantineRow:
    """The one row that stops the reports of ``code``, met by sync or refusal."""
    if service.catalog.find("field_07").manifest.mode == "mirrored":
        run_sync(service)
    for _again in range(2):
        assert refused(service, code).code == "SOURCE_INCOMPLETE"
    (row,) = rows(service)
    return row


def test_a_corrected_row_counts_as_the_record_that_it_is(city: City, service: Service, sync: Sync, code: str) -> None:
    city.penalty(7, "A1", code, decided="2025-06", number="盐罚〔2025〕1号")
    sync()
    row, now = meet(service, code), service.clock.now()
    assert (row.slug, row.column, json.loads(row.row)["decided"]) == ("field_07", "decided", "2025-06")
    assert problem(correct, service, row.id, {"day": "2025-06-03"}, "张某", now).code == "NO_SUCH_COLUMN"
    assert problem(correct, service, row.id, {"facts": "x"}, "张某", now).code == "STILL_UNCERTAIN"
    assert problem(correct, service, row.id, {"decided": "2025-06-03"}, " ", now).code == "NAME_MISSING"
    assert correct(service, row.id, {"decided": "2025-06-03"}, "张某", now).changed
    assert not correct(service, row.id, {"decided": "2025-06-03"}, "李某", now).changed
    other = problem(correct, service, row.id, {"decided": "2025-06-04"}, "李某", now)
    assert (other.code, "张某" in other.zh) == ("ALREADY_SETTLED", True)
    assert rows(service) == []
    assert ask(service, code).content.listed == 1
    (record,) = answer(service, code).records
    assert record.canonical()["decided_on"] == "2025-06-03"
    assert audited(service) == [("张某", "quarantine.corrected")]


def test_a_correction_is_about_the_row_as_it_came(city: City, service: Service, sync: Sync, code: str) -> None:
    city.penalty(7, "A1", code, decided="2025-06")
    sync()
    row, now = meet(service, code), service.clock.now()
    correct(service, row.id, {"decided": "2025-06-03"}, "张某", now)
    city.run("UPDATE field_07 SET decided = '2025-07'")
    again = meet(service, code)
    assert again.id != row.id
    city.run("UPDATE field_07 SET decided = '2025-07-09'")
    if service.catalog.find("field_07").manifest.mode == "mirrored":
        run_sync(service)
        assert rows(service) == []
    (record,) = answer(service, code).records
    assert record.canonical()["decided_on"] == "2025-07-09"


def test_a_row_without_a_right_code_is_mapped_to_its_business(
    city: City, service: Service, sync: Sync, code: str
) -> None:
    other = make_code(2)
    city.penalty(7, "A1", code[:8] + "*" * 4 + code[12:])
    sync()
    row, now = meet(service, code), service.clock.now()
    assert problem(map_to, service, row.id, code[:17], "张某", now).code == "INVALID_USCC"
    assert problem(map_to, service, row.id, make_code(77), "张某", now).code == "UNKNOWN_ENTITY"
    assert map_to(service, row.id, other, "张某", now).changed
    # It is the other business's now, and nobody else's, though its code does not say so.
    assert ask(service, code).content.listed == 0
    (record,) = answer(service, other).records
    assert (record.record_id, record.uscc) == ("A1", other)
    assert audited(service) == [("张某", "quarantine.mapped")]


@pytest.mark.parametrize("settle", [lambda one: (correct, {"code": one}), lambda one: (map_to, one)])
def test_a_row_that_only_a_person_can_lead_to_its_business(
    city: City, service: Service, sync: Sync, code: str, settle: Callable[[str], tuple[Any, Any]]
) -> None:
    other = make_code(2)
    # By its name it is the first business's, and nothing in it says the second's.
    city.penalty(7, "A1", "", name="盐城甲有限公司")
    sync()
    row, now = meet(service, code), service.clock.now()
    deed, given = settle(other)
    assert deed(service, row.id, given, "张某", now).changed
    assert ask(service, code).content.listed == 0
    assert [one.record_id for one in answer(service, other).records] == ["A1"]


def test_what_was_settled_about_others_is_not_read_again_for_everybody(
    city: City, service: Service, sync: Sync
) -> None:
    mirror(city)
    code, other = city.business(1, "盐城甲有限公司"), city.business(2, "盐城乙有限公司")
    city.penalty(7, "A1", code, decided="2025-06")
    sync()
    row = meet(service, code)
    correct(service, row.id, {"decided": "2025-06-03"}, "张某", service.clock.now())
    located, store = service.catalog.find("field_07"), service.collecting.store
    assert store is not None
    settled = store.settled()["field_07"]
    found = [len(store.held(located, entity(service, one), frozenset(), settled).rows) for one in (code, other)]
    assert found == [1, 0]


def test_it_takes_two_persons_to_dismiss_a_row(city: City, service: Service, sync: Sync, code: str) -> None:
    city.penalty(7, "A1", "", name="盐城甲有限公司")
    sync()
    row, now = meet(service, code), service.clock.now()
    assert problem(dismiss, service, row.id, " ", "张某", now).code == "REASON_MISSING"
    assert dismiss(service, row.id, "同名的外地企业", "张某", now).row.state == "open"
    assert refused(service, code).code == "SOURCE_INCOMPLETE"
    same = problem(dismiss, service, row.id, "同名的外地企业", "张 某", now)
    assert (same.code, "张某" in same.zh) == ("SAME_PERSON", True)
    assert dismiss(service, row.id, "已核", "李某", now).row.state == "dismissed"
    assert not dismiss(service, row.id, "已核", "李某", now).changed
    assert problem(correct, service, row.id, {"code": code}, "王某", now).code == "ALREADY_SETTLED"
    assert ask(service, code).content.listed == 0
    assert answer(service, code).skipped == {"dismissed": 1}
    assert audited(service) == [("张某", "quarantine.dismissal_proposed"), ("李某", "quarantine.dismissed")]


def test_one_of_two_rows_with_one_key_is_dismissed(city: City, service: Service, sync: Sync, code: str) -> None:
    city.penalty(7, "A1", code, facts="甲")
    city.penalty(7, "A1", code, facts="乙")
    sync()
    if service.catalog.find("field_07").manifest.mode == "mirrored":
        run_sync(service)
    refused(service, code)
    first, _second = rows(service)
    now = service.clock.now()
    for name in ("张某", "李某"):
        dismiss(service, first.id, "重复", name, now)
    (record,) = answer(service, code).records
    assert record.facts == "乙"


def test_an_overlay_row_that_joins_nothing_is_kept_and_dismissed(
    city: City, service: Service, sync: Sync, code: str
) -> None:
    city.repaired("r1", code, "盐罚〔2019〕没有这个号")
    sync()
    if service.catalog.find("field_07").manifest.mode == "mirrored":
        run_sync(service)
    assert refused(service, code).shown["domains"] == ["repairs"]
    (row,) = rows(service)
    assert row.slug == "repairs"
    for name in ("张某", "李某"):
        dismiss(service, row.id, "该决定不在公示范围", name, service.clock.now())
    assert ask(service, code).content.listed == 0


def test_the_command_line(
    city: City,
    service: Service,
    sync: Sync,
    code: str,
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    city.penalty(7, "A1", code, decided="2025-06")
    sync()
    row = meet(service, code)

    def run(*given: str, status: int = 0) -> Any:
        result = CliRunner().invoke(main, [*given, "--json"])
        assert result.exit_code == status, result.output
        return json.loads(result.stdout)

    (listed,) = run("quarantine", "list", "--open", "--slug", "field_07")["rows"]
    assert listed == run("quarantine", "show", str(row.id))
    assert run("quarantine", "show", "999", status=2)["error"]["code"] == "UNKNOWN_QUARANTINE_ROW"
    settling = ("quarantine", "correct", str(row.id), "--set")
    run(*settling, "decided", "--by", "张某", status=2)
    run(*settling, "decided=x", "--by", "张某", status=1)
    done = run(*settling, "decided=2025-06-03", "--by", "张某")
    assert (done["state"], done["cells"], done["changed"]) == ("corrected", {"decided": "2025-06-03"}, True)
    assert run("quarantine", "list", "--open")["rows"] == []
    assert run("quarantine", "dismiss", str(row.id), "--reason", "x", "--by", "李某", status=1)["error"]["code"] == (
        "ALREADY_SETTLED"
    )
    for given in (["list"], ["show", str(row.id)]):
        assert "corrected" in CliRunner().invoke(main, ["quarantine", *given]).stdout


def test_a_source_asked_by_hand_is_asked_itself_and_what_was_settled_holds(
    city: City,
    service: Service,
    sync: Sync,
    code: str,
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    city.penalty(7, "A1", code, decided="2025-06")
    sync()
    row = meet(service, code)
    correct(service, row.id, {"decided": "2025-06-03"}, "张某", service.clock.now())
    city.penalty(7, "A2", code)
    pulled = CliRunner().invoke(main, ["domains", "pull", "--slug", "field_07", "--uscc", code, "--json"])
    told = json.loads(pulled.stdout)
    assert (pulled.exit_code, [one["record_id"] for one in told["records"]]) == (0, ["A1", "A2"])
