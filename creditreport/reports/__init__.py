"""The report: issuing, its frozen content, its pages, the archive."""
