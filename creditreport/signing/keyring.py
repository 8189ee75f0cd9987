"""The key that signs now: read once, read again when its file was changed, so that a rotation needs no restart."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from creditreport.config import Settings
from creditreport.signing.keyfiles import key_places
from creditreport.signing.register import check_usable, find_key
from creditreport.signing.signer import DocumentSigner, load_signer

Stamp = tuple[int, int, int] | None


class Keyring:
    """One per process; ``reading`` is the store whose register says which keys may sign."""

    def __init__(self, settings: Settings, reading: sessionmaker[Session], now: Callable[[], datetime]) -> None:
        self._settings, self._reading, self._now = settings, reading, now
        self._lock = threading.Lock()
        self._loaded: tuple[Stamp, DocumentSigner] | None = None

    def signer(self) -> DocumentSigner:
        """The signer, ready to use. Raises ``SIGNING_UNAVAILABLE``, also for a key that may not sign any more.

        A key withdrawn after it was read is found when the document is stored (``register.use_key``).
        """
        stamp = _stamp(self._file())
        with self._lock:
            if self._loaded is None or self._loaded[0] != stamp:
                self._loaded = None
                signer = load_signer(self._settings)
                with self._reading() as session:
                    row = find_key(session, signer.fingerprint)
                if row is not None:
                    check_usable(row, self._now(), timedelta(0))
                self._loaded = (stamp, signer)
            return self._loaded[1]

    def _file(self) -> Path:
        """What changes when the key is changed; for a token that is its certificate's file, if it has one."""
        if self._settings.signing.pkcs11_module is not None:
            return self._settings.keys_dir / "signer.pem"
        return key_places(self._settings.keys_dir, self._settings.env).signer


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
