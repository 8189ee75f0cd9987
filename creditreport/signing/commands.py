"""``keys``: the keys that sign reports, what they signed, changing and withdrawing them; ``reports reissue``."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from creditreport.cli import acting_user, command, print_json
from creditreport.errors import REFUSED, Problem

if TYPE_CHECKING:
    from creditreport.service import Service
    from creditreport.signing.algorithms import SigningKey

_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
_REASON = click.option("--reason", required=True, help="缘由 / why")


@click.group("keys")
def keys() -> None:
    """签名密钥 / the keys that sign reports."""


@keys.command("init")
@_JSON
@command
def init(as_json: bool) -> None:
    """生成演示密钥（正式环境除外） / make the demo's keys, where they are missing."""
    from creditreport.config import load_settings
    from creditreport.signing.demo_ca import init_demo_keys

    settings = load_settings()
    made = init_demo_keys(settings, settings.make_clock().now())
    _enter()
    if as_json:
        print_json({"files": [str(path) for path in made.files], "new": [str(path) for path in made.new]})
        return
    for path in made.files:
        click.echo(f"{'+' if path in made.new else '='} {path}")
    click.echo("演示密钥已生成 / demo keys made" if made.new else "演示密钥已在 / demo keys are there already")


@keys.command("show")
@_JSON
@command
def show(as_json: bool) -> None:
    """显示签名证书和登记过的全部密钥 / the certificate that signs, and every key that ever did."""
    from creditreport.config import load_settings
    from creditreport.signing.signer import load_signer

    facts: dict[str, Any] = dict(load_signer(load_settings()).describe())
    facts["keys"] = _registered()
    facts["state"] = next(
        (one["state"] for one in facts["keys"] or () if one["fingerprint"] == facts["fingerprint"]), "unused"
    )
    if as_json:
        print_json(facts)
        return
    for name, value in facts.items():
        if name != "keys":
            click.echo(f"{name}: {value}")
    for one in facts["keys"] or ():
        click.echo(f"{one['fingerprint'][:16]}  {one['state']:<8}  {one['created_at'][:10]}  {one['subject']}")


def _enter() -> None:
    """Enter the key in the register; where there is no store yet, its first report does."""
    from sqlalchemy.exc import SQLAlchemyError

    from creditreport.service import Service
    from creditreport.signing.register import take_into_use

    try:
        with Service() as service:
            take_into_use(service.sessions, service.signer.key, service.clock.now(), by=acting_user())
    except SQLAlchemyError:
        return


def _registered() -> list[dict[str, Any]] | None:
    """The register; ``None`` where there is no store yet: a certificate can be compared before there is one."""
    from sqlalchemy.exc import SQLAlchemyError

    from creditreport.service import Service
    from creditreport.signing.register import all_keys, key_json

    try:
        with Service() as service, service.reading() as session:
            return [key_json(row) for row in all_keys(session)]
    except SQLAlchemyError:
        return None


@keys.command("rotate")
@click.option("--new", type=click.Path(path_type=Path), help="新的 PKCS#12 文件 / the new PKCS#12 file")
@_JSON
@command
def rotate(new: Path | None, as_json: bool) -> None:
    """换用新密钥；以前的报告仍然有效 / take another key into use; earlier reports stay valid."""
    from creditreport.service import Service
    from creditreport.signing.rotate import rotate_key

    with Service() as service:
        done = rotate_key(service.settings, service.sessions, service.clock.now(), by=acting_user(), new=new)
    if as_json:
        print_json({"fingerprint": done.fingerprint, "retired": list(done.retired), "changed": done.changed})
        return
    click.echo(f"现用密钥 / signs now: {done.fingerprint}")
    for one in done.retired:
        click.echo(f"已停用 / retired: {one}")
    if not done.changed:
        click.echo("没有变化 / nothing changed")


@keys.command("revoke")
@click.argument("fingerprint")
@_REASON
@click.option("--since", required=True, help="自何时起可能被他人使用 / from when on others may have used it")
@_JSON
@command
def revoke(fingerprint: str, reason: str, since: str, as_json: bool) -> None:
    """吊销密钥，并撤销自该时刻起所签的报告 / withdraw a key, and revoke what it signed from that moment on."""
    from creditreport.reports.withdraw_key import to_reissue, withdraw_key
    from creditreport.service import Service

    with Service() as service:
        now = service.clock.now()
        moment = read_moment(since)
        done = withdraw_key(
            service.sessions,
            fingerprint,
            since=moment,
            reason=reason,
            by=acting_user(),
            now=now,
            current=_current(service),
        )
        with service.reading() as session:
            waiting = to_reissue(session, done.fingerprint, now)
    if as_json:
        told = {"fingerprint": done.fingerprint, "since": done.since.isoformat(), "changed": done.changed}
        print_json({**told, "revoked": list(done.revoked), "standing": done.standing, "to_reissue": waiting})
        return
    click.echo(f"已吊销 / withdrawn: {done.fingerprint}，自 / since {done.since.isoformat()}")
    click.echo(f"撤销报告 / reports revoked: {len(done.revoked)}；此前所签仍有效 / earlier ones stand: {done.standing}")
    click.echo(f"待重新出具 / to be issued again: {len(waiting)}（creditreport keys reissue {done.fingerprint[:16]}）")


def _current(service: Service) -> SigningKey | None:
    """The key that the settings name, if it can be opened: withdrawing another must not need it."""
    from creditreport.signing.signer import load_key

    try:
        return load_key(service.settings)
    except Problem:
        return None


@keys.command("reports")
@click.argument("fingerprint")
@_JSON
@command
def reports_of_key(fingerprint: str, as_json: bool) -> None:
    """列出密钥所签的报告、核验单、协查函等 / all that a key signed: reports, sheets, letters, the trail's heads."""
    from creditreport.operations.signed import signed_besides_reports
    from creditreport.reports.withdraw_key import signed_reports
    from creditreport.service import Service
    from creditreport.signing.register import look_up_key

    with Service() as service, service.reading() as session:
        row = look_up_key(session, fingerprint)
        found, besides = signed_reports(session, row.fingerprint), signed_besides_reports(session, row.fingerprint)
    if as_json:
        told = {"fingerprint": row.fingerprint, "state": row.state, "count": len(found)}
        print_json({**told, "reports": [one.as_json() for one in found], **besides.as_json()})
        return
    for line in (*(one.line() for one in found), *besides.lines()):
        click.echo(line)
    click.echo(f"共 {len(found)} 份报告 / {len(found)} reports；{besides.counts()}")


@keys.command("reissue")
@click.argument("fingerprint")
@_JSON
@command
def reissue(fingerprint: str, as_json: bool) -> int:
    """用现用密钥重新出具因吊销而撤销的报告 / issue again, with today's key, what was revoked with a key."""
    from creditreport.reports.withdraw_key import to_reissue
    from creditreport.service import Service
    from creditreport.signing.register import look_up_key

    with Service() as service:
        with service.reading() as session:
            row = look_up_key(session, fingerprint)
            reason = row.reason or ""
            numbers = to_reissue(session, row.fingerprint, service.clock.now())
        done = [_reissued(service, number, reason) for number in numbers]
    if as_json:
        print_json({"fingerprint": row.fingerprint, "reports": done})
    else:
        for one in done:
            click.echo(f"{one['number']} → {one['successor'] or one['error']}")
        click.echo(f"{sum(one['error'] is None for one in done)} / {len(done)}")
    return 0 if all(one["error"] is None for one in done) else REFUSED


def _reissued(service: Service, number: str, reason: str) -> dict[str, Any]:
    """One report's outcome; a refusal leaves the others their turn."""
    from creditreport.reports.ending.replacing import replace_report

    try:
        issued = replace_report(service, number, reason=reason, by=acting_user(), now=service.clock.now())
    except Problem as problem:
        return {"number": number, "successor": problem.details.get("successor"), "error": problem.code}
    return {"number": number, "successor": issued.number, "error": None}


def read_moment(text: str) -> datetime:
    """A day (its beginning in Asia/Shanghai) or a moment with its zone. Raises ``INVALID_MOMENT``."""
    from creditreport.clock import SHANGHAI

    try:
        if len(text) == len("2026-11-21"):
            return datetime.combine(date.fromisoformat(text), time(), SHANGHAI)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Problem("INVALID_MOMENT", value=text) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
