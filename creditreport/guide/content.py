"""The words of the guide, from ``templates/guide/guide.toml``, which an operator edits: both languages or an error."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from creditreport.errors import Problem

FILE = Path("guide") / "guide.toml"
NAMES = frozenset(("authority", "portal", "domain"))


def _fillable(text: str) -> str:
    foreign = {name for _, name, _, _ in Formatter().parse(text) if name is not None} - NAMES
    if foreign:
        raise ValueError(f"may hold only {sorted(NAMES)} in braces")
    return text


Sentence = Annotated[str, Field(min_length=1), AfterValidator(_fillable)]


class _Part(BaseModel):
    """Base of every table of the file: a missing or an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Said(_Part):
    """One sentence or paragraph in both languages."""

    zh: Sentence
    en: Sentence


class Step(Said):
    """One step, with the picture that goes with it."""

    picture: Literal["sign_in", "check", "choose", "ask", "use"]
    title_zh: Sentence
    title_en: Sentence


class Section(_Part):
    """A section of points, e.g. how to verify; ``id`` is its address within the page."""

    id: str = Field(pattern=r"^[a-z]+$")
    title_zh: Sentence
    title_en: Sentence
    points_zh: tuple[Sentence, ...] = Field(min_length=1)
    points_en: tuple[Sentence, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _as_many_in_both(self) -> Section:
        if len(self.points_zh) != len(self.points_en):
            raise ValueError("points_zh and points_en must say the same points")
        return self


class Question(Said):
    """A question with its answer."""

    answer_zh: Sentence
    answer_en: Sentence


class GuideContent(_Part):
    """The whole file."""

    intro: Said
    who: tuple[Said, ...] = Field(min_length=1)
    step: tuple[Step, ...] = Field(min_length=1)
    part: tuple[Section, ...]
    question: tuple[Question, ...]
    contact: Said


def read_guide(templates_dir: Path) -> GuideContent:
    """The guide's words, read again after the file was changed. Raises ``INVALID_GUIDE`` naming file and key."""
    path = templates_dir / FILE
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise Problem("INVALID_GUIDE", path=str(FILE), detail=str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Problem("INVALID_GUIDE", path=str(FILE), detail=f"{where}: {first['msg']}") from error


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> GuideContent:
    return GuideContent.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def said(entry: BaseModel, what: str, language: str, names: Mapping[str, str]) -> str:
    """What ``entry`` says under ``what`` (``""``, ``title``, ``answer``) in ``language``, its names filled in."""
    key = f"{what}_{language}" if what else language
    return str(getattr(entry, key)).format(**names)
