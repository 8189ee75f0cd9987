"""What may follow the signature in a report of level B-LT or B-LTA: our own validation data and timestamp, no more.

A B-LT report is the signed revision and one update with the document security store (DSS); a B-LTA report has
besides a document timestamp, alone in its update or together with the store, and nothing after it, so that the
timestamp covers the file to its end. Nothing else may be there. The bytes after the signature are read one after
another, without the file's own tables: every object has to be written just as pyHanko writes it (it is written again
and compared, so that no byte can hide between objects or in a stream's rest), and has to be one of

- the catalogue, unchanged but for its new ``/DSS``;
- the store: arrays of streams, each of which is one certificate, revocation list or OCSP response and nothing else;
- the timestamp's dictionary, its field (without a place on the page and without an appearance), the form with that
  field at its end, the page with that field as its last annotation; each unchanged otherwise.

The document's information and metadata are signed, and so may not be written anew. Whose the certificates and
the timestamp are is not asked here: they are ours if the whole file has the digest that we stored (step 4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

from cryptography import x509
from cryptography.x509 import ocsp
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, Reference, StreamObject
from pyhanko.pdf_utils.reader import PdfFileReader

import creditreport.signing.asn1  # noqa: F401 - makes asn1crypto safe for threads
from creditreport.verification.revisions import Stamp, Trailer, Update, need, number_of, read_update, written

_FIELD = {"/FT", "/T", "/Type", "/Subtype", "/F", "/Rect", "/P", "/TU", "/V"}
_DER: dict[str, Callable[[bytes], object]] = {
    "/Certs": x509.load_der_x509_certificate,
    "/CRLs": x509.load_der_x509_crl,
    "/OCSPs": ocsp.load_der_ocsp_response,
}
_VRI = {"/Cert": "/Certs", "/CRL": "/CRLs", "/OCSP": "/OCSPs"}


def our_additions(pdf: bytes, end: int, vri_keys: Iterable[str] = ()) -> Stamp | None:
    """The document timestamp in what follows ``end`` of ``pdf``; ``None`` when there is only validation data.

    ``vri_keys`` are the names (``/`` and a SHA-1) under which the store may hold what belongs to a signature.
    Raises any exception at all when something else is there, or nothing.
    """
    need(end < len(pdf))
    document = _Document(PdfFileReader(BytesIO(pdf[:end])), frozenset(vri_keys))
    while end < len(pdf):
        # The timestamp is the last word.
        need(document.stamp is None and document.updates < 2)
        update = read_update(pdf, end)
        document.take(update)
        end = update.end
    return document.stamp


def _rest(value: Any, *keys: str) -> dict[str, bytes]:
    """A dictionary as it is written, entry by entry, without ``keys``."""
    need(isinstance(value, DictionaryObject))
    return {key: written(value.raw_get(key)) for key in value if key not in keys}


class _Document:
    """The document as it stands after the updates that were taken so far."""

    def __init__(self, reader: PdfFileReader, vri_keys: frozenset[str]) -> None:
        self._reader, self._vri_keys = reader, vri_keys
        self._trailer = _trailer(reader)
        self._root = self._trailer.root
        self._newer: dict[int, Any] = {}
        self.updates = 0
        self.stamp: Stamp | None = None

    def take(self, update: Update) -> None:
        """Go through one update; raises when it holds anything that is not ours."""
        self._check_trailer(update)
        self._check_catalogue(update)
        known = {self._root} & set(update.objects)
        if "/DSS" in self._catalogue(update):
            known |= self._store(update)
        for number, value in update.objects.items():
            if isinstance(value, Stamp):
                need(self.stamp is None)
                self.stamp = value
                known |= self._stamp_field(update, number)
        need(set(update.objects) == known)
        self._newer.update(update.objects)
        # Only now: what was new in this update is told from its number.
        self._trailer = replace(update.trailer, previous=update.table)
        self.updates += 1

    def _before(self, number: int) -> Any:
        """An object as it was before the update."""
        if number in self._newer:
            return self._newer[number]
        return Reference(number, 0, self._reader).get_object()

    def _is_new(self, number: int) -> bool:
        return number >= self._trailer.size or number in self._newer

    def _check_trailer(self, update: Update) -> None:
        size = max(self._trailer.size, *(number + 1 for number in update.objects))
        need(update.trailer == replace(self._trailer, size=size))

    def _catalogue(self, update: Update) -> Any:
        return update.objects.get(self._root, self._before(self._root))

    def _check_catalogue(self, update: Update) -> None:
        old, new = self._before(self._root), self._catalogue(update)
        need(_rest(old, "/DSS") == _rest(new, "/DSS"))
        if "/DSS" in old:
            need(written(old.raw_get("/DSS")) == written(new.raw_get("/DSS")))

    def _store(self, update: Update) -> set[int]:
        """The numbers of the store's objects in this update; each is looked at."""
        number = number_of(self._catalogue(update).raw_get("/DSS"))
        if number not in update.objects:
            return set()
        need(self._is_new(number))
        found, store = {number}, update.objects[number]
        need(set(store) <= {*_DER, "/VRI", "/Type"} and store.get("/Type", "/DSS") == "/DSS" and "/Certs" in store)
        for kind in _DER.keys() & set(store):
            found |= set(self._streams(update, store.raw_get(kind), kind))
        if "/VRI" in store:
            found |= self._of_signatures(update, store["/VRI"])
        return found & set(update.objects)

    def _of_signatures(self, update: Update, entries: Any) -> set[int]:
        """The numbers of what the store says belongs to one signature or the other."""
        found: set[int] = set()
        for key in entries:
            number = number_of(entries.raw_get(key))
            value = update.objects[number]
            need(key in self._vri_keys and self._is_new(number) and set(value) <= {*_VRI, "/Type"})
            found.add(number)
            for kind in _VRI.keys() & set(value):
                found |= set(self._streams(update, value.raw_get(kind), _VRI[kind]))
        return found

    def _streams(self, update: Update, numbers: Any, kind: str) -> Iterator[int]:
        for number in _numbers(numbers):
            need(self._is_new(number))
            stream = update.objects[number] if number in update.objects else self._newer[number]
            # The length is not among the entries of a stream that was read; a filter would be.
            need(isinstance(stream, StreamObject) and not set(stream))
            _DER[kind](stream.data)
            yield number

    def _stamp_field(self, update: Update, number: int) -> set[int]:
        """The numbers of the timestamp's objects: its own, its field's, the form's, the page's."""
        form = number_of(self._catalogue(update).raw_get("/AcroForm"))
        field = number_of(update.objects[form]["/Fields"].raw_get(-1))
        entry = update.objects[field]
        page = number_of(entry.raw_get("/P"))
        need(self._is_new(number) and self._is_new(field))
        need(set(entry) <= _FIELD and entry["/FT"] == "/Sig" and number_of(entry.raw_get("/V")) == number)
        need(entry["/Subtype"] == "/Widget" and [int(edge) for edge in entry["/Rect"]] == [0, 0, 0, 0])
        self._grown(update, form, "/Fields", field)
        self._grown(update, page, "/Annots", field)
        need(self._before(page)["/Type"] == "/Page")
        return {number, field, form, page}

    def _grown(self, update: Update, number: int, key: str, field: int) -> None:
        """The object is as it was, but for one more reference at the end of its list ``key``."""
        old, new = self._before(number), update.objects[number]
        need(_rest(old, key) == _rest(new, key))
        before, after = (_numbers(old[key]) if key in old else []), _numbers(new.raw_get(key))
        need(after == [*before, field])


def _numbers(value: Any) -> list[int]:
    need(isinstance(value, ArrayObject))
    return [number_of(value.raw_get(place)) for place in range(len(value))]


def _trailer(reader: PdfFileReader) -> Trailer:
    """What an update of the document that ``reader`` has before it must say."""
    identifier = reader.trailer["/ID"][0]
    return Trailer(
        # A string that happens to be readable is read as text.
        identifier=getattr(identifier, "original_bytes", identifier),
        info=number_of(reader.trailer.raw_get("/Info")),
        root=reader.root_ref.idnum,
        size=int(reader.trailer["/Size"]),
        previous=reader.last_startxref,
    )
