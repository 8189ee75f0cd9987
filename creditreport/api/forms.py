"""What a program sends: a list of codes as JSON, or files as multipart; nothing is guessed, nothing passed over."""

from __future__ import annotations

import json
from hashlib import file_digest, sha256
from io import BytesIO
from typing import Any, cast

from flask import request

from creditreport.accounts.apiaccess import present_program
from creditreport.api.batch import MOST, OPEN_MOST, Asked
from creditreport.api.idempotency import check_key
from creditreport.errors import Problem

# A code with its address is shorter; a longer text is none.
LONGEST = 200
MEGABYTE = 1024 * 1024
# The body of a batch of files; our own reports are 60 KB.
BATCH_BYTES = 64 * MEGABYTE
JSON, FILES, JOSE = "application/json", "multipart/form-data", "application/jose"
SIGNED = {"1": True, "true": True, "0": False, "false": False}


def read_batch(*, registered: bool) -> list[Asked]:
    """What is to be verified; ``registered`` for a program that may send batches, which may send more.

    Raises ``UNSUPPORTED_CONTENT``, ``INVALID_JSON``, ``INVALID_BATCH``, and ``SECRET_NEEDED`` for more than anybody may
    have at once; a body that is too large is refused as everywhere.
    """
    if registered:
        request.max_content_length = BATCH_BYTES
    if request.mimetype not in (JSON, FILES):
        raise Problem("UNSUPPORTED_CONTENT")
    asked = _codes(_json()) if request.mimetype == JSON else _files()
    if not 1 <= len(asked) <= MOST:
        raise _invalid(
            f"一次须有 1 至 {MOST} 项，收到 {len(asked)} 项",
            f"one to {MOST} items are checked at once, and {len(asked)} were sent",
        )
    if len(asked) > OPEN_MOST and not registered:
        raise Problem(
            "SECRET_NEEDED", what_zh=f"一次核验超过 {OPEN_MOST} 项", what_en=f"more than {OPEN_MOST} checked at once"
        )
    return asked


def wants_signature() -> bool:
    """Whether the answer shall be signed: ``?signed=1``, or ``application/jose`` preferred to JSON.

    Signing may keep an HSM busy, so it needs a program. Raises ``SECRET_NEEDED``, ``INVALID_PARAMETER``.
    """
    value = request.args.get("signed")
    if value is not None and value not in SIGNED:
        raise Problem("INVALID_PARAMETER", name="signed", value=value[:LONGEST], known="true, false")
    best = request.accept_mimetypes.best_match([JSON, JOSE]) == JOSE
    signed = SIGNED[value] if value is not None else best
    if signed and present_program() is None:
        raise Problem("SECRET_NEEDED", what_zh="签名的核验结果", what_en="an answer signed")
    return signed


def idempotency_key() -> str | None:
    """The request's ``Idempotency-Key``; answers are kept for programs only.

    Raises ``SECRET_NEEDED``, ``INVALID_IDEMPOTENCY_KEY``.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if present_program() is None:
        raise Problem(
            "SECRET_NEEDED", what_zh="保留答复（Idempotency-Key）", what_en="an answer kept (Idempotency-Key)"
        )
    return check_key(key)


def question_of(asked: list[Asked], signed: bool) -> str:
    """The SHA-256 of what is asked: of multipart its content, because its boundary is drawn anew at every try."""
    said: list[list[str | None]] = []
    for one in asked:
        digest = None
        if one.file is not None:
            digest = file_digest(cast(BytesIO, one.file), "sha256").hexdigest()
            one.file.seek(0)
        said.append([one.name, digest])
    return sha256(json.dumps([signed, said]).encode()).hexdigest()


def _json() -> Any:
    try:
        return json.loads(request.get_data().decode("utf-8"))
    # Also nesting that is deeper than Python reads.
    except (ValueError, RecursionError) as error:
        raise Problem("INVALID_JSON") from error


def _codes(body: Any) -> list[Asked]:
    codes = body.get("codes") if isinstance(body, dict) else body
    if not isinstance(codes, list) or (isinstance(body, dict) and set(body) != {"codes"}):
        raise _invalid(
            '正文须为 {"codes": ["…"]} 或 ["…"]，没有其他键', 'the body must be {"codes": ["…"]} or ["…"], no other key'
        )
    for place, code in enumerate(codes):
        if not isinstance(code, str) or not 1 <= len(code) <= LONGEST:
            raise _invalid(
                f"第 {place + 1} 项须为 1 至 {LONGEST} 个字符的文字",
                f"item {place + 1} must be a text of 1 to {LONGEST} characters",
            )
    return [Asked(code) for code in codes]


def _files() -> list[Asked]:
    sent = [*request.files.items(multi=True)]
    wrong = sorted({name for name, _ in request.form.items(multi=True)} | {name for name, _ in sent if name != "files"})
    if wrong:
        named = "、".join(wrong)[:LONGEST]
        raise _invalid(
            f"文件须放在名为 files 的部分，另有：{named}",
            f"files belong into parts named files; there are also: {named}",
        )
    return [Asked(file.filename or "", file.stream) for _, file in sent]  # type: ignore[arg-type]


def _invalid(zh: str, en: str) -> Problem:
    return Problem("INVALID_BATCH", detail_zh=zh, detail_en=en)
