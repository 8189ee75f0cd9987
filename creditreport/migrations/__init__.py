"""Numbered changes of the store (Alembic)."""
