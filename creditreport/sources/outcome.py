"""How asking a source can end badly; the messages are sentences for staff."""

from __future__ import annotations


class SourceUnavailable(Exception):
    """The source could not be read at all."""


class SourceIncomplete(Exception):
    """The source was read but cannot be understood as a whole."""


class ExpectationMissed(SourceIncomplete):
    """The source was read and understood, and is not what the manifest expects: see ``[expect]``."""
