"""Making issued reports again from what was stored, and asking what other rules would have made of them."""
