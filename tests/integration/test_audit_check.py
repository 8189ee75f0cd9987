"""Checking the chain: whatever is done to it is found, and where."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from creditreport.audit.check import check_new
from creditreport.audit.sealing import copy_heads, seal
from creditreport.cli import main
from creditreport.config import Settings
from creditreport.errors import Problem
from creditreport.signing.demo_ca import init_demo_keys
from tests.conftest import NOON
from tests.trail import Trail, copy_trail, deeds, make_trail


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, signing_settings: Settings) -> Path:
    return make_trail(signing_settings, tmp_path_factory.mktemp("trail"))


@pytest.fixture
def trail(made: Path, signing_settings: Settings, tmp_path: Path) -> Trail:
    return copy_trail(signing_settings, made, tmp_path)


def head(trail: Trail, position: int) -> Path:
    return trail.heads / "2026" / f"head-{position:012d}.json"


def unlocked(path: Path) -> Path:
    path.chmod(0o644)
    return path


def _forged(trail: Trail) -> None:
    trail.run(
        "UPDATE audit_entry SET position = position + 100 WHERE position > 14",
        "INSERT INTO audit_entry (at, actor, action, subject, detail, position, digest)"
        " SELECT at, actor, action, subject, detail, 15, digest FROM audit_entry WHERE position = 14",
        "UPDATE audit_entry SET position = position - 99 WHERE position > 100",
    )


def _head_by_another(trail: Trail) -> None:
    # A store and a key of their own, of an authority that is not ours, over the very same entries.
    other = trail.heads.parent.parent / "other"
    changed = replace(trail.service.settings, keys_dir=other / "keys", audit_export_dir=other / "heads")
    init_demo_keys(changed, NOON)
    twin = type(trail.service)(changed, trail.service.clock)
    with trail.service.sessions.begin() as session:
        session.connection().exec_driver_sql("DELETE FROM audit_head WHERE position = 30")
    seal(twin, NOON)
    twin.close()
    shutil.copytree(other / "heads", trail.heads, dirs_exist_ok=True, copy_function=_over)


def _over(source: str, target: str) -> None:
    if Path(target).exists():
        unlocked(Path(target))
    shutil.copy(source, target)


CASES: dict[str, tuple[Callable[[Trail], object], list[tuple[str, int, int]]]] = {
    "nothing": (lambda trail: None, []),
    "detail": (
        lambda trail: trail.run("UPDATE audit_entry SET detail = '{\"listed\": 0}' WHERE position = 7"),
        [("changed", 7, 7)],
    ),
    "time": (
        lambda trail: trail.run("UPDATE audit_entry SET at = '2026-11-20 04:00:00.000000' WHERE position = 1"),
        [("changed", 1, 1)],
    ),
    "actor of three": (
        lambda trail: trail.run("UPDATE audit_entry SET actor = 'account:9' WHERE position IN (3, 4, 30)"),
        [("changed", 3, 3), ("changed", 4, 4), ("changed", 30, 30)],
    ),
    "a digest alone": (
        lambda trail: trail.run("UPDATE audit_entry SET digest = :d WHERE position = 12", d="f" * 64),
        [("changed", 12, 12)],
    ),
    "one taken out": (
        lambda trail: trail.run("DELETE FROM audit_entry WHERE position = 12"),
        [("missing", 12, 12)],
    ),
    "the first ones taken out": (
        lambda trail: trail.run("DELETE FROM audit_entry WHERE position < 4"),
        [("missing", 1, 3)],
    ),
    "one put back to be sealed again": (
        lambda trail: trail.run("UPDATE audit_entry SET position = NULL, digest = NULL WHERE position = 12"),
        [("missing", 12, 12)],
    ),
    "two change places": (
        lambda trail: trail.run(
            "UPDATE audit_entry SET position = 99 WHERE position = 5",
            "UPDATE audit_entry SET position = 5 WHERE position = 6",
            "UPDATE audit_entry SET position = 6 WHERE position = 99",
        ),
        [("changed", 5, 5), ("changed", 6, 6), ("changed", 7, 7)],
    ),
    "the end cut off": (
        lambda trail: trail.run("DELETE FROM audit_entry WHERE position > 27"),
        [("truncated", 28, 30)],
    ),
    "the end cut off with its head": (
        lambda trail: trail.run(
            "DELETE FROM audit_entry WHERE position > 20", "DELETE FROM audit_head WHERE position = 30"
        ),
        [("truncated", 21, 30), ("head_missing", 30, 30)],
    ),
    "everything": (
        lambda trail: trail.run("DELETE FROM audit_entry", "DELETE FROM audit_head"),
        [("truncated", 1, 30), ("head_missing", 10, 10), ("head_missing", 20, 20), ("head_missing", 30, 30)],
    ),
    "one taken out, all computed anew": (
        lambda trail: (trail.run("DELETE FROM audit_entry WHERE position = 15"), trail.rewrite()),
        [("rewritten", 11, 20), ("truncated", 30, 30)],
    ),
    "one changed, all computed anew": (
        lambda trail: (trail.run("UPDATE audit_entry SET subject = 'x' WHERE position = 25"), trail.rewrite()),
        [("rewritten", 21, 30)],
    ),
    "a head of the store made to fit": (
        lambda trail: trail.run("UPDATE audit_head SET content = replace(content, '20', '21') WHERE position = 20"),
        [("head_invalid", 20, 20)],
    ),
    "a head outside taken away": (
        lambda trail: head(trail, 20).unlink(),
        [("head_missing", 20, 20)],
    ),
    "all heads outside taken away": (
        lambda trail: shutil.rmtree(trail.heads),
        [("head_missing", 10, 10), ("head_missing", 20, 20), ("head_missing", 30, 30)],
    ),
    "a head outside changed": (
        lambda trail: unlocked(head(trail, 20)).write_text(head(trail, 10).read_text()),
        [("head_invalid", 20, 20)],
    ),
    "a signature outside broken": (
        lambda trail: unlocked(head(trail, 20).with_suffix(".p7s")).write_text("x"),
        [("head_invalid", 20, 20)],
    ),
    "a head by somebody else's key": (
        _head_by_another,
        [("head_untrusted", 30, 30), ("head_untrusted", 30, 30)],
    ),
    "a key in other hands when it signed": (
        lambda trail: trail.run(
            "UPDATE signing_key SET state = 'revoked', compromised_since = :since",
            since="2026-11-21 04:30:00.000000",
        ),
        [("head_untrusted", place, place) for place in (10, 10, 20, 20, 30, 30)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CASES)
def test_it_is_found_and_located(trail: Trail, what: str) -> None:
    tamper, expected = CASES[what]
    tamper(trail)
    found = trail.found()
    assert [(one.kind.value, one.first, one.last) for one in found.findings] == expected
    assert found.ok == (expected == [])
    for one in found.findings:
        assert all(one.sentence(language) for language in ("zh", "en"))


def test_a_forged_entry_put_in_between_is_found(trail: Trail) -> None:
    _forged(trail)
    kinds = trail.kinds()
    # The forged one, each that was moved by a place, and the head that stands now over another entry.
    assert kinds == [("rewritten", 11, 20), *[("changed", place, place) for place in range(15, 32)]]


def test_a_chain_sealed_twice_shows_two_heads_of_one_place(trail: Trail, tmp_path: Path) -> None:
    kept = Path(shutil.copytree(trail.heads, tmp_path / "kept"))
    trail.run("UPDATE audit_entry SET subject = 'x' WHERE position = 29", "DELETE FROM audit_head WHERE position = 30")
    trail.rewrite()
    shutil.rmtree(trail.heads)
    # Whoever has the store, the folder and the key makes a chain that agrees with itself …
    seal(trail.service, NOON)
    trail.run("UPDATE audit_head SET exported_at = NULL")
    seal(trail.service, NOON)
    assert trail.kinds() == []
    # … but not with the heads that somebody else kept.
    assert trail.kinds(folder=kept) == [("rewritten", 21, 30), ("heads_differ", 30, 30)]


def test_a_cut_stays_open_however_long_it_is_sealed_on(trail: Trail) -> None:
    trail.run("DELETE FROM audit_entry WHERE position > 27")
    deeds(trail.service, 40, 45)
    assert seal(trail.service, NOON).place.position == 36
    assert trail.kinds() == [("missing", 28, 30)]


def test_after_a_restore_the_old_folder_tells_what_was_lost_and_a_new_one_goes_on(trail: Trail, tmp_path: Path) -> None:
    # As a backup from before the last ten entries brings the store back.
    trail.run("DELETE FROM audit_entry WHERE position > 20", "DELETE FROM audit_head WHERE position > 20")
    deeds(trail.service, 40, 44)
    assert seal(trail.service, NOON).place.position == 25
    assert trail.kinds() == [("truncated", 26, 30), ("head_missing", 30, 30)]
    deeds(trail.service, 45, 48)
    # The check is an entry too: the chain comes to a place for which another head is outside.
    with pytest.raises(Problem) as conflict:
        seal(trail.service, NOON)
    assert conflict.value.code == "AUDIT_EXPORT_CONFLICT"
    fresh = tmp_path / "fresh"
    copy_heads(trail.service.reading, fresh)
    trail.service.settings = replace(trail.service.settings, audit_export_dir=fresh)
    seal(trail.service, NOON)
    assert trail.kinds() == []
    assert ("heads_differ", 30, 30) in trail.kinds(folder=trail.heads)


def test_every_night_only_what_is_new_is_checked(trail: Trail) -> None:
    assert check_new(trail.service, NOON).first == 1
    deeds(trail.service, 31, 33)
    seal(trail.service, NOON)
    # The check is an entry of its own: it was sealed with the others.
    assert (again := check_new(trail.service, NOON)).ok
    assert (again.first, again.last) == (31, 34)
    seal(trail.service, NOON)
    trail.run("UPDATE audit_entry SET actor = 'x' WHERE position IN (3, 35)")
    assert trail.kinds(new_only=True) == [("changed", 35, 35)]
    # Once something was found, the next one looks at everything again.
    assert trail.kinds(new_only=True) == [("changed", 3, 3), ("changed", 35, 35)]


def test_where_a_check_begins_is_vouched_for_by_a_signed_head(trail: Trail) -> None:
    assert trail.found().ok
    trail.run("UPDATE audit_entry SET actor = 'x' WHERE position = 30")
    trail.rewrite()
    assert trail.kinds(new_only=True) == [("rewritten", 31, 30)]


def test_entries_that_wait_for_the_sealer_are_counted(trail: Trail) -> None:
    deeds(trail.service, 31, 32)
    found = trail.found()
    assert (found.ok, found.last, found.unsealed) == (True, 30, 2)
    assert found.oldest_unsealed == NOON + timedelta(minutes=31)


def test_a_folder_that_is_not_there_is_said(trail: Trail, tmp_path: Path) -> None:
    with pytest.raises(Problem) as refused:
        trail.found(folder=tmp_path / "nowhere")
    assert refused.value.code == "AUDIT_HEADS_UNREADABLE"


def test_the_commands(
    trail: Trail, signing_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = {
        "ENV": "test", "DATABASE_URL": trail.service.settings.database_url, "PUBLIC_URL": signing_settings.public_url,
        "SECRET_KEY": "x", "SIGNING_PASSPHRASE": signing_settings.signing_passphrase, "LANG": "en",
        "KEYS_DIR": str(signing_settings.keys_dir), "VAR_DIR": str(tmp_path), "AUDIT_EXPORT_DIR": str(trail.heads),
        "CLOCK": NOON.isoformat(),
    }  # fmt: skip
    for name, value in variables.items():
        monkeypatch.setenv(f"CREDITREPORT_{name}", value)

    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["audit", *arguments], standalone_mode=False)
        return (done.exception.code if isinstance(done.exception, SystemExit) else 0), done.output  # type: ignore[return-value]

    assert run("check", "--json")[0] == 0
    assert json.loads(run("seal", "--json")[1])["sealed"] == 1
    assert run("export", "--out", str(tmp_path / "taken"))[0] == 0
    assert run("check", "--heads", str(tmp_path / "taken"))[0] == 0
    trail.run("DELETE FROM audit_entry WHERE position = 12")
    status, told = run("check")
    assert status == 1
    assert "The entries at 12 are gone: they were deleted." in told
    out = tmp_path / "entries.json"
    assert run("entries", "--from", "2026-11-21", "--action", "report.*", "--out", str(out), "--json")[0] == 0
    assert len(json.loads(out.read_text())["entries"]) == 29
