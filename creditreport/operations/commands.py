"""``doctor``, ``backup``, ``restore``: thin."""

from __future__ import annotations

from pathlib import Path

import click

from creditreport.cli import acting_user, command, language, print_json

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


@click.command("backup")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="新目录 / a folder that does not exist yet")
@JSON
@command
def backup(out: Path, as_json: bool) -> None:
    """备份数据库和公钥材料，服务照常运行 / the store and the public half of the keys, while the service works."""
    from creditreport.operations.backup import make_backup
    from creditreport.service import Service

    with Service() as service:
        made = make_backup(service, out, acting_user(), service.clock.now())
    if as_json:
        print_json({"path": str(out), **made.as_json()})
    else:
        click.echo(f"{out}: {sum(made.rows.values())} 行 / rows, {len(made.files)} 个文件 / files")


@click.command("restore")
@click.argument("folder", type=click.Path(path_type=Path))
@JSON
@command
def restore(folder: Path, as_json: bool) -> None:
    """把备份恢复到空数据库 / bring a backup back into an empty store; then run doctor and audit check."""
    from creditreport.operations.restore import restore_backup
    from creditreport.service import Service

    with Service() as service:
        restored = restore_backup(service, folder, acting_user(), service.clock.now())
    if as_json:
        print_json(restored.as_json())
    else:
        rows = sum(restored.backup.rows.values())
        click.echo(
            f"{rows} 行已恢复 / rows restored; 编号自 {restored.numbers_after} 之后继续 / numbers go on after it"
        )
