"""The archive of letters: printed where it is free, for supporters alone where it is theirs."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from masthead.letters import issues
from masthead.letters.models import Issue, LetterList
from masthead.membership.models import Courtesy
from masthead.press.models import Change
from masthead.press.printing import SyntheticRequest
from masthead.press.prints import Key
from masthead.press.recording import record
from masthead.web.letters import parts
from tests.worlds import asks, newsroom, rooms
from tests.worlds import letters_issues as world
from tests.worlds.readers import Browser

pytestmark = pytest.mark.django_db

SECRET = "What the divers told us when the recorder was off."
EDITIONS = ("public", "thanked", "supporter")


@pytest.fixture
def theirs():
    """An issue of the supporters' letter."""
    asks.appeal()
    return world.an_issue([world.words(SECRET), world.an_appeal()], of=world.FOR_SUPPORTERS)


@pytest.fixture
def free():
    """An issue of the free letter."""
    return world.an_issue([world.words("The pier stays open."), world.an_appeal()])


def opened(path, by=None):
    """A page in the browser of a reader, or of a visitor."""
    return (rooms.browser(by) if by else Browser()).get(path)


def words_of(answer):
    return answer.content.decode()


def asked_by_the_press(path, edition="public"):
    """What the press gets when it wants to print a page, and what that page is made of; it keeps nothing but 200."""
    match = resolve(path)
    with record() as recording:
        answer = match.func(SyntheticRequest(Key(path, (), edition)), *match.args, **match.kwargs)
    return answer, recording.parts


def test_a_free_letter_is_open_to_all_and_says_how_to_get_the_next(free):
    answer = opened(free.path)

    assert answer.status_code == 200
    assert "The pier stays open." in words_of(answer)
    assert 'action="/letters/sign-up/"' in words_of(answer)


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_free_letter_is_printed_and_asks_the_public_alone(free, edition):
    answer, _ = asked_by_the_press(free.path, edition)

    assert answer.status_code == 200
    assert "The pier stays open." in words_of(answer)
    assert ("data-appeal" in words_of(answer)) is (edition == "public")


def test_a_visitor_who_opens_a_supporters_letter_is_told_how_to_get_it(theirs):
    answer = opened(theirs.path)

    assert answer.status_code == 403
    assert SECRET not in words_of(answer)
    assert "This letter goes to the people who support us" in words_of(answer)
    assert 'href="/support/"' in words_of(answer)
    assert f"/account/sign-in/?next={theirs.path}" in words_of(answer).replace("%2F", "/")
    assert "no-store" in answer["Cache-Control"]


def test_a_supporter_reads_it_without_a_byte_of_an_appeal(theirs):
    answer = opened(theirs.path, by=rooms.supporter())

    assert answer.status_code == 200
    assert SECRET in words_of(answer)
    assert "free because others pay" not in words_of(answer)
    assert "data-appeal" not in words_of(answer)
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"


def test_from_the_minute_the_support_ends_it_says_so_kindly(theirs):
    ada = rooms.supporter()
    rooms.ends_support(ada)

    answer = opened(theirs.path, by=ada)

    assert answer.status_code == 403
    assert SECRET not in words_of(answer)
    assert "thank you for what you gave" in words_of(answer)


def test_when_its_time_is_over_it_ends_by_itself(theirs, clock):
    ada = rooms.supporter(days=3)
    assert opened(theirs.path, by=ada).status_code == 200

    clock.forward(days=5)

    assert Courtesy.objects.get().ended_at is None
    assert opened(theirs.path, by=ada).status_code == 403


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_supporters_letter_is_never_printed_whoever_may_read_it(theirs, edition):
    opened(theirs.path, by=rooms.supporter())
    answer, _ = asked_by_the_press(theirs.path, edition)

    assert answer.status_code == 403
    assert answer.content == b""


def test_the_address_of_another_list_and_of_a_draft_lead_nowhere(theirs, free):
    draft = world.a_draft()

    elsewhere = free.path.replace(free.slug, theirs.slug)

    for path in (draft.path, elsewhere, "/letters/nothing/", "/letters/the-week/?page=2"):
        assert opened(path).status_code == 404


def test_a_withdrawn_letter_is_gone_for_everybody_at_once(theirs, free):
    ada = rooms.supporter()

    for issue in (theirs, free):
        issues.withdraw(issue, by=world.HELEN)

        assert opened(issue.path, by=ada).status_code == 404
        assert issue.path not in words_of(opened(issue.list.path))
        assert Change.objects.latest("pk").pull


def test_the_page_of_all_letters_says_how_to_get_each(theirs, free):
    page = words_of(opened("/letters/"))

    for letters in LetterList.objects.all():
        assert letters.sentence in page
        assert f'href="{letters.path}"' in page
    assert free.title in page
    assert theirs.title in page
    assert SECRET not in page
    assert 'action="/letters/sign-up/"' in page
    assert 'href="/support/"' in page


def test_a_list_has_pages_of_twenty(clock):
    for number in range(21):
        world.an_issue([world.words("Hello.")], headline=f"Number {number}.")
        clock.forward(minutes=1)

    first, second = (words_of(opened(f"/letters/the-week/{query}")) for query in ("", "?page=2"))

    assert len(re.findall(r"Number \d+\.", first)) == 20
    assert re.findall(r"Number \d+\.", second) == ["Number 0."]
    assert "?page=2" in first


def test_pages_of_letters_cost_the_same_for_many(clock):
    def cost(path):
        with CaptureQueriesContext(connection) as asked:
            opened(path)
        return len(asked)

    issue = world.an_issue([world.words("Hello.")])
    paths = ("/letters/", "/letters/the-week/", issue.path)
    for path in paths:
        opened(path)  # what is read once a process is read
    before = [cost(path) for path in paths]
    for _ in range(10):
        world.an_issue([world.words("Hello.")])
        world.an_issue([world.words("Hello.")], of=world.FOR_SUPPORTERS)

    assert [cost(path) for path in paths] == before


def test_pages_follow_what_is_sent_and_changed_and_not_what_is_drafted(free):
    issue = Issue.objects.get(pk=free.pk)
    shown = [asked_by_the_press(path)[1] for path in ("/letters/", "/letters/the-week/", free.path)]
    before = Change.objects.count()

    world.a_draft().save()
    assert Change.objects.count() == before

    issue.headline = "A better headline"
    issue.save()
    told = set(Change.objects.latest("pk").parts)
    assert all(told & made_of for made_of in shown)


def test_the_page_of_a_letter_follows_its_stories(free):
    story = newsroom.a_story("Four winters left")
    issue = world.an_issue([world.stories(story)])

    assert {f"page:{story.pk}", f"letter:{issue.pk}"} <= asked_by_the_press(issue.path)[1]


def test_the_parts_of_both_editions_differ_by_the_appeal_alone(free):
    issue = Issue.objects.get(pk=free.pk)

    public, supporter = (parts.letter(issue, edition).parts for edition in ("public", "supporter"))

    assert [part for part in public if part.kind != "appeal"] == list(supporter)
