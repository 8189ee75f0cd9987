"""Notices: what a person is told on the page, and by e-mail that there is something to read."""
