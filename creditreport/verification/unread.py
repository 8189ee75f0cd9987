"""Why a file cannot be checked further: words that the reader of files and what is said of them share."""

from __future__ import annotations

TOO_LARGE, NOT_PDF, UNREADABLE, ENCRYPTED, UNSIGNED = "too_large", "not_pdf", "unreadable", "encrypted", "unsigned"
