"""Where readers find things. A published address never dies: what moves leaves a redirect to where it now stands.

Each thing has one current address; all that it had before lead there, so there are no chains and no loops.
An address that was once published is never given to anything else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from masthead.core.refusals import Refusal
from masthead.newsroom.models import (
    Address,
    FilmIndexPage,
    FilmPage,
    FrontPage,
    Person,
    PlainPage,
    RunningStory,
    SectionPage,
    StoryPage,
    Topic,
)

KINDS: dict[str, Any] = {
    "story": StoryPage,
    "film": FilmPage,
    "section": SectionPage,
    "front": FrontPage,
    "films": FilmIndexPage,
    "plain": PlainPage,
    "person": Person,
    "running": RunningStory,
    "topic": Topic,
}
_KIND_OF = {model: kind for kind, model in KINDS.items()}

RESERVED = frozenset(
    """account approve books calls corrections demo desk feeds films healthz hooks images letters media people presents
    robots running search shop sitemaps static support topics well-known""".split()  # noqa: SIM905  (a list of words)
)
"""First words of addresses that the house itself uses, now or soon: no section or plain page may bear them."""

AT_ONCE = 1_000


class AddressTaken(Refusal):
    for_people_text = "Something else was published at %(path)s before. Choose another name in the address."


@dataclass(frozen=True)
class Found:
    """What is known of a path: what stands there, or where it went. Neither: gone, or never there."""

    thing: Any = None
    moved_to: str | None = None
    was_here: bool = False


def key_of(thing: Any) -> str:
    """How `thing` is written in an address row: 'story:12'."""
    return f"{_KIND_OF[type(thing)]}:{thing.pk}"


def path_of(thing: Any) -> str:
    """Where `thing` stands, or would stand if it were published now."""
    return str(thing.path_now if hasattr(thing, "path_now") else thing.path)


def look_up(path: str) -> Found:
    """What stands at `path`: something that readers may see, or the address to which it moved."""
    if "\x00" in path:  # PostgreSQL takes no such text, not even in a question
        return Found()
    address = Address.objects.filter(path=path).first()
    if address is None:
        return Found()
    thing = _published(address.thing)
    if thing is None:
        return Found(was_here=True)
    if address.current:
        return Found(thing=thing, was_here=True)
    return Found(moved_to=path_of(thing), was_here=True)


def page_at(path: str) -> Any:
    """The published page, person, topic or running story at `path`, or None."""
    return look_up(path).thing


def redirect_for(path: str) -> str | None:
    """Where what was once at `path` stands now, or None."""
    return look_up(path).moved_to


def check_free(thing: Any) -> None:
    """Raise ValidationError when `thing` can't have the address that its name gives it."""
    if isinstance(thing, (SectionPage, PlainPage)) and thing.slug in RESERVED:
        raise ValidationError(
            {"slug": _("The house itself uses /%(slug)s/. Choose another name.") % {"slug": thing.slug}}
        )
    if not getattr(thing, "live", True):
        return  # a draft has no address yet: `publishing.lacks` looks when it is to have one
    if thing.slug and (path := taken_by_another(thing)):
        raise ValidationError({"slug": AddressTaken(path=path).for_people})


def taken_by_another(thing: Any) -> str | None:
    """The path of `thing`, when something else was published there; None when it is free or its own."""
    path = path_of(thing)
    others = Address.objects.filter(path=path)
    if thing.pk:
        others = others.exclude(thing=key_of(thing))
    return path if others.exists() else None


def keep(thing: Any) -> None:
    """Make the path of `thing` its current address, inside the transaction that publishes or moves it.

    Raises AddressTaken when something else was published there.
    """
    path, key = path_of(thing), key_of(thing)
    known = {address.path: address for address in Address.objects.filter(thing=key)}
    if path in known and known[path].current:
        return
    if path not in known and Address.objects.filter(path=path).exists():
        raise AddressTaken(path=path)
    Address.objects.filter(thing=key, current=True).update(current=False)
    if path in known:
        Address.objects.filter(path=path).update(current=True)
    else:
        Address.objects.create(path=path, thing=key)


def keep_all_in(section: SectionPage) -> list[int]:
    """Give the published stories of a renamed section their new addresses; returns the stories' keys."""
    moved: list[int] = []
    stories = StoryPage.objects.filter(section=section, published_at__isnull=False).order_by("pk")
    chunk: list[StoryPage] = []
    for story in stories.only("pk", "slug", "published_at").iterator(chunk_size=AT_ONCE):
        story.section = section
        chunk.append(story)
        if len(chunk) == AT_ONCE:
            moved += _keep_many(chunk)
            chunk = []
    return moved + _keep_many(chunk)


def _keep_many(stories: list[StoryPage]) -> list[int]:
    """`keep` for many stories in a handful of queries; those that were never published have no address to keep."""
    keys = [key_of(story) for story in stories]
    before = dict(Address.objects.filter(thing__in=keys, current=True).values_list("thing", "path"))
    moving = [story for story in stories if key_of(story) in before and before[key_of(story)] != story.path_now]
    paths = {story.path_now: key_of(story) for story in moving}
    known = dict(Address.objects.filter(path__in=paths).values_list("path", "thing"))
    for path, thing in known.items():
        if thing != paths[path]:
            raise AddressTaken(path=path)
    Address.objects.filter(thing__in=paths.values(), current=True).update(current=False)
    Address.objects.filter(path__in=known).update(current=True)
    Address.objects.bulk_create([Address(path=path, thing=key) for path, key in paths.items() if path not in known])
    return [story.pk for story in moving]


def current_paths(things: Iterable[Any]) -> dict[str, str]:
    """The current address of each thing that has one, by key."""
    keys = [key_of(thing) for thing in things]
    return dict(Address.objects.filter(thing__in=keys, current=True).values_list("thing", "path"))


def _published(key: str) -> Any:
    kind, _, pk = key.partition(":")
    rows = KINDS[kind].objects.filter(pk=pk)
    return (rows.live() if hasattr(rows, "live") else rows).first()
