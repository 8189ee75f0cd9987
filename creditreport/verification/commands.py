"""``verify``: a code or a PDF, as any verifier would do it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from creditreport.cli import command, language, print_json
from creditreport.errors import REFUSED

if TYPE_CHECKING:
    from creditreport.bidpacks.signing import SheetVerdict
    from creditreport.service import Service
    from creditreport.verification.verdict import Verdict

_WORDS = {
    "VALID": ("真实有效", "genuine and valid", "green"),
    "EXPIRED": ("真实，已过有效期", "genuine, expired", "yellow"),
    "SUPERSEDED": ("真实，已被替换", "genuine, superseded", "yellow"),
    "REVOKED": ("已撤销", "revoked", "red"),
    "UNKNOWN": ("查无此码", "no such code", "red"),
    "MISTYPED": ("核验码输入有误", "mistyped", "yellow"),
    "TAMPERED": ("文件被改动", "tampered with", "red"),
    "NOT_ISSUED_HERE": ("非本机关出具", "not issued here", "red"),
}
_STEPS = {
    "signature_intact": ("签名完好", "the signature is intact"),
    "covers_whole_file": ("签名覆盖整个文件", "it covers the whole file"),
    "chain_trusted": ("签署时证书可信", "its chain was trusted at signing time"),
    "digest_matches_issued": ("与存档原件一致", "the file is the issued one, byte for byte"),
    "status_today": ("今日有效", "the report is valid today"),
}
# Larger than any sheet of two hundred items.
SHEET_LIMIT = 10 * 1024 * 1024
_SIGNS = {True: "✓", False: "✗", None: "–"}


@click.command("verify")
@click.argument("target", metavar="CODE|F.pdf")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@command
def verify(target: str, as_json: bool) -> int:
    """核验一个核验码或一份 PDF；有效时退出码为 0 / check a code or a PDF; exit 0 only when it is valid."""
    from creditreport.service import Service

    # os.path says no where Path would raise: a pasted text can be longer than any file name.
    is_file = os.path.isfile(target)
    if not is_file and (target.lower().endswith(".pdf") or os.path.isdir(target)):
        raise click.UsageError(f"没有文件 {target} / there is no file {target}")
    service = Service()
    verdict = _verify_file(service, Path(target)) if is_file else _verify_code(service, target)
    sheet = _sheet(service, target, is_file=is_file) if verdict.report is None else None
    if sheet is not None:
        _show_sheet(sheet, verdict, as_json=as_json)
    elif as_json:
        print_json(verdict.as_json())
    else:
        _show(verdict)
    return 0 if verdict.is_valid else REFUSED


def _verify_code(service: Service, text: str) -> Verdict:
    from creditreport.verification.by_code import verify_code

    with service.reading() as session:
        return verify_code(session, text, service.clock.now(), current=service.currency)


def _verify_file(service: Service, path: Path) -> Verdict:
    from creditreport.verification.verify import verify_file

    limit = service.settings.upload_limit_bytes
    try:
        with path.open("rb") as file:
            # One byte more than the limit is enough to know that it is too large.
            pdf = file.read(limit + 1)
    except OSError as error:
        raise click.UsageError(f"{path}：{error.strerror}") from error
    with service.reading() as session:
        return verify_file(session, pdf, service.clock.now(), service.trust, limit, current=service.currency)


def _sheet(service: Service, target: str, *, is_file: bool) -> SheetVerdict | None:
    """The sheet of a bid pack, where what was given is none of our reports."""
    from creditreport.verification.codes import Code, read_code

    code = None if is_file else read_code(target)
    if not (Path(target).stat().st_size <= SHEET_LIMIT if is_file else isinstance(code, Code)):
        return None
    from creditreport.bidpacks.signing import sheet_by_code, sheet_by_file

    with service.reading() as session:
        if isinstance(code, Code):
            return sheet_by_code(session, code.value)
        return sheet_by_file(session, Path(target).read_bytes())


def _show_sheet(sheet: SheetVerdict, verdict: Verdict, *, as_json: bool) -> None:
    """A sheet is no report, so the answer stays no; what it is, is told beside it."""
    if as_json:
        print_json({**verdict.as_json(), "sheet": sheet.as_json()})
        return
    told = ("批量核验单，真实；不是报告", "a genuine sheet of a bid pack; not a report")
    lost = ("批量核验单，签名密钥已吊销", "a sheet of a bid pack whose key was withdrawn")
    click.secho(f"  {(told if sheet.sound else lost)[language() == 'en']}", fg="yellow", bold=True)
    for key, value in sheet.as_json().items():
        click.echo(f"  {key}: {value}")


def _show(verdict: Verdict) -> None:
    """The word, then what a person compares, then the steps."""
    english = language() == "en"
    told = verdict.as_json()
    zh, en, colour = _WORDS[told["status"]]
    click.secho(f"  {en.upper() if english else zh}  ({told['status']})", fg=colour, bold=True)
    for key in ("number", "entity_name", "uscc", "issued_at", "valid_until", "listed"):
        if told[key] is not None:
            click.echo(f"  {key}: {told[key]}")
    for mark in told["marks"]:
        click.echo(f"  ! {mark}")
    if told["detail"]:
        click.echo(f"  {told['detail']['en' if english else 'zh']}")
    if copy := told.get("copy_of"):
        label = "copy of" if english else "复制自"
        click.secho(f"  {label}: {copy['number']} ({copy['status']})", fg=_WORDS[copy["status"]][2])
    for step in told.get("steps", ()):
        click.echo(f"  {_SIGNS[step['ok']]} {step['step']} {_STEPS[step['name']][english]}")
