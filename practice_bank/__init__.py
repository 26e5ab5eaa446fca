"""A pretend bank, for demonstrations and tests: no card is asked for, and no money moves.

It is another house: a process and a file of its own, reached over HTTP alone. It imports nothing of Masthead, and
nothing of Masthead imports it. Only the standard library is used.
"""
