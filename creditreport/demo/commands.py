"""``creditreport demo``: the invented departments, and the server on top of them."""

from __future__ import annotations

import click

from creditreport.cli import command, print_json
from creditreport.config import Environment
from creditreport.errors import Problem
from creditreport.service import Service


@click.group("demo")
def demo() -> None:
    """演示数据与服务 / the demo's data and server."""


@demo.command("fill")
@click.option("--json", "as_json", is_flag=True, help="one JSON object")
@command
def fill_command(as_json: bool) -> int:
    """Fill the departments' sources as of today; bring the register and the mirrored sources into the store."""
    from creditreport.demo.fill import fill
    from creditreport.entities.register import sync_register
    from creditreport.mirror.sync import sync_sources
    from creditreport.violations.collect import read_register

    service = Service()
    settings, now = service.settings, service.clock.now()
    if settings.env is Environment.PRODUCTION:
        raise Problem("DEMO_ONLY", what="creditreport demo fill")
    folder = settings.var_dir / "demo"
    _say(as_json, f"== 演示数据 / demo sources: {folder} ({now.date()})")
    plan = fill(folder, now.date(), calendar=service.calendar)
    _say(
        as_json,
        f"   {len(plan.businesses)} 个虚构主体 / invented businesses, {sum(plan.rows.values())} 行 / rows, "
        f"{plan.record_count} 条记录 / records",
    )
    _say(as_json, "== 登记库 / register")
    result = sync_register(service.sessions, read_register(service.catalog.register, service.collecting, now), now)
    _say(as_json, f"   新增 added {result.added}, 变更 changed {result.changed}, 未变 unchanged {result.unchanged}")
    _say(as_json, "== 镜像来源 / mirrored sources")
    outcomes = sync_sources(service, now)
    for one in outcomes:
        _say(as_json, f"   {one.slug}: {one.problem or f'{one.added} 行新增 / rows added'}")
    if as_json:
        print_json({"folder": str(folder), "day": now.date().isoformat(), **plan.totals()})
    return 1 if any(one.problem for one in outcomes) else 0


@demo.command("serve")
@click.option("--port", type=int, default=8000, show_default=True)
@command
def serve_command(port: int) -> None:
    """Print the address, the demo's sign-ins and three things to try, then serve."""
    from creditreport.demo.serve import run_server

    run_server(Service(), port)


def _say(as_json: bool, line: str) -> None:
    if not as_json:
        click.echo(line)


@demo.command("sources")
@click.option("--port", type=int, help="default: CREDITREPORT_SOURCE_REST_PORT")
@click.option("--while-stdin", is_flag=True, hidden=True, help="stop when standard input ends")
@command
def sources_command(port: int | None, while_stdin: bool) -> None:
    """The invented departments' JSON interfaces, on 127.0.0.1, until Ctrl-C."""
    from creditreport.demo.running import serve_sources

    settings = Service().settings
    if settings.env is Environment.PRODUCTION:
        raise Problem("DEMO_ONLY", what="creditreport demo sources")
    serve_sources(settings, port, while_stdin=while_stdin)
