"""One address, an edition for each: what is in the bytes for whom."""

import re

import pytest
from wagtail.rich_text import RichText

from masthead.adverts.models import Creative
from masthead.core import clock
from masthead.press.passing import passes
from tests.worlds.asks import appeal, booking
from tests.worlds.newsroom import a_story
from tests.worlds.readers import Browser

pytestmark = pytest.mark.django_db

EDITIONS = ["public", "thanked", "supporter"]


def page_for(edition: str, path: str):
    """What a browser with a pass for this edition gets."""
    browser = Browser()
    if edition != "public":
        browser.cookies[passes().cookie_name] = passes().make(edition, int(clock.time()) + 3600)
    return browser.get(path)


def seen(answer) -> dict[str, int]:
    """How many slots, appeals and Read ons a page has."""
    page = answer.content.decode()
    return {hook: len(re.findall(rf"\b{hook}\b", page)) for hook in ("data-slot", "data-appeal", "data-read-on")}


@pytest.fixture
def story():
    """A long story, another to read on, an appeal everywhere, and two booked adverts."""
    a_story("Who owns the pier", words=200)
    appeal()
    booking("Hale and Sons")
    booking("The Lamp Room")
    return a_story("Four winters left", words=800)


def test_a_visitor_sees_adverts_three_appeals_and_a_read_on(story):
    answer = page_for("public", story.path_now)

    assert seen(answer) == {"data-slot": 2, "data-appeal": 3, "data-read-on": 1}
    assert 'data-edition="public"' in answer.content.decode()


def test_a_report_pasted_into_one_block_is_asked_and_sold_as_one_that_was_typed(story):
    typed = [block.value.source for block in story.body]
    pasted = a_story("Pasted", body=[("paragraph", RichText("".join(typed)))])

    assert (len(pasted.body), pasted.words, pasted.places) == (1, story.words, story.places)
    assert seen(page_for("public", pasted.path_now)) == seen(page_for("public", story.path_now))


def test_who_gave_once_sees_adverts_and_no_appeals(story):
    assert seen(page_for("thanked", story.path_now)) == {"data-slot": 2, "data-appeal": 0, "data-read-on": 1}


def test_nothing_of_an_advert_or_an_appeal_is_in_a_supporters_bytes(story):
    theirs = [name for row in Creative.objects.all() for name in (row.picture.url, row.link, row.alt)]
    traces = [*theirs, "data-slot", "data-appeal", "choose", "parts/slot", "parts/appeal", "Support us and go ad-free"]
    public, supporters = (page_for(edition, story.path_now).content.decode() for edition in ("public", "supporter"))

    assert [trace for trace in theirs if trace not in public] == []
    assert [trace for trace in traces if trace in supporters] == []
    assert "data-read-on" in supporters


@pytest.mark.parametrize(
    ("ticked", "slots", "appeals"),
    [("no_adverts", 0, 3), ("no_appeals", 2, 0), ("sensitive", 0, 0)],
)
def test_an_editor_can_keep_a_story_free(story, ticked, slots, appeals):
    kept_free = a_story("A death on the pier", words=800, **{ticked: True})

    answer = page_for("public", kept_free.path_now)

    assert (seen(answer)["data-slot"], seen(answer)["data-appeal"]) == (slots, appeals)


def test_a_short_story_has_no_appeal_in_its_middle(story):
    short = a_story("Tide tables", words=170)

    page = page_for("public", short.path_now).content.decode()

    assert re.findall(r'data-appeal="(\w+)"', page) == ["top", "end"]


def test_a_visitor_who_only_reads_gets_no_cookie_in_any_edition(story):
    paths = ["/", "/harbour/", "/support/", story.path_now]

    answers = [page_for(edition, path) for edition in EDITIONS for path in paths]

    assert {answer.status_code for answer in answers} == {200}
    assert [answer.cookies for answer in answers if answer.cookies] == []


def test_a_forged_pass_gets_the_public_edition(story):
    browser = Browser()

    for forged in ("supporter", "supporter.9999999999.x.y", "a" * 5000, "thanked.1.2.3", "\u0000"):
        browser.cookies[passes().cookie_name] = forged
        assert seen(browser.get(story.path_now))["data-appeal"] == 3


def test_an_expired_pass_gets_the_public_edition(story, clock):
    browser = Browser()
    browser.cookies[passes().cookie_name] = passes().make("supporter", int(clock.now().timestamp()) + 60)
    before = seen(browser.get(story.path_now))["data-slot"]
    clock.forward(days=30)

    assert (before, seen(browser.get(story.path_now))["data-slot"]) == (0, 2)
