"""The guide (办事指南): who may apply, the 45 fields as they stand, steps, questions; to read, search and print."""
