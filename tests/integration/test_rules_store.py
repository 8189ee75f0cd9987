"""What a report used of a rule set stays with it, whatever becomes of the file."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from creditreport.audit.models import AuditEntry
from creditreport.clock import SHANGHAI
from creditreport.config import load_settings
from creditreport.errors import Problem
from creditreport.reports.archive import find_report
from creditreport.rules.models import RuleSetVersion
from creditreport.rules.store import remember_ruleset, ruleset_by_digest
from creditreport.service import Service
from creditreport.verification.by_code import Currency
from creditreport.violations.ruleset import load_ruleset
from tests.integration.asking import Sync, ask, refused
from tests.integration.city import City
from tests.integration.uploads import declare, send
from tests.publicity import row as form_row
from tests.publicity import write as write_form
from tests.rulesets import write

AT = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
RULES = load_ruleset("national-2025")


def test_the_first_use_stores_it_once_with_an_entry(sessions: sessionmaker[Session]) -> None:
    for moment, first in ((AT, True), (AT.replace(hour=13), False)):
        with sessions.begin() as session:
            assert remember_ruleset(session, RULES, at=moment, actor="test") is first
    with sessions.begin() as session:
        assert ruleset_by_digest(session, RULES.digest) == RULES
        row = session.scalars(select(RuleSetVersion)).one()
        assert (row.ruleset, row.version, row.first_used_at) == ("national-2025", 1, AT)
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject) == ("ruleset.first_used", f"ruleset:{RULES.digest}")


def test_two_reports_at_the_same_time_store_it_once(sessions: sessionmaker[Session]) -> None:
    def remember(_: int) -> bool:
        with sessions.begin() as session:
            return remember_ruleset(session, RULES, at=AT, actor="test")

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(remember, range(8))) == [False] * 7 + [True]
    with sessions.begin() as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1


def test_a_transaction_that_fails_stores_nothing(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        assert remember_ruleset(session, RULES, at=AT, actor="test")
        session.rollback()
    with sessions.begin() as session:
        assert remember_ruleset(session, RULES, at=AT, actor="test")


def test_what_a_transaction_that_fails_has_met_twice_is_not_taken_for_kept(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        assert remember_ruleset(session, RULES, at=AT, actor="test")
        assert not remember_ruleset(session, RULES, at=AT, actor="test")
        session.rollback()
    with sessions.begin() as session:
        assert remember_ruleset(session, RULES, at=AT, actor="test")


def test_a_store_is_asked_once_and_another_anew(sessions: sessionmaker[Session]) -> None:
    asked: list[str] = []
    engine = sessions.kw["bind"]
    event.listen(engine, "before_cursor_execute", lambda *about: asked.append(about[2]))

    def remember() -> list[str]:
        asked.clear()
        with sessions.begin() as session:
            remember_ruleset(session, RULES, at=AT, actor="test")
        return [statement for statement in asked if "rule_set_version" in statement]

    # Found missing and stored; found; known.
    assert [len(remember()) for _ in range(3)] == [2, 1, 0]
    engine.dispose()
    assert len(remember()) == 1


@pytest.mark.parametrize("content", ["{}", "{", "[]", RULES.canonical.replace('"months":1', '"months":2')])
def test_what_was_changed_in_the_store_is_never_used(sessions: sessionmaker[Session], content: str) -> None:
    with sessions.begin() as session:
        remember_ruleset(session, RULES, at=AT, actor="test")
        session.execute(update(RuleSetVersion).values(content=content))
    with sessions.begin() as session, pytest.raises(Problem) as raised:
        ruleset_by_digest(session, RULES.digest)
    assert raised.value.code == "RULESET_NOT_STORED"
    with sessions.begin() as session, pytest.raises(Problem, match="not stored"):
        ruleset_by_digest(session, "0" * 64)


def test_a_report_keeps_its_rules_when_their_file_is_gone(
    city: City, service: Service, sync: Sync, environment: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    write(folder, 1, "2025-01-01")
    code = city.business(1, "盐城甲有限公司")
    city.penalty(7, "A1", code)
    sync()
    chosen = {"CREDITREPORT_RULESET": "town-2025", "CREDITREPORT_RULESETS_DIR": str(folder)}
    with Service(load_settings({**environment, **chosen}), service.clock) as town:
        town.fonts = service.fonts
        issued = ask(town, code)
    assert issued.content.ruleset == "town-2025"
    (folder / "town-2025.toml").unlink()
    with service.reading() as session:
        report = find_report(session, issued.number)
        kept = ruleset_by_digest(session, report.ruleset_digest)
    assert (kept.id, kept.digest) == ("town-2025", issued.content.ruleset_digest)
    # The verdict on what it lists is by those rules too.
    assert service.currency(report, service.clock.now()) is Currency.CURRENT


def test_national_rules_list_more_over_five_years(
    city: City, service: Service, sync: Sync, environment: dict[str, str]
) -> None:
    code = city.business(1, "盐城甲有限公司")
    city.penalty(7, "A1", code)
    city.penalty(7, "A2", code, decided="2022-01-10")
    sync()
    with Service(load_settings({**environment, "CREDITREPORT_RULESET": "national-2025"}), service.clock) as national:
        national.fonts = service.fonts
        issued = ask(national, code, years="5")
        assert issued.content.window.start.isoformat() == "2021-11-20"
        assert "全国" in issued.content.ruleset_title
        listed = [one.record_id for domain in issued.content.domains for one in domain.records]
        assert set(listed) == {"A1", "A2"}
        assert "1 至 5 年" in refused_years(national, code, "6").zh
    assert ask(service, code).content.listed == 1
    assert "1 至 3 年" in refused_years(service, code, "4").zh


def refused_years(service: Service, code: str, years: str) -> Problem:
    with pytest.raises(Problem) as raised:
        ask(service, code, years=years)
    assert raised.value.code == "INVALID_YEARS"
    return raised.value


def test_a_day_without_rules_issues_nothing(
    city: City, service: Service, sync: Sync, environment: dict[str, str], tmp_path: Path
) -> None:
    write(tmp_path, 1, "2025-01-01", "2026-06-30")
    code = city.business(1, "盐城甲有限公司")
    sync()
    chosen = {"CREDITREPORT_RULESET": "town-2025", "CREDITREPORT_RULESETS_DIR": str(tmp_path)}
    with Service(load_settings({**environment, **chosen}), service.clock) as town:
        town.fonts = service.fonts
        problem = refused(town, code)
    assert (problem.code, problem.kind.http_status) == ("RULESET_NOT_EFFECTIVE", 503)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_departments_are_held_to_the_rule_sets_limit(
    city: City, service: Service, environment: dict[str, str], tmp_path: Path
) -> None:
    declare(city, tmp_path / "drops")
    file = write(tmp_path, 1, "2025-01-01", "2026-06-30")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("upload_days = { working_days = 7", "upload_days = { working_days = 9"), "utf-8")
    # The 9th was a Monday: nine working days before Saturday the 21st. The duty outlasts the rule set's end.
    form = write_form(tmp_path / "a.csv", [form_row(1, CF_JDRQ="20261109")], "utf-8")
    chosen = {"CREDITREPORT_RULESET": "town-2025", "CREDITREPORT_RULESETS_DIR": str(tmp_path)}
    with Service(load_settings({**environment, **chosen}), service.clock) as town:
        told = send(town, form)
    assert told["delay"] == {"limit": 9, "late": 0, "longest": 9, "median": 9}
