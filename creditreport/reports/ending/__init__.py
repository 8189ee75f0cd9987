"""Staff end a report: revoking it, by two persons, and issuing it again in its place."""
