"""What attacks are made from, and the table that they are entered in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from creditreport.signing.signer import DocumentSigner

TAMPERED, NOT_OURS = "TAMPERED", "NOT_ISSUED_HERE"
Steps = list[bool | None]
# The usual outcomes: steps 1 to 5, that is intact, whole file, chain, digest, status.
ADDED: Steps = [True, False, True, False, None]
CHANGED: Steps = [False, True, True, False, None]
REWRITTEN: Steps = [False, False, True, False, None]
ONLY_DIGEST: Steps = [True, True, True, False, None]
NOTHING: Steps = [False, False, False, False, None]
NO_SIGNATURE: Steps = [False, None, None, False, None]
FOREIGN: Steps = [True, True, False, False, None]


@dataclass(frozen=True)
class Sample:
    """A genuine report, and what somebody who means harm may have beside it."""

    level: str
    pdf: bytes
    unsigned: bytes
    other: bytes  # another genuine report of the same authority
    signer: DocumentSigner  # the authority's own key, stolen
    foreign: DocumentSigner  # of the same name, under another root
    impostor: tuple[object, x509.Certificate]  # a self-signed certificate of the same name, with its key
    folder: Path  # where tools may write


Make = Callable[[Sample], bytes]


@dataclass(frozen=True)
class Attack:
    """One way to harm, and how it has to end."""

    kind: str
    name: str
    make: Make
    status: str
    steps: Steps
    level: str | None = None  # only on a report of this level
    lasting: Steps | None = None  # on a report of level B-LTA, where its timestamp sees more or less

    def expected(self, level: str) -> tuple[str, Steps]:
        """How it has to end on a report of ``level``."""
        return self.status, self.lasting if level == "B-LTA" and self.lasting is not None else self.steps

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


ATTACKS: list[Attack] = []


def attack(
    kind: str,
    name: str,
    steps: Steps,
    *,
    status: str = TAMPERED,
    level: str | None = None,
    lasting: Steps | None = None,
) -> Callable[[Make], Make]:
    """Enter a function in the table."""

    def enter(make: Make) -> Make:
        ATTACKS.append(Attack(kind, name, make, status, steps, level, lasting))
        return make

    return enter
