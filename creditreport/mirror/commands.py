"""``creditreport domains sync``: mirrored sources brought up to date."""

from __future__ import annotations

import sys

import click

from creditreport.cli import command, print_json
from creditreport.violations.answer import AnswerStatus


@click.command("sync")
@click.option("--slug", help="只同步一个 / one source only")
@click.option("--json", "as_json", is_flag=True, help="one JSON object")
@command
def sync_command(slug: str | None, as_json: bool) -> int:
    """同步镜像来源 / bring the mirrored sources up to date; safe to repeat and to break off."""
    from creditreport.mirror.sync import SyncOutcome, mirrored, sync_sources
    from creditreport.service import Service

    def show(outcome: SyncOutcome) -> None:
        counts = (
            f"新增 added {outcome.added}, 变更 changed {outcome.changed}, 消失 vanished {outcome.vanished}, "
            f"未变 unchanged {outcome.unchanged}, 待核定 quarantined {outcome.quarantined}"
        )
        click.echo(f"{outcome.slug:<28}  {outcome.status:<11}  {outcome.problem or counts}")

    with Service() as service:
        progress = Progress(len(mirrored(service, slug)), quiet=as_json or not sys.stderr.isatty())
        outcomes = sync_sources(service, service.clock.now(), slug, progress.say)
        progress.clear()
    if as_json:
        print_json({"sources": [outcome.as_json() for outcome in outcomes]})
    else:
        for outcome in outcomes:
            show(outcome)
        if not outcomes:
            click.echo("没有镜像来源 / no source is mirrored")
    return 0 if all(outcome.status is AnswerStatus.COMPLETE for outcome in outcomes) else 1


class Progress:
    """One line on a terminal: which source of how many, and how many rows it has given so far."""

    WIDTH = 24

    def __init__(self, sources: int, *, quiet: bool) -> None:
        self._sources, self._quiet = sources, quiet
        self._met: list[str] = []

    def say(self, slug: str, rows: int) -> None:
        """Draw the line anew."""
        if slug not in self._met:
            self._met.append(slug)
        if not self._quiet:
            done = self.WIDTH * len(self._met) // max(self._sources, 1)
            bar = "#" * done + "-" * (self.WIDTH - done)
            click.echo(f"\r\x1b[K[{bar}] {len(self._met)}/{self._sources}  {slug}: {rows:,}", nl=False, err=True)

    def clear(self) -> None:
        """Leave no line behind."""
        if not self._quiet and self._met:
            click.echo("\r\x1b[K", nl=False, err=True)
