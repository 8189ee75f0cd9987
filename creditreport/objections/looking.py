"""Looking at a file that somebody handed in: what it is by its content, in a process of its own with bounds.

The file may be hostile. A parser that is made to run for ever, or to unpack gigabytes, costs that process its life and
the person the answer that the file cannot be read; nothing of ours runs in there but the parsers.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from io import BytesIO
from typing import Any

SECONDS = 20
MEMORY_BYTES = 1024 * 1024 * 1024
MOST_PAGES = 200
# Pages that are drawn, small, to see that they can be; a scan of a decision has a few.
DRAWN_PAGES = 20
MOST_PIXELS = 60_000_000
UNREADABLE = "unreadable"
MIMETYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}


@dataclass(frozen=True, slots=True)
class Looked:
    """``form`` is ``pdf``, ``jpeg`` or ``png``, or ``problem`` says in a word why the file is not taken."""

    form: str | None = None
    problem: str | None = None


def look_at(data: bytes) -> Looked:
    """What a file is by its content; :data:`UNREADABLE` when the bounds were not enough for it."""
    kept = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "creditreport.objections.looking"],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            env={name: os.environ[name] for name in kept if name in os.environ},
            check=False,
        )
        answer = json.loads(done.stdout) if done.returncode == 0 else {}
    except (subprocess.TimeoutExpired, ValueError):
        answer = {}
    return Looked(answer.get("form"), answer.get("problem")) if answer else Looked(problem=UNREADABLE)


def _look(data: bytes) -> dict[str, Any]:
    if data.startswith(b"%PDF-"):
        return _look_at_pdf(data)
    for form, magic in (("jpeg", b"\xff\xd8\xff"), ("png", b"\x89PNG\r\n\x1a\n")):
        if data.startswith(magic):
            return _look_at_picture(data, form)
    return {"problem": "form"}


def _look_at_pdf(data: bytes) -> dict[str, Any]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        return {"problem": "encrypted" if "password" in str(error).lower() else UNREADABLE}
    if not 1 <= len(document) <= MOST_PAGES:
        return {"problem": "pages"}
    for at in range(min(len(document), DRAWN_PAGES)):
        page = document[at]
        longest = max(page.get_size())
        if longest <= 0:
            return {"problem": UNREADABLE}
        page.render(scale=min(1.0, 200 / longest))
    return {"form": "pdf"}


def _look_at_picture(data: bytes, form: str) -> dict[str, Any]:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(BytesIO(data), formats=[form.upper()]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return {"problem": "pixels"}
            picture.load()
    except Image.DecompressionBombError:
        return {"problem": "pixels"}
    except Exception:  # whatever the parser makes of a stranger's file
        return {"problem": UNREADABLE}
    return {"form": form}


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    sys.stdout.write(json.dumps(_look(sys.stdin.buffer.read())))
