"""PAdES signatures: the key, the signature, the trust that a check ends in."""
