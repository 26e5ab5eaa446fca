"""A newsroom for the bench: a story page of 23 KB, with its rows, and the press in front of it."""
