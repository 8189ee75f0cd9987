"""Revisions appended to a signed report: the signed bytes stay, what a reader shows does not."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pypdf import PdfWriter

from tests.attacks.raw import FONT, LIE, Raw, stream
from tests.attacks.table import ADDED, ATTACKS, ONLY_DIGEST, TAMPERED, Attack, Sample, attack
from tests.longterm import QuietWriter


def _page(raw: Raw) -> bytes:
    new = raw.size
    objects = {new: stream(LIE), new + 1: FONT}
    source = raw.source(raw.pages[0])
    before = b"/Contents %d 0 R" % raw.streams[0]
    assert before in source
    return raw.update({**objects, raw.pages[0]: source.replace(before, b"/Contents %d 0 R" % new)})


def _box(raw: Raw, subtype: bytes, entries: bytes = b"") -> bytes:
    """A white box with other words over the conclusion, as an annotation."""
    face = stream(b"1 g 0 0 400 60 re f 0 g " + LIE.replace(b"60 600", b"5 20"),
                  b"/Type /XObject /Subtype /Form /BBox [0 0 400 60] /Resources " + FONT)  # fmt: skip
    note = b"<< /Type /Annot /Subtype /%s /Rect [60 450 460 510] /F 4 /AP << /N %d 0 R >> %s >>"
    listed = b"/Annots [ %d 0 R " % (raw.size + 1)
    page = raw.source(raw.pages[0])
    page = page.replace(b"/Annots [ ", listed) if b"/Annots [ " in page else page[:-2] + listed + b"] >>"
    return raw.update({raw.size: face, raw.size + 1: note % (subtype, raw.size, entries), raw.pages[0]: page})


def _form(raw: Raw) -> bytes:
    """A text field with a value, in the form and on the page."""
    field = b"/FT /Tx /T (finding) /V (none) /DA (/F1 12 Tf) "
    with_box = Raw(_box(raw, b"Widget", field))
    return with_box.update(with_box.changed(raw.form, b"/Fields [ ", b"/Fields [ %d 0 R " % (raw.size + 1)))


def _other_page(sample: Sample) -> bytes:
    """Page one of another genuine report in place of this one's."""
    writer, other = QuietWriter(BytesIO(sample.pdf)), PdfFileReader(BytesIO(sample.other))
    mine, theirs = writer.root["/Pages"]["/Kids"][0], other.root["/Pages"]["/Kids"][0]
    for key in ("/Contents", "/Resources"):
        mine[key] = writer.import_object(theirs.raw_get(key))
    writer.update_container(mine)
    return _written(writer)


def _written(writer: QuietWriter) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _attached(sample: Sample) -> bytes:
    writer = PdfWriter(BytesIO(sample.pdf), incremental=True)
    writer.add_attachment("more.json", b"{}")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _store(certificates: list[bytes]) -> Callable[[Raw], dict[int, bytes]]:
    def make(raw: Raw) -> dict[int, bytes]:
        streams = {raw.size + place: stream(one) for place, one in enumerate(certificates, start=1)}
        listed = b" ".join(b"%d 0 R" % number for number in streams)
        source = raw.source(raw.root).rstrip()[:-2]
        root = source.partition(b"/DSS")[0] + b"/DSS %d 0 R\n>>" % raw.size
        return {raw.size: b"<<\n/Certs [ %s ]\n>>" % listed, **streams, raw.root: root}

    return make


def _store_and_page(sample: Sample) -> bytes:
    raw = Raw(sample.pdf)
    store = _store([b"x"])(raw)
    page = raw.changed(raw.pages[0], b"/Contents %d 0 R" % raw.streams[0], b"/Contents %d 0 R" % raw.streams[-1])
    return raw.update({**store, **page})


def _by_hand(name: str, change: Callable[[Raw], bytes]) -> None:
    ATTACKS.append(Attack("update", name, lambda sample: change(Raw(sample.pdf)), TAMPERED, ADDED))


_by_hand("a page with another content", _page)
_by_hand("the content stream defined anew", lambda raw: raw.update({raw.streams[0]: stream(LIE)}))
_by_hand("a box of free text over the conclusion", lambda raw: _box(raw, b"FreeText"))
_by_hand("a rubber stamp over the conclusion", lambda raw: _box(raw, b"Stamp"))
_by_hand("a form field, filled in", _form)
_by_hand("the seal's field loses its signature", lambda raw: raw.update(
    raw.changed(raw.field, b"/V %d 0 R" % raw.signature, b"")))  # fmt: skip
_by_hand("the seal's field shows something else", lambda raw: raw.update(
    {raw.size: stream(LIE, b"/Type /XObject /Subtype /Form /BBox [0 0 114 113]"),
     **raw.changed(raw.field, b"/AP <<", b"/AP << /N %d 0 R >> /Old <<" % raw.size)}))  # fmt: skip
_by_hand("the form emptied", lambda raw: raw.update({raw.form: b"<< /Fields [] >>"}))
_by_hand("appearances to be made anew", lambda raw: raw.update(raw.entered(raw.form, b"/NeedAppearances true")))
_by_hand("the form taken away", lambda raw: raw.update(
    raw.changed(raw.root, b"/AcroForm %d 0 R" % raw.form, b"")))  # fmt: skip
_by_hand("the certification taken away", lambda raw: raw.update(raw.changed(raw.root, b"/Perms", b"/Was")))
_by_hand("the certification loosened", lambda raw: raw.update(raw.changed(raw.signature, b"/P 1", b"/P 3")))
_by_hand("a script that runs on opening", lambda raw: raw.update(
    raw.entered(raw.root, b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>")))  # fmt: skip
_by_hand("the last page taken away", lambda raw: raw.update(
    {raw.tree: b"<< /Type /Pages /Count 1 /Kids [ %d 0 R ] >>" % raw.pages[0]}))  # fmt: skip
_by_hand("a page twice", lambda raw: raw.update(
    {raw.tree: b"<< /Type /Pages /Count 2 /Kids [ %d 0 R %d 0 R ] >>" % (raw.pages[0], raw.pages[0])}))  # fmt: skip
_by_hand("the pages in another order", lambda raw: raw.update(
    {raw.tree: b"<< /Type /Pages /Count %d /Kids [ %s ] >>"
     % (len(raw.pages), b" ".join(b"%d 0 R" % number for number in reversed(raw.pages)))}))  # fmt: skip
_by_hand("a page turned", lambda raw: raw.update(raw.entered(raw.pages[0], b"/Rotate 180")))
_by_hand("a page cropped", lambda raw: raw.update(raw.entered(raw.pages[0], b"/CropBox [0 400 595 842]")))
_by_hand("the attachment replaced", lambda raw: raw.update(
    {raw.file: stream(b'{"listed":0}', b"/Type /EmbeddedFile")}))  # fmt: skip
_by_hand("the attachment taken away", lambda raw: raw.update(raw.changed(raw.root, b"/Names", b"/Was")))
_by_hand("another title", lambda raw: raw.update(raw.entered(raw.info, b"/Title (Another)")))
_by_hand("another code in the information", lambda raw: raw.update(
    raw.entered(raw.info, b"/Keywords (0123-4567-89AB-CDEF-GHJY)")))  # fmt: skip
_by_hand("an object freed", lambda raw: raw.update({}, free=[raw.streams[-1]]))
_by_hand("an object that nothing refers to", lambda raw: raw.update({raw.size: b"(x)"}))
_by_hand("an update without an object", lambda raw: raw.update({}))
_by_hand("the page's font says other letters", lambda raw: raw.update(
    raw.changed(raw.pages[0], b"/Resources", b"/Resources " + FONT + b" /Was")))  # fmt: skip

attack("update", "a page of another genuine report", ADDED)(_other_page)
attack("update", "an attachment more", ADDED)(_attached)
attack("update", "like validation data, and a page changed with it", ADDED)(_store_and_page)


@attack("update", "like validation data, but not as we write them", ADDED)
def _store_by_hand(sample: Sample) -> bytes:
    raw = Raw(sample.pdf)
    return raw.update(_store([b"not a certificate"])(raw))


def _store_of_another(sample: Sample) -> bytes:
    """Somebody else's validation data in just the form that ours have."""
    writer = QuietWriter(BytesIO(sample.pdf))
    certificate = x509.Certificate.load(sample.impostor[1].public_bytes(Encoding.DER))
    DocumentSecurityStore.supply_dss_in_writer(writer, None, certs=[certificate])
    return _written(writer)


# The form is right, and on a report of level B-B nothing but the stored digest can tell whose the data are.
attack("update", "somebody's validation data in our own form", ONLY_DIGEST, level="B-B")(_store_of_another)
attack("update", "somebody's validation data after the timestamp", ADDED, level="B-LTA")(_store_of_another)
