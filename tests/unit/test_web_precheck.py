"""The pre-check page: the business's own, in both languages; nothing of it where a verifier looks."""

from __future__ import annotations

import re

from tests.portal import Portal, get, post


def test_the_page_tells_the_signed_in_business_about_itself_only(portal: Portal) -> None:
    city = portal.city
    city.penalty(11, "MINE", portal.mine)
    city.penalty(11, "WARNED", portal.mine, types="警告")
    city.penalty(11, "SECRET", portal.mine, sealed="是")
    city.penalty(11, "THEIRS", portal.other)
    try:
        client = portal.signed_in("mine")
        empty = get(client, "/precheck").get_data(as_text=True)
        assert "盐罚〔2025〕MINE号" not in empty
        answer = post(client, "/precheck", {"years": "3", "uscc": portal.other})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        for shown in (
            "盐罚〔2025〕MINE号",
            "盐罚〔2025〕WARNED号",
            "仅为警告或通报批评",
            "单位11",
            "怎样会改变",
            "会列示 1 条",
        ):
            assert shown in page
        assert "THEIRS" not in page
        assert "SECRET" not in page
        assert page.index("MINE号") < page.index("WARNED号")

        english = client.post(
            "/precheck?lang=en",
            data={"years": "3", "csrf_token": re.findall(r'csrf_token[^>]*value="([^"]+)"', page)[-1]},
            base_url="https://credit.example.gov.cn",
            headers={"Referer": "https://credit.example.gov.cn/precheck"},
        ).get_data(as_text=True)
        assert "would list 1 record." in english
        assert 'Credit repair can be applied for: with <span lang="zh-Hans-CN">单位' in english
        assert "No more than a warning or public criticism" in english
    finally:
        city.run("DELETE FROM field_11")


def test_a_silent_source_never_reads_as_no_record(portal: Portal) -> None:
    portal.city.run("ALTER TABLE field_12 RENAME TO gone")
    try:
        page = post(portal.signed_in("mine"), "/precheck", {"years": "1"}).get_data(as_text=True)
    finally:
        portal.city.run("ALTER TABLE gone RENAME TO field_12")
    assert "预查不完整" in page
    assert "领域12" in page
    assert "不会列示任何记录" not in page
    assert "没有可以展示的记录" not in page


def test_a_verifier_reads_nothing_of_what_the_pre_check_tells(portal: Portal) -> None:
    code = portal.issue(portal.mine).content.verification_code
    portal.city.penalty(13, "WARNED", portal.mine, types="警告")
    try:
        assert "WARNED" in post(portal.signed_in("mine"), "/precheck", {"years": "3"}).get_data(as_text=True)
        for path in (f"/v/{code}", f"/api/v1/verifications/{code}"):
            assert "WARNED" not in get(portal.visitor(), path).get_data(as_text=True)
    finally:
        portal.city.run("DELETE FROM field_13")
