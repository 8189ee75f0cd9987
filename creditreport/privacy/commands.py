"""``privacy``: remove what has been kept of persons for its time; meant for every night."""

from __future__ import annotations

import click

from creditreport.cli import acting_user, command, language, print_json


@click.group("privacy")
def privacy() -> None:
    """个人信息 / what is kept of persons."""


@privacy.command("apply")
@click.option("--dry-run", is_flag=True, help="只统计，不改动 / count only, change nothing")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@command
def apply(dry_run: bool, as_json: bool) -> None:
    """删除保存期满的个人信息 / remove what has been kept for its time; safe to repeat."""
    from creditreport.privacy.kinds import KINDS
    from creditreport.privacy.retention import apply_retention
    from creditreport.service import Service

    with Service() as service:
        by = acting_user()
        done = apply_retention(service.sessions, KINDS, by, service.clock.now(), dry_run=dry_run)
    if as_json:
        rows = [{"kind": one.kind, "before": one.before.isoformat(), "removed": one.removed} for one in done]
        print_json({"dry_run": dry_run, "kinds": rows})
        return
    chinese = language() == "zh"
    would = ("将删除" if dry_run else "已删除") if chinese else ("would be removed" if dry_run else "removed")
    for one in done:
        before = f"{one.before:%Y-%m-%d}"
        click.echo(
            f"  {one.kind:20} {would} {one.removed}" + (f"（{before} 之前）" if chinese else f" (before {before})")
        )
