"""A whole issuing office for tests of file checks: store, key, trusted roots, and one report that it issued."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from creditreport.config import Environment, Settings
from creditreport.db import make_engine, make_sessions
from creditreport.signing.signer import DocumentSigner, load_signer
from creditreport.signing.trust import TrustStore, load_trust
from creditreport.verification.verify import verify_file
from tests.conftest import NOON
from tests.issued import Issued, store
from tests.stores import make_store

LIMIT = 10 * 1024 * 1024
NAMES = ["signature_intact", "covers_whole_file", "chain_trusted", "digest_matches_issued", "status_today"]


@dataclass(frozen=True)
class Office:
    """A store, the authority's key, what it trusts, and one report that it issued."""

    sessions: sessionmaker[Session]
    signer: DocumentSigner
    trust: TrustStore
    issued: Issued

    def verify(self, pdf: bytes, now: datetime = NOON, trust: TrustStore | None = None) -> dict[str, Any]:
        with self.sessions() as session:
            answer = verify_file(session, pdf, now, trust if trust is not None else self.trust, LIMIT).as_json()
        assert [(step["step"], step["name"]) for step in answer["steps"]] == list(enumerate(NAMES, start=1))
        return answer

    def outcome(self, pdf: bytes, **how: Any) -> tuple[str, list[bool | None]]:
        answer = self.verify(pdf, **how)
        if answer["status"] in ("TAMPERED", "NOT_ISSUED_HERE"):
            facts = ("number", "entity_name", "uscc", "issued_at", "valid_until", "window", "listed", "records")
            assert [answer[key] for key in facts] == [None] * len(facts)
            assert answer["detail"]["zh"]
        return answer["status"], [step["ok"] for step in answer["steps"]]


def open_office(sessions: sessionmaker[Session], settings: Settings) -> Office:
    signer = load_signer(settings)
    return Office(sessions, signer, load_trust(settings.keys_dir, Environment.TEST), store(sessions, signer, NOON))


@contextmanager
def shared_office(folder: Path, settings: Settings) -> Iterator[Office]:
    """An office for what depends on the file alone: made once for a module's tests."""
    url = f"sqlite:///{folder / 'store.sqlite3'}"
    make_store(url)
    engine = make_engine(url)
    yield open_office(make_sessions(engine), settings)
    engine.dispose()
