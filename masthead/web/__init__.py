"""Addresses, page composition, templates, settings and the command masthead."""
