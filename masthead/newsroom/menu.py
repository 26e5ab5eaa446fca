"""What stands in the menu and in the footer, in the order that the desk's page tree has."""

from typing import Any

from masthead.newsroom.models import FilmIndexPage, Paper, PlainPage, PublicPage, SectionPage
from masthead.press.recording import made_of


def paper() -> Paper:
    """The paper's name, colours and imprint."""
    made_of("paper")
    return Paper.objects.select_related("plate").first() or Paper()


def sections() -> list[SectionPage]:
    """The sections that readers can see, in order."""
    made_of("paper")
    return list(_published(SectionPage))


def in_menu() -> list[PublicPage]:
    """Sections, the film page and plain pages whose tick box 'In the menu' is set: sections first."""
    made_of("paper")
    return [
        page
        for model in (SectionPage, FilmIndexPage, PlainPage)
        for page in _published(model).filter(show_in_menus=True).defer_streamfields()
    ]


def in_footer() -> list[PlainPage]:
    """The plain pages that the footer names."""
    made_of("paper")
    return list(_published(PlainPage).filter(in_footer=True).defer_streamfields())


def _published(model: Any) -> Any:
    """What readers can see of a kind that a paper has few of, in order.

    By their keys, since SQLite would else walk along every page of the archive (`bench` row 'printing the story').
    """
    return model.objects.live().filter(pk__in=model._base_manager.values("pk")).order_by("path")
