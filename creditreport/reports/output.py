"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from creditreport.errors import Problem


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file to write into that takes the place of ``path`` when the body ends, and vanishes when it fails.

    The place is tried before the body runs, so that nothing is issued that could not be handed over. Raises
    ``OUTPUT_NOT_WRITABLE``.
    """
    if path.is_dir():
        raise Problem("OUTPUT_NOT_WRITABLE", path=str(path), detail="是文件夹 / it is a folder")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise Problem("OUTPUT_NOT_WRITABLE", path=str(path), detail=error.strerror or str(error)) from error
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # A temporary file is its owner's alone; the report is an ordinary file as the user's umask says.
        umask = os.umask(0)
        os.umask(umask)
        fresh.chmod(0o666 & ~umask)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
