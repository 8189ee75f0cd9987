"""A field of the small city that takes uploads of the double-publicity form, for tests."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

from creditreport.catalog.pull import pull
from creditreport.clock import SHANGHAI
from creditreport.config import CHECKOUT
from creditreport.doublepublicity.importing import ImportRequest, import_form
from creditreport.service import Service
from tests.integration.city import City
from tests.publicity import code

TYPES = '\n[lookups.form_types]\n"罚款" = "fine"\n"警告" = "warning"\n"没收违法所得" = "confiscation_illegal_gains"\n'


def declare(city: City, folder: Path, *, mode: str = "live", **changes: str) -> Path:
    """Field 24 of the city is the real manifest of health, with ``folder`` as its place and ``changes`` in its text."""
    folder.mkdir(parents=True, exist_ok=True)
    text = (CHECKOUT / "domains" / "24_health.toml").read_text(encoding="utf-8")
    told = {
        "env:CREDITREPORT_SOURCE_DROPS/health": str(folder), 'lookup = "penalty_types"': 'lookup = "form_types"',
        # A busy machine that runs the tests is not a slow department.
        "freshness = 5": "freshness = 5\ndeadline_seconds = 30", **changes,
    }  # fmt: skip
    for before, after in told.items():
        assert before in text
        text = text.replace(before, after)
    text = re.sub(r"^min_rows = .*", "min_rows = 1", text, flags=re.MULTILINE)
    text = re.sub(r"\[sync\]\n[^\[]*", "", re.sub(r"^mode = .*\n", "", text, flags=re.MULTILINE))
    sync = '[sync]\ncompare = "full"\n\n' if mode == "mirrored" else ""
    text = text.replace("[source]", f'mode = "{mode}"\n\n{sync}[source]')
    (city.domains_dir / "24_field_24.toml").unlink(missing_ok=True)
    (city.domains_dir / "24_health.toml").write_text(text + TYPES, encoding="utf-8")
    return folder


def drops(folder: Path) -> list[str]:
    """The files of the folder, also hidden ones; each drop that an import wrote has its checksum."""
    names = sorted(path.name for path in folder.iterdir())
    found = [name for name in names if not name.endswith(".sha256")]
    written = [name for name in found if "20261121" in name]
    assert [f"{name}.sha256" for name in written] == [name for name in names if name.endswith(".sha256")]
    return found


def send(service: Service, file: Path, at: int = 12, **changes: Any) -> dict[str, Any]:
    request = ImportRequest(file, "health", "test:张某", **changes)
    return import_form(service, request, datetime(2026, 11, 21, at, tzinfo=SHANGHAI)).as_json()


def counts(told: dict[str, Any]) -> tuple[int, int, int, int]:
    assert told["accepted"] + told["rejected"] + told["skipped"] == told["rows_read"]
    return told["rows_read"], told["accepted"], told["rejected"], told["skipped"]


def pulled(service: Service, number: int) -> tuple[str, list[str]]:
    answer = pull(service, slug="health", manifest=None, code=code(number), on=None)
    return answer["status"], [record["fine_yuan"] for record in answer["records"]]
