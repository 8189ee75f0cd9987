"""``creditreport domains import``: a department's double-publicity form."""

from __future__ import annotations

from pathlib import Path

import click

from creditreport.cli import acting_user, command, print_json

# As wide as the store's column.
LONGEST_NAME = 120


@click.command("import")
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
    from creditreport.doublepublicity.summary import summary
    from creditreport.service import Service

    if by is not None and not 0 < len(by.strip()) <= LONGEST_NAME:
        raise click.UsageError(f"--by 须为 1 至 {LONGEST_NAME} 个字符 / give 1 to {LONGEST_NAME} characters")
    with Service() as service:
        request = ImportRequest(file, slug, by or acting_user(), rejected)
        result = import_form(service, request, service.clock.now())
        mirrored = service.catalog.domain(slug).manifest.mode == "mirrored"
    if as_json:
        print_json(result.as_json())
    else:
        for line in summary(result):
            click.echo(line)
        if mirrored:
            click.echo(
                f"该领域为镜像，请运行 / the domain is mirrored, now run: creditreport domains sync --slug {slug}"
            )
    return 1 if result.row.rejected else 0
