"""References that people read out on the telephone; not secret, so no row may be reached by one alone."""

from masthead.money import references


def new() -> str:
    """Such as `7Q4K-22M9`."""
    letters = references.new(8)
    return f"{letters[:4]}-{letters[4:]}"
