"""What is not listed is nowhere: not in the page's text, not in the attachment, not in what a verifier is told.

One showcase business for each reason code of the rule set: its sources hold such a record (asked for by ``pull``'s own
function), its report does not show it.
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
from creditreport.reports.issue import IssuedReport, issue_report
from creditreport.reports.request import IssueRequest
from creditreport.service import Service
from creditreport.verification.verify import verify_file
from creditreport.violations.collect import Collection, collect
from creditreport.violations.reason import Reason
from tests.conftest import NOON

# These two cannot come from a department: screening a request by hand shows them.
REASONS = [r for r in Reason if r not in {Reason.NOT_THIS_ENTITY, Reason.DOMAIN_NOT_IMPLEMENTED}]
YEARS = 3


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

    request = IssueRequest(uscc=uscc, years=str(YEARS), purpose="commerce", requested_by="a test")
    issued = issue_report(demo_service, request, NOON)
    shown = {(d.slug, r.record_id): r for d in issued.content.domains for r in d.records}
    assert not left_out & shown.keys()

    printed = {"".join((r.document_number or "").split()) for r in shown.values()}
    places = _places(demo_service, issued, tmp_path)
    found = []
    for key in left_out:
        # A duplicate's number and facts are those of its listed twin; its own entry is what must not be there.
        record = known[key]
        for value in (record.document_number, record.facts):
            bare = "".join((value or "").split())
            if bare and bare not in printed and reason is not Reason.DUPLICATE:
                found += [(key, place) for place, text in places.items() if bare in text]
    assert found == []
