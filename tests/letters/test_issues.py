"""Issues of letters: what a draft begins with, what it shows when it goes out, and what keeps it back."""

from datetime import timedelta

import pytest

from masthead.calls.models import Call
from masthead.core.refusals import Refusal
from masthead.letters import issues, picking, rendering
from masthead.letters.models import Issue, LetterList
from masthead.newsroom import publishing
from masthead.newsroom.models import Paper
from tests.worlds import letters_issues as world
from tests.worlds import newsroom

pytestmark = pytest.mark.django_db


def a_call(at, title="The call with the editor-in-chief"):
    return Call.objects.create(title=title, slug=title.lower().replace(" ", "-"), starts_at=at, minutes=60, capacity=9)


def picked(issue):
    """The headlines of each block of stories."""
    keys = picking.picks_of(issue).values()
    return [[newsroom.StoryPage.objects.get(pk=key).title for key in some] for some in keys]


def test_a_week_begins_with_its_five_newest_stories(clock):
    newsroom.a_story("From long ago")
    clock.forward(days=8)
    for number in range(6):
        newsroom.a_story(f"Story {number}")

    issue = issues.begin(world.the_list("the-week"), world.HELEN)

    assert picked(issue) == [["Story 5", "Story 4", "Story 3", "Story 2", "Story 1"]]
    assert issue.headline == "Story 5"
    assert [block.block_type for block in issue.body] == ["paragraph", "stories", "call", "appeal"]


def test_a_month_begins_with_a_greeting_figures_and_its_editor():
    Paper.objects.update(editor_in_chief="Helen Marwood, editor-in-chief")
    helen = newsroom.a_person("Helen Marwood")
    newsroom.a_story("Four winters left")

    issue = issues.begin(world.the_list("behind-the-scenes"), world.HELEN)

    assert issue.written_by == helen
    assert "{stories this year} stories" in issue.body[2].value.source
    assert "films" not in issue.body[2].value.source  # there is none yet
    assert issues.lacks(issue) == []


def test_a_letter_without_rhythm_begins_bare():
    letters = LetterList.objects.create(name="Now and then", slug="now-and-then", sentence="When there is cause.")

    issue = issues.begin(letters, world.HELEN)

    assert [block.block_type for block in issue.body] == ["paragraph", "stories", "appeal"]
    assert issues.lacks(issue) == []


def test_two_drafts_of_one_day_have_addresses_of_their_own():
    first, second, third = (world.a_draft() for _ in range(3))

    assert [second.slug, third.slug] == [f"{first.slug}-2", f"{first.slug}-3"]


def test_the_newest_of_a_section_leaves_out_what_was_chosen_by_hand():
    council = newsroom.a_section("Council")
    for number in range(4):
        newsroom.a_story(f"Council {number}", section="Council")
    by_hand = newsroom.a_story("Council by hand", section="Council")
    newsroom.a_story("Harbour")

    issue = world.a_draft(
        [
            world.stories(which="section", section=council, count=3, order="oldest"),
            world.stories(by_hand),
            world.stories(count=2),
        ]
    )

    assert picked(issue) == [["Council 1", "Council 2", "Council 3"], ["Council by hand"], ["Harbour", "Council 0"]]


def test_what_went_out_stays_as_it_was_however_the_paper_goes_on(clock):
    newsroom.a_story("The old one")
    first = a_call(clock.now() + timedelta(days=3), "The first call")
    body = [world.words("We wrote {stories this year} stories."), world.stories(count=1), ("call", {"words": ""})]
    issue = world.an_issue(body, headline="The week")

    newsroom.a_story("A new one")
    clock.forward(days=4)
    a_call(clock.now() + timedelta(days=3), "The second call")

    text = rendering.render(Issue.objects.get(pk=issue.pk), "public").text
    assert "We wrote one stories." in text
    assert "The old one" in text
    assert "A new one" not in text
    assert first.title in text
    assert "The second call" not in text


def test_a_story_that_was_taken_down_is_in_no_letter_any_more():
    story = newsroom.a_story("Taken down")
    issue = world.an_issue([world.words("Hello."), world.stories(story)], headline="The week", subject="Ours")

    publishing.take_down(story, by=world.HELEN)

    assert "Taken down" not in rendering.render(Issue.objects.get(pk=issue.pk), "public").html


def test_letting_out_twice_changes_nothing(clock):
    issue = world.an_issue()
    clock.forward(days=1)

    again = issues.let_out(Issue.objects.get(pk=issue.pk))

    assert (again.sent_at, again.settled) == (issue.sent_at, issue.settled)


def test_pictures_without_credit_or_description_keep_a_letter_back():
    picture = newsroom.a_picture("The pier", made=True, alt="", credit_who="", credit_agency="")
    issue = world.a_draft([newsroom.a_picture_block(picture)])

    with pytest.raises(issues.NotReady) as refusal:
        issues.check_ready(issue)

    assert "has no credit" in refusal.value.for_people
    assert "has no description" in refusal.value.for_people
    assert refusal.value.for_people.endswith("Nothing has been sent.")


def test_an_empty_letter_and_a_sent_one_are_kept_back():
    with pytest.raises(issues.NotReady):
        issues.check_ready(world.a_draft([]))
    with pytest.raises(issues.AlreadySent):
        issues.check_ready(world.an_issue())


def test_only_what_was_sent_can_be_withdrawn_and_only_drafts_deleted():
    draft, sent = world.a_draft(), world.an_issue()

    with pytest.raises(Refusal):
        issues.withdraw(draft, by=world.HELEN)
    with pytest.raises(Refusal):
        issues.delete(sent, by=world.HELEN)

    assert Issue.objects.count() == 2


def test_the_latest_is_the_one_sent_last_and_never_a_withdrawn_one(clock):
    older = world.an_issue(subject="Older")
    clock.forward(days=1)
    newer = world.an_issue(subject="Newer")
    world.a_draft(subject="A draft")

    assert issues.latest(world.the_list()) == newer
    issues.withdraw(newer, by=world.HELEN)
    assert issues.latest(world.the_list()) == older
    assert issues.latest(world.the_list("behind-the-scenes")) is None
