"""Where a manifest's addresses come from: ``env:NAME``, ``file:PATH`` or a harmless literal.

A password or another secret is never written in a manifest: it stands in a variable or in a file that only the
service can read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

ENV_REFERENCE = re.compile(r"^env:(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<rest>/.*)?$", re.DOTALL)

# user:password@ in an address; a secret given as a parameter (SQLAlchemy's odbc_connect carries it percent-encoded).
_USER_PASSWORD = re.compile(r"://[^/@\s:]*:[^/@\s]+@")
_PARAMETER = re.compile(
    r"(?i)(?<![a-z])(password|passwd|passphrase|pwd|pass|secret|token|access[_-]?key|api[_-]?key|auth)=\s*[^&;\s]"
)
_QUERY_PARAMETER = re.compile(r"(?i)(?<![a-z])(password|passwd|pwd)\s*=\s*[^\s]")
_SECRET_KEY = re.compile(
    r"(?i)(^|[_-])(password|passwd|passphrase|pwd|secret|token|authorization|api[_-]?key|access[_-]?key)$"
)


class UnresolvedReference(ValueError):
    """A reference that cannot be followed; the message names the variable or file."""


def resolve(text: str, environ: Mapping[str, str], folder: Path) -> str:
    """The value that ``text`` refers to; relative ``file:`` paths are relative to ``folder``.

    ``env:NAME`` may be followed by ``/rest``, which is put behind the variable's value.
    Raises :class:`UnresolvedReference` when the variable is not set or the file cannot be read.
    """
    if text.startswith("env:"):
        match = ENV_REFERENCE.match(text)
        if match is None:
            raise UnresolvedReference(f"“{text}” 不是 env:变量名 的形式 / is not of the form env:NAME")
        value = environ.get(match["name"])
        if not value:
            raise UnresolvedReference(f"环境变量 {match['name']} 未设置 / the variable {match['name']} is not set")
        return value + (match["rest"] or "")
    if text.startswith("file:"):
        path = folder / text.removeprefix("file:")
        try:
            return path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UnresolvedReference(f"不能读取文件 {path} / cannot read the file {path}") from error
    return text


def literal_secrets(raw: Mapping[str, Any]) -> Iterator[str]:
    """The keys (dotted) of a raw manifest that hold a password or another secret in plain words."""
    for key, written in _strings("", raw):
        value = unquote(written)
        name = key.rsplit(".", 1)[-1]
        if value.startswith(("env:", "file:")):
            if _PARAMETER.search(value):
                yield key
        elif key.startswith(("lookups.", "fields.")):
            # The words of a table and the names of columns are no addresses.
            continue
        elif name == "query":
            if _USER_PASSWORD.search(value) or _QUERY_PARAMETER.search(value):
                yield key
        elif _SECRET_KEY.search(name) or _USER_PASSWORD.search(value) or _PARAMETER.search(value):
            yield key


def _strings(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield prefix, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _strings(f"{prefix}.{key}" if prefix else str(key), inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(prefix, inner)
