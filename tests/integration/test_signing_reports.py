"""Reports as they are rendered are signed by a mould: each kind once by pyHanko, the next like it to the same bytes."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

import pytest

from creditreport.clock import SHANGHAI
from creditreport.config import Settings
from creditreport.reports.fonts import FontSet
from creditreport.reports.pages import render
from creditreport.signing.mould import MouldSigner
from creditreport.signing.signer import DocumentSigner, load_signer
from tests.papers import report
from tests.printed import Printed

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)


class FixedKey:
    """A key whose value is always the same, so that two signers can be compared to the byte."""

    place = "fixed"

    def __init__(self, like: DocumentSigner) -> None:
        self.certificate, self.chain = like.key.certificate, like.key.chain

    def sign_raw(self, data: bytes) -> bytes:
        """Seventy bytes that follow from what is signed."""
        return (data * 2)[-70:]


@pytest.mark.parametrize("kind", ["clean", "found", "long"])
def test_a_rendered_report_fits_the_mould(
    kind: str,
    request: pytest.FixtureRequest,
    fonts: FontSet,
    signing_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "urandom", lambda size: b"\x2a" * size)
    like = load_signer(signing_settings)
    assert isinstance(like, MouldSigner)
    quick, plain = (one(FixedKey(like), name="某中心", location="门户") for one in (MouldSigner, DocumentSigner))
    made = request.getfixturevalue(kind)
    assert isinstance(made, Printed)
    page, box = made.rendered.seal_page, made.rendered.seal_box
    # The same kind of report about another business, if there is one: the first that pyHanko sees.
    first = render(report(name="盐城另一家有限公司"), fonts).pdf if kind == "clean" else made.rendered.pdf
    assert first != made.rendered.pdf or kind != "clean"
    quick.sign(first, at=NOON - timedelta(days=3), page=page, box=box)
    monkeypatch.setattr(quick, "_first_of_its_kind", None)
    assert quick.sign(made.rendered.pdf, at=NOON, page=page, box=box) == plain.sign(
        made.rendered.pdf, at=NOON, page=page, box=box
    )
