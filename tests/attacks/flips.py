"""One byte of a signed report exchanged at a time, and what becomes of the file."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from multiprocessing import get_context

from creditreport.db import make_engine, make_sessions
from creditreport.signing.trust import TrustStore
from creditreport.verification.inspection import inspect_pdf
from creditreport.verification.verify import verify_file

SEED = 20261121
_VALUE = re.compile(rb"/Contents <[0-9A-Fa-f]+>")
Outcomes = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Flipping:
    """A report, and the office that is asked; all of it goes to another process."""

    url: str
    trust: TrustStore
    pdf: bytes
    now: datetime

    def flipped(self, place: int) -> bytes:
        """The file with the byte at ``place`` exchanged for another, always the same one."""
        changed = bytearray(self.pdf)
        changed[place] ^= random.Random(SEED * len(self.pdf) + place).randrange(1, 256)
        return bytes(changed)

    def outcomes(self, places: Sequence[int]) -> Outcomes:
        """How many of these files got which word and which steps; one that passes is an error that names its byte."""
        engine = make_engine(self.url)
        sessions, told = make_sessions(engine), Outcomes()
        for place in places:
            with sessions() as session:
                # Without the sandbox: these files are ours but for one byte, and there are many.
                verdict = verify_file(session, self.flipped(place), self.now, self.trust, 10**8, inspect=inspect_pdf)
            oks = [step.ok for step in verdict.steps or ()]
            assert verdict.status in ("TAMPERED", "NOT_ISSUED_HERE"), f"byte {place}: {verdict.status}"
            assert oks[3] is False, f"byte {place}: the digest fits"
            assert verdict.report is None
            assert verdict.detail is not None
            told[verdict.status, "".join({True: "+", False: "-", None: "."}[ok] for ok in oks)] += 1
        engine.dispose()
        return told

    def all_outcomes(self, workers: int) -> Outcomes:
        """The same over every byte, in several processes."""
        parts = _parts(range(len(self.pdf)), 500)
        with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
            return sum(pool.map(self.outcomes, parts), Outcomes())


def _parts(places: range, size: int) -> Iterator[list[int]]:
    rest = iter(places)
    while part := list(islice(rest, size)):
        yield part


def chosen(pdf: bytes, count: int) -> list[int]:
    """The bytes that hold the signed revision together, and ``count`` of all.

    The first are the head, the signature's dictionary without its value, and what ends that revision; of the rows of
    its table and of the appearance's stream, the sampled ones.
    """
    begin = pdf.rindex(b" 0 obj", 0, pdf.index(b"/ByteRange"))
    end = pdf.index(b"%%EOF", begin) + 6
    value, table, trailer = _VALUE.search(pdf, begin), pdf.index(b"\nxref\n", begin), pdf.index(b"\ntrailer", begin)
    assert value is not None
    held = set(range(10)) | set(range(begin, value.start() + 20)) | set(range(value.end() - 20, table + 6))
    held |= set(range(trailer, end))
    return sorted(held | set(sample(pdf, count)))


def sample(pdf: bytes, count: int) -> list[int]:
    """``count`` places in ``pdf``, the same ones in every run."""
    return sorted(random.Random(SEED).sample(range(len(pdf)), count))
