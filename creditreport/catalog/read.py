"""Reading one manifest file: TOML, form, and errors that name the key in a readable way."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from creditreport.catalog.check import ManifestProblem, semantic_problems
from creditreport.catalog.manifest import DRIVER_NAMES, LocatedManifest, Manifest
from creditreport.catalog.references import literal_secrets
from creditreport.catalog.words import Vocabulary

_PLAIN_WORDS = (
    "清单中不得写入密码、令牌等，请改用 env:变量名 或 file:文件 / "
    "no password or secret in a manifest; refer to it with env:NAME or file:PATH"
)
_SENTENCES = {
    "missing": "缺少这个键 / this key is missing",
    "extra_forbidden": "没有这个键，请核对拼写 / there is no such key, check the spelling",
}


def read_manifest(path: Path, vocabulary: Vocabulary) -> tuple[LocatedManifest | None, list[ManifestProblem]]:
    """The manifest in ``path``, or ``None`` when it has no right form, and every problem found in it."""
    file = path.name
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        return None, [ManifestProblem(file, "", f"不能读取文件：{error.strerror} / cannot read the file")]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return None, [ManifestProblem(file, "", f"不是正确的 TOML：{error} / is not TOML")]
    problems = [ManifestProblem(file, key, _PLAIN_WORDS) for key in literal_secrets(raw)]
    try:
        manifest = Manifest.model_validate(raw)
    except ValidationError as error:
        secrets = {problem.key for problem in problems}
        found = [ManifestProblem(file, key, text) for key, text in _form_problems(error, raw) if key not in secrets]
        return None, problems + found
    located = LocatedManifest(path=path.absolute(), manifest=manifest)
    return located, problems + semantic_problems(located, vocabulary)


def _form_problems(error: ValidationError, raw: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for each in error.errors():
        # The union of drivers puts the driver's name into the path; nobody wrote it in the file.
        parts = [str(part) for part in each["loc"]]
        if parts[:1] == ["source"] and parts[1:2] and parts[1] in DRIVER_NAMES:
            del parts[1]
        key = ".".join(parts)
        if each["type"].startswith("union_tag") and key == "source":
            given = raw.get("source", {})
            driver = given.get("driver") if isinstance(given, dict) else None
            known = "、".join(sorted(DRIVER_NAMES))
            yield "source.driver", f"没有驱动“{driver}”，现有：{known} / there is no driver “{driver}”"
            continue
        text = _SENTENCES.get(each["type"]) or each["msg"].removeprefix("Value error, ")
        yield key, text
