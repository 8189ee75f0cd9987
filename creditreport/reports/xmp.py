"""What the file says about itself, twice: as the document information and as XMP, in the same words.

PDF/A-3 (ISO 19005-3, 6.6) reads XMP only, and there also finds that the file claims part 3, level B. Older readers show
the document information.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from xml.sax.saxutils import escape

from creditreport.clock import as_shanghai

# The byte order mark and the identifier of XMP (ISO 16684-1, 7.3.2); "r": nobody is to write into a sealed file.
_BEGIN = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
_END = '<?xpacket end="r"?>'
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_NAMESPACES = (
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("xmp", "http://ns.adobe.com/xap/1.0/"),
    ("pdf", "http://ns.adobe.com/pdf/1.3/"),
    ("pdfaid", "http://www.aiim.org/pdfa/ns/id/"),
)


class Description(NamedTuple):
    """The document's metadata; ``titles`` by language, the document's own first."""

    titles: Sequence[tuple[str, str]]
    author: str
    subject: str
    keywords: str
    creator: str
    producer: str
    moment: datetime

    @property
    def title(self) -> str:
        """The title in the document's own language."""
        return self.titles[0][1]

    @property
    def languages(self) -> list[str]:
        """The languages in which the document speaks, the main one first."""
        return [language for language, _ in self.titles]


def pdf_date(moment: datetime) -> str:
    """A date as PDF writes it (ISO 32000-1, 7.9.4)."""
    said = f"{as_shanghai(moment):%Y%m%d%H%M%S%z}"
    return f"D:{said[:-2]}'{said[-2:]}'"


def xmp_packet(described: Description) -> bytes:
    """The XMP packet (ISO 16684-1)."""
    date = as_shanghai(described.moment).isoformat(timespec="seconds")
    parts = [
        "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>",
        "<dc:format>application/pdf</dc:format>",
        f"<dc:title>{_alternatives(described.titles)}</dc:title>",
        f"<dc:creator><rdf:Seq><rdf:li>{escape(described.author)}</rdf:li></rdf:Seq></dc:creator>",
        f"<dc:language><rdf:Bag>{_items(described.languages)}</rdf:Bag></dc:language>",
        f"<xmp:CreateDate>{date}</xmp:CreateDate><xmp:ModifyDate>{date}</xmp:ModifyDate>",
        f"<xmp:MetadataDate>{date}</xmp:MetadataDate><xmp:CreatorTool>{escape(described.creator)}</xmp:CreatorTool>",
        f"<pdf:Producer>{escape(described.producer)}</pdf:Producer><pdf:Keywords>{escape(described.keywords)}</pdf:Keywords>",
    ]
    if described.subject:
        parts.append(f"<dc:description>{_alternatives([(described.languages[0], described.subject)])}</dc:description>")
    names = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in _NAMESPACES)
    packet = (
        f'{_BEGIN}\n<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}">\n'
        f'<rdf:Description rdf:about="" {names}>'
        f"\n{chr(10).join(parts)}\n</rdf:Description></rdf:RDF></x:xmpmeta>\n{_END}"
    )
    return packet.encode()


def _alternatives(texts: Sequence[tuple[str, str]]) -> str:
    first = f'<rdf:li xml:lang="x-default">{escape(texts[0][1])}</rdf:li>'
    each = "".join(f'<rdf:li xml:lang="{language}">{escape(text)}</rdf:li>' for language, text in texts)
    return f"<rdf:Alt>{first}{each}</rdf:Alt>"


def _items(texts: Sequence[str]) -> str:
    return "".join(f"<rdf:li>{escape(text)}</rdf:li>" for text in texts)
