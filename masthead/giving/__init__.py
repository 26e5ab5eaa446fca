"""Pledges and gifts: their states, changes, notices and the reader's own controls."""
