"""Which problems each address may answer with, and an example of each as it is really said."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from creditreport.errors import Problem

ALWAYS = ("STORE_UNAVAILABLE", "INTERNAL_ERROR")
SECRET = ("API_KEY_INVALID", "API_KEY_OVER", "API_CLIENT_BUSY")
ONE = (*SECRET, "SECRET_NEEDED", "API_SCOPE_MISSING", "MISTYPED_CODE", "INVALID_PARAMETER", "TOO_MANY_MISSES",
       "SIGNING_UNAVAILABLE", *ALWAYS)  # fmt: skip
MANY = (*SECRET, "SECRET_NEEDED", "API_SCOPE_MISSING", "INVALID_JSON", "INVALID_IDEMPOTENCY_KEY",
        "IDEMPOTENT_REQUEST_RUNNING", "UPLOAD_TOO_LARGE", "UNSUPPORTED_CONTENT", "INVALID_BATCH", "INVALID_PARAMETER",
        "IDEMPOTENCY_KEY_REUSED", "TOO_MANY_MISSES", "SIGNING_UNAVAILABLE", *ALWAYS)  # fmt: skip
CLIENT = ("API_KEY_MISSING", *SECRET, *ALWAYS)
KEYS = ("SIGNING_UNAVAILABLE", *ALWAYS)
# What fills the sentences of the examples.
DETAILS: dict[str, dict[str, Any]] = {
    "API_CLIENT_BUSY": {"per_minute": 600, "seconds": 12},
    "API_SCOPE_MISSING": {"scope": "verify"},
    "IDEMPOTENT_REQUEST_RUNNING": {"seconds": 2},
    "INTERNAL_ERROR": {"incident": "1a2b3c4d"},
    "INVALID_BATCH": {
        "detail_zh": "一次须有 1 至 200 项，收到 0 项",
        "detail_en": "one to 200 items are checked at once, and 0 were sent",
    },
    "INVALID_PARAMETER": {"name": "signed", "value": "perhaps", "known": "true, false"},
    "MISTYPED_CODE": {
        "detail_zh": "核验码应为 20 位，输入了 19 位",
        "detail_en": "a verification code has 20 characters, 19 were typed",
    },
    "SECRET_NEEDED": {"what_zh": "一次核验超过 20 项", "what_en": "more than 20 checked at once"},
    "SIGNING_UNAVAILABLE": {"detail": "signer.p12"},
    "STORE_UNAVAILABLE": {"detail": "connection refused"},
    "TOO_MANY_MISSES": {"seconds": 60},
    "UPLOAD_TOO_LARGE": {"limit": 10},
}
WAITS = {"API_CLIENT_BUSY": 12, "IDEMPOTENT_REQUEST_RUNNING": 2, "TOO_MANY_MISSES": 60}


def example(code: str, language: str) -> dict[str, Any]:
    """A problem+json body as the program writes it."""
    shown = {"retry_after": WAITS[code]} if code in WAITS else {}
    problem = Problem(code, shown=shown, **DETAILS.get(code, {}))
    return {
        "type": "about:blank",
        "title": code,
        "status": problem.kind.http_status,
        "detail": problem.sentence(language),
        "code": code,
        **shown,
    }


def by_status(codes: tuple[str, ...], language: str) -> dict[int, dict[str, dict[str, Any]]]:
    """Examples of ``codes``, by the HTTP status that they come with."""
    found: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    for code in codes:
        told = example(code, language)
        found[told["status"]][code] = told
    return dict(sorted(found.items()))
