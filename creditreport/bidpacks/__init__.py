"""Bid packs: up to two hundred reports checked in one go for one bid opening, with a signed sheet of the verdicts."""
