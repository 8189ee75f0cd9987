"""Businesses: unified codes, the register, name history, who may apply."""
