"""Supporter care: what the desk knows of one person, and what it can do for them, put together from every floor.

The page itself is composed above; each floor takes part in it by what it registers here: sections, lines of the log,
what is planned, acts, ways to find somebody.
"""
