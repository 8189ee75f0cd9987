"""``creditreport replay`` and ``creditreport rules simulate``."""

from __future__ import annotations

import sys
from typing import Any

import click

from creditreport.cli import command, language, print_json
from creditreport.reports.request import read_day
from creditreport.rules.commands import find_version, reference
from creditreport.rules.words import REASONS
from creditreport.service import Service

JSON = click.option("--json", "as_json", is_flag=True, help="one JSON object")
LONGEST = 100


@click.command("replay")
@click.argument("number")
@JSON
@command
def replay_command(number: str, as_json: bool) -> int:
    """重现报告 / make a report again from what was stored; exit 0: all that can be compared is identical, else 1."""
    from creditreport.replay.again import replay

    with Service() as service:
        found = replay(service, number)
    if as_json:
        print_json(found.as_json())
        return 0 if found.same else 1
    click.echo(f"{_say('内容', 'content')}: {_same(found.content_identical)}")
    click.echo(f"{_say('判定', 'decisions')}: {_same(found.decisions_identical)}")
    for edition in found.editions:
        told = _same(edition.identical)
        if edition.identical is None:
            told += f" ({edition.stored} → {edition.present})"
        click.echo(f"{_say('签名前的文件', 'file before signing')} {edition.language}: {told}")
    for each in found.differences:
        click.echo(f"- {each.path}\n    {_say('存档', 'stored')}: {_short(each.stored)}")
        click.echo(f"    {_say('重现', 'replayed')}: {_short(each.replayed)}")
    return 0 if found.same else 1


@click.command("simulate")
@click.option("--from", "first", required=True, metavar="A", help="ID or ID@VERSION")
@click.option("--to", "second", required=True, metavar="B", help="ID or ID@VERSION")
@click.option("--on", help="the reports that are valid on another day, 2026-11-21")
@JSON
@command
def simulate_command(first: str, second: str, on: str | None, as_json: bool) -> None:
    """模拟 / how many valid reports would list something else under B than under A, and why; nothing is changed."""
    from creditreport.replay.simulate import ASSUMED, count_valid, simulate

    wanted = read_day(on)
    with Service() as service:
        today = service.clock.now().date()
        day = wanted or today
        a, b = (find_version(service.rulebook, one, today) for one in (first, second))
        with service.reading() as session:
            total = count_valid(session, day)
        with click.progressbar(length=total, label=_say("模拟", "simulating"), file=sys.stderr) as bar:
            found = simulate(service, a, b, day, lambda: bar.update(1))
    told: dict[str, Any] = {
        "from": reference(a),
        "to": reference(b),
        "on": day.isoformat(),
        "reports": found.reports,
        "changed": found.changed,
        "fewer_years": found.fewer_years,
        "by_reason": [
            {"change": change, "reason": reason.value, **tally.as_json()}
            for (change, reason), tally in sorted(found.by_reason.items())
        ],
        "by_domain": [
            {"change": change, "domain": domain, **tally.as_json()}
            for (change, domain), tally in sorted(found.by_domain.items())
        ],
        "failed": {"reports": found.failed.reports, "examples": found.failed.examples},
        "assumed": [{"zh": zh, "en": en} for zh, en in ASSUMED],
    }
    if as_json:
        print_json(told)
    else:
        _tell_simulation(told)


def _tell_simulation(told: dict[str, Any]) -> None:
    english = language() == "en"
    heading = _say("份有效报告，列示有变化的", "valid reports, of which would list something else:")
    click.echo(f"{told['from']} → {told['to']}  {told['on']}: {told['reports']} {heading} {told['changed']}")
    words = {"added": _say("新列示", "newly listed"), "removed": _say("不再列示", "no longer listed")}
    for row in told["by_reason"]:
        counted = _say("{} 条，{} 份报告", "{} records in {} reports").format(row["records"], row["reports"])
        reason = REASONS[row["reason"]][english]
        click.echo(f"  {words[row['change']]}  {row['reason']} {reason}: {counted}  {' '.join(row['examples'])}")
    for row in told["by_domain"]:
        counted = _say("{} 条，{} 份报告", "{} records in {} reports").format(row["records"], row["reports"])
        click.echo(f"  {words[row['change']]}  {row['domain']}: {counted}")
    if told["failed"]["reports"]:
        failed = _say("不能判定的报告", "reports that cannot be screened")
        click.echo(f"! {failed}: {told['failed']['reports']}  {' '.join(told['failed']['examples'])}")
    for one in told["assumed"]:
        click.echo(f"* {one['en' if english else 'zh']}")


def _same(identical: bool | None) -> str:
    if identical is None:
        return _say("不可比（排版版本不同）", "not comparable (another version of the renderer)")
    return _say("一致", "identical") if identical else _say("不一致", "different")


def _short(value: Any) -> str:
    text = _say("（无）", "(none)") if value is None else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _say(zh: str, en: str) -> str:
    return en if language() == "en" else zh
