from masthead.core.jobs import every
from masthead.press import changes


@every(days=1)
def forget_old_changes() -> None:
    """Keep the table of changes small."""
    changes.prune()
