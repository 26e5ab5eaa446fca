"""What a new newsroom is given: its name, on the front page and the desk, and plain pages to complete."""

import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction
from wagtail.rich_text import RichText

from masthead.newsroom.models import FrontPage, Paper, PlainPage

FIRST_PAGES = Path(__file__).with_name("first_pages.toml")


def found(name: str = "", *, editor_in_chief: str = "") -> Paper:
    """Name the paper, and begin its plain pages as drafts. Front, film page and groups were made with the database."""
    with transaction.atomic():
        paper: Paper = Paper.load()
        paper.name = name or paper.name
        paper.editor_in_chief = editor_in_chief or paper.editor_in_chief
        paper.save()
        front = FrontPage.objects.get()
        for facts in tomllib.loads(FIRST_PAGES.read_text())["pages"]:
            page = PlainPage(title=facts["title"], slug=facts["slug"], live=False, body=[*map(_block, facts["body"])])
            front.add_child(instance=page)
            page.save_revision()
    return paper


def _block(facts: dict[str, Any]) -> tuple[str, Any]:
    kind = facts["type"]
    if kind == "paragraph":
        return kind, RichText(f"<p>{facts['html']}</p>")
    if kind == "list":
        return kind, {"ordered": False, "items": [RichText(item) for item in facts["items"]]}
    return kind, facts["text"]
