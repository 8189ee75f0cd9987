"""From page to page, with everything that would show a lost, repeated or halved page checked on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx

from creditreport.catalog.rest_source import RestSource
from creditreport.sources.outcome import SourceIncomplete
from creditreport.sources.rest_http import Reply, origin_of
from creditreport.sources.rest_json import at, row_list, same

Call = Callable[[httpx.URL, Mapping[str, str]], Reply]
Place = tuple[httpx.URL, Mapping[str, str]]


class Pages:
    """All pages of one question (one code, or the whole list). ``first`` is fetched when it is made."""

    def __init__(self, source: RestSource, call: Call, url: httpx.URL, question: Mapping[str, str], code: str) -> None:
        self._source, self._call, self._url, self._question, self._code = source, call, url, question, code
        self._read = 0
        self._total: int | None = None
        self._contents: set[bytes] = set()
        self._places: set[str] = set()
        self.first = self._fetch((url, self._parameters(source.paging.first if source.paging else 1)))

    def __iter__(self) -> Iterator[tuple[Reply, list[Any]]]:
        """Pages in order, to the last; raises :class:`SourceIncomplete` as soon as they do not fit together."""
        reply = self.first
        for number in range(1, self._source.max_pages + 1):
            rows = self._rows(reply, number)
            yield reply, rows
            place = self._next(reply, rows, number)
            if place is None:
                break
            if number == self._source.max_pages:
                raise SourceIncomplete(f"超过 {number} 页仍未读完 / not at the end after {number} pages")
            reply = self._fetch(place)
        if self._total is not None and self._read != self._total:
            raise SourceIncomplete(f"来源称有 {self._total} 行，读到 {self._read} 行 / the total is not what was read")

    def _fetch(self, place: Place) -> Reply:
        url, parameters = place
        reply = self._call(url, parameters)
        self._check(reply)
        return reply

    def _check(self, reply: Reply) -> None:
        source = self._source
        if source.success is not None and not same(at(reply.document, source.success.at, None), source.success.equals):
            raise SourceIncomplete(f"应答没有成功标志“{source.success.at}” / the answer does not say that all is well")
        if source.echo is not None and str(at(reply.document, source.echo)).strip().upper() != self._code:
            raise SourceIncomplete(f"应答“{source.echo}”不是所查代码 / the answer is about another code")
        if source.total is not None:
            total = _count(at(reply.document, source.total), source.total)
            if self._total not in (None, total):
                raise SourceIncomplete("各页所称总数不同 / the total changes from page to page")
            self._total = total

    def _rows(self, reply: Reply, number: int) -> list[Any]:
        rows = row_list(reply.document, self._source.rows)
        if not rows and number == 1 and not self._source.empty_ok:
            raise SourceIncomplete("应答为空，而清单未声明可以为空 / an empty answer that the manifest does not allow")
        if rows:
            digest = hashlib.sha256(repr(rows).encode()).digest()
            if digest in self._contents:
                raise SourceIncomplete(f"第 {number} 页与前页相同 / page {number} repeats an earlier one")
            self._contents.add(digest)
        self._read += len(rows)
        return rows

    def _parameters(self, number: int, cursor: str | None = None) -> Mapping[str, str]:
        paging, parameters = self._source.paging, dict(self._question)
        if paging is not None and paging.size is not None:
            parameters[paging.size] = str(paging.page_size)
        if paging is not None and paging.by == "page":
            parameters[paging.parameter or ""] = str(number)
        if paging is not None and cursor is not None:
            parameters[paging.parameter or ""] = cursor
        return parameters

    def _next(self, reply: Reply, rows: list[Any], number: int) -> Place | None:
        paging = self._source.paging
        if paging is None:
            return None
        if paging.by == "page":
            # Without a total only an empty page is the end: a short one may be half of one.
            over = not rows or (self._total is not None and self._read >= self._total)
            return None if over else (self._url, self._parameters(paging.first + number))
        found = reply.next_link if paging.next is None else self._pointed(reply, paging.next)
        if found is None:
            return None
        if found in self._places:
            raise SourceIncomplete("下一页的指示与前面重复 / the way to the next page repeats itself")
        self._places.add(found)
        if paging.by == "cursor":
            return self._url, self._parameters(number, found)
        return self._linked(reply, found), self._question if self._source.method == "POST" else {}

    def _pointed(self, reply: Reply, pointer: str) -> str | None:
        # That a key is missing says "the end" only where the total proves it.
        value = at(reply.document, pointer, None) if self._source.total is not None else at(reply.document, pointer)
        if value is None or value is False or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise SourceIncomplete(f"应答的“{pointer}”不是下一页 / “{pointer}” is no next page")
        return str(value)

    def _linked(self, reply: Reply, link: str) -> httpx.URL:
        try:
            url = reply.url.join(link)
        except httpx.InvalidURL as error:
            raise SourceIncomplete("下一页的地址不正确 / the next page's address is not right") from error
        if origin_of(url) != origin_of(self._url):
            raise SourceIncomplete(f"下一页在别处（{url.host}） / the next page is at another place")
        return url


def _count(value: Any, pointer: str) -> int:
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise SourceIncomplete(f"应答的“{pointer}”不是行数 / “{pointer}” is not a count")
    return value
