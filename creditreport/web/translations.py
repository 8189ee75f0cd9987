"""The English of the pages: ``translations/en/LC_MESSAGES/messages.po``, compiled at set-up."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parents[1] / "translations"


def compile_translations(folder: Path = FOLDER) -> list[Path]:
    """Write the compiled form beside each ``.po`` of ``folder``; safe to repeat; returns what was written."""
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as file:
            catalog = read_po(file, locale=source.parents[1].name)
        target = source.with_suffix(".mo")
        fresh = target.with_suffix(".new")
        with fresh.open("wb") as file:
            write_mo(file, catalog)
        fresh.replace(target)
        written.append(target)
    return written


def compiled(folder: Path = FOLDER) -> bool:
    """Whether every translation has been compiled since it was last changed."""
    sources = list(folder.glob("*/LC_MESSAGES/*.po"))
    targets = [(source, source.with_suffix(".mo")) for source in sources]
    return all(mo.is_file() and mo.stat().st_mtime >= po.stat().st_mtime for po, mo in targets)
