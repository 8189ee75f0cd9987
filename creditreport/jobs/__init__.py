"""What runs outside a request: an outbox in the store, and whoever works it off, in place or by Celery."""
