"""The monthly report as a use case: count, draw, hand over; nothing is stored."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from creditreport.statistics.figures import figures
from creditreport.statistics.monthly import Issuer, render_monthly
from creditreport.statistics.period import Period
from creditreport.statistics.written import Writer

if TYPE_CHECKING:
    from creditreport.service import Service


def monthly_report(service: Service, period: Period, language: str, now: datetime) -> bytes:
    """The PDF for ``period`` in ``zh`` or ``en``, counted at ``now``. Raises ``MISSING_GLYPH``, ``FONTS_MISSING``."""
    settings = service.settings
    issuer = Issuer(settings.issuer_portal, settings.issuing_authority)
    told = figures(service, period, now)
    return render_monthly(told, issuer, service.fonts, Writer(service.catalog, language))
