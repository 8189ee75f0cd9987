"""``creditreport entities``: the business register."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from creditreport.cli import command, print_json
from creditreport.entities.entity import BusinessEntity
from creditreport.entities.register import find_entity, list_entities, sync_register
from creditreport.service import Service


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
        "parent_register_id": entity.parent_register_id,
        "district": entity.district,
        "registration_number": entity.registration_number,
    }


@entities.command("list")
@click.option("--limit", type=click.IntRange(min=1), help="at most so many")
@click.option("--json", "as_json", is_flag=True, help="one JSON object")
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
@click.option("--json", "as_json", is_flag=True, help="one JSON object")
@command
def show_command(code: str, as_json: bool) -> None:
    """One business, by its present or a replaced code."""
    with Service() as service, service.reading() as session:
        details = _details(find_entity(session, code))
    if as_json:
        print_json(details)
        return
    for key, value in details.items():
        click.echo(f"{key}: {'、'.join(value) if isinstance(value, list) else value or '-'}")


@entities.command("sync")
@click.option("--json", "as_json", is_flag=True, help="one JSON object")
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
            f"缺失 missing {result.missing}，未变 unchanged {result.unchanged}，隔离 quarantined {result.quarantined}"
        )


COMMANDS = [entities]
