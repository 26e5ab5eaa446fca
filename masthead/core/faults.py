"""Named moments at which a test may cut the power. Here they are nothing but names.

There is no switch: nothing in this package gives `reach` another meaning. A test's own process replaces it
before it starts the product's code.
"""


def reach(point: str) -> None:
    """Say that the code has come to `point`."""
