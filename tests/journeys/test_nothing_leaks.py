"""What is not listed is nowhere: not in the page's text, not in the attachment, not in what a verifier is told.

One showcase business for each reason code of the rule set: its sources hold such a record (asked for by ``pull``'s own
function), its report does not show it: no number, no fact, no date, no sum, no count. The editions take turns.
"""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from creditreport.demo.roles import reason_key
from creditreport.entities.entity import BusinessEntity
from creditreport.entities.register import find_entity
from creditreport.reports.content import ListedRecord
from creditreport.reports.issue import IssuedReport, issue_report
from creditreport.reports.request import IssueRequest
from creditreport.service import Service
from creditreport.verification.verify import verify_file
from creditreport.violations.collect import Collection, collect
from creditreport.violations.reason import Reason
from creditreport.violations.record import Kind, ViolationRecord
from tests.conftest import NOON

# These two cannot come from a department: screening a request by hand shows them.
REASONS = [r for r in Reason if r not in {Reason.NOT_THIS_ENTITY, Reason.DOMAIN_NOT_IMPLEMENTED}]
YEARS = 3
LANGUAGES = ("zh", "en", "both")


def _plan(service: Service, reason: Reason) -> tuple[str, dict[str, list[dict[str, Any]]]]:
    expected = json.loads((service.settings.var_dir / "demo" / "expected.json").read_text(encoding="utf-8"))
    uscc = expected["showcase"][reason_key(reason)]["uscc"]
    return uscc, next(one["records"] for one in expected["businesses"] if one["uscc"] == uscc)


def _collected(service: Service, entity: BusinessEntity) -> Collection:
    day = NOON.date()
    end = service.calendar.previous_working_day(day)
    return collect(service.catalog, entity, day, end, NOON, service.collecting)


def _places(service: Service, issued: IssuedReport, folder: Path) -> dict[str, str]:
    """Everything that leaves the house, without white space, by where it is."""
    file = folder / "report.pdf"
    file.write_bytes(issued.pdf)
    text = subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True, text=True).stdout
    attached = PdfReader(io.BytesIO(issued.pdf)).attachments["report.json"][0].decode()
    settings = service.settings
    with service.reading() as session:
        verdict = verify_file(
            session, issued.pdf, NOON, service.trust, settings.upload_limit_bytes, current=service.currency
        )
    assert verdict.is_valid
    told = json.dumps(verdict.as_json(), ensure_ascii=False)
    return {place: "".join(t.split()) for place, t in (("text", text), ("attachment", attached), ("verdict", told))}


@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason.value)
def test_a_record_that_is_not_listed_is_nowhere(demo_service: Service, tmp_path: Path, reason: Reason) -> None:
    uscc, planned = _plan(demo_service, reason)
    with demo_service.reading() as session:
        entity = find_entity(session, uscc)
    left_out = {
        (slug, one["record_id"])
        for slug, records in planned.items()
        for one in records
        if one["decisions"][str(YEARS)] == reason.value
    }
    known = {(r.domain, r.record_id): r for a in _collected(demo_service, entity).answers for r in a.records}
    assert len(left_out) >= 3
    assert left_out <= known.keys()

    language = LANGUAGES[REASONS.index(reason) % len(LANGUAGES)]
    request = IssueRequest(uscc, str(YEARS), "commerce", "a test", language=language)
    issued = issue_report(demo_service, request, NOON)
    shown = {(d.slug, r.record_id): r for d in issued.content.domains for r in d.records}
    assert not left_out & shown.keys()

    places = _places(demo_service, issued, tmp_path)
    printed = set().union(*(_values(record) for record in shown.values()), _own_values(issued))
    # A duplicate's number, facts, date and sum are those of its listed twin; its own entry is what must not be there.
    told = "".join("".join(record.model_dump_json().split()) for record in shown.values())
    secret = {value for key in left_out for value in _values(known[key]) - printed if value not in told}
    assert secret or reason is Reason.DUPLICATE
    assert [(value, place) for value in secret for place, text in places.items() if value in text] == []
    counted = sum(one["decisions"][str(YEARS)] is None for records in planned.values() for one in records)
    assert len(shown) == issued.content.listed == counted
    assert f'"listed":{counted},' in places["verdict"]


def _values(record: ViolationRecord | ListedRecord) -> set[str]:
    """Whatever of a record could be recognised, as each place writes it, without white space."""
    day = record.decided_on or record.listed_on
    found = {record.document_number, record.facts, record.penalty_content}
    if day is not None:
        found |= {day.isoformat(), f"{day.year}年{day.month}月{day.day}日", f"{day.day}{day:%B%Y}"}
    for amount in (record.fine_yuan, record.confiscated_yuan):
        if amount:
            found |= {f"{amount:,.2f}"}
    return {bare for value in found if value and (bare := "".join(value.split()))}


def _own_values(issued: IssuedReport) -> set[str]:
    """The days of the report itself, which a record may share."""
    content = issued.content
    days = [content.window.start, content.window.end, content.valid_until, content.issued_at.date()]
    days += [domain.data_as_of.date() for domain in content.domains if domain.data_as_of]
    return set().union(*(_values(ListedRecord(record_id="", kind=Kind.PENALTY, decided_on=day)) for day in days))
