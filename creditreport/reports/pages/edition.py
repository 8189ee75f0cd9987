"""The editions of a report: Chinese, English, or both together, read from ``templates/report/wording.toml``.

Every edition says the same: the words differ, the content, the number and the code do not. The bilingual one has no
words of its own; it prints the Chinese with the English in smaller type below it.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from creditreport.config import data_folder
from creditreport.entities.entity import EntityType, RegistrationStatus
from creditreport.errors import Problem
from creditreport.reports.content import Purpose
from creditreport.reports.pages.wording import Wording
from creditreport.violations.record import Kind, PenaltyType

FILE = Path("report") / "wording.toml"


class Language(StrEnum):
    """What an edition is written in."""

    ZH = "zh"
    EN = "en"
    BOTH = "both"


class Said(NamedTuple):
    """One thing said: in the edition's language, and in the second one if it has two and they differ."""

    first: str
    second: str = ""


class Edition:
    """The words of one edition. Compared by identity: what is prepared for an edition is kept with it."""

    def __init__(self, language: Language, first: Wording, second: Wording | None = None) -> None:
        self.language = language
        self.first = first
        self.second = second

    def said(self, say: Callable[[Wording], str]) -> Said:
        """What ``say`` makes of the words of each language."""
        first = say(self.first)
        second = say(self.second) if self.second is not None else ""
        return Said(first, second if second != first else "")

    def one_line(self, say: Callable[[Wording], str]) -> str:
        """As :meth:`said`, both languages on one line."""
        return "　".join(part for part in self.said(say) if part)

    @cached_property
    def digest(self) -> str:
        """Eight hex digits that change with any word: part of the renderer's version."""
        words = [one.digest for one in (self.first, self.second) if one is not None]
        return words[0] if len(words) == 1 else hashlib.sha256("".join(words).encode()).hexdigest()[:8]


def load_editions(templates_dir: Path) -> Mapping[Language, Edition]:
    """The words of all editions. Raises ``INVALID_WORDING`` naming file, key and problem."""
    path = templates_dir / FILE
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Problem("INVALID_WORDING", path=str(path), detail=f"{type(error).__name__} {error}") from error
    chinese, english = (_read(path, tables, language) for language in ("zh", "en"))
    return {
        Language.ZH: Edition(Language.ZH, chinese),
        Language.EN: Edition(Language.EN, english),
        Language.BOTH: Edition(Language.BOTH, chinese, english),
    }


def _read(path: Path, tables: dict[str, Any], language: str) -> Wording:
    try:
        wording = Wording.model_validate(tables[language])
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise Problem("INVALID_WORDING", path=str(path), detail=f"{language}.{key}: {first['msg']}") from error
    except KeyError as error:
        raise Problem("INVALID_WORDING", path=str(path), detail=f"[{language}] missing") from error
    for name, needed, given in (
        ("entity_types", set(EntityType), wording.entity_types),
        ("registration_statuses", set(RegistrationStatus), wording.registration_statuses),
        ("purposes", set(Purpose), wording.purposes),
        ("kinds", set(Kind), wording.kinds),
        ("penalty_types", set(PenaltyType), wording.penalty_types),
    ):
        missing = sorted(needed - set(given))
        if missing:
            raise Problem("INVALID_WORDING", path=str(path), detail=f"{language}.{name}: {missing[0]} missing")
    return wording


@cache
def shipped_editions() -> Mapping[Language, Edition]:
    """The words that come with the program, for callers that are given no other."""
    folder = data_folder("templates")
    if folder is None:
        raise Problem("INVALID_WORDING", path=str(FILE), detail="templates")
    return load_editions(folder)
