from django.db import models

from masthead.press.models import OnPages
from masthead.press.watching import watch


class Piece(OnPages):
    """A story of one line."""

    headline = models.TextField()
    section = models.TextField()
    live = models.BooleanField(default=True)

    class Meta:
        app_label = "site"


watch(
    Piece,
    parts=lambda piece: [f"page:{piece.pk}", f"list:section:{piece.section}", "list:front"],
    pull=lambda piece: not piece.live,
)
