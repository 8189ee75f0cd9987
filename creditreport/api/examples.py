"""Examples in the description of the interface: an invented report, as the program tells of one."""

from __future__ import annotations

from typing import Any

CODE = "0123-4567-89AB-CDEF-GHJY"
VERDICT: dict[str, Any] = {
    "status": "VALID",
    "number": "320900202611210000017",
    "entity_name": "盐城甲示例有限公司",
    "uscc": "91320900MA0000001L",
    "issued_at": "2026-11-21T10:00:00+08:00",
    "valid_until": "2026-12-21",
    "window": {"start": "2023-11-20", "end": "2026-11-20"},
    "status_since": None,
    "revoked_by": None,
    "listed": 1,
    "years": 3,
    "purpose": "commerce",
    "showing": "records",
    "domains": [
        {
            "number": 9,
            "slug": "taxation",
            "title": "税务",
            "title_en": "Taxation",
            "responsible_unit": "国家税务总局盐城市税务局",
            "status": "complete",
            "listed": 1,
            "data_as_of": "2026-11-20T23:00:00+08:00",
        }
    ],
    "records": [
        {
            "domain": "taxation",
            "record_id": "7",
            "kind": "penalty",
            "document_number": "盐税罚〔2025〕7号",
            "facts": "未按规定备案",
            "penalty_types": ["fine"],
            "fine_yuan": "2000",
            "decided_on": "2025-06-01",
            "authority": "某税务局",
            "disputed": False,
        }
    ],
    "marks": [],
    "sha256_matches": None,
    "detail": None,
}
UNKNOWN: dict[str, Any] = {
    **dict.fromkeys(VERDICT),
    "status": "UNKNOWN",
    "marks": [],
    "detail": {
        "zh": "本机关没有出具过使用此核验码的报告。",
        "en": "No report with this code was issued here.",
    },
}
STEPS = [
    {"step": number, "name": name, "ok": True}
    for number, name in enumerate(
        ("signature_intact", "covers_whole_file", "chain_trusted", "digest_matches_issued", "status_today"), start=1
    )
]
RESULTS: dict[str, Any] = {
    "checked_at": "2026-11-21T12:00:00+08:00",
    "counts": {"UNKNOWN": 1, "VALID": 1},
    "results": [{"asked": CODE, **VERDICT}, {"asked": "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZG", **UNKNOWN}],
}
FILES: dict[str, Any] = {
    "checked_at": "2026-11-21T12:00:00+08:00",
    "counts": {"VALID": 1},
    "results": [{"asked": "report.pdf", **VERDICT, "sha256_matches": True, "steps": STEPS}],
}
CODES: dict[str, Any] = {"codes": [one["asked"] for one in RESULTS["results"]]}
CLIENT: dict[str, Any] = {
    "name": "示例招标平台",
    "key_id": "0a1b2c3d4e5f",
    "scopes": ["verify", "verify:batch"],
    "per_minute": 600,
    "expires_on": "2027-11-21",
}
KEYS: dict[str, Any] = {
    "keys": [
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
            "kid": "5d41402abc4b2a76b9719d911017c592ae2f1c1d6a7b8c9d0e1f2a3b4c5d6e7f",
            "alg": "ES256",
            "use": "sig",
            "x5c": ["MIIB…"],
        }
    ]
}
SIGNED = "eyJhbGciOiJFUzI1NiIsImtpZCI6IjVkNDE0In0.eyJpc3MiOiJodHRwczovL2NyZWRpdC5leGFtcGxlIn0.c2lnbmF0dXJl"
