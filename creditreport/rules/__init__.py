"""Rule sets in use: which version a day is under, what was used, how two differ, what staff should know."""
