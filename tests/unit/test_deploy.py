"""What stands in deploy/ fits the program: commands, files and settings that are there, and no secret."""

from __future__ import annotations

import re
import runpy
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from creditreport.cli import main
from creditreport.config import CHECKOUT, load_settings, read_env_file, setting_names
from creditreport.errors import Problem

DEPLOY = CHECKOUT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
STEPS = (DEPLOY / "README.md").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
PROGRAMS = {name: service for name, service in COMPOSE["services"].items() if service["image"] == "creditreport"}
CASES = set(re.findall(r"^(\w+)\) exec", (DEPLOY / "run.sh").read_text(encoding="utf-8"), re.MULTILINE))
# Whatever may hold a secret is given as a file.
SECRET = re.compile(r"(SECRET|PASSPHRASE|PASSWORD|TOKEN|PIN|DATABASE_URL)$")


def city(folder: Path) -> dict[str, str]:
    """The example settings, with their secrets as files in ``folder``."""
    given = read_env_file(DEPLOY / "city.env.example")
    secrets = {"DATABASE_URL": "postgresql+psycopg://city@/creditreport", "SECRET_KEY": "s", "SIGNING_PASSPHRASE": "p"}
    for name, value in secrets.items():
        (folder / name).write_text(value)
        (folder / name).chmod(0o600)
        given[f"CREDITREPORT_{name}_FILE"] = str(folder / name)
    return given


def test_the_example_settings_start_a_city(tmp_path: Path) -> None:
    settings = load_settings(city(tmp_path))
    assert settings.env == "production"
    assert settings.public_url.startswith("https://")
    assert settings.database_url.startswith("postgresql")
    unknown = {name.removesuffix("_FILE") for name in city(tmp_path)} - set(setting_names())
    assert unknown <= {"CREDITREPORT_LOG_FORMAT"}


@pytest.mark.parametrize("name", ["DATABASE_URL", "SECRET_KEY", "PUBLIC_URL"])
def test_nothing_that_matters_has_a_default(tmp_path: Path, name: str) -> None:
    given = city(tmp_path)
    for variable in (f"CREDITREPORT_{name}", f"CREDITREPORT_{name}_FILE"):
        given.pop(variable, None)
    with pytest.raises(Problem) as problem:
        load_settings(given)
    assert name in str(problem.value)


def test_no_secret_is_written_in_a_file_of_deploy() -> None:
    lines = read_env_file(DEPLOY / "city.env.example")
    lines |= {name: str(value) for service in COMPOSE["services"].values() for name, value in _environment(service)}
    assert len(lines) > 8
    assert [name for name in lines if SECRET.search(name.removesuffix("_FILE")) and not name.endswith("_FILE")] == []
    container = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert not SECRET.search(" ".join(re.findall(r"CREDITREPORT_(\w+)=", container)))


def _environment(service: dict[str, Any]) -> list[tuple[str, Any]]:
    return list((service.get("environment") or {}).items())


def test_every_program_is_one_that_there_is_and_has_no_rights() -> None:
    assert {name: service["command"][0] for name, service in PROGRAMS.items()} == {
        "web1": "web", "web2": "web", "worker": "worker", "beat": "beat",
    }  # fmt: skip
    assert {"web", "worker", "beat", "work"} == CASES
    for service in PROGRAMS.values():
        assert service["user"] == "10001"
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert set(service["secrets"]) <= set(COMPOSE["secrets"])


def test_the_image_is_made_of_what_is_there_and_runs_as_nobody_in_particular() -> None:
    lines = (DEPLOY / "Containerfile").read_text(encoding="utf-8").splitlines()
    copied = [
        word for line in lines if line.startswith("COPY ") and "--from" not in line for word in line.split()[1:-1]
    ]
    assert [name for name in copied if not (CHECKOUT / name).exists()] == []
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users == ["10001"]
    # Settings, secrets and keys are the operator's, never the image's.
    assert not {"keys", "var", "."} & set(copied)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_every_unit_runs_something_that_there_is(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    ran = re.findall(r"deploy/run\.sh (\w+)", text)
    assert len(ran) == 1
    assert ran[0] in CASES | {"backup"}
    for line in ("User=creditreport", "NoNewPrivileges=yes", "ProtectSystem=strict"):
        assert line in text.splitlines()


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_every_folder_that_a_unit_writes_is_made_by_the_steps(unit: Path) -> None:
    # systemd does not start a unit whose folder is missing (226/NAMESPACE), and nobody looks at a timer.
    (line,) = re.findall(r"^ReadWritePaths=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    made = {f"/srv/creditreport/{word}" if not word.startswith("/") else word for word in _installed_folders()}
    assert set(line.split()) <= made


def _installed_folders() -> set[str]:
    """What ``install -d … -o creditreport FOLDER…`` of the steps makes."""
    given = re.findall(r"`install -d (?:-m \d+ )?-o creditreport ([^`]+)`", STEPS)
    return {word for words in given for word in words.split()}


def test_every_command_that_an_operator_is_told_to_run_is_there() -> None:
    told = set(re.findall(r"`run ([a-z][a-z -]*[a-z])", STEPS))
    assert len(told) > 15
    assert [words for words in told if not _is_command(words.split())] == []


def _is_command(words: list[str]) -> bool:
    """The command line has the group and the command in it; what comes after are values."""
    command: click.Command | None = main
    for word in words:
        if not isinstance(command, click.Group):
            return True
        command = command.get_command(click.Context(command), word)
    return command is not None and not isinstance(command, click.Group)


def test_the_containers_keep_what_the_program_writes() -> None:
    for service in PROGRAMS.values():
        assert "var:/srv/creditreport/var" in service["volumes"]
    assert "var" in COMPOSE["volumes"]
    # A volume outlives the image: fonts in it would stay those of the first version.
    assert "ln -s ../fonts var/fonts" in (DEPLOY / "Containerfile").read_text(encoding="utf-8")


def test_the_image_can_dump_the_database_beside_it() -> None:
    # pg_dump refuses a server newer than itself; Debian 12 has that of PostgreSQL 15.
    bases = re.findall(r"^FROM (\S+)", (DEPLOY / "Containerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert all(base.endswith("-bookworm") for base in bases)
    assert int(COMPOSE["services"]["postgres"]["image"].rpartition(":")[2]) <= 15


@pytest.mark.parametrize("name", ["run.sh", "prepare.sh"])
def test_the_script_is_a_script(name: str) -> None:
    subprocess.run(["/bin/sh", "-n", str(DEPLOY / name)], check=True)


def _script(name: str) -> dict[str, Any]:
    return runpy.run_path(str(DEPLOY / name))


def test_the_list_of_licences_is_current() -> None:
    assert (DEPLOY / "LICENCES.md").read_text(encoding="utf-8") == _script("licences.py")["licences"](), "make sbom"


def test_what_could_not_be_looked_up_is_no_clean_bill(capsys: pytest.CaptureFixture[str]) -> None:
    told = _script("audit.py")["told"]
    sound: dict[str, object] = {"name": "one", "version": "1", "vulns": []}
    assert told([sound]) == 0
    assert told([sound, {"name": "two", "skip_reason": "not found"}]) == 1
    assert told([sound, {"name": "three", "version": "3", "vulns": [{"id": "CVE-2026-1"}]}]) == 1
    assert told([]) == 1
    said = capsys.readouterr().out
    assert "NOT LOOKED UP (1), the registry does not tell: two" in said
    assert "VULNERABLE  three 3: CVE-2026-1" in said


def test_every_dependency_is_pinned_by_digest() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (CHECKOUT / name).read_text(encoding="utf-8")
        pins = re.split(r"^(?=[a-z0-9A-Z][\w.\[\]-]*==)", text, flags=re.MULTILINE)[1:]
        assert len(pins) > 50
        assert [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin] == []
        assert "://" not in "".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
