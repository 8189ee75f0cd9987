"""Invented departments and businesses for the demonstration."""
