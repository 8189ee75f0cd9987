"""``audit``: sealing the trail, checking it, handing out its signed heads and its entries."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from creditreport.cli import acting_user, command, language, print_json

if TYPE_CHECKING:
    from creditreport.audit.checking import Checked

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group("audit")
def audit() -> None:
    """审计链 / the audit trail."""


@audit.command("seal")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@command
def seal_command(as_json: bool) -> None:
    """封存新的审计记录、签名链头并写到库外 / chain new entries, sign the chain's end, export it; safe to repeat."""
    from creditreport.audit.sealing import seal
    from creditreport.service import Service

    with Service() as service:
        done = seal(service, service.clock.now())
    if as_json:
        print_json(done.as_json())
    elif language() == "zh":
        click.echo(
            f"封存 {done.entries} 条，链尾 {done.place.position} {done.place.digest[:16]}，写出 {done.exported} 个链头"
        )
    else:
        click.echo(
            f"{done.entries} sealed, end {done.place.position} {done.place.digest[:16]}, {done.exported} exported"
        )


@audit.command("check")
@click.option("--heads", type=FOLDER, help="链头目录，缺省为 AUDIT_EXPORT_DIR / folder of exported heads")
@click.option("--new", "new_only", is_flag=True, help="只查上次核查之后的 / only what came since the last check")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@command
def check_command(heads: Path | None, new_only: bool, as_json: bool) -> int:
    """核查审计链有无缺失、改动、截断、重写 / is nothing missing, changed, cut off, rewritten? exit 1 if it is."""
    from creditreport.audit.check import check
    from creditreport.service import Service

    with Service() as service:
        found = check(service, acting_user(), service.clock.now(), heads, new_only=new_only)
    if as_json:
        print_json(found.as_json())
    else:
        _tell(found)
    return 0 if found.ok else 1


def _tell(found: Checked) -> None:
    chinese = language() == "zh"
    for one in found.findings:
        click.echo(f"  {one.sentence(language())}")
    if found.more:
        click.echo(f"  …… 另有 {found.more} 处" if chinese else f"  … and {found.more} more")
    if chinese:
        told = "没有发现问题" if found.ok else f"发现 {found.found} 处问题"
        click.echo(f"位置 {found.first}–{found.last}，链头 {found.heads} 个：{told}；未封存 {found.unsealed} 条")
    else:
        told = "all is as it was sealed" if found.ok else f"{found.found} findings"
        click.echo(f"places {found.first}–{found.last}, {found.heads} heads: {told}; {found.unsealed} not sealed yet")


@audit.command("export")
@click.option("--out", "folder", type=FOLDER, required=True, help="目录 / a folder")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@command
def export_command(folder: Path, as_json: bool) -> None:
    """把全部链头另存到一个目录 / write all signed heads to a folder as well; nothing is overwritten."""
    from creditreport.audit.sealing import copy_heads
    from creditreport.service import Service

    with Service() as service:
        count = copy_heads(service.reading, folder)
    if as_json:
        print_json({"heads": count, "folder": str(folder)})
    else:
        click.echo(f"{folder}: {count}")


@audit.command("entries")
@click.option("--from", "first", help="起始日 / first day")
@click.option("--to", "last", help="截止日 / last day")
@click.option("--actor", default="", help="操作人 / who")
@click.option("--action", default="", help="操作，“report.*”为开头相同者 / deed; report.* for all that begin so")
@click.option("--subject", default="", help="对象，如 report:编号 / what it was done to")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="FILE.csv / FILE.json")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@command
def entries_command(
    first: str | None, last: str | None, actor: str, action: str, subject: str, out: Path, as_json: bool
) -> None:
    """导出审计记录为 CSV 或 JSON / write entries to a file, the oldest first."""
    from creditreport.audit.export import export_to
    from creditreport.audit.listing import read_filter
    from creditreport.service import Service

    wanted = read_filter(first or "", last or "", actor, action, subject)
    with Service() as service:
        count = export_to(service, wanted, out, acting_user(), service.clock.now())
    if as_json:
        print_json({"entries": count, "file": str(out), "on": date.isoformat(service.clock.now().date())})
    else:
        click.echo(f"{out}: {count}")
