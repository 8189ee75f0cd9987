"""The double-publicity form (双公示) as departments upload it: checked row by row, kept as a drop, or sent back."""
