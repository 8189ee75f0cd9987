"""The fixed words of a sheet, read from ``templates/bidpacks/sheet.toml``."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from creditreport.bidpacks.judge import Word
from creditreport.errors import Problem

FILE = Path("bidpacks") / "sheet.toml"
_COUNTS = {"items": 1, "usable": 1, "check": 1, "unusable": 1, "missing": 1}


class SheetWords(BaseModel):
    """The words of one language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    subtitle: str
    scan: str
    project: str
    opening: str
    checked_at: str
    years: str
    years_value: str
    expected: str
    expected_value: str
    not_stated: str
    conclusion: str
    conclusion_value: str
    missing_value: str
    none_missing: str
    number: str
    item: str
    business: str
    valid_until: str
    verdict: str
    missing: str
    page: str
    notes: tuple[str, ...]
    words: Mapping[Word, str]

    def conclusions(self, counts: Mapping[str, int], expected: int) -> str:
        """What the sheet says of the whole pack."""
        said = self.conclusion_value.format(**counts)
        if not expected:
            return said
        return f"{said}{self._space}{self.missing_value.format(**counts) if counts['missing'] else self.none_missing}"

    @property
    def _space(self) -> str:
        return " " if self.title.isascii() else ""


def load_sheet_words(templates_dir: Path) -> Mapping[str, SheetWords]:
    """The words by language. Raises ``INVALID_WORDING`` naming file, key and problem."""
    path = templates_dir / FILE
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        words = {language: SheetWords.model_validate(tables[language]) for language in ("zh", "en")}
        for one in words.values():
            _try(one)
    except (OSError, ValueError, KeyError, IndexError) as error:
        first = error.errors()[0] if isinstance(error, ValidationError) else None
        told = f"{'.'.join(map(str, first['loc']))}: {first['msg']}" if first else f"{type(error).__name__} {error}"
        raise Problem("INVALID_WORDING", path=str(path), detail=told) from error
    return words


def _try(words: SheetWords) -> None:
    """Every word that is filled in can be; every word of a verdict is there."""
    words.conclusion_value.format(**_COUNTS)
    words.missing_value.format(**_COUNTS)
    words.years_value.format(years=3)
    words.expected_value.format(count=3)
    words.page.format(code="", page=1, pages=1)
    for note in words.notes:
        note.format(domain="")
    if missing := set(Word) - set(words.words):
        raise KeyError(f"words.{min(missing)}")


def digest_of(words: Mapping[str, SheetWords]) -> str:
    """Eight hex digits that change with any word."""
    told = repr(sorted((language, one.model_dump_json()) for language, one in words.items()))
    return hashlib.sha256(told.encode()).hexdigest()[:8]
