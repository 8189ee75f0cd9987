"""The groups of the city's credit monitoring, each with its figures, charts and tables: for the page and on paper."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """One group: keys of its indicators, of the tables that are drawn, and of those that are told in full."""

    key: str
    indicators: tuple[str, ...]
    charts: tuple[str, ...]
    tables: tuple[str, ...]
    # What is too long for paper: told on the page only.
    longer: tuple[str, ...] = ()

    @property
    def every_table(self) -> tuple[str, ...]:
        """The tables of the page."""
        return (*self.longer, *self.tables)


SECTIONS = (
    Section(
        "publicity",
        ("publicity_reporting", "publicity_compliance", "publicity_timeliness", "codes_found", "codes_cleaned"),
        ("publicity", "publicity_compliance"),
        ("publicity",),
    ),
    Section(
        "rights",
        ("objections_filed", "objections_decided", "objections_in_time", "objections_median", "repairs_filed",
         "repairs_decided", "repairs_in_time", "repairs_median", "units_in_time"),
        ("letters_by_unit",),
        ("cases_by_kind", "letters_by_unit"),
    ),
    Section(
        "use",
        ("reports_issued", "businesses_served", "reports_clean", "verified", "verified_valid", "refused"),
        ("issued_by_day", "verified_by_day", "issued_by_purpose", "verified_by_verdict", "issued_by_field",
         "refused_by_reason"),
        ("issued_by_purpose", "issued_by_field", "refused_by_reason", "refused_by_source", "numbers_unissued"),
        ("issued_by_day", "verified_by_day", "verified_by_verdict"),
    ),
    Section("data", ("fields_fresh",), (), ("sources",)),
)  # fmt: skip
