"""Codes, verdicts and the five steps of a file check."""
