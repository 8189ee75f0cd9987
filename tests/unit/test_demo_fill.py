"""Filling the demo: the same each time, whole files only, every quirk of real tables in it."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from creditreport.config import CHECKOUT
from creditreport.demo.environment import (
    INTERFACES,
    PREFIX,
    REST_PORT,
    SYSTEMS,
    database_file,
    demo_environment,
    drops_folder,
)
from creditreport.demo.fill import EXPECTED, fill
from creditreport.demo.plan import DemoPlan
from creditreport.demo.roles import REASONS, reason_key

DAY = date(2026, 11, 21)


def cells(path: Path) -> object:
    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def everything(folder: Path) -> dict[str, object]:
    """All rows of all databases, all drops (a workbook carries the moment of saving, so its cells), the plan."""
    found: dict[str, object] = {EXPECTED: (folder / EXPECTED).read_text(encoding="utf-8")}
    for system in SYSTEMS:
        with closing(sqlite3.connect(database_file(folder, system))) as connection:
            found[system] = list(connection.iterdump())
    for path in drops_folder(folder).rglob("*"):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            found[name] = cells(path) if path.suffix == ".xlsx" else path.read_bytes()
    return found


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DemoPlan]:
    folder = tmp_path_factory.mktemp("demo") / "demo"
    return folder, fill(folder, DAY)


def test_the_same_seed_and_day_give_the_same_rows(filled: tuple[Path, DemoPlan], tmp_path: Path) -> None:
    fill(tmp_path / "again", DAY)
    assert everything(tmp_path / "again") == everything(filled[0])


def test_another_seed_and_another_day_give_others(filled: tuple[Path, DemoPlan], tmp_path: Path) -> None:
    first = everything(filled[0])
    fill(tmp_path / "seed", DAY, seed=7)
    assert everything(tmp_path / "seed")["TAX"] != first["TAX"]
    fill(tmp_path / "day", date(2026, 11, 23))
    assert everything(tmp_path / "day")["TAX"] != first["TAX"]


def test_there_is_enough_of_everything(filled: tuple[Path, DemoPlan]) -> None:
    plan = filled[1]
    assert len(plan.businesses) >= 300
    assert sum(plan.rows.values()) >= 2000
    assert plan.record_count >= 2000
    assert {reason: count for reason, count in plan.reasons.items() if count < 3} == {}
    assert set(plan.reasons) == {*REASONS, "LISTED"}


@pytest.mark.parametrize("reason", REASONS)
def test_each_reason_is_shown_three_times_by_a_business_that_gets_a_report(
    filled: tuple[Path, DemoPlan], reason: str
) -> None:
    showcase = filled[1].showcase[reason_key(reason)]
    assert showcase.refused is None
    decisions = [record.decisions["3"] for record in showcase.records]
    assert decisions.count(reason) >= 3
    assert None in decisions


def test_the_busiest_has_records_wherever_there_are_any(filled: tuple[Path, DemoPlan]) -> None:
    plan = filled[1]
    busiest = {record.slug for record in plan.showcase["busiest"].records}
    assert busiest == {record.slug for one in plan.businesses for record in one.records}
    assert len(busiest) == 39
    assert plan.showcase["clean"].records == ()


def test_filling_again_replaces_what_was_there_and_clears_what_a_kill_left(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    fill(folder, date(2026, 11, 30))
    (folder / "tax123.part").write_bytes(b"half")
    (drops_folder(folder) / "health" / "wjw_sgs_20261129.csv").write_text("old", encoding="utf-8")
    fill(folder, DAY)
    assert list(folder.rglob("*.part")) == []
    assert sorted(path.name for path in (drops_folder(folder) / "health").iterdir()) == [
        "wjw_sgs_20261114.csv",
        "wjw_sgs_20261121.csv",
    ]


def test_every_address_that_a_manifest_refers_to_is_given(filled: tuple[Path, DemoPlan]) -> None:
    environment = demo_environment(filled[0].parent)
    referred = set()
    for path in (CHECKOUT / "domains").rglob("*.toml"):
        referred |= set(re.findall(r'"env:(\w+)', path.read_text(encoding="utf-8")))
    assert referred == set(environment) - {REST_PORT}
    secrets = set(INTERFACES.values())
    assert {name.removeprefix(PREFIX) for name in referred} == {*SYSTEMS, *secrets, "DROPS"}
    # Secrets are drawn once and kept; no two are the same.
    assert len({environment[PREFIX + name] for name in secrets}) == len(secrets)
    assert demo_environment(filled[0].parent, environment) == environment
    again = demo_environment(filled[0].parent)
    assert all(again[PREFIX + name] != environment[PREFIX + name] for name in secrets)


QUIRKS = {
    "a day without zeros": ("TAX", "dw_nb_sw_csjrxzcfxx", "punish_dt GLOB '2???-[1-9]-*'"),
    "a day with the time": ("TAX", "dw_nb_sw_csjrxzcfxx", "punish_dt LIKE '% 0:00:00'"),
    "a day in eight digits": ("COURT", "dw_shl_qywlxsxcpxx", "length(expo_dt) = 8 AND expo_dt GLOB '2*'"),
    "a day in words": ("POLICE", "ga_ajjg", "jdrq LIKE '%年%月%日'"),
    "an hour": ("POLICE", "ga_ajjg", "jdrq LIKE '% 19:00:06'"),
    "a month only": ("WATER", "dw_nb_sl_qjsfqyxx", "length(count_ym) = 6"),
    "the year 1900": ("PUBLICITY", "sgs_xzcf", "CF_GSJZQ = '1900-1-1'"),
    "the year 9999": ("PUBLICITY", "sgs_xzcf", "CF_GSJZQ = '9999-9-9'"),
    "the year 2099": ("PUBLICITY", "sgs_xzcf", "CF_GSJZQ = '2099-12-31'"),
    "no end in words": ("PUBLICITY", "sgs_xzcf", "CF_GSJZQ = '无处罚期限'"),
    "nothing in words": ("PUBLICITY", "sgs_xzcf", "BZ = '暂无'"),
    "nothing as a line break": ("PUBLICITY", "sgs_xzcf", "BZ = '\\n'"),
    "nothing as null": ("PUBLICITY", "sgs_xzcf", "BZ = 'null'"),
    "a code in lower case": ("ECOLOGY", "st_xzcf_aj", "dsr_dm GLOB '*dem*'"),
    "a code in full width": ("ECOLOGY", "st_xzcf_aj", "dsr_dm LIKE '%ＤＥＭ%'"),
    "a masked code": ("PUBLICITY", "sgs_xzcf", "CF_XDR_SHXYM LIKE '%******%'"),
    "only the tax number": ("TAX", "dw_nb_sw_csjrxzcfxx", "uni_social_crd_cd = '' AND length(taxer_no) = 18"),
    "the old tax number": ("TAX", "dw_nb_sw_csjrxzcfxx", "length(taxer_no) = 15"),
    "an amount in words": ("TAX", "dw_nb_sw_csjrxzcfxx", "punish_amt LIKE '罚款%元'"),
    "an amount with separators": ("TAX", "dw_nb_sw_csjrxzcfxx", "punish_amt LIKE '%,%'"),
    "an amount with 万元": ("TAX", "dw_nb_sw_csjrxzcfxx", "punish_amt LIKE '%万元'"),
    "several types": ("PUBLICITY", "sgs_xzcf", "CF_CFLB LIKE '%；%'"),
    "several types otherwise": ("PUBLICITY", "sgs_xzcf", "CF_CFLB LIKE '%、%'"),
    "test data": ("EMERGENCY", "dw_zj_fzgg_cfjbxx", "env_flag = '1'"),
    "a withdrawn case": ("PROVINCE", "dw_shl_sgsxzxk", "iscancelcase = '1'"),
    "a reason for withdrawing": ("PROVINCE", "dw_shl_sgsxzxk", "cutreason <> ''"),
    "a natural person": ("PUBLICITY", "sgs_xzcf", "CF_XDR_LB = '自然人' AND CF_XDR_SHXYM = ''"),
    "a person who is a business": ("PUBLICITY", "sgs_xzcf", "CF_XDR_LB = '自然人' AND CF_XDR_SHXYM LIKE '92%'"),
}


@pytest.mark.parametrize("quirk", QUIRKS)
def test_the_quirks_of_real_tables_are_in_it(filled: tuple[Path, DemoPlan], quirk: str) -> None:
    system, table, condition = QUIRKS[quirk]
    with closing(sqlite3.connect(database_file(filled[0], system))) as connection:
        assert connection.execute(f"SELECT count(*) FROM {table} WHERE {condition}").fetchone()[0] > 0


def test_one_case_has_several_decisions_and_one_number_two_businesses(filled: tuple[Path, DemoPlan]) -> None:
    with closing(sqlite3.connect(database_file(filled[0], "EMERGENCY"))) as connection:
        per_case = connection.execute(
            "SELECT count(*) FROM dw_zj_fzgg_xzcfjdxx GROUP BY punish_case_code ORDER BY 1 DESC"
        ).fetchone()
    with closing(sqlite3.connect(database_file(filled[0], "PUBLICITY"))) as connection:
        per_number = connection.execute(
            "SELECT count(DISTINCT CF_XDR_SHXYM) FROM v_sgs_statistics GROUP BY CF_WSH ORDER BY 1 DESC"
        ).fetchone()
    assert (per_case[0], per_number[0]) == (2, 2)


def test_the_drops_are_in_their_encodings(filled: tuple[Path, DemoPlan]) -> None:
    drops = drops_folder(filled[0])
    assert (drops / "health" / "wjw_sgs_20261121.csv").read_bytes().startswith(b"\xef\xbb\xbfCF_XDR_MC")
    urban = (drops / "urban" / "cgj_xzcf_20261121.csv").read_bytes()
    assert "盐城市城市管理局" in urban.decode("gb18030")
    with pytest.raises(UnicodeDecodeError):
        urban.decode("utf-8")
    assert (drops / "culture" / "wglj_xzcf_20261121.xlsx").read_bytes().startswith(b"PK")
