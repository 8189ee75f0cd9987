"""asn1crypto builds a class's tables at its first use: with us nobody sees them half done."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import asn1crypto
import pytest
from asn1crypto import core

import creditreport
import creditreport.signing.asn1


class Held(list[Any]):
    """Fields that are told one by one: who asks first is held after the first of them, who asks second before it."""

    def __init__(self, *fields: Any) -> None:
        super().__init__(fields)
        self.threads: list[int] = []
        self.held = (threading.Event(), threading.Event())
        self.free = (threading.Event(), threading.Event())

    def __iter__(self) -> Iterator[Any]:
        me = threading.get_ident()
        fresh = me not in self.threads
        if fresh:
            self.threads.append(me)
        place = self.threads.index(me)
        for at, field in enumerate(super().__iter__()):
            if fresh and at == 1 - place:
                self.held[place].set()
                assert self.free[place].wait(30)
            yield field


def sequence() -> tuple[type[core.Sequence], Held]:
    fields = Held(("one", core.Integer), ("two", core.Integer))
    return type("Fresh", (core.Sequence,), {"_fields": fields}), fields


def chosen_set() -> tuple[type[core.Set], Held]:
    fields = Held(("one", core.Integer), ("two", core.Integer, {"implicit": 0}))
    return type("Fresh", (core.Set,), {"_fields": fields}), fields


@pytest.mark.parametrize("make", [sequence, chosen_set])
def test_a_class_that_another_thread_is_building_is_waited_for(make: Any) -> None:
    fresh, fields = make()
    second = b"\x02\x01\x07" if make is sequence else b"\x80\x01\x07"
    der = (b"\x30" if make is sequence else b"\x31") + b"\x06\x02\x01\x05" + second
    read: list[Any] = []

    def load() -> None:
        try:
            value = fresh.load(der)
            read.append((value["one"].native, value["two"].native))
        except Exception as error:
            read.append(repr(error))

    threads = [threading.Thread(target=load), threading.Thread(target=load)]
    threads[0].start()
    assert fields.held[0].wait(30)
    threads[1].start()
    # It would be there at once if it did not wait for the first.
    assert not fields.held[1].wait(0.5)
    for free, thread in zip(fields.free, threads, strict=True):
        free.set()
        thread.join()
    assert read == [(5, 7), (5, 7)]


def test_every_class_that_builds_tables_is_among_them() -> None:
    modules = [import_module(f"asn1crypto.{one.name}") for one in iter_modules(asn1crypto.__path__)]
    classes = {one for module in modules for one in vars(module).values() if isinstance(one, type)}
    building = {one for one in classes if "_setup" in vars(one)}
    assert len(building) > 5
    assert {one.__name__ for one in building if not hasattr(vars(one)["_setup"], "__wrapped__")} == set()


def test_whoever_reads_asn1_has_made_it_safe() -> None:
    package = Path(str(creditreport.__file__)).parent
    reading = {
        path: text
        for path in package.rglob("*.py")
        if re.search(r"^\s*(?:from|import) (?:asn1crypto|pyhanko)", text := path.read_text("utf-8"), re.MULTILINE)
    }
    assert len(reading) > 10
    home = package / "signing" / "asn1.py"
    assert [path.name for path, text in reading.items() if path != home and "signing.asn1 " not in text] == []
