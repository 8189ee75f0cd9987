"""Every error a person can be shown is in the table, in both languages, with the same details."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter

import pytest

from creditreport.errors import ERRORS

SOURCES = sorted((Path(__file__).parents[2] / "creditreport").rglob("*.py"))


def _details(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def _bare(names: set[str]) -> set[str]:
    return {name.removesuffix("_zh").removesuffix("_en") for name in names}


@pytest.mark.parametrize("code", ERRORS)
def test_both_sentences_name_the_same_details(code: str) -> None:
    kind = ERRORS[code]
    assert _bare(_details(kind.zh)) == _bare(_details(kind.en))
    assert kind.exit_status in (1, 2)
    assert 400 <= kind.http_status < 600


def _raised() -> list[tuple[str, str, ast.Call]]:
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem":
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant):
                    found.append((str(first.value), f"{path.name}:{node.lineno}", node))
    return found


def test_every_problem_raised_has_its_sentence_and_its_details() -> None:
    wrong = []
    for code, where, call in _raised():
        if code not in ERRORS:
            wrong.append(f"{where}: {code} is not in the table")
            continue
        given = {keyword.arg for keyword in call.keywords}
        if None in given:  # **details: cannot be told from the text
            continue
        missing = (_details(ERRORS[code].zh) | _details(ERRORS[code].en)) - given
        if missing:
            wrong.append(f"{where}: {code} lacks {sorted(missing)}")
    assert wrong == []


def test_every_code_of_the_table_is_raised_somewhere() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES if not path.name.startswith("errors"))
    assert [code for code in ERRORS if f'"{code}"' not in text] == []
