"""Sign-in of businesses: accounts, passwords, who is signed in."""
