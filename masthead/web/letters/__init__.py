"""Composes letters from all floors: as mail, as plain text, and as a page of the archive."""
