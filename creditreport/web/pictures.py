"""Pictures drawn by the server: the QR code as SVG, so that no script and no other host is needed."""

from __future__ import annotations

from markupsafe import Markup, escape

from creditreport.qr import QUIET_ZONE, modules


def qr_picture(text: str, label: str) -> Markup:
    """A QR code of ``text`` as inline SVG: level M, four modules of quiet zone, always dark on white."""
    rows = modules(text)
    size = len(rows) + 2 * QUIET_ZONE
    dark = ((x, y) for y, row in enumerate(rows, QUIET_ZONE) for x, one in enumerate(row, QUIET_ZONE) if one)
    path = "".join(f"M{x} {y}h1v1h-1z" for x, y in dark)
    return Markup(
        '<svg class="qr" role="img" aria-label="{label}" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        '<rect width="{size}" height="{size}" fill="#fff"/><path d="{path}" fill="#000"/></svg>'
    ).format(label=escape(label), size=size, path=path)
