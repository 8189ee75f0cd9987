"""Files that mean harm: the worker dies, the answer is "unreadable", the next file is served."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from io import BytesIO

import pytest
from reportlab.pdfgen.canvas import Canvas

from creditreport.config import Settings
from creditreport.signing.signer import load_signer
from creditreport.verification.inspection import inspect_pdf
from creditreport.verification.sandbox import Sandbox
from creditreport.verification.unread import ENCRYPTED, NOT_PDF, UNREADABLE, UNSIGNED
from tests.conftest import NOON
from tests.issued import BOX, make_pdf

CODE = "0123456789ABCDEFGHJY"
SMALL = 512 * 1024 * 1024


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox(seconds=30, memory_bytes=SMALL)
    yield sandbox
    sandbox.close()


def with_object_stream(unpacked: int) -> bytes:
    """A PDF whose catalogue lies in a stream that unpacks to ``unpacked`` bytes, nearly all of them blank."""
    packer = zlib.compressobj(1)
    block = b" " * (1024 * 1024)
    body = packer.compress(b"1 0       <</Type/Catalog>>")
    body += b"".join(packer.compress(block) for _ in range(unpacked // len(block))) + packer.flush()
    stream = b"5 0 obj\n<</Type/ObjStm/N 1/First 10/Filter/FlateDecode/Length %d>>stream\n" % len(body)
    head = b"%PDF-1.7\n" + stream + body + b"\nendstream\nendobj\n"
    # Object 1 is the first in stream 5, object 5 begins at byte 9.
    rows = b"\2\0\0\0\5\0" + b"\1" + (9).to_bytes(4, "big") + b"\0"
    table = b"6 0 obj\n<</Type/XRef/Size 7/W[1 4 1]/Index[1 1 5 1]/Root 1 0 R/Length %d>>stream\n" % len(rows)
    return head + table + rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(head)


def test_the_same_answer_as_without(sandbox: Sandbox, signing_settings: Settings) -> None:
    signed = load_signer(signing_settings).sign(make_pdf(CODE), at=NOON, page=0, box=BOX)
    found = sandbox.inspect(signed)
    assert found == inspect_pdf(signed)
    assert found.intact
    assert found.covers_whole_file
    assert found.codes == (CODE,)
    assert found.claimed_at == NOON
    assert sandbox.inspect(make_pdf(CODE)).problem == UNSIGNED
    assert sandbox.inspect(b"no").problem == NOT_PDF


def test_encrypted_by_reportlab() -> None:
    out = BytesIO()
    canvas = Canvas(out, encrypt="secret")
    canvas.drawString(72, 700, "x")
    canvas.save()
    assert inspect_pdf(out.getvalue()).problem == ENCRYPTED


def test_a_file_that_unpacks_beyond_the_memory(sandbox: Sandbox) -> None:
    assert sandbox.inspect(with_object_stream(1024 * 1024)).problem == UNSIGNED, "the form as such can be read"
    bomb = with_object_stream(SMALL)
    assert len(bomb) < SMALL / 100
    assert sandbox.inspect(bomb).problem == UNREADABLE
    assert sandbox.inspect(make_pdf(CODE)).problem == UNSIGNED, "the next file is served"


def test_a_file_that_takes_too_long() -> None:
    impatient = Sandbox(seconds=0.0)
    try:
        # Not even the start of the worker fits: it is ended, and nothing is waited for.
        assert impatient.inspect(make_pdf(CODE)).problem == UNREADABLE
        assert impatient._worker is None
    finally:
        impatient.close()


def test_a_worker_that_was_killed_is_started_again(sandbox: Sandbox) -> None:
    assert sandbox.inspect(make_pdf(CODE)).problem == UNSIGNED
    worker = sandbox._worker
    assert worker is not None
    worker.kill()
    worker.wait()
    assert sandbox.inspect(make_pdf(CODE)).problem == UNSIGNED
    assert sandbox._worker is not worker


def test_our_secrets_are_not_in_the_worker(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDITREPORT_SECRET_KEY", "a secret")
    sandbox.close()
    sandbox.inspect(make_pdf(CODE))
    assert sandbox._worker is not None
    with open(f"/proc/{sandbox._worker.pid}/environ", "rb") as file:
        assert b"CREDITREPORT" not in file.read()
    assert os.environ["CREDITREPORT_SECRET_KEY"]


@pytest.mark.parametrize("place", range(0, 900, 60))
def test_cut_off_anywhere(signing_settings: Settings, place: int) -> None:
    """Never an exception, whatever is missing."""
    signed = load_signer(signing_settings).sign(make_pdf(CODE), at=NOON, page=0, box=BOX)
    found = inspect_pdf(signed[: len(signed) * place // 900])
    assert not (found.intact and found.covers_whole_file)
