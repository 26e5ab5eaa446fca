"""What becomes of grants and courtesies when two accounts become one."""

from masthead.readers import merging
from masthead.readers.models import Reader

from .models import Courtesy, Grant


def says(gone: Reader, _kept: Reader) -> list[str]:
    """Courtesies that run; grants follow what they were given for."""
    running = Courtesy.objects.filter(reader=gone, ended_at=None).count()
    return [f"Memberships given by the newsroom: {running}."] if running else []


def move(gone: Reader, kept: Reader) -> None:
    """All of them change hands, past ones too: no two of them are for the same reason."""
    Grant.objects.filter(reader=gone).update(reader=kept)
    Courtesy.objects.filter(reader=gone).update(reader=kept)


merging.register("membership", says=says, move=move)
