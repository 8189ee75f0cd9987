"""Objections to records and requests for repair: filing, the clock, the unit's answer, the decision and its effect."""
