"""A disk that is full: a small tmpfs where that can be mounted, else a quota on the size of each file."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Disk:
    """A folder on a disk with little room. ``kind`` says of what sort, for the table of drills."""

    def __init__(self, folder: Path, room: int) -> None:
        self.folder, self.room = folder, room
        folder.mkdir()
        words = ["mount", "-t", "tmpfs", "-o", f"size={room}", "tmpfs", str(folder)]
        self.mounted = subprocess.run(words, check=False, capture_output=True).returncode == 0
        # Only root may mount; anybody may bind himself to a limit. The error differs, the store's answer must not.
        self.kind = "a small tmpfs" if self.mounted else "a quota on each file (mounting is not allowed here)"

    @property
    def quota(self) -> int | None:
        """The most that a file of a process may hold that is to meet the full disk; none where the disk sees to it."""
        return None if self.mounted else self.room

    def grow(self) -> None:
        """There is room again."""
        if self.mounted:
            words = ["mount", "-o", f"remount,size={20 * self.room}", str(self.folder)]
            subprocess.run(words, check=True, capture_output=True)
        self.room *= 20


@contextmanager
def small_disk(folder: Path, room: int) -> Iterator[Disk]:
    """A disk with ``room`` bytes at ``folder``."""
    disk = Disk(folder, room)
    try:
        yield disk
    finally:
        if disk.mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True, capture_output=True)
