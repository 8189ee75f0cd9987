"""The samples once more, out of a real source of the manifest's own kind, asked as a report asks it.

So the cells of a sample are those that the driver hands over, and the manifests' own statements run.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from creditreport.catalog.load import load_catalog
from creditreport.catalog.manifest import LocatedManifest, Role
from creditreport.clock import SHANGHAI
from creditreport.violations.answer import Answer, AnswerStatus
from creditreport.violations.collect import Collecting, collect_one, read_register
from creditreport.worktime import load_work_calendar
from tests.contract.sample_checks import told_apart
from tests.contract.sample_sources import standing
from tests.contract.sampling import BUSINESS, load_sample

CATALOG = load_catalog(Path(__file__).parents[2] / "domains")
ASKED_AT = datetime(2026, 11, 21, 12, tzinfo=SHANGHAI)


def patient(located: LocatedManifest) -> LocatedManifest:
    """The manifest without its guard rails, which a few rows cannot meet, and with time for a busy machine."""
    manifest = located.manifest
    expect = manifest.expect.model_copy(update={"min_rows": 1, "max_rows": None, "share": ()})
    return located.model_copy(
        update={"manifest": manifest.model_copy(update={"expect": expect, "deadline_seconds": 30})}
    )


@pytest.mark.parametrize("located", CATALOG.all, ids=lambda located: located.manifest.slug)
def test_out_of_a_real_source_come_the_same_records(located: LocatedManifest, tmp_path: Path) -> None:
    sample = load_sample(located, CATALOG.vocabulary, frozenset())
    with standing(sample, tmp_path) as environ:
        ctx = Collecting(environ, CATALOG.vocabulary, load_work_calendar(None))
        answer: Answer
        values: list[Any]
        if located.manifest.role is Role.REGISTER:
            reading = read_register(patient(located), ctx, ASKED_AT)
            answer, values = reading.answer, list(reading.entities)
        else:
            answer = collect_one(
                patient(located), BUSINESS, date(2026, 11, 20), ASKED_AT, ASKED_AT.date(), ctx, CATALOG
            )
            values = [*answer.records, *answer.entries]
    assert list(told_apart(sample, values, answer.quarantined, answer.skipped)) == [], answer.problem
    if not answer.quarantined:
        assert answer.status is AnswerStatus.COMPLETE, answer.problem
    assert answer.rows_read == len(sample.form.rows)
