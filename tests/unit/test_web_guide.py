"""The guide: for everybody, in both languages, searched without script, as fresh as our own store."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from creditreport.config import CHECKOUT
from creditreport.errors import Problem
from creditreport.guide.content import FILE, read_guide
from creditreport.guide.fields import guide_fields
from creditreport.guide.search import read_search
from creditreport.mirror.models import MirrorRun, RunState
from tests.conftest import NOON
from tests.portal import Portal, get


def page(portal: Portal, query: str = "") -> str:
    answer = get(portal.visitor(), f"/guide{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_all_fields_stand_there_with_their_units(portal: Portal, language: str) -> None:
    text = page(portal, f"?lang={language}")
    for located in portal.service.catalog.domains:
        manifest = located.manifest
        assert manifest.responsible_unit in text
        assert (manifest.title_en if language == "en" else manifest.title) in text
    assert "{" not in text.split("<main", 1)[1]
    assert portal.service.settings.official_domain in text


def test_it_asks_our_store_twice_and_no_source(portal: Portal) -> None:
    statements: list[str] = []
    engine = portal.service.engine

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        page(portal)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len([one for one in statements if one.startswith("SELECT")]) == 2


def test_how_fresh_a_field_is_comes_from_what_was_last_heard(portal: Portal) -> None:
    slug = portal.service.catalog.domains[0].manifest.slug
    issued = {one.slug: one for one in portal.issue(portal.mine).content.domains}
    with portal.service.reading() as session:
        first = guide_fields(session, portal.service.catalog, NOON.date())[0]
        before = guide_fields(session, portal.service.catalog, NOON.date().replace(year=2000))
    assert first.data_as_of == issued[slug].data_as_of
    assert first.implemented
    assert not any(one.implemented for one in before if one.effective_from)


def test_a_failed_reading_does_not_make_a_mirrored_source_look_fresh(portal: Portal) -> None:
    catalog = portal.service.catalog
    located = catalog.domains[1]
    mirrored = located.manifest.model_copy(update={"mode": "mirrored"})
    changed = replace(
        catalog, domains=(catalog.domains[0], located.model_copy(update={"manifest": mirrored}), *catalog.domains[2:])
    )
    with portal.service.sessions() as session:
        for state, day in ((RunState.COMPLETE, 19), (RunState.COMPLETE, 20), (RunState.FAILED, 21)):
            at = NOON.replace(day=day)
            session.add(
                MirrorRun(
                    slug=mirrored.slug, state=state, started_at=at, ended_at=at, whole=True, data_as_of=at, kept_by="",
                    mapped_by="", columns="[]", rows_read=0, skipped="{}", added=0, changed=0, vanished=0, unchanged=0,
                    quarantined=0,
                )
            )  # fmt: skip
        session.flush()
        found = guide_fields(session, changed, NOON.date())[1]
        session.rollback()
    assert found.mirrored
    assert found.data_as_of == found.heard_at == NOON.replace(day=20)


def test_searching_shows_what_holds_every_word_and_marks_it(portal: Portal) -> None:
    unit = portal.service.catalog.domains[3].manifest.responsible_unit
    text = page(portal, f"?q={unit}")
    assert f"<mark>{unit}</mark>" in text
    assert portal.service.catalog.domains[5].manifest.title not in text
    assert "<mark>有效</mark>" in page(portal, "?q=%E3%80%80有效%20一个月")
    nothing = page(portal, "?q=zzzz")
    assert "没有找到" in nothing
    assert 'id="steps"' not in nothing
    assert "<mark>verif" in page(portal, "?lang=en&q=VERIF").lower()


def test_what_a_stranger_types_stays_text(portal: Portal) -> None:
    assert "<script>" not in page(portal, "?q=<script>alert(1)</script>")
    assert page(portal, "?q=" + "(" * 500)
    search = read_search("a&b <")
    assert str(search.marked("x a&b < y")) == "x <mark>a&amp;b</mark> <mark>&lt;</mark> y"
    assert read_search("ＡＢＣ").words == ("ABC",)


def test_a_wrong_file_is_named_with_the_place(tmp_path: Path) -> None:
    good = (CHECKOUT / "templates" / FILE).read_text(encoding="utf-8")
    (tmp_path / "guide").mkdir()
    for wrong, where in (
        (good.replace("answer_en", "answer_xx", 1), "question.0.answer_en"),
        (good.replace("{authority}", "{telephone}"), "may hold only"),
        ("[intro", "guide.toml"),
    ):
        (tmp_path / FILE).write_text(wrong, encoding="utf-8")
        with pytest.raises(Problem) as told:
            read_guide(tmp_path)
        assert told.value.code == "INVALID_GUIDE"
        assert where in told.value.en
