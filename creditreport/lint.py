"""``creditreport templates check``: every template parses and everything it names is there."""

from __future__ import annotations

from pathlib import Path

import click
from jinja2 import Environment, FileSystemLoader, TemplateSyntaxError, meta

from creditreport.cli import command, print_json
from creditreport.config import data_folder
from creditreport.errors import Problem


def template_problems(folder: Path) -> list[dict[str, str]]:
    """What is wrong with the page templates of ``folder``: file and problem, in the order of the files' names."""
    environment = Environment(loader=FileSystemLoader(folder), extensions=["jinja2.ext.i18n"], autoescape=True)
    problems = []
    for path in sorted(folder.rglob("*.html")):
        name = path.relative_to(folder).as_posix()
        try:
            tree = environment.parse(path.read_text(encoding="utf-8"), name)
        except TemplateSyntaxError as error:
            problems.append({"file": name, "problem": f"line {error.lineno}: {error.message}"})
            continue
        for used in meta.find_referenced_templates(tree):
            # Bootstrap-Flask brings its macros itself.
            if used and not used.startswith("bootstrap") and not (folder / used).is_file():
                problems.append({"file": name, "problem": f"{used} is not there"})
    return problems + wording_problems(folder)


def wording_problems(folder: Path) -> list[dict[str, str]]:
    """What is wrong with the fixed wording of the report and of a bid pack's sheet, in any language."""
    from creditreport.bidpacks import wording
    from creditreport.reports.pages import edition

    problems = []
    for file, load in ((edition.FILE, edition.load_editions), (wording.FILE, wording.load_sheet_words)):
        try:
            load(folder)
        except Problem as problem:
            problems.append({"file": file.as_posix(), "problem": problem.details["detail"]})
    return problems


@click.group("templates")
def templates() -> None:
    """The pages' templates."""


@templates.command("check")
@click.option("--json", "as_json", is_flag=True)
@command
def check(as_json: bool) -> int:
    """Every template parses and everything it names is there."""
    folder = data_folder("templates")
    problems = template_problems(folder) if folder else [{"file": "templates/", "problem": "the folder is not there"}]
    if as_json:
        print_json({"problems": problems})
    for problem in problems if not as_json else ():
        click.echo(f"{problem['file']}: {problem['problem']}", err=True)
    return 1 if problems else 0
