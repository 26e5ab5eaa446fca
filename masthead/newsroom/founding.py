"""What a new newsroom is given: its name, on the front page and the desk."""

from django.db import transaction

from masthead.newsroom.models import Paper


def found(name: str, *, editor_in_chief: str = "") -> Paper:
    """Name the paper. The front page, the film page and the groups of staff were made with the database."""
    with transaction.atomic():
        paper: Paper = Paper.load()
        paper.name = name
        paper.editor_in_chief = editor_in_chief or paper.editor_in_chief
        paper.save()
    return paper
