"""``demo serve``: the demo's sign-ins and first steps, then the server."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from creditreport.config import CHECKOUT
from creditreport.demo.running import start_beside, start_worker
from creditreport.errors import Problem

if TYPE_CHECKING:
    from creditreport.accounts.demo import DemoAccount
    from creditreport.service import Service

# Enough to see the product; the sign-in page lists all.
SHOWN = ("clean", "many_records", "busiest", "rare_characters", "quarantined")


def prepare_sign_ins(service: Service) -> list[DemoAccount]:
    """Make the demo's sign-ins, or set them right. Raises ``NO_DEMO_DATA`` when the demo was not filled."""
    from creditreport.accounts.demo import make_demo_accounts, showcase_accounts

    wanted = showcase_accounts(service.settings.var_dir / "demo" / "expected.json")
    make_demo_accounts(service.settings, service.sessions, wanted, service.clock.now())
    return wanted


def welcome(address: str, password: str, accounts: Sequence[DemoAccount]) -> str:
    """What a newcomer reads: the address, sign-ins and three things to try."""
    known = [account for account in accounts if account.username in SHOWN] or list(accounts[:5])
    width = max((len(account.username) for account in known), default=0)
    lines = [
        "",
        f"  打开 / open   {address}",
        "",
        f"  演示登录 / demo sign-ins (密码 / password: {password})",
        *(f"    {account.username:{width}}  {account.uscc}  {account.display_name}" for account in known),
        "    （登录页列出全部 / the sign-in page lists them all）",
        "",
        "  试三件事 / three things to try",
        f"  1. {address}/  登录，选年限与用途，下载 PDF / sign in, choose years and purpose, download the PDF",
        f"  2. {address}/verify  输入核验码，或拖入 PDF / type the code, or drop the PDF",
        "  3. 改动 PDF 的一个字节再核验 / change one byte of the PDF and check it again",
        "",
        "  Ctrl-C 停止 / stops",
        "",
    ]
    return "\n".join(lines)


def run_server(service: Service, port: int) -> None:
    """Print the welcome and become the server; never returns."""
    from creditreport.accounts.demo import DEMO_PASSWORD, refuse_in_production

    refuse_in_production(service.settings)
    _refuse_taken(port)
    accounts = prepare_sign_ins(service)
    start_beside(service.settings)
    address = f"http://127.0.0.1:{port}"
    start_worker(address)
    click.echo(welcome(address, DEMO_PASSWORD, accounts))
    sys.stdout.flush()
    environ = {**service.settings.environ, "CREDITREPORT_PUBLIC_URL": address}
    gunicorn = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    os.execve(  # noqa: S606
        gunicorn[0],
        [
            *gunicorn, "--threads", "4", "--log-level", "warning", "--chdir", str(CHECKOUT),
            "--logger-class", "creditreport.web.accesslog.AccessLog",
            "--access-logfile", str(service.settings.var_dir / "access.log"),
        ],
        environ,
    )  # fmt: skip


def _refuse_taken(port: int) -> None:
    """Say so before the welcome does when nothing can listen on ``port``."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise Problem("INVALID_SETTING", name="PORT", detail=f"{port}: {error}") from error
