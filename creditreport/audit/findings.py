"""What a check of the chain can find, with its place and a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What is wrong."""

    MISSING = "missing"
    CHANGED = "changed"
    REWRITTEN = "rewritten"
    TRUNCATED = "truncated"
    HEAD_INVALID = "head_invalid"
    HEAD_UNTRUSTED = "head_untrusted"
    HEAD_MISSING = "head_missing"
    HEADS_DIFFER = "heads_differ"


SENTENCES: dict[Kind, tuple[str, str]] = {
    Kind.MISSING: ("位置 {places} 的审计记录不在了：被删除。", "The entries at {places} are gone: they were deleted."),
    Kind.CHANGED: (
        "位置 {places}（记录 {entry_id}，对象 {subject}）的内容或摘要被改动。",
        "The entry at {places} (entry {entry_id}, on {subject}) was changed, or its digest was.",
    ),
    Kind.REWRITTEN: (
        "位置 {places} 之间的链与签过名的链头不符：被整段重写。",
        "The chain between {places} differs from a signed head: it was written anew.",
    ),
    Kind.TRUNCATED: (
        "链尾 {places} 不在了：签过名的链头说它们存在过。",
        "The chain's end, {places}, is gone: a signed head says that it was there.",
    ),
    Kind.HEAD_INVALID: (
        "链头 {where} 读不出，或签名与内容不符。",
        "The head {where} cannot be read, or its signature is not over it.",
    ),
    Kind.HEAD_UNTRUSTED: (
        "链头 {where} 的签名密钥不可信，或当时已泄露。",
        "The head {where} was signed by a key that is not trusted, or was in other hands by then.",
    ),
    Kind.HEAD_MISSING: ("位置 {places} 的链头在 {where} 中缺失。", "The head of {places} is missing in {where}."),
    Kind.HEADS_DIFFER: (
        "位置 {places} 有两个内容不同的签名链头：链被封存过两次。",
        "There are two signed heads of {places} that differ: the chain was sealed twice.",
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: from which place to which, and what is known of it."""

    kind: Kind
    first: int
    last: int
    entry_id: int | None = None
    subject: str = ""
    where: str = ""

    def sentence(self, language: str) -> str:
        """For people, in ``zh`` or ``en``."""
        places = str(self.first) if self.first == self.last else f"{self.first}–{self.last}"
        chosen = SENTENCES[self.kind][0 if language == "zh" else 1]
        return chosen.format(places=places, entry_id=self.entry_id, subject=self.subject, where=self.where)

    def as_json(self) -> dict[str, Any]:
        """What is kept of it and told to programs."""
        told: dict[str, Any] = {"kind": self.kind.value, "first": self.first, "last": self.last}
        if self.entry_id is not None:
            told |= {"entry": self.entry_id, "subject": self.subject}
        if self.where:
            told["where"] = self.where
        return told | {"sentence": {"zh": self.sentence("zh"), "en": self.sentence("en")}}
