"""Masthead: the publishing house of a newsroom that its readers pay for."""

__version__ = "0.1.0"
