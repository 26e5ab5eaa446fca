"""Accounts, sign-in, devices, consent and privacy."""
