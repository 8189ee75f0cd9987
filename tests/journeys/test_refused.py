"""A source that is away: no report, the page names the field and who must act; back again, the report is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.conftest import Site, Visitor

Visitors = Callable[..., Visitor]


@pytest.fixture
def lost_folder(site: Site) -> Iterator[Path]:
    """One department's folder of drops, taken away for a while."""
    folder = sorted(path for path in site.drops.iterdir() if path.is_dir())[0]
    away = folder.with_name("away")
    folder.rename(away)
    yield folder
    if away.is_dir():
        away.rename(folder)


def titles(site: Site, folder: Path) -> list[str]:
    """The fields whose manifests read that folder."""
    manifests = [located.manifest for located in site.service.catalog.domains]
    return [m.title for m in manifests if str(getattr(m.source, "folder", "")).endswith(f"/{folder.name}")]


def test_the_page_names_the_field(visitor: Visitors, site: Site, lost_folder: Path) -> None:
    business = visitor()
    business.sign_in("former_name")
    business.ask(3, "commerce")
    said = business.page.locator(".refusal").inner_text()
    wanted = titles(site, lost_folder)
    assert wanted
    assert all(title in said for title in wanted)
    assert "没有出具报告" in said
    business.open("/")
    assert business.page.locator("ul.history li").count() == 0

    lost_folder.with_name("away").rename(lost_folder)
    business.ask(3, "commerce")
    business.page.locator("svg.qr").wait_for()
    business.open("/")
    assert business.page.locator("ul.history li").count() == 1


def test_a_row_that_only_a_person_can_settle(visitor: Visitors) -> None:
    business = visitor()
    business.sign_in("quarantined_unclear")
    business.ask(1, "finance")
    assert "SOURCE_INCOMPLETE" in business.page.locator(".refusal").inner_text()


@pytest.mark.parametrize("key", ["social_organisation", "deregistered", "duplicate_code"])
def test_who_cannot_apply_reads_why(visitor: Visitors, site: Site, key: str) -> None:
    business = visitor()
    business.sign_in(key)
    business.ask(1, "finance")
    assert business.page.locator(".refusal .lead").inner_text()
    business.open("/")
    assert business.page.locator("ul.history li").count() == 0
