"""A pack of two hundred files from the upload to the signed sheet, beside the same files verified one after another."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from PIL import Image

from creditreport.bidpacks.check import check_pack
from creditreport.bidpacks.items import Upload
from creditreport.config import CHECKOUT
from creditreport.reports.fonts import load_fonts
from creditreport.verification.verify import verify_file
from tests.bench.figures import Figure, timed
from tests.bench.stage import Stage
from tests.bidding import Bidding
from tests.conftest import NOON
from tests.photocopy import picture

GENUINE, TAMPERED, COPIES, SCANS = 150, 20, 20, 10
FILES = GENUINE + TAMPERED + COPIES + SCANS
TARGET = 10.0
LIMIT = 10 * 1024 * 1024


def run(stage: Stage) -> Iterator[Figure]:
    """The figures of bid packs."""
    with stage.service("bidpack", CHECKOUT / "domains", {}) as service:
        service.fonts = load_fonts(CHECKOUT / "var")
        bidding = Bidding(service)
        uploads = _pack(stage, bidding)
        # Nothing of the first pack's loading of programs is part of the figure.
        bidding.check(*uploads[:2], uploads[-1])

        def whole() -> None:
            check_pack(service, bidding.start(*uploads, years=2).id, NOON)

        together = min(timed(whole) for _ in range(2))
        alone = timed(lambda: _one_by_one(bidding, uploads))
    yield Figure(
        f"bid pack of {FILES} files to the signed sheet",
        f"{together:.1f} s",
        f"≤ {TARGET:.0f} s",
        together <= TARGET,
        f"verified one after another {alone:.1f} s; {GENUINE} genuine, {TAMPERED} changed, {COPIES + SCANS} copies",
    )


def _pack(stage: Stage, bidding: Bidding) -> list[Upload]:
    """Originals of different businesses; some of them changed, without their signature, or scanned."""
    reports = [bidding.issue(number) for number in range(GENUINE)]
    files = [one.pdf for one in reports]
    files += [one.pdf[:-300] + bytes([one.pdf[-300] ^ 1]) + one.pdf[-299:] for one in reports[:TAMPERED]]
    files += [one.unsigned for one in reports[:COPIES]]
    path = stage.folder / "scanned.pdf"
    for one in reports[:SCANS]:
        path.write_bytes(one.pdf)
        scan = BytesIO()
        page: Image.Image = picture(path, 150)
        page.save(scan, "PDF")
        files.append(scan.getvalue())
    return [Upload(f"{at}.pdf", data) for at, data in enumerate(files, start=1)]


def _one_by_one(bidding: Bidding, uploads: list[Upload]) -> None:
    service = bidding.service
    for upload in uploads:
        with service.reading() as session:
            verify_file(session, upload.data, NOON, service.trust, LIMIT, current=service.currency)
