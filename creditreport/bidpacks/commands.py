"""``creditreport bidpack``: a pack checked here and now, the sheet written to a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from creditreport.cli import acting_user, command, language, print_json

if TYPE_CHECKING:
    from creditreport.bidpacks.find import Found
    from creditreport.bidpacks.result import Result
    from creditreport.service import Service


@click.command("bidpack")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--opening", required=True, help="day of the bid opening, 2026-12-01")
@click.option("--project", default="", help="name of the project, printed on the sheet")
@click.option("--years", default="", help="how many years the reports must look back at least")
@click.option(
    "--expected",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="XLSX, CSV or plain list of the unified codes of the expected businesses",
)
@click.option("--lang", default="zh", show_default=True, help="language of the sheet: zh, en or both")
@click.option("--out", type=click.Path(path_type=Path), help="the signed sheet (PDF) to write")
@click.option("--json", "as_json", is_flag=True, help="one JSON object")
@command
def bidpack(
    files: tuple[Path, ...], opening: str, project: str, years: str, expected: Path | None, lang: str,
    out: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """批量核验报告（PDF、ZIP、核验码表格）；全部可用时退出码为 0 / check a pack; exit 0 only if all are usable."""
    from creditreport.reports.output import whole_file
    from creditreport.service import Service

    with Service() as service:
        if out is None:
            found, _sheet = _checked(service, files, (project, opening, years), expected, lang)
        else:
            with whole_file(out) as file:
                found, sheet = _checked(service, files, (project, opening, years), expected, lang)
                file.write(sheet)
    result = found.result
    if result is None:
        raise AssertionError(found.id)
    if as_json:
        print_json(_json(found, result, out))
    else:
        _show(result, out)
    return 0 if result.complete else 1


def _checked(
    service: Service, files: tuple[Path, ...], terms: tuple[str, str, str], expected: Path | None, lang: str
) -> tuple[Found, bytes]:
    from creditreport.bidpacks.check import check_pack
    from creditreport.bidpacks.codes import expected_codes
    from creditreport.bidpacks.find import find_pack
    from creditreport.bidpacks.items import Upload
    from creditreport.bidpacks.signing import sheet_file
    from creditreport.bidpacks.start import start_pack
    from creditreport.bidpacks.tables import table_rows
    from creditreport.bidpacks.terms import read_terms
    from creditreport.errors import Problem
    from creditreport.reports.request import read_language

    now = service.clock.now()
    codes = expected_codes(expected.name, table_rows(expected.name, expected.read_bytes())) if expected else ()
    wanted = read_terms(*terms, codes, ruleset=service.ruleset, today=now.date())
    uploads = [Upload(path.name, path.read_bytes()) for path in files]
    started = start_pack(service, uploads, wanted, read_language(lang), now, by=acting_user())
    check_pack(service, started.id, now)
    with service.reading() as session:
        found = find_pack(session, started.token, now)
        sheet = sheet_file(session, found.sheet_code) if found.sheet_code is not None else None
    if sheet is None:
        raise Problem("SHEET_NOT_READY")
    return found, sheet


def _json(found: Found, result: Result, out: Path | None) -> dict[str, Any]:
    from creditreport.reports.content import grouped

    code = grouped(found.sheet_code or "")
    return {**result.model_dump(mode="json"), "sheet": {"verification_code": code, "path": str(out) if out else None}}


def _show(result: Result, out: Path | None) -> None:
    from creditreport.bidpacks.judge import Word
    from creditreport.bidpacks.sentences import WORDS

    english = language() == "en"
    colours = {Word.USABLE: "green", Word.CHECK: "yellow", Word.UNUSABLE: "red"}
    for row in result.items:
        word = click.style(WORDS[row.word][english], fg=colours[row.word], bold=True)
        click.echo(f"{row.position:>3}  {word}  {row.label}  {row.sentence.en if english else row.sentence.zh}")
    for code in result.missing:
        click.echo(f"  –  {code}  {'no genuine report' if english else '没有提交真实的报告'}")
    click.echo("  ".join(f"{WORDS[word][english]} {result.counts[word.value]}" for word in Word))
    if out is not None:
        click.echo(str(out), file=sys.stdout)
