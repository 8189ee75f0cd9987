"""The pages follow the rule set: how many years they offer, and what happens on a day without rules."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from creditreport.config import Settings
from creditreport.reports.fonts import FontSet
from creditreport.rules.notices import warnings
from tests.conftest import NOON
from tests.portal import Portal, get, make_portal, post
from tests.rulesets import write

YEARS = re.compile(r'name="years" value="(\d+)"')


def portal(tmp_path: Path, signing: Settings, fonts: FontSet, **changes: str) -> Portal:
    return make_portal(tmp_path / "portal", signing, fonts, **changes)


@pytest.mark.parametrize(("ruleset", "longest"), [("yancheng-2024", 3), ("national-2025", 5)])
def test_the_form_offers_the_years_of_the_rule_set(
    tmp_path: Path, signing_settings: Settings, fonts: FontSet, ruleset: str, longest: int
) -> None:
    made = portal(tmp_path, signing_settings, fonts, RULESET=ruleset)
    business = made.signed_in("mine")
    page = get(business, "/").get_data(as_text=True)
    assert [int(value) for value in YEARS.findall(page)] == list(range(1, longest + 1))
    fields = {"purpose": "commerce", "language": "zh"}
    assert post(business, "/reports", {"years": str(longest + 1), **fields}).status_code == 422
    answer = post(business, "/reports", {"years": str(longest), **fields})
    assert answer.status_code == 303
    shown = get(business, answer.headers["Location"]).get_data(as_text=True)
    assert {3: "近三年", 5: "近五年"}[longest] in shown


def test_a_trial_that_is_over_stops_nothing(tmp_path: Path, signing_settings: Settings, fonts: FontSet) -> None:
    made = portal(tmp_path, signing_settings, fonts)
    assert [one.code for one in warnings(made.service, NOON)] == ["RULESET_TRIAL_OVER", "WORKDAYS_ESTIMATED"]
    assert get(made.visitor(), "/healthz").status_code == 200
    assert get(made.visitor(), "/readyz").json["checks"]["ruleset"] is True


def test_on_a_day_without_rules_old_reports_can_still_be_fetched(
    tmp_path: Path, signing_settings: Settings, fonts: FontSet
) -> None:
    write(tmp_path, 1, "2025-01-01", "2026-06-30")
    made = portal(tmp_path, signing_settings, fonts)
    number = made.issue(made.mine).number
    made.service.settings = replace(made.service.settings, ruleset="town-2025", rulesets_dir=tmp_path)
    for name in ("rules", "rulebook"):
        made.service.__dict__.pop(name, None)
    business = made.signed_in("mine")
    assert get(business, f"/reports/{number}").status_code == 200
    page = get(business, "/")
    assert (page.status_code, "town-2025" in page.get_data(as_text=True)) == (503, True)
    assert get(made.visitor(), "/healthz").status_code == 200
    ready = get(made.visitor(), "/readyz")
    assert (ready.status_code, ready.json["checks"]["ruleset"]) == (503, False)
    assert made.service.rules.upload_days(NOON.date()) == 7
