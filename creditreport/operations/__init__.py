"""Running the service: what is measured, whether it is well, its backup and its restoring."""
