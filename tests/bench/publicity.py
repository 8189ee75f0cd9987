"""A double-publicity table of any length, with the ways of writing that departments have, the same every time."""

from __future__ import annotations

import csv
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from creditreport.config import CHECKOUT
from creditreport.demo.quirks import Quirks
from creditreport.demo.shapes.publicity import COLUMNS
from tests.integration.city import make_code

TABLE = "v_sgs_science_technology"
ROWS_OF_ONE = 5
_TYPES = ("罚款", "罚款、没收违法所得", "警告；罚款", "责令停产停业", "通报批评")
_MANIFEST = "04_science_technology.toml"
_DROP_MANIFEST = "24_health.toml"


def rows(count: int) -> Iterator[tuple[str | None, ...]]:
    """``count`` decisions, five for each business, no two alike."""
    quirks, first = Quirks(), date(2021, 1, 4)
    code = name = ""
    for n in range(count):
        if n % ROWS_OF_ONE == 0:
            code, name = make_code(n // ROWS_OF_ONE), f"盐城示例{n // ROWS_OF_ONE:07d}有限公司"
        fine = Decimal(2000 + n % 97 * 500)
        cells = {
            "CF_XDR_MC": name, "CF_XDR_LB": "法人及非法人组织", "CF_XDR_SHXYM": code, "CF_XDR_ZZJG": code[8:17],
            "CF_XDR_SWDJ": code, "CF_FRDB": "示例人", "CF_FR_ZJLX": "身份证", "CF_WSH": f"盐科罚〔2025〕{n}号",
            "CF_WFXW": "未按规定报送科技统计资料", "CF_YJ": "《中华人民共和国科学技术进步法》第一百一十二条第一款",
            "CF_SY": f"经查，该单位第{n}次被发现未在规定期限内报送科技统计资料，经责令改正后仍未报送，违反了有关规定。",
            "CF_CFLB": _TYPES[n % len(_TYPES)], "CF_NR": f"处罚款人民币{fine}元（第{n}号缴款单），上缴国库。",
            "CF_NR_FK": f"{fine / 10000:f}", "CF_NR_WFFF": quirks.nothing(),
            "CF_JDRQ": quirks.day(first + timedelta(days=n % 2000)), "CF_YXQ": "2099-12-31",
            "CF_GSJZQ": quirks.end(None), "CF_CFJG": "盐城市科学技术局", "CF_CFJGDM": "11320900014320012P",
            "CF_SJLY": "盐城市科学技术局", "CF_SJLYDM": "11320900014320012P", "BZ": quirks.nothing(),
        }  # fmt: skip
        yield tuple(cells.get(column) for column in COLUMNS)


def write_table(path: Path, count: int) -> str:
    """The rows as a department's database; its address."""
    connection = sqlite3.connect(path)
    connection.execute(f"CREATE TABLE {TABLE} ({', '.join(COLUMNS)})")
    connection.execute("CREATE TABLE tb_rz (bm, wcsj, zt)")
    connection.executemany(f"INSERT INTO {TABLE} VALUES ({', '.join('?' for _ in COLUMNS)})", rows(count))
    connection.execute("INSERT INTO tb_rz VALUES ('science_technology', '2026-11-20 23:00:00', '成功')")
    connection.commit()
    connection.close()
    return f"sqlite:///{path}"


def write_drop(folder: Path, count: int) -> None:
    """The rows as a department's file."""
    (folder / "health").mkdir(parents=True)
    with (folder / "health" / "wjw_sgs_20261120.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows(count))


def mirrored_domains(folder: Path) -> Path:
    """The shipped manifests, with the table and the file of this module mirrored."""
    domains = folder / "domains"
    shutil.copytree(CHECKOUT / "domains", domains)
    for name in (_MANIFEST, _DROP_MANIFEST):
        path = domains / name
        text = path.read_text(encoding="utf-8")
        if "[sync]" in text:
            continue
        mirrored = text.replace("[source]", '[sync]\ncompare = "full"\n\n[source]', 1)
        path.write_text('mode = "mirrored"\n' + mirrored, encoding="utf-8")
    return domains
