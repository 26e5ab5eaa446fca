"""What the desk shows of giving."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.widgets import Button
from wagtail.models import Page

from .desk import Giving, income

TOLD_OF = ("storypage", "filmpage")  # the pages that bear appeals


@hooks.register("register_admin_viewset")
def giving() -> Giving:
    """Pledges and gifts."""
    return Giving()


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    """What a story brought in."""
    return [path("stories/<int:pk>/income/", income, name="story_income")]


@hooks.register("register_page_header_buttons")
def what_it_brought_in(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """In the menu above a story's editor."""
    if page.pk and page.content_type.model in TOLD_OF and user.has_perm("giving.view_pledge"):
        yield Button("What it brought in", reverse("story_income", args=[page.pk]), icon_name="rotate", priority=90)
