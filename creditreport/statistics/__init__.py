"""Figures for staff as tables, charts and a monthly report: reports, verifications, objections, timeliness."""
