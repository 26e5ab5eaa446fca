"""The pictures that a visitor meets first, of the front page, the lead story and the films, drawn before all opens.

Two processes draw; the worker draws the rest, and the slow formats, once the paper is up.
"""

import os
from collections.abc import Iterable

from masthead.newsroom.models import FilmPage, FrontPage, Picture, StoryPage

PROCESSES = 2
FIRST = "format-jpeg"


def draw_first() -> None:
    """Draw one quick format of every picture of the front page, of the lead story and of the films."""
    from django.db import connections

    chosen = sorted(_of_the_front())
    connections.close_all()  # no connection crosses a fork
    drawing = [_fork(chosen[number::PROCESSES]) for number in range(PROCESSES)]
    for process in drawing:
        if os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]):
            raise SystemExit("A picture could not be drawn.")


def _of_the_front() -> set[int]:
    front = FrontPage.objects.get()
    pieces = [front.lead, *(pick.piece for pick in front.picks.all())]
    newest = StoryPage.objects.published().newest()[:30]
    shown = {piece.specific.lead_picture for piece in pieces if piece} | {story.lead_picture for story in newest}
    shown |= {film.poster for film in FilmPage.objects.published().newest()[:8]}
    lead = front.lead.specific if front.lead else None
    if lead is not None:
        shown |= {block.value["picture"] for block in lead.body if block.block_type == "picture"}
    return {picture.pk for picture in shown if picture}


def _fork(pictures: Iterable[int]) -> int:
    from masthead.web import supervisor

    return supervisor.fork("drawing", lambda: _draw(pictures))


def _draw(pictures: Iterable[int]) -> None:
    from masthead.newsroom.pictures import renditions

    for pk in pictures:
        picture = Picture.objects.get(pk=pk)
        while any(FIRST in spec for spec in renditions.missing(picture)):
            renditions.make_some(picture, seconds=0)
