"""What the doctor looks at."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from creditreport.config import Environment
from creditreport.operations.backup import last_backup
from creditreport.operations.doctor import Check, Finding, State
from creditreport.worktime import YearSource

if TYPE_CHECKING:
    from creditreport.service import Service

CLOCKS_APART = 2.0
LEAST_FREE = 1024**3
KEY_ENDS_WITHIN = timedelta(days=30)
BACKUP_OLD = timedelta(hours=36)
WORKER_SILENT = timedelta(minutes=15)
# The server must not tell that something is stored before it is: settings and the value each must have.
SAFE = {"fsync": "on", "full_page_writes": "on", "server_encoding": "UTF8"}
OLDEST_SERVER = 130_000


def settings(service: Service) -> Iterator[Finding]:
    """Whether it runs as a city should."""
    given = service.settings
    if given.env is not Environment.PRODUCTION:
        yield Finding(
            "settings",
            State.WARNING,
            f"环境为 {given.env}，不是正式环境",
            f"ENV is {given.env}, not production",
            "CREDITREPORT_ENV=production",
        )
    elif not given.public_url.startswith("https://"):
        yield Finding("settings", State.BAD, "公开地址不是 https", "PUBLIC_URL is not https", "CREDITREPORT_PUBLIC_URL")
    else:
        yield Finding("settings", State.GOOD, f"公开地址 {given.public_url}", f"public at {given.public_url}")


def database(service: Service) -> Iterator[Finding]:
    """Reached, of this version, and safe."""
    from creditreport.migrations.store import newest, version_of

    present = version_of(service.engine.execution_options(readonly=True))
    if present != newest():
        yield Finding(
            "database",
            State.BAD,
            f"数据库版本为 {present or '空'}，应为 {newest()}",
            f"the store has version {present or 'none'}, {newest()} is needed",
            "creditreport db upgrade",
        )
        return
    if service.engine.dialect.name != "postgresql":
        size = "SQLite：适合演示和小县，不适合地市 / SQLite serves a demo and a small county, not a city"
        state = State.WARNING if service.settings.env is Environment.PRODUCTION else State.GOOD
        yield Finding("database", state, size.split(" / ")[0], size.split(" / ")[1], "deploy/README.md, step 2")
        return
    with service.reading() as session:
        yield from _server(session, service.settings.store.pool)


def _server(session: Session, pool: int) -> Iterator[Finding]:
    version = int(session.execute(text("SHOW server_version_num")).scalar_one())
    wrong = [name for name, value in SAFE.items() if session.execute(text(f"SHOW {name}")).scalar_one() != value]
    if session.execute(text("SHOW synchronous_commit")).scalar_one() == "off":
        wrong.append("synchronous_commit")
    if version < OLDEST_SERVER:
        wrong.append(f"server_version {version}")
    if wrong:
        yield Finding(
            "database",
            State.BAD,
            f"PostgreSQL 设置不安全：{'、'.join(wrong)}",
            f"settings of PostgreSQL under which a crash loses reports: {', '.join(wrong)}",
            "postgresql.conf: fsync, full_page_writes, synchronous_commit = on; UTF8; PostgreSQL 13 or newer",
        )
    most = int(session.execute(text("SHOW max_connections")).scalar_one())
    used = session.execute(text("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"))
    free = most - int(used.scalar_one())
    state = State.WARNING if free < pool else State.GOOD
    yield Finding(
        "database",
        state,
        f"PostgreSQL {version // 10000}，空余连接 {free}/{most}，每进程至多 {pool}",
        f"PostgreSQL {version // 10000}, {free} of {most} connections free, a process may take {pool}",
        "max_connections, CREDITREPORT_DATABASE_POOL" if free < pool else None,
    )


def replica(service: Service) -> Iterator[Finding]:
    """Fresh enough to be asked."""
    if service.replica is not None:
        fresh = service.replica.fresh()
        yield Finding(
            "replica",
            State.GOOD if fresh else State.WARNING,
            "只读副本可用" if fresh else "只读副本落后或不可达，核验改查主库",
            "the replica is fresh" if fresh else "the replica lags or is away; verifications ask the primary",
            None if fresh else "SELECT * FROM pg_stat_replication",
        )


def broker(service: Service) -> Iterator[Finding]:
    """Reached, and of a kind that forgets nothing under pressure."""
    if service.settings.broker_url is None:
        yield Finding(
            "broker",
            State.GOOD,
            "未设 Redis：任务就地执行，各进程各自计数",
            "no Redis: jobs run in place, each process counts limits alone",
        )
        return
    from redis import Redis

    with Redis.from_url(service.settings.broker_url, socket_connect_timeout=2, socket_timeout=2) as server:
        server.ping()
        policy = server.config_get("maxmemory-policy").get("maxmemory-policy", "noeviction")
    good = policy == "noeviction"
    yield Finding(
        "broker",
        State.GOOD if good else State.WARNING,
        f"Redis 可用，内存策略 {policy}",
        f"Redis answers, memory policy {policy}",
        None if good else "redis.conf: maxmemory-policy noeviction",
    )


def keys(service: Service) -> Iterator[Finding]:
    """A key that signs, whose chain we ourselves trust, for a while yet."""
    signer, now = service.signer, service.clock.now()
    certificate = signer.key.certificate
    left = certificate.not_valid_after_utc - now
    if not service.trust.roots:
        yield Finding("keys", State.BAD, "没有受信任的根证书", "there is no trusted root", "keys/README.md")
    soon = left < KEY_ENDS_WITHIN
    yield Finding(
        "keys",
        State.WARNING if soon else State.GOOD,
        f"签名证书还有 {left.days} 天到期（{signer.key.place}，{signer.level}）",
        f"the signing certificate is valid for {left.days} days ({signer.key.place}, {signer.level})",
        "creditreport keys rotate; keys/README.md" if soon else None,
    )


def fonts(service: Service) -> Iterator[Finding]:
    """All that a report is drawn with."""
    rare = service.fonts.missing(["信用报告 ABC 2026 𬭎"])
    state = State.WARNING if rare else State.GOOD
    yield Finding(
        "fonts",
        state,
        "字库可用" if not rare else f"缺字 {rare}",
        "the fonts are there",
        "fonts-hanazono, var/fonts/extra" if rare else None,
    )


def clock(service: Service) -> Iterator[Finding]:
    """The same here and in the store, and the days off of this year known."""
    apart = 0.0
    if service.engine.dialect.name == "postgresql":
        with service.reading() as session:
            theirs = session.execute(text("SELECT clock_timestamp()")).scalar_one()
        apart = (theirs - service.clock.now()).total_seconds()
    far = abs(apart) > CLOCKS_APART and service.settings.clock is None
    yield Finding(
        "clock",
        State.BAD if far else State.GOOD,
        f"与数据库时钟相差 {apart:.1f} 秒",
        f"the store's clock differs by {apart:.1f} seconds",
        "timedatectl; chronyc tracking" if far else None,
    )
    year = service.clock.now().year
    if service.calendar.source_of(year) is YearSource.ESTIMATED:
        zh, en = f"{year} 年的工作日为估算", f"the working days of {year} are guessed"
        yield Finding("clock", State.WARNING, zh, en, f"var/workdays/{year}.toml; creditreport workdays check {year}")


def disk(service: Service) -> Iterator[Finding]:
    """Room, and a folder that can be written."""
    folder = service.settings.var_dir
    trial = folder / ".doctor"
    trial.write_bytes(b"0")
    trial.unlink()
    free = shutil.disk_usage(folder).free
    state = State.BAD if free < LEAST_FREE else State.GOOD
    yield Finding(
        "disk",
        state,
        f"{folder} 还有 {free / 1024**3:.1f} GB",
        f"{free / 1024**3:.1f} GB free in {folder}",
        "deploy/README.md, “At 3 a.m.”: the disk is full" if state is State.BAD else None,
    )


def backup(service: Service) -> Iterator[Finding]:
    """Made last night; what is for show needs none."""
    with service.reading() as session:
        last = last_backup(session)
    old = last is None or service.clock.now() - last > BACKUP_OLD
    needed = old and service.settings.env is Environment.PRODUCTION
    since = last.isoformat(timespec="minutes") if last else None
    yield Finding(
        "backup",
        State.WARNING if needed else State.GOOD,
        f"最近一次备份：{since or '无'}",
        f"last backup: {since or 'none'}",
        "creditreport backup; deploy/README.md, “Backup and restore”" if needed else None,
    )


def jobs(service: Service) -> Iterator[Finding]:
    """Somebody works them off, and none was given up."""
    from creditreport.jobs.models import Job, JobState

    now = service.clock.now()
    with service.reading() as session:
        last = session.scalar(select(func.max(Job.settled_at)).where(Job.state == JobState.STANDING.value))
        dead = session.scalar(select(func.count()).where(Job.state == JobState.DEAD.value)) or 0
    silent = last is None or now - last > WORKER_SILENT
    since = last.isoformat(timespec="minutes") if last else "—"
    yield Finding(
        "jobs",
        State.BAD if silent else State.GOOD,
        f"后台任务最近一次完成于 {since}",
        f"jobs were last done at {since}",
        "systemctl status creditreport-worker creditreport-beat (or creditreport-work)" if silent else None,
    )
    if dead:
        yield Finding(
            "jobs",
            State.WARNING,
            f"{dead} 个任务已放弃",
            f"{dead} jobs were given up",
            "creditreport jobs list --state dead; jobs retry --dead",
        )


def sources(service: Service) -> Iterator[Finding]:
    """Every one reachable, fresh, and as declared."""
    from creditreport.catalog.probe import probe_all

    probed = probe_all(service)
    bad = [one.slug for one in probed if not one.good]
    for slug in bad:
        yield Finding(
            "sources",
            State.BAD,
            f"来源 {slug} 不可用",
            f"source {slug} is not well",
            f"creditreport domains probe --slug {slug}",
        )
    if not bad:
        yield Finding("sources", State.GOOD, f"{len(probed)} 个来源均可用", f"all {len(probed)} sources are well")


CHECKS: dict[str, Check] = {
    "settings": settings,
    "database": database,
    "replica": replica,
    "broker": broker,
    "keys": keys,
    "fonts": fonts,
    "clock": clock,
    "disk": disk,
    "backup": backup,
    "jobs": jobs,
    "sources": sources,
}
