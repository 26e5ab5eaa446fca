"""Whatever the desk changes, in whatever order: every print of a real page says what a fresh rendering says."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.http import Http404
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from masthead.adverts.models import Booking
from masthead.appeals.models import Appeal
from masthead.calls import dates
from masthead.core import clock
from masthead.core.actors import Actor
from masthead.giving.models import GivingTerms
from masthead.letters.models import Issue, LetterList
from masthead.membership.models import Benefit, Tier
from masthead.newsroom import publishing
from masthead.newsroom.models import (
    Byline,
    Correction,
    FilmPage,
    FrontPage,
    Paper,
    Person,
    Picture,
    PlainPage,
    RunningStory,
    SectionPage,
    StoryPage,
    Topic,
)
from masthead.press.compressing import ungzipped
from masthead.press.known import Known, Row, Standing
from masthead.press.models import Change
from masthead.press.printing import render
from masthead.press.prints import Key, Print
from tests.worlds import asks, newsroom
from tests.worlds.calls import a_call
from tests.worlds.letters_issues import FREE, an_issue

pytestmark = pytest.mark.django_db

DESK = Actor.staff(1)
AT_ONCE = 4
"""How many changes are made between two comparisons, which take a second each."""
ALWAYS = [
    "/", "/films/", "/support/", "/open-books/", "/letters/", "/calls/", "/feeds/all.rss", "/sitemap.xml",
    "/sitemaps/pages.xml", "/sitemaps/0.xml", "/news-sitemap.xml", "/robots.txt", "/paper.css",
]  # fmt: skip
ASKED = ("/", "/support/")  # of the pages that stand still, those that differ between editions


def a_small_newsroom() -> None:
    """Two sections, two writers, three stories in a chain, a film, a letter, a call, an appeal, an advert."""
    ada, pier, tide = newsroom.a_person("Ada Obi"), newsroom.a_running_story(), Topic.objects.create(name="Tide")
    newsroom.a_section("Harbour"), newsroom.a_section("Town")
    picture = newsroom.a_picture(made=True)
    for headline in ("Four winters left", "Who owns the pier", "What the divers saw"):
        newsroom.a_story(headline, by=[ada], topics=[tide], chain=pier, lead_picture=picture, words=400)
    newsroom.a_film()
    plain = PlainPage(title="About", slug="about")
    FrontPage.objects.get().add_child(instance=plain)
    publishing.publish(plain)
    an_issue(of=FREE)
    dates.plan("The call with Helen Marwood", clock.now() + timedelta(days=20), by=DESK)
    asks.appeal()
    asks.booking()


def keys() -> set[Key]:
    """Every address that can be printed now; stories and what asks also as supporters see them."""
    stories = list(StoryPage.objects.live())
    sections = list(SectionPage.objects.live())
    moving: list[Any] = [*stories, *sections, *FilmPage.objects.live(), *PlainPage.objects.live()]
    paths = [*ALWAYS, *(f"/feeds/{section.slug}.rss" for section in sections), *(page.path_now for page in moving)]
    paths += [
        thing.path
        for kind in (Person, Topic, RunningStory, LetterList)
        for thing in kind.objects.all()  # type: ignore[attr-defined]
    ]
    paths += [issue.path for issue in Issue.objects.sent()]
    for_supporters = [*ASKED, *(story.path_now for story in stories[:1])]
    return {Key(path, (), "public") for path in paths} | {Key(path, (), "supporter") for path in for_supporters}


def a_live(kind: Any, place: int = 0) -> Any:
    """One of the pages of a kind that readers see, as the desk loads it."""
    return kind.objects.live().order_by("pk")[place]


def changed(thing: Any, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(thing, name, value)
    if hasattr(thing, "get_latest_revision"):
        publishing.publish(thing)
    else:
        thing.save()


def a_byline(story: StoryPage) -> None:
    story.bylines = [Byline(person=newsroom.a_person("Grace Whitlock"))]
    publishing.publish(story)


def a_correction(story: StoryPage) -> None:
    story.corrections = [Correction(text="Seven years, not nine.", corrected_at=clock.now())]
    publishing.publish(story)


def a_topic_more(story: StoryPage) -> None:
    story.topics.add(Topic.objects.create(name="Timber"))
    publishing.publish(story)


CHANGES: dict[str, Callable[[], Any]] = {
    "a story is published": lambda: newsroom.a_story("The lamp is lit", section="Town"),
    "a film is published": lambda: newsroom.a_film("A night on the ferry"),
    "a story is rewritten": lambda: changed(a_live(StoryPage), title="Three winters left", standfirst="It is less."),
    "a story gets another address": lambda: changed(a_live(StoryPage, 1), slug="the-owner-of-the-pier"),
    "a story is corrected": lambda: a_correction(a_live(StoryPage, 1)),
    "a story is taken down": lambda: publishing.take_down(a_live(StoryPage, 2), by=DESK),
    "a story moves to another section": lambda: a_live(StoryPage).move(
        SectionPage.objects.get(slug="town"), "last-child"
    ),
    "a story leaves its chain": lambda: changed(a_live(StoryPage, 1), chain=None),
    "a story gets a new writer": lambda: a_byline(a_live(StoryPage)),
    "a story gets a topic": lambda: a_topic_more(a_live(StoryPage)),
    "a section gets another address": lambda: changed(a_live(SectionPage), slug="the-harbour"),
    "a section gets another name": lambda: changed(a_live(SectionPage, 1), title="Streets and squares"),
    "a person comes": lambda: newsroom.a_person("Lena Marsh"),
    "a person is renamed": lambda: changed(Person.objects.earliest("pk"), name="Ada Obi-Hale", slug="ada-obi-hale"),
    "a person that nobody names goes": lambda: newsroom.a_person("Nobody").delete(),
    "a running story begins": lambda: newsroom.a_running_story("The ferry"),
    "a running story is renamed": lambda: changed(RunningStory.objects.earliest("pk"), name="Pier", slug="pier"),
    "a topic is renamed": lambda: changed(Topic.objects.earliest("pk"), name="Tides", slug="tides"),
    "the editor picks a lead": lambda: changed(FrontPage.objects.get(), lead=a_live(StoryPage)),
    "a plain page leaves the foot": lambda: changed(a_live(PlainPage), in_footer=False, title="Who we are"),
    "a picture's words change": lambda: changed(Picture.objects.earliest("pk"), alt="A pier, at night", credit_who="B"),
    "the paper is renamed": lambda: changed(Paper.objects.get(), name="The Lantern", accent_light="#0a4a55"),
    "an appeal is rewritten": lambda: changed(Appeal.objects.get(), headline="Stand by us", top_line="Stand by us"),
    "an advert is booked": lambda: asks.booking("The Lamp Room"),
    "an advert is switched off": lambda: changed(Booking.objects.earliest("pk"), live=False),
    "terms change": lambda: changed(GivingTerms.load(), standfirst="Paid for by {stories-this-year} stories’ readers"),
    "a tier costs more": lambda: changed(Tier.objects.earliest("pk"), floor_minor=400),
    "a benefit is renamed": lambda: changed(Benefit.objects.get(code="ad-free"), name="Not one advert"),
    "a letter goes out": lambda: an_issue(of=FREE),
    "a list is renamed": lambda: changed(LetterList.objects.get(slug=FREE), name="Every Saturday"),
    "a call is planned": lambda: a_call("2031-01-07 19:00"),
    "a day goes by": lambda: clock.move_to(clock.offset() + 86_400),
}  # fmt: skip


def fresh(key: Key, number: int) -> Print | None:
    """The page as it is now; None where nothing stands."""
    try:
        return render(key, number)
    except Http404:
        return None


def words(printed: Print) -> bytes:
    """The page, but for the moment of its printing where it says that itself."""
    return re.sub(rb"As of <time.*?</time>", b"", ungzipped(printed.gzip))


class Shelf:
    """Prints, judged as the press judges them, and the changes that it has read."""

    def __init__(self) -> None:
        self.known, self.prints = Known(), dict[Key, Print]()

    def learn(self) -> None:
        new = Change.objects.filter(pk__gt=self.known.number).order_by("pk")
        self.known.learn([Row(row.pk, row.parts, row.pull) for row in new], 0)

    def fill(self) -> None:
        for key in keys() - set(self.prints):
            printed = fresh(key, self.known.number)
            assert printed, key
            self.prints[key] = printed

    def wrong(self) -> list[Key]:
        """Prints that the press would still answer with, and that say something else than a fresh rendering."""
        found = []
        for key, printed in list(self.prints.items()):
            standing = self.known.standing(printed.number, printed.parts)
            if standing is not Standing.GOOD or printed.ends_at <= clock.time():
                del self.prints[key]
                continue
            now = fresh(key, self.known.number)
            if now is None or words(now) != words(printed):
                found.append(key)
        return found


@settings(max_examples=1, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(order=st.permutations(list(CHANGES)))
def test_every_print_of_a_real_page_equals_a_fresh_rendering_whatever_has_changed(order, clock):
    with transaction.atomic():
        a_small_newsroom()
        shelf, stale = Shelf(), {}
        shelf.learn()
        shelf.fill()

        for names in (tuple(order[at : at + AT_ONCE]) for at in range(0, len(order), AT_ONCE)):
            for name in names:
                CHANGES[name]()
            shelf.learn()
            if wrong := shelf.wrong():
                stale[names] = wrong
            for key in wrong:
                del shelf.prints[key]
            shelf.fill()

        transaction.set_rollback(True)
    assert stale == {}
