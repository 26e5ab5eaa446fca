"""What the desk shows first: where to begin a story, and the paper as readers see it."""

from typing import Any

from wagtail.admin.ui.components import Component

from masthead.newsroom import menu
from masthead.newsroom.models import FilmIndexPage, FrontPage


class Beginnings(Component):
    """Begin a story or a film, make up the front page, look at the paper."""

    name = "beginnings"
    template_name = "desk/beginnings.html"
    order = 10

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {
            "sections": menu.sections(),
            "films": FilmIndexPage.objects.live().first(),
            "front": FrontPage.objects.live().first(),
        }


class Care(Component):
    """One box that finds a supporter, for who answers them."""

    name = "care"
    template_name = "desk/care/panel.html"
    order = 5
