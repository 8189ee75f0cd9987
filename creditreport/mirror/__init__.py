"""Sources that are kept in our own store: brought up to date by ``domains sync``, read when a report is made."""
