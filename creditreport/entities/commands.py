"""``creditreport entities``: the business register."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from creditreport.cli import command, print_json
from creditreport.entities.conflicts import Conflict, list_conflicts
from creditreport.entities.entity import BusinessEntity, NamePeriod
from creditreport.entities.register import branches_of, find_entity, list_entities, sync_register
from creditreport.entities.resolve import Ambiguous, Found, NoneFound, resolve
from creditreport.entities.unclear import list_unclear, unclear_json
from creditreport.entities.uscc import is_uscc, read_uscc
from creditreport.errors import Problem
from creditreport.service import Service
from creditreport.violations.record import comparable_code

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

JSON = click.option("--json", "as_json", is_flag=True, help="one JSON object")


@click.group("entities")
def entities() -> None:
    """经营主体 / the business register."""


def _listed(entity: BusinessEntity) -> dict[str, Any]:
    """One business as in ``entities list``."""
    return {
        "uscc": entity.uscc,
        "name": entity.name,
        "type": entity.entity_type.value,
        "status": entity.registration_status.value,
    }


def _details(entity: BusinessEntity) -> dict[str, Any]:
    return _listed(entity) | {
        "register_id": entity.register_id,
        "previous_codes": list(entity.previous_codes),
        "former_names": list(entity.former_names),
        "name_history": [_period_json(period) for period in entity.name_history],
        "parent_register_id": entity.parent_register_id,
        "district": entity.district,
        "registration_number": entity.registration_number,
    }


def _period_json(period: NamePeriod) -> dict[str, Any]:
    return {
        "name": period.name,
        "since": period.since.isoformat() if period.since else None,
        "until": period.until.isoformat() if period.until else None,
    }


@entities.command("list")
@click.option("--limit", type=click.IntRange(min=1), help="at most so many")
@JSON
@command
def list_command(limit: int | None, as_json: bool) -> None:
    """The businesses that the register has, by code."""
    with Service() as service, service.reading() as session:
        found = list_entities(session, limit)
    if as_json:
        print_json({"entities": [_listed(entity) for entity in found]})
        return
    for entity in found:
        click.echo(f"{entity.uscc}  {entity.name}  {entity.entity_type} / {entity.registration_status}")


@entities.command("show")
@click.argument("code")
@JSON
@command
def show_command(code: str, as_json: bool) -> None:
    """One business, by its present or a replaced code, or by an older number."""
    with Service() as service, service.reading() as session:
        entity, by = _meant(session, code)
        branches = branches_of(session, entity)
    details = _details(entity) | {"found_by": by, "branches": [_listed(branch) for branch in branches]}
    if as_json:
        print_json(details)
        return
    names = [f"{period.name}（{period.since or '?'} – {period.until or ''}）" for period in entity.name_history]
    shown = details | {"name_history": names, "branches": [f"{one.uscc} {one.name}" for one in branches]}
    for key, value in shown.items():
        click.echo(f"{key}: {'、'.join(value) or '-' if isinstance(value, list) else value or '-'}")


def _meant(session: Session, text: str) -> tuple[BusinessEntity, str]:
    """The one business that ``text`` means, and as which number it was read; raises the plainest refusal."""
    answer = resolve(session, text)
    if is_uscc(comparable_code(text)):
        # Tells also of a code held twice and of an entry that is not certain.
        return find_entity(session, text), answer.by.value if isinstance(answer, Found) else "unified_code"
    if isinstance(answer, Found):
        return answer.entity, answer.by.value
    if isinstance(answer, Ambiguous):
        raise Problem("AMBIGUOUS_NUMBER", value=text.strip(), count=len(answer.holders))
    if answer.personal:
        raise Problem("PERSONAL_NUMBER")
    if not answer.readable:
        read_uscc(text)
    raise Problem("UNKNOWN_NUMBER", value=text.strip())


@entities.command("resolve")
@click.argument("number")
@JSON
@command
def resolve_command(number: str, as_json: bool) -> int:
    """Which one business a code, registration number, organisation code or old tax number means; exit 1 if none."""
    with Service() as service, service.reading() as session:
        answer = resolve(session, number)
    told = _answer_json(answer)
    if as_json:
        print_json(told)
    elif isinstance(answer, Found):
        click.echo(f"{answer.entity.uscc}  {answer.entity.name}（{answer.by.value}）")
    else:
        click.echo({"none": "没有 / none", "personal": "个人号码，不查询 / a person's number, not looked up"}.get(
            told["answer"], f"不唯一 / several: {'、'.join(one['register_id'] for one in told['holders'])}"
        ))  # fmt: skip
    return 0 if isinstance(answer, Found) else 1


def _answer_json(answer: Found | NoneFound | Ambiguous) -> dict[str, Any]:
    if isinstance(answer, Found):
        return {"answer": "found", "by": answer.by.value, "entity": _details(answer.entity), "holders": []}
    if isinstance(answer, Ambiguous):
        holders = [_listed(one) | {"register_id": one.register_id} for one in answer.holders]
        return {"answer": "ambiguous", "by": None, "entity": None, "holders": holders}
    return {"answer": "personal" if answer.personal else "none", "by": None, "entity": None, "holders": []}


@entities.command("duplicates")
@click.option("--all", "settled_too", is_flag=True, help="also those that were cleaned")
@JSON
@command
def duplicates_command(settled_too: bool, as_json: bool) -> int:
    """Codes that several live businesses hold, and when they must be cleaned by; exit 1 if one is overdue."""
    with Service() as service, service.reading() as session:
        found = list_conflicts(session, service.clock.now(), settled_too=settled_too)
    if as_json:
        print_json({"duplicates": [one.as_json() for one in found]})
    for one in [] if as_json else found:
        click.echo(_conflict_line(one))
    return 1 if any(one.overdue for one in found) else 0


def _conflict_line(one: Conflict) -> str:
    state = f"已清理 cleaned {one.settled_at:%Y-%m-%d}" if one.settled_at else f"限期 due {one.due_on}"
    holders = "；".join(f"{holder['register_id']} {holder['name']}" for holder in one.holders)
    return (
        f"{one.uscc}  发现 found {one.found_at:%Y-%m-%d}，{state}{'，已逾期 overdue' if one.overdue else ''}：{holders}"
    )


@entities.command("unclear")
@click.option("--all", "settled_too", is_flag=True, help="also those that were put right")
@JSON
@command
def unclear_command(settled_too: bool, as_json: bool) -> None:
    """Entries of the register that are no certain business; they get no report until the register puts them right."""
    with Service() as service, service.reading() as session:
        found = list_unclear(session, settled_too=settled_too)
    if as_json:
        print_json({"unclear": [unclear_json(row) for row in found]})
        return
    for row in found:
        click.echo(f"{row.register_id or '-'}  {row.uscc or '-'}  {row.column or '-'}：{row.problem}")


@entities.command("sync")
@JSON
@command
def sync_command(as_json: bool) -> None:
    """Read the register's source and bring the store in step with it."""
    from creditreport.violations.collect import read_register

    with Service() as service:
        now = service.clock.now()
        reading = read_register(service.catalog.register, service.collecting, now)
        result = sync_register(service.sessions, reading, now)
    if as_json:
        print_json(asdict(result))
    else:
        click.echo(
            f"登记库 / register: 新增 added {result.added}，变更 changed {result.changed}，"
            f"缺失 missing {result.missing}，未变 unchanged {result.unchanged}，隔离 quarantined {result.quarantined}，"
            f"重码 duplicates {result.duplicates}"
        )
