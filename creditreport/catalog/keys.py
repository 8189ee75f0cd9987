"""Which canonical keys each role of manifest may fill, and how a cell of each key is read.

The keys of a domain are those of :class:`~creditreport.violations.record.ViolationRecord` without ``domain`` and
``record_id``, which follow from the manifest's slug and ``key`` columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from creditreport.catalog.manifest import Role
from creditreport.entities.entity import EntityType, RegistrationStatus
from creditreport.violations.record import Disposition, Effect, Kind, PenaltyType, Procedure, Repair, Severity


class Form(StrEnum):
    """How the cell of a key is read."""

    TEXT = "text"
    TEXTS = "texts"
    CODE = "code"
    DAY = "day"
    MONEY = "money"
    WORD = "word"
    WORDS = "words"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class KeyForm:
    """The form of one key; ``words`` are the words it knows, for words only."""

    form: Form
    words: frozenset[str] = frozenset()

    def accepts(self, value: str | bool) -> bool:
        """Whether a look-up or a fixed value of a manifest may give this key ``value``; "" means not stated."""
        if self.form is Form.FLAG:
            return isinstance(value, bool) or value == ""
        if self.form in {Form.WORD, Form.WORDS}:
            return isinstance(value, str) and (value in self.words or value == "")
        return isinstance(value, str) and self.form in {Form.TEXT, Form.TEXTS}


def _word(words: Iterable[str]) -> KeyForm:
    return KeyForm(Form.WORD, frozenset(words))


_TEXT, _TEXTS, _CODE = KeyForm(Form.TEXT), KeyForm(Form.TEXTS), KeyForm(Form.CODE)
_DAY, _MONEY, _FLAG = KeyForm(Form.DAY), KeyForm(Form.MONEY), KeyForm(Form.FLAG)

DOMAIN_KEYS: Mapping[str, KeyForm] = MappingProxyType(
    {
        "uscc": _CODE,
        "kind": _word(Kind),
        "decided_on": _DAY,
        "listed_on": _DAY,
        "removed_on": _DAY,
        "entity_name": _TEXT,
        "document_number": _TEXT,
        "violation_type": _TEXT,
        "facts": _TEXT,
        "legal_basis": _TEXT,
        "penalty_types": KeyForm(Form.WORDS, frozenset(PenaltyType)),
        "penalty_content": _TEXT,
        "fine_yuan": _MONEY,
        "confiscated_yuan": _MONEY,
        "procedure": _word(Procedure),
        "severity": _word(Severity),
        "publicised": _FLAG,
        "publicity_until": _DAY,
        "authority": _TEXT,
        "authority_uscc": _TEXT,
        "source_unit": _TEXT,
        "disposition": _word(Disposition),
        "effect": _word(Effect),
        "supersedes": _TEXT,
        "repair": _word(Repair),
        "repaired_on": _DAY,
        "sealed": _FLAG,
        "undisclosable": _FLAG,
        "shielded": _FLAG,
        "local": _FLAG,
        "disputed": _FLAG,
    }
)

# What an overlay may change of the one record it joins; never what the decision was about.
OVERLAY_CHANGES = frozenset({
    "effect", "repair", "repaired_on", "removed_on", "disputed", "sealed", "undisclosable", "shielded", "publicised",
    "publicity_until", "disposition",
})  # fmt: skip

REGISTER_KEYS: Mapping[str, KeyForm] = MappingProxyType(
    {
        "register_id": _TEXT,
        "uscc": _CODE,
        "name": _TEXT,
        "entity_type": _word(EntityType),
        "registration_status": _word(RegistrationStatus),
        "previous_codes": _TEXTS,
        "former_names": _TEXTS,
        "name_changes": _TEXTS,
        "parent_register_id": _TEXT,
        "district": _TEXT,
        "registration_number": _TEXT,
    }
)

OVERLAY_KEYS: Mapping[str, KeyForm] = MappingProxyType(
    {key: DOMAIN_KEYS[key] for key in ("uscc", "document_number", "entity_name", *sorted(OVERLAY_CHANGES))}
)

KEYS: Mapping[Role, Mapping[str, KeyForm]] = MappingProxyType(
    {Role.DOMAIN: DOMAIN_KEYS, Role.REGISTER: REGISTER_KEYS, Role.OVERLAY: OVERLAY_KEYS}
)

NEEDED: Mapping[Role, tuple[str, ...]] = MappingProxyType(
    {
        Role.DOMAIN: ("uscc", "kind"),
        Role.REGISTER: ("register_id", "uscc", "name", "entity_type", "registration_status"),
        Role.OVERLAY: ("uscc", "document_number"),
    }
)
