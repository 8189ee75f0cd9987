"""Static files are named by their digest and kept for a year; an old name is never kept."""

from __future__ import annotations

import re

import pytest
from flask import url_for

from tests.portal import Portal, get


def test_every_file_that_a_page_loads_is_named_by_its_digest(portal: Portal) -> None:
    page = get(portal.visitor(), "/verify").get_data(as_text=True)
    loaded = re.findall(r'(?:href|src)="(/(?:bootstrap/)?static/[^"]+)"', page)
    assert len(loaded) >= 4
    for address in loaded:
        assert re.search(r"\.[0-9a-f]{10}\.\w+$", address), address
        answer = get(portal.visitor(), address)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/static/site.css", "/bootstrap/static/css/bootstrap.min.css"])
def test_other_names_are_not_kept_for_long(portal: Portal, path: str) -> None:
    plain = get(portal.visitor(), path)
    assert "immutable" not in plain.headers["Cache-Control"]
    stem, _, suffix = path.rpartition(".")
    older = get(portal.visitor(), f"{stem}.0123456789.{suffix}")
    assert (older.status_code, older.headers["Cache-Control"]) == (200, "no-store")
    assert older.data == plain.data
    assert get(portal.visitor(), f"{stem}x.0123456789.{suffix}").status_code == 404


def test_nothing_outside_the_folder_is_named_or_handed_out(portal: Portal) -> None:
    with portal.app.test_request_context():
        assert url_for("static", filename="../config.py") == "/static/../config.py"
        assert url_for("static", filename="nothing.css") == "/static/nothing.css"
    assert get(portal.visitor(), "/static/../__init__.0123456789.py").status_code == 404
