"""Prints, editions, passes, and the application in front of Django."""
