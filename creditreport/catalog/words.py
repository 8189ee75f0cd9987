"""Tables of words: how a word of a source is found in a look-up, and the tables that all manifests share."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from pydantic import TypeAdapter, ValidationError

VOCABULARY_FILE = "vocabulary.toml"

Table = Mapping[str, str | bool]
Vocabulary = Mapping[str, Table]
_TABLES = TypeAdapter(dict[str, dict[str, str | bool]])


def comparable_word(word: str) -> str:
    """A word as look-ups compare it: NFKC, no white space at the ends, case folded."""
    return unicodedata.normalize("NFKC", word).strip().casefold()


def comparable_table(table: Table) -> Table:
    """The same table, its words in comparable form. Raises ``ValueError`` for one word with two meanings."""
    result: dict[str, str | bool] = {}
    for word, value in table.items():
        known = comparable_word(word)
        if known in result and result[known] != value:
            raise ValueError(f"“{word}” 有两种含义 / “{word}” has two meanings")
        result[known] = value
    return MappingProxyType(result)


def load_vocabulary(domains_dir: Path) -> Vocabulary:
    """The shared tables of ``domains_dir``. Raises ``ValueError`` with a readable sentence when they are wrong."""
    path = domains_dir / VOCABULARY_FILE
    try:
        tables = _TABLES.validate_python(tomllib.loads(path.read_text(encoding="utf-8")), strict=True)
    except OSError as error:
        raise ValueError(f"不能读取词表 {path} / cannot read the vocabulary") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"不是正确的 TOML：{error} / is not TOML") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    return MappingProxyType({name: comparable_table(table) for name, table in tables.items()})


def find_table(name: str, own: Mapping[str, Table], vocabulary: Vocabulary) -> Table | None:
    """The look-up table ``name`` in comparable form: the manifest's own, else the shared one."""
    if name in own:
        return comparable_table(own[name])
    return vocabulary.get(name)
