#!/usr/bin/env python3
"""Verify codes, or PDF files, with nothing but Python's standard library.

    python3 verify.py https://credit.example.gov.cn 0123-4567-89AB-CDEF-GHJY
    python3 verify.py https://credit.example.gov.cn one.pdf two.pdf

A registered program puts its secret into CREDITREPORT_SECRET: then up to 200 go at once.
Exit status: 0 when everything is VALID, 1 when something is not, 2 when nothing was checked.
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any

TRIES = 5
WAIT_AND_TRY_AGAIN = (409, 429, 503)


def body_of(targets: list[str]) -> tuple[bytes, str]:
    """The body and its type: files as multipart, all else as codes."""
    if not all(Path(target).is_file() for target in targets):
        return json.dumps({"codes": targets}).encode(), "application/json"
    boundary, parts = uuid.uuid4().hex, b""
    for target in targets:
        head = f'Content-Disposition: form-data; name="files"; filename="{Path(target).name}"'
        parts += f"--{boundary}\r\n{head}\r\nContent-Type: application/pdf\r\n\r\n".encode()
        parts += Path(target).read_bytes() + b"\r\n"
    return parts + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def verify(address: str, targets: list[str], secret: str | None = None) -> dict[str, Any]:
    """The answer; waits and tries again when it is told to. Raises RuntimeError with the service's own sentence."""
    body, kind = body_of(targets)
    headers = {"Content-Type": kind, "Accept": "application/json", "Accept-Language": "zh"}
    if secret:
        # Tried again with the same key, a request is worked on once.
        headers |= {"Authorization": f"Bearer {secret}", "Idempotency-Key": str(uuid.uuid4())}
    request = urllib.request.Request(f"{address.rstrip('/')}/api/v1/verifications", body, headers)  # noqa: S310
    for left in reversed(range(TRIES)):
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
                told: dict[str, Any] = json.load(answer)
                return told
        except urllib.error.HTTPError as error:
            problem = json.load(error)
            if error.code not in WAIT_AND_TRY_AGAIN or not left:
                raise RuntimeError(f"{problem['code']}: {problem['detail']}") from error
            time.sleep(float(error.headers.get("Retry-After", 5)))
    raise AssertionError


def main() -> int:
    """Print one line for each, as the service tells it."""
    address, *targets = sys.argv[1:] or [""]
    if not targets:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        told = verify(address, targets, os.environ.get("CREDITREPORT_SECRET"))
    except (RuntimeError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    for one in told["results"]:
        print(one["status"], one["asked"], one["entity_name"] or "", one["valid_until"] or "", sep="\t")
    return 0 if all(one["status"] == "VALID" for one in told["results"]) else 1


if __name__ == "__main__":
    sys.exit(main())
