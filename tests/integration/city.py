"""A small city: 45 declared fields over one database, a register and one overlay, all real and filled by the test.

Every field is a table of the same form; a test inserts the rows it needs, or breaks a table.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stdnum.cn import uscc as standard

COLUMNS = (
    "id", "code", "name", "number", "type", "facts", "content", "decided", "authority", "types", "amount", "effect",
    "supersedes", "repair", "disposition", "sealed", "disputed",
)  # fmt: skip

FIELD = """
slug = "field_{number:02d}"
title = "领域{number}"
title_en = "Field {number}"
responsible_unit = "单位{number}"
number = {number}
batch = 1
effective_from = {effective_from}
freshness = 0
# A busy machine that runs the tests is not a slow department.
deadline_seconds = 30
key = ["id"]

[source]
driver = "sql"
url = "env:CITY_URL"
table = "field_{number:02d}"
as_of = {{ query = "SELECT at FROM watermark WHERE field = {number}" }}

[expect]
empty = true
success = "SELECT count(*) = 1 FROM watermark WHERE field = {number}"

[fields]
uscc = "code"
entity_name = "name"
kind = {{ value = "penalty" }}
document_number = "number"
violation_type = "type"
facts = "facts"
penalty_content = "content"
decided_on = "decided"
authority = "authority"
penalty_types = {{ column = "types", lookup = "types" }}
fine_yuan = "amount"
effect = {{ column = "effect", lookup = "effects" }}
supersedes = "supersedes"
repair = {{ column = "repair", lookup = "repairs" }}
disposition = {{ column = "disposition", lookup = "dispositions" }}
sealed = {{ column = "sealed", lookup = "flags" }}
disputed = {{ column = "disputed", lookup = "flags" }}

[concerns]
names = ["name"]
"""

VOCABULARY = """
[types]
"罚款" = "fine"
"警告" = "warning"
[effects]
"有效" = "effective"
"变更" = "amended"
"撤销" = "revoked"
[repairs]
"已修复" = "repaired"
"未修复" = "none"
[dispositions]
"处罚" = "penalised"
[flags]
"是" = true
"否" = false
[statuses]
"在业" = "active"
"吊销" = "revoked"
"注销" = "deregistered"
[entity_types]
"公司" = "company"
"分公司" = "company_branch"
"社会团体" = "social_organisation"
"""

REGISTER = """
slug = "register"
title = "登记库"
title_en = "Register"
responsible_unit = "登记机关"
role = "register"
deadline_seconds = 30
key = ["id"]

[source]
driver = "sql"
url = "env:CITY_URL"
table = "register"
as_of = { live = true }

[expect]
empty = true
success = "SELECT 1"

[fields]
register_id = "id"
uscc = "code"
name = "name"
entity_type = { column = "type", lookup = "entity_types" }
registration_status = { column = "status", lookup = "statuses" }
previous_codes = { column = "previous", separators = ";" }
former_names = { column = "former", separators = ";" }
name_changes = { column = "renamed", separators = ";" }
parent_register_id = "parent"
registration_number = "reg_no"
district = "district"
"""

REPAIRS = """
slug = "repairs"
title = "信用修复"
title_en = "Repairs"
responsible_unit = "信用中心"
role = "overlay"
deadline_seconds = 30
key = ["id"]

[source]
driver = "sql"
url = "env:CITY_URL"
table = "repairs"
as_of = { live = true }

[expect]
empty = true
success = "SELECT 1"

[fields]
uscc = "code"
document_number = "number"
repair = { value = "repaired" }
repaired_on = "day"
"""


def make_code(number: int) -> str:
    """A valid unified code."""
    body = f"91320900MA{number:07d}"
    return body + str(standard.calc_check_digit(body))


class City:
    """The city's databases and its catalogue, under ``folder``."""

    def __init__(self, folder: Path, effective_from: str = "2024-09-01") -> None:
        self.domains_dir = folder / "domains"
        self.database = folder / "city.sqlite3"
        self.url = f"sqlite:///{self.database}"
        (self.domains_dir / "overlays").mkdir(parents=True)
        (self.domains_dir / "vocabulary.toml").write_text(VOCABULARY, encoding="utf-8")
        (self.domains_dir / "register.toml").write_text(REGISTER, encoding="utf-8")
        (self.domains_dir / "overlays" / "repairs.toml").write_text(REPAIRS, encoding="utf-8")
        for number in range(1, 46):
            text = FIELD.format(number=number, effective_from=effective_from)
            (self.domains_dir / f"{number:02d}_field_{number:02d}.toml").write_text(text, encoding="utf-8")
        self._make_tables()

    def _make_tables(self) -> None:
        with self._connection() as connection:
            connection.execute("CREATE TABLE watermark (field INTEGER, at TEXT)")
            connection.execute(
                "CREATE TABLE register"
                " (id, code, name, type, status, previous, former, renamed, parent, reg_no, district)"
            )
            connection.execute("CREATE TABLE repairs (id, code, number, day)")
            for number in range(1, 46):
                connection.execute(f"CREATE TABLE field_{number:02d} ({', '.join(COLUMNS)})")
                connection.execute("INSERT INTO watermark VALUES (?, '2026-11-20 23:00:00')", [number])

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.database, isolation_level=None)
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")
        connection.close()

    def run(self, statement: str, *values: Any) -> None:
        """One statement on the city's database."""
        with self._connection() as connection:
            connection.execute(statement, values)

    def business(self, number: int, name: str, **columns: str) -> str:
        """A row of the register; returns its code."""
        row = {"id": f"R{number}", "code": make_code(number), "name": name, "type": "公司", "status": "在业", **columns}
        self._insert("register", row)
        return row["code"]

    def penalty(self, field: int, record: str, code: str, **columns: str) -> None:
        """A row of a field: a fine, decided inside the window, unless told otherwise."""
        row = {
            "id": record,
            "code": code,
            "name": "",
            "number": f"盐罚〔2025〕{record}号",
            "type": "未按规定备案",
            "facts": f"经查，{record}。",
            "decided": "2025-06-01",
            "authority": f"单位{field}",
            "types": "罚款",
            "amount": "2000",
        }
        self._insert(f"field_{field:02d}", row | columns)

    def repaired(self, entry: str, code: str, number: str, day: str = "2026-01-05") -> None:
        """A row of the overlay of repairs."""
        self._insert("repairs", {"id": entry, "code": code, "number": number, "day": day})

    def _insert(self, table: str, row: dict[str, str]) -> None:
        marks = ", ".join("?" for _ in row)
        self.run(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", *row.values())
