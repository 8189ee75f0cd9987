"""Rows that a person must settle: kept, shown, corrected, mapped or dismissed."""
