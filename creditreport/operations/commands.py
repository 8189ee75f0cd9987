"""``doctor``, ``backup``, ``restore``: thin."""

from __future__ import annotations

import click

from creditreport.cli import command, language, print_json

JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
SIGNS = {"good": "✓", "warning": "!", "bad": "✗"}


@click.command("doctor")
@click.option("--skip", multiple=True, help="跳过此项 / leave this part out, e.g. sources")
@JSON
@command
def doctor(skip: tuple[str, ...], as_json: bool) -> int:
    """检查数据库、队列、密钥、字库、时钟、来源、磁盘并告知怎么办 / is everything well, and if not, what to do?"""
    from creditreport.operations.checks import CHECKS
    from creditreport.operations.doctor import State, examine
    from creditreport.service import Service

    if unknown := set(skip) - CHECKS.keys():
        raise click.UsageError(f"--skip {', '.join(sorted(unknown))}: {', '.join(CHECKS)}")
    checks = {part: check for part, check in CHECKS.items() if part not in skip}
    with Service() as service:
        findings = list(examine(service, checks))
    if as_json:
        print_json({"findings": [one.as_json() for one in findings]})
    for one in () if as_json else findings:
        click.echo(f"{SIGNS[one.state]} {one.part:<9} {one.en if language() == 'en' else one.zh}")
        if one.todo and one.state is not State.GOOD:
            click.echo(f"            → {one.todo}")
    return 1 if any(one.state is State.BAD for one in findings) else 0


COMMANDS = [doctor]
