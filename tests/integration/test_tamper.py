"""One changed byte anywhere in a report is found."""

from __future__ import annotations

import random
from pathlib import Path

from creditreport.config import Environment, Settings
from creditreport.db import make_engine, make_sessions
from creditreport.migrations.store import upgrade
from creditreport.signing.signer import load_signer
from creditreport.signing.trust import load_trust
from creditreport.verification.inspection import inspect_pdf
from creditreport.verification.verify import verify_file
from tests.conftest import NOON
from tests.issued import store


def test_200_single_byte_changes(tmp_path: Path, signing_settings: Settings) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    upgrade(url)
    engine = make_engine(url)
    sessions = make_sessions(engine)
    trust = load_trust(signing_settings.keys_dir, Environment.TEST)
    issued = store(sessions, load_signer(signing_settings), NOON)
    picked = random.Random(20261121)
    size = len(issued.pdf)
    # Evenly over the whole file, both ends, and the signature's own value, which no signature covers.
    contents = issued.pdf.index(b"/Contents <") + len(b"/Contents <")
    places = {0, size - 1, contents, contents + 40, *(size * at // 190 for at in range(190))}
    places |= {picked.randrange(size) for _ in range(200 - len(places))}
    refused = {"TAMPERED": 0, "NOT_ISSUED_HERE": 0}
    with sessions() as session:
        for place in sorted(places):
            changed = bytearray(issued.pdf)
            changed[place] ^= 1 << picked.randrange(8)
            # Without the sandbox: these files are ours but for one bit, and there are many.
            verdict = verify_file(session, bytes(changed), NOON, trust, len(changed), inspect=inspect_pdf)
            assert verdict.status in refused, f"byte {place}: {verdict.status}"
            assert verdict.report is None
            refused[verdict.status] += 1
    assert sum(refused.values()) == len(places) >= 195
    # Most changes leave the file readable, and then it is called by its name.
    assert refused["TAMPERED"] > 150
    engine.dispose()
