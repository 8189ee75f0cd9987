"""Settings: one frozen object from the environment, wrong or missing values fail at start, by name.

Every variable has the prefix ``CREDITREPORT_``. When ``CREDITREPORT_ENV`` is not set, ``var/demo.env`` of the
checkout (written by ``make setup``) is read, if it is there; else the environment is ``production``, which has no
defaults for secrets and refuses a set clock.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from creditreport.clock import Clock, FixedClock, SystemClock
from creditreport.config_identity import IdentitySettings, identity_names, read_identity
from creditreport.config_mail import NAMES as MAIL_NAMES
from creditreport.config_mail import MailSettings, read_mail
from creditreport.config_signing import SigningSettings, read_signing
from creditreport.config_store import NAMES as STORE_NAMES
from creditreport.config_store import StoreSettings, read_store
from creditreport.errors import Problem

PREFIX = "CREDITREPORT_"
HIGHEST_PORT = 65535
PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parent


class Environment(StrEnum):
    """In which life the program runs; ``production`` unless said otherwise."""

    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. Each field is the variable ``CREDITREPORT_<NAME>``; ``README.md`` explains them."""

    env: Environment
    database_url: str = field(repr=False)
    public_url: str
    secret_key: str = field(repr=False)
    signing: SigningSettings
    identity: IdentitySettings
    mail: MailSettings | None
    store: StoreSettings
    broker_url: str | None
    keys_dir: Path
    domains_dir: Path
    templates_dir: Path
    var_dir: Path
    clock: datetime | None
    ruleset: str
    rulesets_dir: Path | None
    area_code: str
    issuer_portal: str
    issuing_authority: str
    upload_limit_bytes: int
    misses_per_minute: int
    facts_changed_mark: bool
    packs_per_hour: int
    trusted_proxies: int
    metrics_token: str | None = field(repr=False)
    jobs_metrics: tuple[str, int] | None
    audit_export_dir: Path
    environ: Mapping[str, str] = field(repr=False, default_factory=lambda: MappingProxyType({}))

    @property
    def signing_passphrase(self) -> str:
        """Opens the key files; empty where there are none to open."""
        return self.signing.signing_passphrase or ""

    @property
    def official_domain(self) -> str:
        """The host that verifiers compare, e.g. ``credit.example.gov.cn`` or ``127.0.0.1:8000``."""
        return self.public_url.split("://", 1)[1].rstrip("/")

    def make_clock(self) -> Clock:
        """The clock to hand on."""
        return FixedClock(self.clock) if self.clock is not None else SystemClock()


def read_env_file(path: Path) -> dict[str, str]:
    """``KEY=value`` lines of an env file; blank lines and ``#`` comments are skipped."""
    pairs: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if text and not text.startswith("#"):
            key, _, value = text.partition("=")
            pairs[key.strip()] = value.strip()
    return pairs


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from ``environ`` (the process's own by default). Raises ``INVALID_SETTING`` naming the variable."""
    return _Reader(_given(environ)).settings()


def rule_folders() -> tuple[Path, Path | None]:
    """``DOMAINS_DIR`` and ``VAR_DIR`` alone, for commands that only apply rules: no database, no secrets."""
    reader = _Reader(_given(None))
    has_var = _is_checkout() or PREFIX + "VAR_DIR" in reader.given
    return reader.domains_dir(), reader.var_dir() if has_var else None


@dataclass(frozen=True, slots=True)
class RuleChoice:
    """What a command needs that shows or applies rules without the store."""

    ruleset: str
    rulesets_dir: Path | None
    var_dir: Path | None
    clock: Clock


def rule_choice() -> RuleChoice:
    """The rules' part of the settings alone: no database, no secrets. Raises ``INVALID_SETTING``."""
    reader, (_, var_dir) = _Reader(_given(None)), rule_folders()
    clock = reader.clock()
    return RuleChoice(
        reader.ruleset(), reader.rulesets_dir(), var_dir, FixedClock(clock) if clock is not None else SystemClock()
    )


def _given(environ: Mapping[str, str] | None) -> dict[str, str]:
    given = dict(os.environ if environ is None else environ)
    demo_file = CHECKOUT / "var" / "demo.env"
    if PREFIX + "ENV" not in given and environ is None and demo_file.is_file():
        given = {**read_env_file(demo_file), **given}
    return given


class _Reader:
    """Reads one variable after another and names the one that is wrong."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given = given
        self.env = self._environment()

    def _environment(self) -> Environment:
        value = self.given.get(PREFIX + "ENV", Environment.PRODUCTION.value)
        if value not in set(Environment):
            raise Problem("INVALID_SETTING", name=PREFIX + "ENV", detail=f"“{value}” (demo, test, production)")
        return Environment(value)

    def text(self, name: str, default: str | None = None) -> str:
        value = self.given.get(PREFIX + name) or default
        if value is None:
            raise Problem("INVALID_SETTING", name=PREFIX + name, detail="缺少 / missing")
        return value

    def secret(self, name: str) -> str:
        """A secret from the variable itself or from the file that ``<NAME>_FILE`` names."""
        file = self.given.get(f"{PREFIX}{name}_FILE")
        if file:
            try:
                return Path(file).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise Problem("INVALID_SETTING", name=f"{PREFIX}{name}_FILE", detail=str(error)) from error
        return self.text(name)

    def private(self, name: str) -> str | None:
        """As :meth:`secret`, for what opens a signing key: nobody else may read its file; ``None`` if not given."""
        file = self.given.get(f"{PREFIX}{name}_FILE")
        if file and Path(file).exists() and (mode := Path(file).stat().st_mode & 0o077):
            detail = (
                f"{file} 其他用户可读（{mode:o}），请运行 chmod 600 {file} / others may read it; run chmod 600 {file}"
            )
            raise Problem("INVALID_SETTING", name=f"{PREFIX}{name}_FILE", detail=detail)
        return self.secret(name) if file or self.given.get(PREFIX + name) else None

    def folder(self, name: str, default: Path | None) -> Path:
        value = self.given.get(PREFIX + name)
        path = Path(value) if value else default
        if path is None:
            raise Problem("INVALID_SETTING", name=PREFIX + name, detail="缺少 / missing")
        return path.absolute()

    def domains_dir(self) -> Path:
        return self.folder("DOMAINS_DIR", data_folder("domains"))

    def var_dir(self) -> Path:
        return self.folder("VAR_DIR", CHECKOUT / "var" if _is_checkout() else None)

    def ruleset(self) -> str:
        return self.text("RULESET", "yancheng-2024")

    def rulesets_dir(self) -> Path | None:
        """Optional: the operator's own rule sets, beside the shipped ones."""
        return self.folder("RULESETS_DIR", None) if self.given.get(PREFIX + "RULESETS_DIR") else None

    def number(self, name: str, default: int, *, least: int = 0) -> int:
        value = self.given.get(PREFIX + name)
        if value and (not value.isdecimal() or int(value) < least):
            raise Problem("INVALID_SETTING", name=PREFIX + name, detail=f"“{value}” 不是整数 / not a whole number")
        return int(value) if value else default

    def address(self, name: str) -> tuple[str, int] | None:
        """``host:port``, if it is set."""
        value = self.given.get(PREFIX + name)
        if not value:
            return None
        host, _, port = value.rpartition(":")
        if not host or not port.isdecimal() or int(port) > HIGHEST_PORT:
            raise Problem("INVALID_SETTING", name=PREFIX + name, detail=f"“{value}” (127.0.0.1:9101)")
        return host, int(port)

    def switch(self, name: str, *, default: bool) -> bool:
        """``on`` or ``off``; a word that is neither stops the start."""
        value = self.given.get(PREFIX + name)
        if value and value not in ("on", "off"):
            raise Problem("INVALID_SETTING", name=PREFIX + name, detail=f"“{value}” (on, off)")
        return value == "on" if value else default

    def clock(self) -> datetime | None:
        value = self.given.get(PREFIX + "CLOCK")
        if not value:
            return None
        if self.env is Environment.PRODUCTION:
            raise Problem("INVALID_SETTING", name=PREFIX + "CLOCK", detail="正式环境不可设 / not in production")
        try:
            return datetime.fromisoformat(value)
        except ValueError as error:
            raise Problem("INVALID_SETTING", name=PREFIX + "CLOCK", detail=f"“{value}”") from error

    def public_url(self) -> str:
        value = self.text("PUBLIC_URL").rstrip("/")
        if not value.startswith(("http://", "https://")):
            raise Problem("INVALID_SETTING", name=PREFIX + "PUBLIC_URL", detail=f"“{value}” (http…)")
        return value

    def settings(self) -> Settings:
        return Settings(
            env=self.env,
            database_url=self.secret("DATABASE_URL"),
            public_url=self.public_url(),
            secret_key=self.secret("SECRET_KEY"),
            signing=read_signing(self),
            identity=read_identity(self),
            mail=read_mail(self),
            store=read_store(self),
            broker_url=self.given.get(PREFIX + "BROKER_URL") or None,
            keys_dir=self.folder("KEYS_DIR", data_folder("keys")),
            domains_dir=self.domains_dir(),
            templates_dir=self.folder("TEMPLATES_DIR", data_folder("templates")),
            var_dir=self.var_dir(),
            clock=self.clock(),
            ruleset=self.ruleset(),
            rulesets_dir=self.rulesets_dir(),
            area_code=self.text("AREA_CODE", "320900"),
            issuer_portal=self.text("ISSUER_PORTAL", "信用中国（江苏盐城）"),
            issuing_authority=self.text("ISSUING_AUTHORITY", "盐城市公共信用信息中心"),
            upload_limit_bytes=self.number("UPLOAD_LIMIT_BYTES", 10 * 1024 * 1024),
            misses_per_minute=self.number("MISSES_PER_MINUTE", 20, least=1),
            facts_changed_mark=self.switch("FACTS_CHANGED_MARK", default=True),
            packs_per_hour=self.number("PACKS_PER_HOUR", 20, least=1),
            trusted_proxies=self.number("TRUSTED_PROXIES", 0),
            metrics_token=self.private("METRICS_TOKEN"),
            jobs_metrics=self.address("JOBS_METRICS"),
            audit_export_dir=self.folder("AUDIT_EXPORT_DIR", self.var_dir() / "audit"),
            environ=MappingProxyType(dict(self.given)),
        )


def setting_names() -> list[str]:
    """Every variable that is read, for the test that each is documented."""
    groups = ("environ", "signing", "identity", "mail", "store")
    parts = [part.name for part in fields(Settings) if part.name not in groups]
    signing = [part.name for part in fields(SigningSettings)]
    return [PREFIX + name.upper() for name in (*parts, *signing, *identity_names(), *MAIL_NAMES, *STORE_NAMES)]


def _is_checkout() -> bool:
    return (CHECKOUT / "pyproject.toml").is_file()


def data_folder(name: str) -> Path | None:
    """The checkout's folder, else the one packed into the wheel; never the working directory."""
    for folder in (CHECKOUT / name if _is_checkout() else None, PACKAGE / "_data" / name):
        if folder is not None and folder.is_dir():
            return folder
    return None
