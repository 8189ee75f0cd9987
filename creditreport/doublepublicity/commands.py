"""``creditreport domains import``: a department's double-publicity form."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from creditreport.catalog.commands import domains
from creditreport.cli import command, print_json

if TYPE_CHECKING:
    from creditreport.doublepublicity.result import ImportResult

# How a reason is told in the summary; the sentence of each row stands in the rejection file.
REASONS = {
    "cells": "格数与表头不符 / cells and header differ",
    "missing": "必填项为空 / a required cell is empty",
    "too_long": "超过长度 / too long",
    "formula": "公式错误值 / a formula's error",
    "kind": "行政相对人类别 / kind of subject",
    "kind_code": "类别与代码不符 / kind and code differ",
    "code": "统一社会信用代码 / unified code",
    "unit": "不是本领域的单位 / not a unit of the domain",
    "unit_code": "单位代码 / code of the unit",
    "date": "日期 / date",
    "date_order": "日期先后 / order of dates",
    "money": "金额 / amount",
    "money_unit": "金额单位 / unit of the amount",
    "penalty_word": "处罚类别 / penalty type",
    "fine_amount": "处罚类别与金额不符 / types and amounts differ",
    "duplicate": "重复 / duplicate",
    "content": "内容自相矛盾或无法确定 / content cannot be read with certainty",
}
SKIPPED = {
    "natural_person": "自然人 / natural persons",
    "same_row_twice": "文件内重复的同一行 / the same row twice",
    "imported_before": "以前已导入的同一行 / rows that were there before",
}


@domains.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--slug", required=True, help="领域 / the domain")
@click.option(
    "--rejected", type=click.Path(dir_okay=False, path_type=Path), help="退回文件（.xlsx 或 .csv） / rejections"
)
@click.option("--by", help="经办人 / who imports it (else the login name)")
@click.option("--json", "as_json", is_flag=True, help="one JSON object")
@command
def import_command(file: Path, slug: str, rejected: Path | None, by: str | None, as_json: bool) -> int:
    """导入双公示行政处罚表 / import a department's double-publicity form (XLSX or CSV)."""
    from creditreport.doublepublicity.importing import ImportRequest, import_form
    from creditreport.service import Service

    with Service() as service:
        request = ImportRequest(file, slug, by or f"cli:{_user()}", rejected)
        result = import_form(service, request, service.clock.now())
        mirrored = service.catalog.domain(slug).manifest.mode == "mirrored"
    if as_json:
        print_json(result.as_json())
    else:
        _tell(result)
        if mirrored:
            click.echo(
                f"该领域为镜像，请运行 / the domain is mirrored, now run: creditreport domains sync --slug {slug}"
            )
    return 1 if result.row.rejected else 0


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in some containers
        return "unknown"


def _tell(result: ImportResult) -> None:
    row, detail = result.row, result.row.detail
    if result.repeated:
        click.echo(f"该文件已于 {row.at:%Y-%m-%d %H:%M} 导入，没有改变任何内容 / imported before, nothing was changed")
    click.echo(
        f"读取 read {row.rows_read}：接受 accepted {row.accepted}（其中更正 corrections {len(detail['replaced'])}），"
        f"退回 rejected {row.rejected}，略过 skipped {row.skipped}"
    )
    for word, count in sorted(detail["rejected_by_reason"].items()):
        click.echo(f"  退回 / rejected: {REASONS[word]}: {count}")
    for word, count in sorted(detail["skipped_by_reason"].items()):
        click.echo(f"  略过 / skipped: {SKIPPED.get(word, word)}: {count}")
    delay = detail["delay"]
    if delay["longest"] is not None:
        click.echo(
            f"报送时长（工作日） / working days until sent: 最长 longest {delay['longest']}，"
            f"中位 median {delay['median']}，超过 {delay['limit']} 日 late {delay['late']}"
        )
    for one in detail["accepted_rows"]:
        if one["late"]:
            click.echo(f"  第 {one['line']} 行 {one['document_number']}: {one['days']} 个工作日 / working days")
    click.echo(f"数据文件 / drop: {row.drop_name}（{detail['drop_rows']} 行 / rows）")
    if result.rejection_file:
        click.echo(f"退回文件 / rejections: {result.rejection_file}")
    elif row.rejected:
        click.echo(
            "再次运行并加上 --rejected 文件名，可得到退回文件 / run it again with --rejected to get the rejections"
        )


# The command belongs to the group ``domains``.
COMMANDS: list[click.Command] = []
