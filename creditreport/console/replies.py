"""Wordings that officers begin from: ``templates/objections/replies.toml``, which an operator edits."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from creditreport.errors import Problem

FILE = Path("objections") / "replies.toml"
Use = Literal["return", "reassign", "send_back", "answer", "decide"]


class Reply(BaseModel):
    """One wording: for which deed, its name, its text with ``{number}``, ``{record}``, ``{unit}``, ``{business}``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    use: Use
    title: str
    title_en: str
    text: str
    text_en: str

    def named(self, language: str) -> str:
        """Its name in ``language``."""
        return self.title_en if language == "en" else self.title

    def filled(self, language: str, details: Mapping[str, str]) -> str:
        """Its text in ``language`` with the details of a case."""
        text = self.text_en if language == "en" else self.text
        return text.format(**details)


class Replies(BaseModel):
    """All of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reply: tuple[Reply, ...]

    def for_use(self, use: str) -> list[Reply]:
        """Those for one deed, in the order of the file."""
        return [one for one in self.reply if one.use == use]

    def find(self, reply_id: str) -> Reply | None:
        """The one with this id, if there is one."""
        return next((one for one in self.reply if one.id == reply_id), None)


def read_replies(templates_dir: Path) -> Replies:
    """The wordings; read anew each time, so that a change counts at once. Raises ``INVALID_REPLIES``."""
    path = templates_dir / FILE
    try:
        replies = Replies.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        details = dict.fromkeys(("number", "record", "unit", "business"), "…")
        for one in replies.reply:
            one.filled("zh", details)
            one.filled("en", details)
    except (OSError, tomllib.TOMLDecodeError, ValidationError, KeyError, IndexError, ValueError) as error:
        raise Problem("INVALID_REPLIES", file=str(path), detail=str(error).splitlines()[0]) from error
    return replies
