"""``creditreport domains``: shapes and exit statuses that scripts are written against."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from creditreport.cli import main
from tests.stores import make_store

DOMAINS = Path(__file__).parents[2] / "domains"
CODE = "91320900MA1MBCDEXU"
MANIFEST = """
slug = "trial"
title = "试"
title_en = "Trial"
responsible_unit = "某局"
number = 46
batch = 3
effective_from = 2024-09-01
key = ["编号"]
ignore = ["备注"]
source = { driver = "files", folder = "drops" }

[fields]
uscc = "代码"
kind = { column = "种类", lookup = "kind" }
decided_on = "日期"
fine_yuan = { column = "罚款", unit = "wan_yuan" }

[[skip]]
reason = "test_data"
when = [{ column = "备注2", values = ["测试"] }]
"""
HEADER = "编号,代码,种类,日期,罚款,备注,备注2\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    make_store(url)
    settings = {
        "ENV": "test",
        "DATABASE_URL": url,
        "PUBLIC_URL": "http://127.0.0.1",
        "SECRET_KEY": "x",
        "SIGNING_PASSPHRASE": "x",
        "VAR_DIR": str(tmp_path / "var"),
        "DOMAINS_DIR": str(DOMAINS),
        "CLOCK": "2026-11-21T12:00:00+08:00",
        "LANG": "zh",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"CREDITREPORT_{name}", value)
    (tmp_path / "drops").mkdir()
    (tmp_path / "trial.toml").write_text(MANIFEST, encoding="utf-8")
    return tmp_path


def run(*words: str) -> tuple[int, Any]:
    result = CliRunner().invoke(main, ["domains", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, json.loads(result.stdout) if "--json" in words else result.stdout


def drop(folder: Path, *rows: str, day: str = "20261120", header: str = HEADER) -> None:
    (folder / "drops" / f"x_{day}.csv").write_text(header + "".join(f"{row}\n" for row in rows), encoding="utf-8")


def pull(folder: Path, *words: str) -> tuple[int, Any]:
    return run("pull", "--manifest", str(folder / "trial.toml"), "--uscc", CODE, *words, "--json")


def test_list(folder: Path) -> None:
    status, answer = run("list", "--json")
    assert status == 0
    assert [one["number"] for one in answer["domains"]] == list(range(1, 46))
    assert answer["domains"][19] == {
        "number": 20,
        "slug": "market_regulation",
        "title": "市场监管领域",
        "responsible_unit": "市市场监督管理局",
        "batch": 2,
        "effective_from": "2024-10-01",
        "driver": "sql",
        "mode": "live",
    }
    assert "市场监管领域" in run("list")[1]


def test_list_and_check_need_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDITREPORT_ENV", "production")
    assert run("list", "--json")[0] == 0
    assert run("check", "--json") == (0, {"problems": []})


def test_check(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("check", "--json") == (0, {"problems": []})
    assert run("check", str(folder / "trial.toml"), "--json") == (0, {"problems": []})
    copy = Path(shutil.copytree(DOMAINS, folder / "domains"))
    (copy / "20_market_regulation.toml").unlink()
    monkeypatch.setenv("CREDITREPORT_DOMAINS_DIR", str(copy))
    status, answer = run("check", "--json")
    assert status == 1
    assert [set(one) for one in answer["problems"]] == [{"file", "key", "problem"}]
    assert run("check")[0] == 1
    status, refused = run("list", "--json")
    assert (status, refused["error"]["code"]) == (1, "INVALID_CATALOG")
    assert refused["error"]["problems"] == answer["problems"]


def test_pull_complete(folder: Path) -> None:
    drop(folder, f"1,{CODE.lower()},行政处罚,2026年3月4日,0.5,,", f"2,{CODE},行政处罚,20260305,,,测试")
    status, answer = pull(folder)
    assert status == 0
    assert answer["asked_at"] == "2026-11-21T12:00:00+08:00"
    assert {key: answer[key] for key in ("domain", "status", "data_as_of", "quarantined", "skipped", "problem")} == {
        "domain": "trial",
        "status": "complete",
        "data_as_of": "2026-11-20T00:00:00+08:00",
        "quarantined": [],
        "skipped": {"test_data": 1},
        "problem": None,
    }
    assert answer["records"] == [{
        "domain": "trial",
        "record_id": "1",
        "uscc": CODE,
        "kind": "penalty",
        "decided_on": "2026-03-04",
        "fine_yuan": "5000",
    }]  # fmt: skip


def test_pull_what_is_not_complete(folder: Path) -> None:
    assert pull(folder)[1]["status"] == "unavailable"
    drop(folder, f"1,{CODE},行政处罚,202603,0.5,甲,")
    status, answer = pull(folder)
    assert (status, answer["status"]) == (1, "incomplete")
    (row,) = answer["quarantined"]
    assert (row["column"], row["row"]["日期"], row["row"]["罚款"]) == ("日期", "202603", "0.5")
    drop(folder, f"1,{CODE},行政处罚,20260304,0.5,甲,,x", header=HEADER.replace("备注2", "备注2,新列"))
    status, answer = pull(folder)
    assert (status, answer["status"], answer["records"]) == (1, "incomplete", [])
    assert "新列" in answer["problem"]
    (folder / "drops" / "x_20261120.csv").unlink()
    drop(folder, f"1,{CODE},行政处罚,20260304,0.5,,", day="20261101")
    assert (pull(folder)[0], pull(folder)[1]["status"]) == (1, "stale")
    assert pull(folder, "--on", "2024-08-30")[1]["status"] == "not_implemented"
    assert pull(folder, "--on", "2024-08-30")[0] == 0


def test_pull_for_people(folder: Path) -> None:
    drop(folder, f"1,{CODE},行政处罚,2026-3-4,0.5,,", f"2,{CODE},别的,2026-3-4,0.5,,")
    status, text = run("pull", "--manifest", str(folder / "trial.toml"), "--uscc", CODE)
    assert status == 1
    assert "2026-03-04" in text
    assert "别的" in text


def test_pull_refuses(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*words: str) -> tuple[int, str]:
        status, answer = run("pull", *words, "--json")
        return status, answer["error"]["code"]

    assert refused("--slug", "nowhere", "--uscc", CODE) == (2, "UNKNOWN_DOMAIN")
    assert refused("--slug", "taxation", "--uscc", CODE[:-1]) == (1, "INVALID_USCC")
    assert refused("--uscc", CODE) == (2, "WRONG_USE")
    assert refused("--slug", "taxation", "--manifest", str(folder / "trial.toml"), "--uscc", CODE) == (2, "WRONG_USE")
    assert refused("--manifest", str(folder / "gone.toml"), "--uscc", CODE) == (2, "WRONG_USE")
    literal = MANIFEST.replace('folder = "drops"', 'folder = "https://user:hunter2@host/x"')
    (folder / "trial.toml").write_text(literal, encoding="utf-8")
    status, answer = pull(folder)
    assert (status, answer["error"]["code"]) == (1, "INVALID_CATALOG")
    assert [one["key"] for one in answer["error"]["problems"]] == ["source.folder"]
    assert "hunter2" not in json.dumps(answer)
    monkeypatch.setenv("CREDITREPORT_ENV", "production")
    monkeypatch.delenv("CREDITREPORT_CLOCK")
    assert refused("--slug", "taxation", "--uscc", CODE, "--on", "2024-10-08") == (1, "BACKDATING_REFUSED")


def test_pull_a_slug_whose_source_is_not_set_names_the_variable(folder: Path) -> None:
    for slug in ("taxation", "repairs", "register"):
        status, answer = run("pull", "--slug", slug, "--uscc", CODE, "--json")
        assert (status, answer["domain"], answer["status"]) == (1, slug, "unavailable")
        assert "CREDITREPORT_SOURCE_" in answer["problem"]
