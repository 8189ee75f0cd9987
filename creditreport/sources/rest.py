"""The ``rest`` driver: a department's JSON interface, asked about one business or read as a whole."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import httpx

from creditreport.catalog.manifest import LocatedManifest
from creditreport.catalog.rest_source import RestSource
from creditreport.sources.base import Deadline, Opened, Row, Source, as_watermark, overrun
from creditreport.sources.outcome import SourceIncomplete, SourceUnavailable
from creditreport.sources.rest_auth import Credentials
from creditreport.sources.rest_http import Caller, pooled_client
from creditreport.sources.rest_json import RowReader, at
from creditreport.sources.rest_pages import Pages
from creditreport.violations.concern import is_valid_code
from creditreport.violations.record import comparable_code
from creditreport.violations.rows import used_columns
from creditreport.violations.stated import code_columns, read_code

# Its log lines hold whole addresses, and with them whom was asked about.
logging.getLogger("httpx").setLevel(logging.WARNING)


class RestRows(Source):
    """Rows of a JSON interface. One that is asked by code answers for every code that the business has or had."""

    name: ClassVar[str] = "rest"

    def __init__(self, located: LocatedManifest, environ: Mapping[str, str], codes: tuple[str, ...] = ()) -> None:
        super().__init__(located, environ, codes)
        assert isinstance(self.manifest.source, RestSource)  # noqa: S101 - the registry pairs driver and form
        self._form = self.manifest.source

    @contextmanager
    def open(self, deadline: Deadline) -> Iterator[Opened]:
        """Ask each question's first page, check it, hand over the rows while the further pages are asked."""
        url = self._url()
        caller = self._caller(url, deadline)
        pages = [Pages(self._form, caller.call, url, question, code) for question, code in self._questions()]
        reading = _Reading(self, pages)
        yield Opened(reading.columns, iter(reading), self._watermark(pages), reading.version)

    def _url(self) -> httpx.URL:
        try:
            url = httpx.URL(self.address(self._form.url))
        except httpx.InvalidURL as error:
            raise SourceUnavailable(f"{self.slug}：接口地址不正确 / the address is not right") from error
        if url.scheme not in {"http", "https"} or not url.host or url.userinfo:
            raise SourceUnavailable(f"{self.slug}：接口地址不正确 / the address is not right")
        return url

    def _caller(self, url: httpx.URL, deadline: Deadline) -> Caller:
        form = self._form
        ca_file = self.folder / Path(self.address(form.ca_file)) if form.ca_file else None
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        client = pooled_client(origin, ca_file, form.auth.model_dump_json())
        credentials = Credentials(form.auth, self.address)
        late = partial(overrun, deadline.seconds)
        return Caller(
            client, credentials, form.method, form.response_limit_bytes, deadline, self.manifest.retries, late
        )

    def _questions(self) -> list[tuple[dict[str, str], str]]:
        """What is asked, and about which code: once for each code of the business, or once for everything."""
        ask = self._form.ask
        if ask is None:
            return [({}, "")]
        if not self.codes:
            raise SourceIncomplete("该来源只能逐个主体查询 / this source answers about one business at a time")
        return [({ask.uscc: code}, code) for code in dict.fromkeys(map(comparable_code, self.codes))]

    def _watermark(self, pages: list[Pages]) -> Any:
        """The oldest of what the answers state: data are as old as their oldest part."""
        pointer = self._form.as_of.pointer
        if pointer is None:
            return None
        stated = [as_watermark(at(one.first.document, pointer)) for one in pages]
        known = [moment for moment in stated if moment is not None]
        return min(known) if len(known) == len(stated) else None


class _Reading:
    """The rows of all questions, each page's against those before it."""

    def __init__(self, source: RestRows, pages: list[Pages]) -> None:
        self._source, self._pages, self._manifest = source, pages, source.manifest
        form = source.manifest.source
        assert isinstance(form, RestSource)  # noqa: S101
        self._by_code = form.ask is not None
        self._reader = RowReader(form.optional, source.manifest.ignore)
        self._hash = hashlib.sha256()
        self._asked = frozenset(map(comparable_code, source.codes))
        self.columns = self._columns(form)

    def version(self) -> str:
        """The digest of everything that was answered."""
        return f"sha256:{self._hash.hexdigest()}"

    def _columns(self, form: RestSource) -> tuple[str, ...]:
        for pages in self._pages:
            found = at(pages.first.document, form.rows)
            if isinstance(found, list) and found:
                self._reader.read(found[0])
                return self._reader.columns or ()
        # Nothing to compare: an answer without rows has no columns that could be new or missing.
        return tuple(sorted(used_columns(self._manifest) | set(self._manifest.ignore)))

    def __iter__(self) -> Iterator[Row]:
        for pages in self._pages:
            yield from self._question(pages)

    def _question(self, pages: Pages) -> Iterator[Row]:
        code_places = code_columns(self._manifest)
        earlier: set[tuple[Any, ...]] = set()
        read, others = 0, 0
        for number, (reply, rows) in enumerate(pages, start=1):
            self._hash.update(reply.content)
            keys = set()
            for value in rows:
                row = self._reader.read(value)
                key = tuple(row.get(column) for column in self._manifest.key)
                if key in earlier:
                    raise SourceIncomplete(f"第 {number} 页重复了前页的行 / page {number} repeats earlier rows")
                keys.add(key)
                read += 1
                others += self._is_anothers(row, code_places)
                yield row
            earlier |= keys
        if self._by_code and read and read == others:
            raise SourceIncomplete("应答的各行都属于别的主体 / every row of the answer is another business's")

    def _is_anothers(self, row: Row, places: Any) -> bool:
        if not self._by_code or any(column not in row for column, _marks in places):
            return False
        code = read_code(row, places)[1]
        return is_valid_code(code) and code not in self._asked
