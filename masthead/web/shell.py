"""What stands around every page: the paper's name, its sections, its menus, its imprint."""

from dataclasses import dataclass

from django.conf import settings

from masthead.letters.models import LetterList
from masthead.letters.receivers import LISTS
from masthead.newsroom import menu
from masthead.newsroom.models import Paper, PublicPage, SectionPage
from masthead.press.recording import made_of


@dataclass(frozen=True)
class Link:
    """A word that leads somewhere."""

    title: str
    url: str


ALWAYS = (Link("Open books", "/open-books/"), Link("Search", "/search/"))
"""What stands at the end of each menu."""


@dataclass(frozen=True)
class Shell:
    """The paper's own words, as the templates need them."""

    name: str
    tagline: str
    description: str
    language: str
    editor_in_chief: str
    imprint: str
    drawn_plate: bool
    own_colours: bool
    sections: tuple[Link, ...]
    menu: tuple[Link, ...]
    foot: tuple[Link, ...]


def of_the_paper() -> Shell:
    """Read once a page; every page is made of it."""
    paper = menu.paper()
    return Shell(
        name=paper.name,
        tagline=paper.tagline,
        description=paper.description,
        language=language_tag(),
        editor_in_chief=paper.editor_in_chief,
        imprint=paper.imprint,
        drawn_plate=paper.plate_id is not None,
        own_colours=differs_from_the_style_sheet(paper),
        sections=tuple(Link(page.title, page.path_now) for page in menu.sections()),
        menu=(*(Link(page.title, page.path_now) for page in _beside_sections()), *ALWAYS),
        foot=tuple(Link(page.title, page.path_now) for page in menu.in_footer()),
    )


def free_letters() -> tuple[LetterList, ...]:
    """The lists that anybody may sign up for, as the foot of a page offers them."""
    made_of(LISTS)
    return tuple(LetterList.objects.taking_sign_ups())


def _beside_sections() -> list[PublicPage]:
    return [page for page in menu.in_menu() if not isinstance(page, SectionPage)]


def differs_from_the_style_sheet(paper: Paper) -> bool:
    """Whether the desk has chosen what tokens.css does not say already, so that /paper.css is needed."""
    plain = Paper()
    chosen, said = ((each.accent_light, each.accent_dark) for each in (paper, plain))
    return paper.plate_id is not None or chosen != said


def language_tag() -> str:
    """en-gb, as settings say it, is en-GB in markup."""
    language, _, region = settings.LANGUAGE_CODE.partition("-")
    return f"{language}-{region.upper()}" if region else language
