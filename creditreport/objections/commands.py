"""``objections``: what waits, what is late, one case; the jobs by hand. Deciding is done on the staff's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from creditreport.cli import acting_user, command, language, print_json

if TYPE_CHECKING:
    from creditreport.objections.reading import CaseLine

_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")


@click.group("objections")
def objections() -> None:
    """异议与信用修复 / objections and requests for repair."""


@objections.command("overdue")
@_JSON
@command
def overdue(as_json: bool) -> None:
    """超过期限的在办件 / open cases with a time limit that has passed."""
    from creditreport.objections.listing import as_json as told
    from creditreport.objections.reading import overdue_cases
    from creditreport.service import Service

    with Service() as service:
        lines = overdue_cases(service, service.clock.now())
    if as_json:
        print_json({"cases": [told(line) for line in lines]})
    else:
        _print(lines)


@objections.command("list")
@click.option("--state", default="", help="状态，如 REFERRED / a state, e.g. REFERRED")
@click.option("--domain", default="", help="领域 / slug of a field")
@_JSON
@command
def list_(state: str, domain: str, as_json: bool) -> None:
    """最近的件，新的在前，最多二百件 / the newest cases, newest first, at most two hundred."""
    from creditreport.objections.listing import all_cases
    from creditreport.objections.listing import as_json as told
    from creditreport.service import Service

    with Service() as service:
        lines = all_cases(service, service.clock.now(), state=state, domain=domain)
    if as_json:
        print_json({"cases": [told(line) for line in lines]})
    else:
        _print(lines)


@objections.command("show")
@click.argument("number")
@_JSON
@command
def show(number: str, as_json: bool) -> None:
    """一件的经过和期限 / one case: its course and its time limits."""
    from creditreport.objections.flow import MOVE_WORDS, Move
    from creditreport.objections.listing import as_json as told
    from creditreport.objections.listing import case_numbered
    from creditreport.service import Service

    with Service() as service:
        found = case_numbered(service, number, service.clock.now())
    if as_json:
        events = [
            {"at": one.at.isoformat(), "by": one.by, "party": one.party, "move": one.move, "state": one.state}
            for one in found.events
        ]
        letters = [{"n": one.n, "unit": one.unit, "made_at": one.made_at.isoformat()} for one in found.letters]
        print_json({**told(found.line), "events": events, "letters": letters, "files": len(found.evidence)})
        return
    _print([found.line])
    at = 0 if language() == "zh" else 1
    for one in found.events:
        click.echo(f"    {one.at:%Y-%m-%d %H:%M}  {MOVE_WORDS[Move(one.move)][at]}  {one.by}")


@objections.command("work")
@_JSON
@command
def work(as_json: bool) -> None:
    """结束逾期未补正的件、提醒超期、核对更正 / end what lapsed, tell of what is late, compare corrections."""
    from creditreport.objections.comparing import compare_corrections
    from creditreport.objections.jobs import watch_deadlines
    from creditreport.service import Service

    with Service() as service:
        watched = watch_deadlines(service, service.clock.now())
        compared = compare_corrections(service, service.clock.now())
    told = {
        "lapsed": watched.lapsed,
        "escalated": watched.escalated,
        "corrections": {
            "looked_at": compared.looked_at,
            "retired": compared.retired,
            "questioned": compared.questioned,
            "not_known": compared.not_known,
        },
    }
    if as_json:
        print_json(told)
        return
    zh = (
        "视为撤回 {lapsed} 件，提醒超期 {escalated} 项；"
        "核对更正 {looked} 条，来源已一致 {retired} 条，有疑问 {questioned} 条"
    )
    en = (
        "lapsed: {lapsed}, told of as late: {escalated}; corrections looked at: {looked}, taken over by their source: "
        "{retired}, questioned: {questioned}"
    )
    words = zh if language() == "zh" else en
    click.echo(
        words.format(
            lapsed=watched.lapsed, escalated=watched.escalated, looked=compared.looked_at, retired=compared.retired,
            questioned=compared.questioned,
        )
    )  # fmt: skip


@objections.command("corrections")
@click.option("--all", "every", is_flag=True, help="包括来源没有疑问的 / also those that no source questions")
@_JSON
@command
def corrections(every: bool, as_json: bool) -> None:
    """来源与更正不一致、待决定的 / corrections that their source questions and staff must decide about."""
    from creditreport.objections.correcting import questioned_corrections, standing_corrections
    from creditreport.service import Service

    with Service() as service, service.reading() as session:
        rows = standing_corrections(session) if every else questioned_corrections(session)
    told = [
        {
            "id": row.id, "version": row.version, "state": row.state, "domain": row.domain, "record_id": row.record_id,
            "outcome": row.outcome, "keys": sorted(row.changes), "made_at": row.made_at.isoformat(),
            "disagrees_since": row.disagrees_since.isoformat() if row.disagrees_since else None,
        }
        for row in rows
    ]  # fmt: skip
    if as_json:
        print_json({"corrections": told})
        return
    for one in told:
        since = str(one["disagrees_since"] or "—")[:10]
        click.echo(f"{one['id']}  {one['state']}  {one['domain']}  {one['record_id']}  {one['outcome']}  {since}")


@objections.command("settle")
@click.argument("correction", type=int)
@click.option("--keep/--lift", required=True, help="保留更正 / 撤销更正，以来源为准")
@click.option("--why", required=True, help="理由 / why")
@_JSON
@command
def settle(correction: int, keep: bool, why: str, as_json: bool) -> None:
    """决定一条有疑问的更正：保留或撤销 / keep a correction that its source questions, or lift it."""
    from creditreport.objections.correcting import settle_by_hand
    from creditreport.service import Service

    with Service() as service:
        settle_by_hand(service, correction, keep=keep, why=why, by=acting_user(), now=service.clock.now())
    if as_json:
        print_json({"correction": correction, "kept": keep})


def _print(lines: list[CaseLine]) -> None:
    from creditreport.objections.flow import KIND_WORDS, STATE_WORDS, CaseKind

    at = 0 if language() == "zh" else 1
    for line in lines:
        case, deadline = line.case, line.deadline
        state, kind = STATE_WORDS[line.state][at], KIND_WORDS[CaseKind(case.kind)][at]
        due = f"{deadline.due:%Y-%m-%d}" if deadline is not None and deadline.due is not None else "—"
        click.echo(f"{case.number}  {due}  {state}  {kind}  {case.domain}  {case.unit or ''}")
    if not lines:
        click.echo("没有 / none" if at == 0 else "none")
