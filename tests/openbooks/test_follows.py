"""The printed page follows: letters, calls and whatever else it shows."""

import pytest

from masthead.calls import dates
from masthead.core import clock as the_clock
from masthead.letters import issues
from masthead.newsroom import publishing
from masthead.openbooks import said
from masthead.press import recording
from masthead.press.models import Change
from tests.openbooks.seeing import counts_on, read
from tests.worlds import newsroom
from tests.worlds.letters_issues import a_draft, an_issue
from tests.worlds.money import GBP
from tests.worlds.openbooks import STAFF, gave, spent

pytestmark = pytest.mark.django_db


def made_of() -> set[str]:
    """What the page is made of now."""
    said.refresh()
    with recording.record() as noted:
        read()
    Change.objects.all().delete()
    return noted.parts


def told() -> set[str]:
    """What the presses were told since."""
    return {part for change in Change.objects.all() for part in change.parts}


def a_call_was_held(clock) -> None:
    call = dates.plan("The call", the_clock.now() + the_clock.days(1), by=STAFF)
    clock.forward(days=2)
    dates.close_past()
    call.refresh_from_db()


def test_letters_count_when_they_went_out(clock):
    a_draft()
    issue = an_issue(of="behind-the-scenes")
    out = counts_on(read())["letters"]
    issues.withdraw(issue, by=STAFF)

    assert (out, counts_on(read())["letters"]) == (1, 0)


def test_calls_count_when_they_were_held(clock):
    dates.plan("The next call", the_clock.now() + the_clock.days(90), by=STAFF)
    planned = counts_on(read())["calls"]
    a_call_was_held(clock)

    assert (planned, sum(counts(clock))) == (0, 1)


def counts(clock) -> list[int]:
    """Calls of this year and the last: near the year's end one may fall into either."""
    from masthead.openbooks import figures

    return [figures.calls(clock.today().year - back) for back in (0, 1)]


@pytest.mark.parametrize("act", ["publish", "take down", "give", "spend", "send a letter", "hold a call"])
def test_the_page_is_reprinted_when_what_it_shows_changes(act, clock, django_capture_on_commit_callbacks):
    story = newsroom.a_story("There already")
    day = clock.today().replace(month=1, day=1)
    shown = made_of()

    with django_capture_on_commit_callbacks(execute=True):
        match act:
            case "publish":
                newsroom.a_story("Another")
            case "take down":
                publishing.take_down(story, by=STAFF)
            case "give":
                gave(GBP("5.00"), on=day)
            case "spend":
                spent(GBP("5.00"), on=day)
            case "send a letter":
                an_issue()
            case "hold a call":
                a_call_was_held(clock)

    assert shown & told()


def test_a_draft_of_a_story_or_a_letter_reprints_nothing(django_capture_on_commit_callbacks):
    shown = made_of()

    with django_capture_on_commit_callbacks(execute=True):
        newsroom.a_draft(section="Harbour")
        a_draft()

    assert "tallies" in shown
    assert not {part for part in shown & told() if not part.startswith(("paper", "section:", "list:", "page:"))}
