"""Suspicions: what a verifier finds strange about a report, told to staff without telling who one is."""
