"""Addresses that are written to no more, and why."""
