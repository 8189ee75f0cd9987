"""Sign-in of people."""
