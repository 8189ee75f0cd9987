"""The interface for programs: verifying one code or many, signed answers, and its own description."""
