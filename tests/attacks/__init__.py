"""Ways to change a signed report, or to make one that looks like it: one table, an entry for each."""

from tests.attacks import rewriting, shadow, signers, structure, updates, wrapping
from tests.attacks.table import ATTACKS, Attack, Sample

__all__ = ["ATTACKS", "Attack", "Sample", "rewriting", "shadow", "signers", "structure", "updates", "wrapping"]
