"""Drivers that fetch rows; they know nothing of records or reports."""
