"""Calls at the desk: what stands in its menu, on its first page, and the acts that ask before they are done."""
