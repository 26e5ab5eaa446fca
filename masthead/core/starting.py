"""Which of the checks must pass before a newsroom starts."""

from django.core import checks

BEFORE_START = "before start"
"""The tag of a check whose errors stop the start. It must cost the same however much the newsroom holds."""


def faults() -> list[str]:
    """What forbids a start, each in one line with its cure. Asks the database. Raises django.db.Error."""
    found = checks.run_checks(tags=[BEFORE_START], databases=["default"])
    return [in_words(message) for message in found if message.level >= checks.ERROR]


def in_words(message: checks.CheckMessage) -> str:
    """A check's finding in one line: what is wrong, and what cures it."""
    wrong = str(message.msg)
    return f"{wrong.removesuffix('.')}: {message.hint}" if message.hint else wrong
