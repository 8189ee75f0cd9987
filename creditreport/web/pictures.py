"""Pictures drawn by the server: the QR code as SVG, so that no script and no other host is needed."""

from __future__ import annotations

import qrcode
from markupsafe import Markup, escape

QUIET = 4


def qr_picture(text: str, label: str) -> Markup:
    """A QR code of ``text`` as inline SVG: level M, four modules of quiet zone, always dark on white."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    matrix = code.get_matrix()
    size = len(matrix)
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
    return Markup(
        '<svg class="qr" role="img" aria-label="{label}" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        '<rect width="{size}" height="{size}" fill="#fff"/><path d="{path}" fill="#000"/></svg>'
    ).format(label=escape(label), size=size, path=path)
