"""The violation record: mapping rows to it, collecting the answers, screening them by a rule set."""
