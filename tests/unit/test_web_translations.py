"""Every string of the pages has its English, and no English is left over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from creditreport.config import CHECKOUT
from creditreport.web.translations import FOLDER, compile_translations, compiled

KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None}
METHODS = [("creditreport/**.py", "python"), ("templates/**.html", "jinja2")]


@pytest.fixture(scope="module")
def strings() -> set[str]:
    """What templates and code ask to be translated."""
    found: set[str] = set()
    for folder in ("creditreport", "templates"):
        for _file, _line, message, _comments, _context in extract_from_dir(
            CHECKOUT / folder, [(pattern.split("/", 1)[1], method) for pattern, method in METHODS], keywords=KEYWORDS
        ):
            found.add(message if isinstance(message, str) else message[0])
    return found


@pytest.fixture(scope="module")
def english() -> Catalog:
    with (FOLDER / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale="en")


def test_no_string_is_untranslated_and_none_is_left_over(strings: set[str], english: Catalog) -> None:
    translated = {m.id if isinstance(m.id, str) else m.id[0] for m in english if m.id and m.string and not m.fuzzy}
    assert len(strings) > 150
    assert strings - translated == set()
    assert translated - strings == set()


def test_translations_fill_in_the_same_details(english: Catalog) -> None:
    def details(text: str) -> set[str]:
        return set(re.findall(r"%\((\w+)\)s", text))

    for message in english:
        originals = [message.id] if isinstance(message.id, str) else list(message.id)
        sentences = [message.string] if isinstance(message.string, str) else list(message.string)
        for sentence in sentences if message.id else ():
            assert details(str(sentence)) == details(str(originals[0])), message.id
            assert not re.search(r"[\u4e00-\u9fff]", str(sentence)), message.id


def test_compiling_again_changes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "en" / "LC_MESSAGES"
    target.mkdir(parents=True)
    (target / "messages.po").write_bytes((FOLDER / "en" / "LC_MESSAGES" / "messages.po").read_bytes())
    assert not compiled(tmp_path)
    first = compile_translations(tmp_path)[0].read_bytes()
    assert compiled(tmp_path)
    assert compile_translations(tmp_path)[0].read_bytes() == first
