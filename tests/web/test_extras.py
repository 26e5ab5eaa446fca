"""What supporters have instead of appeals: the next call and the latest letter; and what visitors are offered."""

import re
from datetime import timedelta

import pytest

from masthead.calls import dates
from masthead.core import clock as the_clock
from masthead.core.actors import Actor
from masthead.letters import issues
from masthead.letters.models import LetterList
from masthead.press.models import Change
from masthead.press.recording import record
from masthead.web import extras
from tests.web.test_editions import page_for
from tests.worlds import asks
from tests.worlds.letters_issues import FOR_SUPPORTERS, FREE, a_draft, an_issue
from tests.worlds.newsroom import a_film, a_story

pytestmark = pytest.mark.django_db

DESK = Actor.staff(1)


def a_call(*, days: int = 10):
    """Planned, this many days from now."""
    return dates.plan("The call with Helen Marwood", the_clock.now() + timedelta(days=days), by=DESK)


def shown(edition: str, path: str) -> list[str]:
    """The headings of call and letter on a page, in order."""
    page = page_for(edition, path).content.decode()
    return re.findall(r'<h2 id="(?:next-call|latest-letter)"><a href="[^"]+">([^<]+)</a></h2>', page)


@pytest.mark.parametrize("page", [a_story, a_film])
def test_supporters_have_the_next_call_and_the_latest_letter_where_others_are_asked(page):
    asks.appeal()
    a_call()
    an_issue(of=FOR_SUPPORTERS, headline="What the divers told us")
    an_issue(of=FREE, headline="Five stories of this week")
    path = page().path_now

    assert shown("supporter", path) == ["The call with Helen Marwood", "What the divers told us"]
    assert shown("public", path) == shown("thanked", path) == []


def test_the_front_page_has_them_too():
    a_story()
    a_call()
    an_issue(of=FOR_SUPPORTERS, headline="What the divers told us")

    assert shown("supporter", "/") == ["The call with Helen Marwood", "What the divers told us"]
    assert shown("public", "/") == []


def test_while_there_is_neither_nothing_stands_there():
    story = a_story()
    a_draft(of=FOR_SUPPORTERS)

    assert 'class="extras' not in page_for("supporter", story.path_now).content.decode()


def test_a_print_with_a_call_ends_when_the_call_begins_and_again_when_it_is_over(clock):
    call = a_call(days=1)
    with record() as before:
        extras.now()

    clock.forward(days=1, seconds=1)
    with record() as during:
        now = extras.now()
    clock.forward(hours=2)

    assert before.ends_at == call.starts_at.timestamp()
    assert (now.is_on, during.ends_at) == (True, call.ends_at.timestamp())
    assert extras.now() is None


def test_moving_a_call_and_sending_or_withdrawing_a_letter_are_told_to_the_prints_that_show_them():
    call, letter = a_call(), an_issue(of=FOR_SUPPORTERS)
    with record() as noted:
        extras.now()
    changes = Change.objects.order_by("pk")

    for act in (
        lambda: dates.move(call, to=call.starts_at + timedelta(days=1), by=DESK),
        lambda: an_issue(of=FOR_SUPPORTERS),
        lambda: issues.withdraw(letter, by=DESK),
    ):
        last = changes.last().pk
        act()
        told = {part for change in changes.filter(pk__gt=last) for part in change.parts}
        assert told & noted.parts


def test_who_supports_not_yet_can_sign_up_for_the_free_letters_below_each_page():
    story = a_story()

    page = page_for("public", story.path_now).content.decode()

    assert 'action="/letters/sign-up/"' in page
    assert 'name="list" value="the-week"' in page
    assert f'name="page" value="{story.path_now}"' in page
    assert 'name="list" value="behind-the-scenes"' not in page
    assert "/letters/sign-up/" not in page_for("supporter", story.path_now).content.decode()


def test_a_list_that_takes_no_sign_ups_is_not_offered():
    story = a_story()
    week = LetterList.objects.get(slug=FREE)
    week.is_open = False
    week.save()

    assert "/letters/sign-up/" not in page_for("public", story.path_now).content.decode()
