"""Requests that wait: refused because of a source, tried again until the report can be issued."""
