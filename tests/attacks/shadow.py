"""Shadow attacks: what was prepared in a document before signing is called up after it.

After Mainka, Mladenov, Rohlmann, "Shadow Attacks: Hiding and Replacing Content in Signed PDFs" (2021). Nobody prepares
our documents, because we render them ourselves; what is tried here is the half after signing, with what is there.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.attacks.raw import LIE, Raw, stream
from tests.attacks.table import ADDED, ATTACKS, TAMPERED, Attack


def _enter(name: str, change: Callable[[Raw], bytes]) -> None:
    ATTACKS.append(Attack("shadow", name, lambda sample: change(Raw(sample.pdf)), TAMPERED, ADDED))


def _fonts(raw: Raw) -> dict[int, bytes]:
    """Every font's file: the glyphs behind the letters."""
    found = {int(number) for number in re.findall(rb"/FontFile\d? (\d+) 0 R", raw.pdf)}
    return {number: stream(b"") for number in found}


def _letters(raw: Raw) -> dict[int, bytes]:
    """Every table from glyphs to characters: what is copied, searched and read aloud."""
    found = {int(number) for number in re.findall(rb"/ToUnicode (\d+) 0 R", raw.pdf)}
    return {number: stream(b"begincmap endcmap") for number in found}


def _appearance(raw: Raw) -> int:
    found = re.search(rb"/AP <<\s*/N (\d+) 0 R", raw.source(raw.field))
    assert found is not None
    return int(found.group(1))


def _whole_copy(raw: Raw) -> bytes:
    """A second catalogue with pages of its own, called up by a table and a trailer alone (hide and replace)."""
    tree, page, content = raw.size, raw.size + 1, raw.size + 2
    prepared = raw.update(
        {
            content: stream(LIE),
            page: raw.source(raw.pages[0]).replace(b"/Contents %d 0 R" % raw.streams[0], b"/Contents %d 0 R" % content),
            tree: b"<< /Type /Pages /Count 1 /Kids [ %d 0 R ] >>" % page,
            raw.size + 3: raw.source(raw.root).replace(b"/Pages %d 0 R" % raw.tree, b"/Pages %d 0 R" % tree),
        }
    )
    return Raw(prepared).update({}, root=raw.size + 3)


def _covered(raw: Raw) -> bytes:
    """A white sheet over all, then the lie: a content of two streams."""
    sheet = stream(b"q 1 g 0 0 600 850 re f Q")
    both = b"/Contents [ %d 0 R %d 0 R %d 0 R ]" % (raw.streams[0], raw.size, raw.size + 1)
    page = raw.changed(raw.pages[0], b"/Contents %d 0 R" % raw.streams[0], both)
    return raw.update({raw.size: sheet, raw.size + 1: stream(LIE), **page})


_enter("hide: the page's content behind a white sheet", _covered)
_enter("hide: the content emptied", lambda raw: raw.update({raw.streams[0]: stream(b"")}))
_enter("hide: a layer that is switched off", lambda raw: raw.update(
    raw.entered(raw.root, b"/OCProperties << /OCGs [] /D << /BaseState /OFF >> >>")))  # fmt: skip
_enter("hide: the seal's field invisible", lambda raw: raw.update(raw.changed(raw.field, b"/F 132", b"/F 2")))
_enter("replace: the seal's appearance", lambda raw: raw.update(
    {_appearance(raw): stream(LIE, b"/Type /XObject /Subtype /Form /BBox [0 0 114 113]")}))  # fmt: skip
_enter("replace: the glyphs of every font", lambda raw: raw.update(_fonts(raw)))
_enter("replace: what is copied out of every font", lambda raw: raw.update(_letters(raw)))
_enter("replace: what the seal's field is called", lambda raw: raw.update(
    raw.changed(raw.field, b"/Rect", b"/TU (valid) /Rect")))  # fmt: skip
_enter("hide and replace: another catalogue, by the trailer alone", _whole_copy)
_enter("hide and replace: the signed document's first catalogue", lambda raw: raw.update({}, root=raw.tree))
_enter("hide and replace: one page's content for another's, by the table alone", lambda raw: raw.update(
    {}, places={raw.streams[0]: raw.place(raw.streams[-1])}))  # fmt: skip
_enter("hide and replace: pages exchanged, by the table alone", lambda raw: raw.update(
    {}, places={raw.pages[0]: raw.place(raw.pages[-1])}))  # fmt: skip
_enter("hide and replace: the catalogue before the signature, by the table alone", lambda raw: raw.update(
    {}, places={raw.root: raw.pdf.index(b"\n%d 0 obj\n" % raw.root) + 1}))  # fmt: skip
