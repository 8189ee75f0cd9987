"""The choice of an edition on the pages: at issuing, and later on the report's own page."""

from __future__ import annotations

import re
from io import BytesIO

import pypdf
from flask.testing import FlaskClient

from tests.portal import Portal, get, post

CHOICE = {"years": "3", "purpose": "commerce"}


def issued(client: FlaskClient, **changes: str) -> str:
    answer = post(client, "/reports", {**CHOICE, **changes})
    assert answer.status_code == 303
    return str(answer.location)


def language_of(client: FlaskClient, path: str) -> str:
    answer = get(client, path)
    assert answer.mimetype == "application/pdf"
    return str(pypdf.PdfReader(BytesIO(answer.data)).trailer["/Root"]["/Lang"])


def test_chinese_unless_another_is_chosen(portal: Portal) -> None:
    client = portal.signed_in("mine")
    desk = get(client, "/").get_data(as_text=True)
    assert re.findall(r'name="language" value="(\w+)"( checked)?', desk) == [
        ("zh", " checked"),
        ("en", ""),
        ("both", ""),
    ]
    assert language_of(client, issued(client) + "/pdf").startswith("zh")
    assert language_of(client, issued(client, language="en") + "/pdf") == "en"
    refused = post(client, "/reports", {**CHOICE, "language": "fr"})
    assert refused.status_code == 422
    assert "文种" in refused.get_data(as_text=True)


def test_another_edition_is_made_on_the_reports_page(portal: Portal) -> None:
    client = portal.signed_in("mine")
    page = issued(client)
    before = get(client, page).get_data(as_text=True)
    assert re.findall(r'name="language" value="(\w+)"', before) == ["en", "both"]
    assert get(client, f"{page}/pdf?edition=en").status_code == 404
    made = post(client, f"{page}/editions", {"language": "en"})
    assert (made.status_code, made.location) == (303, f"{page}/pdf?edition=en")
    assert language_of(client, made.location) == "en"
    assert language_of(client, f"{page}/pdf").startswith("zh")
    after = get(client, page).get_data(as_text=True)
    assert re.findall(r'name="language" value="(\w+)"', after) == ["both"]
    assert f'href="{page}/pdf?edition=en"' in after
    assert post(client, f"{page}/editions", {"language": "fr"}).status_code == 422


def test_nobody_makes_or_fetches_an_edition_of_anothers_report(portal: Portal) -> None:
    page = issued(portal.signed_in("mine"), language="both")
    stranger = portal.signed_in("other")
    assert post(stranger, f"{page}/editions", {"language": "en"}).status_code == 404
    for edition in ("both", "en"):
        assert get(stranger, f"{page}/pdf?edition={edition}").status_code == 404
