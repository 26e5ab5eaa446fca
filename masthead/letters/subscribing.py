"""Signing up, joining, leaving: the verbs of lists."""
