"""``creditreport domains``: what is declared, whether it is right, how the sources are, one asked now."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from creditreport.catalog.load import check_manifests, load_catalog
from creditreport.cli import command, print_json
from creditreport.cli_lazy import Announced, LazyGroup
from creditreport.config import rule_folders

GOOD = ("complete", "not_implemented")


@click.group(cls=LazyGroup)
def domains() -> None:
    """领域清单与数据来源 / the domains' manifests and their sources."""


domains.announce(
    Announced(
        "import",
        "creditreport.doublepublicity.commands:import_command",
        "导入双公示行政处罚表 / import a department's double-publicity form (XLSX or CSV).",
    ),
    Announced(
        "sync",
        "creditreport.mirror.commands:sync_command",
        "同步镜像来源 / bring the mirrored sources up to date; safe to repeat and to break off.",
    ),
)


@domains.command("list")
@click.option("--json", "as_json", is_flag=True, help="one JSON object")
@command
def list_command(as_json: bool) -> None:
    """全部领域 / all domains."""
    found = [located.manifest for located in load_catalog(rule_folders()[0]).domains]
    rows = [
        {
            "number": one.number,
            "slug": one.slug,
            "title": one.title,
            "responsible_unit": one.responsible_unit,
            "batch": one.batch,
            "effective_from": one.effective_from.isoformat() if one.effective_from else None,
            "driver": one.source.driver,
            "mode": one.mode,
        }
        for one in found
    ]
    if as_json:
        print_json({"domains": rows})
        return
    for row in rows:
        click.echo(
            f"{row['number']:>2}  {row['slug']:<28}  {row['driver']:<5}  {row['title']}（{row['responsible_unit']}）"
        )


@domains.command("check")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH...]")
@click.option("--json", "as_json", is_flag=True, help="one JSON object")
@command
def check_command(paths: tuple[Path, ...], as_json: bool) -> int:
    """检查清单 / are the manifests right and complete (all 45 without PATH)?"""
    problems = check_manifests(rule_folders()[0], paths)
    if as_json:
        print_json({"problems": [one.as_json() for one in problems]})
    for one in () if as_json else problems:
        click.echo(f"{one.file}  {one.key or '-'}  {one.problem}")
    if not problems and not as_json:
        click.echo("清单正确 / the manifests are right")
    return 1 if problems else 0


@domains.command("pull")
@click.option("--slug", help="领域、覆盖清单或登记库 / a domain, an overlay or the register")
@click.option(
    "--manifest", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="任意清单文件 / any manifest"
)
@click.option("--uscc", "code", required=True, help="统一社会信用代码 / unified social credit code")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="另一天，正式环境不可用 / another day, not in production")
@click.option("--json", "as_json", is_flag=True, help="one JSON object")
@command
def pull_command(slug: str | None, manifest: Path | None, code: str, on: datetime | None, as_json: bool) -> int:
    """现在向一个数据来源查询一个主体 / ask one source now about one business."""
    from creditreport.catalog.pull import pull
    from creditreport.service import Service

    if (slug is None) == (manifest is None):
        raise click.UsageError("--slug 与 --manifest 须给且只给一个 / give exactly one of --slug, --manifest")
    with Service() as service:
        answer = pull(service, slug=slug, manifest=manifest, code=code, on=on.date() if on else None)
    if as_json:
        print_json(answer)
    else:
        _show(answer)
    return 0 if answer["status"] in GOOD else 1


@domains.command("probe")
@click.option("--slug", "slugs", multiple=True, help="只查这些来源 / only these sources")
@click.option("--uscc", "code", help="逐个主体查询的来源用此代码 / the business that interfaces are asked about")
@click.option("--json", "as_json", is_flag=True, help="one JSON object")
@command
def probe_command(slugs: tuple[str, ...], code: str | None, as_json: bool) -> int:
    """每个来源是否可达、及时、合乎声明 / is every source reachable, fresh, as declared, and how fast?"""
    from creditreport.catalog.probe import probe_all, probe_table
    from creditreport.service import Service

    probed = probe_all(Service(), slugs, code)
    if as_json:
        print_json({"sources": [one.as_json() for one in probed]})
    for line in () if as_json else probe_table(probed):
        click.echo(line)
    return 0 if all(one.good for one in probed) else 1


def _show(answer: dict[str, Any]) -> None:
    click.echo(f"{answer['domain']}: {answer['status']}")
    click.echo(f"数据截至 / data as of: {answer['data_as_of'] or '-'}   已读 / rows read: {answer['rows_read']}")
    if answer["problem"]:
        click.echo(f"问题 / problem: {answer['problem']}")
    for record in answer["records"]:
        began = record.get("decided_on") or record.get("listed_on") or "-"
        what = record.get("kind") or record.get("entry_id") or record.get("register_id") or "-"
        text = record.get("violation_type") or record.get("name") or ""
        click.echo(f"  {began:<10}  {what:<28}  {record.get('document_number') or '-'}  {text}")
    for row in answer["quarantined"]:
        click.echo(f"  隔离 / quarantined: {row['column'] or '-'}: {row['problem']}")
    for reason, count in answer["skipped"].items():
        click.echo(f"  略过 / skipped: {reason}: {count}")
