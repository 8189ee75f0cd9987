"""On PostgreSQL no page, no command and no job reads a large table from end to end.

All tables are filled as they are after years; then every address of the application is asked by all who may, every job
is run, the use cases behind the commands are done; each statement that went to the store is explained by the server.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.orm import Session

from creditreport.config import Settings
from creditreport.entities.conflicts import list_conflicts
from creditreport.entities.resolve import resolve
from creditreport.entities.unclear import list_unclear
from creditreport.errors import Problem
from creditreport.jobs.outbox import enqueue
from creditreport.jobs.registry import PERIODIC
from creditreport.jobs.run import function_of, run_due
from creditreport.migrations.store import metadata
from creditreport.operations.signed import signed_besides_reports
from creditreport.privacy.kinds import KINDS
from creditreport.privacy.retention import apply_retention
from creditreport.quarantine.listing import list_rows
from creditreport.quarantine.settlements import load_settled
from creditreport.replay.again import replay
from creditreport.reports.archive import reports_about
from creditreport.reports.editions import make_edition
from creditreport.reports.fonts import FontSet
from creditreport.reports.withdraw_key import signed_reports
from tests.conftest import NOON
from tests.filled import fill
from tests.guards.test_routes import GET, POST
from tests.portal import Portal, get, make_portal, post
from tests.roles import ROLES, Answers, Knocking

ROWS = 4000
# Tables that never hold more than a few thousand rows, whatever the city, and why.
SMALL = {
    "alembic_version": "one row",
    "api_client": "tender platforms and banks",
    "audit_check": "one row a day",
    "audit_head": "one row a day or so",
    "catalog_version": "one row for each change of a manifest",
    "number_counter": "one row a day",
    "role_grant": "the staff",
    "rule_set_version": "one row for each change of the rules",
    "signing_key": "one row for each key",
    "bid_pack": "packs of the last thirty days",
    "bid_pack_item": "items of packs that are being checked now",
    "double_publicity_rejection": "at most one for each form that a department sends",
    "objection_counter": "one row a year",
    "quarantine_row": "rows that a person must settle, and what was settled: some thousands",
    "register_unclear": "entries of the register that a person must put right: some thousands",
    "source_trouble": "one row for each source",
    "mirror_run": "a night's are 48, kept for a while",
    "code_conflict": "codes that the register holds twice, settled in months",
    "double_publicity_import": "one row for each form that a department sends",
}
# Tables that grow with the businesses, their reports and the years.
LARGE = {
    "account", "api_answer", "audit_entry", "authorisation", "bid_sheet", "business_entity",
    "correction_event", "credit_report", "entity_former_code", "entity_name_before", "entity_number", "job",
    "mirror_handle", "mirror_row", "notice", "notice_choice", "objection_case", "objection_escalation",
    "objection_event", "objection_evidence", "objection_letter", "record_correction",
    "record_watch", "report_decision", "report_edition", "report_look", "report_number",
    "report_pdf", "revocation", "sign_in_session", "source_answer", "suspicion", "waiting_request",
}  # fmt: skip
# Statements that mean to read a whole table, and why that is right.
NIGHTLY = "retention: each row is looked at once a night"
WHOLE = {
    "UPDATE account SET issuer": NIGHTLY,
    "UPDATE authorisation SET label": NIGHTLY,
    "UPDATE notice_choice SET pending_email": NIGHTLY,
    "UPDATE sign_in_session SET id_token": NIGHTLY,
    "DELETE FROM api_answer": NIGHTLY,
    "DELETE FROM job ": NIGHTLY,
    "DELETE FROM notice ": NIGHTLY,
    "DELETE FROM sign_in_session": NIGHTLY,
    "DELETE FROM waiting_request": NIGHTLY,
    "LEFT OUTER JOIN record_watch": "every five minutes: whose valid reports are due to be looked at again",
    "ORDER BY CASE WHEN (business_entity.entity_type": "entities list, and a business to probe the sources with",
    "(audit_entry.at, audit_entry.id) >": "the auditors' file of all entries, one lot after another in order",
    "objection_case.closed_at IS NULL OR objection_case.closed_at >=": "figures of a period: some thousands a year",
    "ORDER BY objection_case.number DESC": "the last few hundred cases: by index where there are many more than that",
    "WHERE objection_letter.signer_fingerprint =": "by hand, after a theft: all letters that a key signed",
    "FROM report_number GROUP BY report_number.area": "the accounting of all numbers, for staff who ask for it",
}
# Jobs that compare everything with everything, and so are no part of this.
WHOLE_JOBS = {
    "register": "the whole register is compared with the whole store, once a night",
    "audit-all": "every entry of the trail is checked, once a week",
}


@dataclass
class Watched:
    """A portal on a filled PostgreSQL, and what it said to it."""

    portal: Portal
    knocking: Knocking
    said: dict[str, Any] = field(default_factory=dict)

    def plans(self) -> Iterator[tuple[str, list[str]]]:
        """Each statement with the large tables that the server would read from end to end for it."""
        with self.portal.service.engine.connect() as connection:
            for statement, parameters in self.said.items():
                plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
                yield statement, sorted(_read_whole(plan[0]["Plan"]))


def _read_whole(plan: dict[str, Any]) -> Iterator[str]:
    if plan["Node Type"] == "Seq Scan" and plan["Relation Name"] in metadata().tables.keys() - SMALL.keys():
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from _read_whole(part)


@pytest.fixture(scope="module")
def watched(
    tmp_path_factory: pytest.TempPathFactory, signing_settings: Settings, fonts: FontSet, postgres_server: str
) -> Iterator[Watched]:
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE query_plans"))
    base, _, query = postgres_server.partition("?")
    url = f"{base.rsplit('/', 1)[0]}/query_plans?{query}"
    portal = make_portal(tmp_path_factory.mktemp("plans"), signing_settings, fonts, DATABASE_URL=url)
    made = Watched(portal, Knocking(portal))
    fill(portal.service.engine, metadata(), ROWS, set(SMALL))

    @event.listens_for(portal.service.engine, "before_cursor_execute")
    def hear(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", statement):
            made.said.setdefault(statement, parameters[0] if many else parameters)

    yield made
    portal.service.close()
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE query_plans WITH (FORCE)"))
    admin.dispose()


def test_every_table_is_large_or_small(watched: Watched) -> None:
    assert sorted(table.name for table in metadata().sorted_tables if table.name not in LARGE | SMALL.keys()) == []
    assert sorted((LARGE | SMALL.keys()) - metadata().tables.keys() - {"alembic_version"}) == []


def test_no_page_and_no_job_reads_a_large_table_whole(watched: Watched) -> None:
    _pages(watched)
    _business(watched)
    _commands(watched)
    _jobs(watched)
    assert len(watched.said) > 80
    wrong = [
        f"{tables}: {_short(statement)}" for statement, tables in watched.plans() if tables and not _meant(statement)
    ]
    assert not wrong, "\n".join(wrong)


def _short(statement: str) -> str:
    return " ".join(re.sub(r"SELECT .*?\sFROM", "SELECT … FROM", statement, flags=re.DOTALL).split())


def _meant(statement: str) -> bool:
    return any(part in statement for part in WHOLE)


def _pages(watched: Watched) -> None:
    portal, knocking = watched.portal, watched.knocking
    content = portal.issue(portal.mine).content
    # Whatever else a page is about: one that is not there is looked for all the same.
    places = defaultdict(lambda: "1000010", number=content.number, code=content.verification_code)
    places |= {"colleague": str(knocking.accounts["auditor"]), "program": knocking.secret.split("_")[1]}
    for role in ROLES:
        client = knocking(role)
        for path in filter(lambda one: role in _worth_asking(GET[one]), GET):
            get(client, path.format_map(places), headers=knocking.headers(role))
    for role in ("own_business", "admin", "credit_officer"):
        for path in POST:
            post(knocking(role), path, {}, headers=knocking.headers(role))


def _worth_asking(answers: Answers) -> set[str]:
    """All who are let in, and one for each way of being turned away: that happens before anything is looked up."""
    turned_away = {status: role for role, status in asdict(answers).items() if status in (302, 401, 403)}
    return {role for role, status in asdict(answers).items() if status not in turned_away} | set(turned_away.values())


def _business(watched: Watched) -> None:
    portal = watched.portal
    client = watched.knocking("own_business")
    form = {"years": "3", "purpose": "finance", "language": "zh", "showing": "summary"}
    post(client, "/reports", form)
    issued = portal.issue(portal.mine)
    code = issued.content.verification_code
    post(client, f"/reports/{issued.number}/showing", {"showing": "records"})
    post(client, "/precheck", {"years": "3"})
    post(client, "/verify", {"file": (BytesIO(issued.pdf), "report.pdf")}, content_type="multipart/form-data")
    post(client, "/handlers", {"label": "经办甲", "purposes": "finance", "days": "30"})
    get(portal.visitor(), f"/v/{code}")
    make_edition(portal.service, issued.number, "en", "test", NOON)
    replay(portal.service, issued.number)
    post(client, f"/reports/{issued.number}/renew", {})
    post(client, f"/reports/{issued.number}/withdraw", {"reason": "test"})


def _commands(watched: Watched) -> None:
    service, mine = watched.portal.service, watched.portal.mine
    with service.reading() as session:
        reports_about(session, mine, NOON, 20)
        resolve(session, mine)
        resolve(session, "320900000000001")
        list_conflicts(session, NOON)
        list_unclear(session)
        list_rows(session, open_only=True, slug="taxation", limit=20)
        signed_reports(session, service.signer.fingerprint)
        signed_besides_reports(session, service.signer.fingerprint)
        load_settled(session)
    # Nothing is so old yet that it is removed, but it is looked for.
    for one in KINDS:
        apply_retention(service.sessions, [one], "test", NOON, dry_run=True)


def _jobs(watched: Watched) -> None:
    service = watched.portal.service
    for _name, function, _every in (job for job in PERIODIC if job[0] not in WHOLE_JOBS):
        # A job that fails has still asked what it asks.
        with suppress(Problem):
            function_of(function)(service, NOON)
    with service.sessions.begin() as session:
        enqueue(session, "nothing", "nothing", {}, now=NOON)
    run_due(service, NOON, 2)


def test_a_scan_would_be_found(watched: Watched) -> None:
    with Session(watched.portal.service.engine) as session:
        session.execute(text("SELECT 1 FROM credit_report WHERE entity_name = 'x'"))
    found = dict(watched.plans())
    assert found.pop("SELECT 1 FROM credit_report WHERE entity_name = 'x'") == ["credit_report"]
