"""In which lists a piece stands, what is read on, and how much was published."""

from datetime import timedelta

import pytest

from masthead.core import clock as the_clock
from masthead.core import fillins
from masthead.newsroom import publishing, stories
from masthead.newsroom.models import Listed, StoryPage
from masthead.press import recording
from masthead.press.models import Change
from tests.worlds.newsroom import (
    a_draft,
    a_film,
    a_person,
    a_picture,
    a_running_story,
    a_section,
    a_story,
    paragraph,
)

pytestmark = pytest.mark.django_db


def headlines(pieces):
    return [piece.headline for piece in pieces]


def ages(days):
    return the_clock.now() - timedelta(days=days)


def test_a_section_lists_its_stories_newest_first():
    a_story("Old", published_at=ages(9))
    a_story("New", published_at=ages(1))
    a_story("Elsewhere", section="Council")
    a_draft("Draft")

    assert headlines(stories.newest(a_section("Harbour"))) == ["New", "Old"]


def test_a_person_lists_stories_and_films_and_guests_are_named_without_a_page():
    grace = a_person("Grace Whitlock")
    a_story("Written", by=[grace, "A guest"], published_at=ages(2))
    film = a_film("Filmed")
    film.bylines.add(stories.Byline(person=grace))
    publishing.publish(film)

    assert headlines(stories.newest(grace)) == ["Filmed", "Written"]
    assert [byline.name for byline in stories.whole(StoryPage.objects.get()).bylines] == ["Grace Whitlock", "A guest"]


def test_a_story_that_loses_a_topic_leaves_its_list():
    story = a_story(topics=["pier", "ferry"])
    assert Listed.objects.filter(list__startswith="topic:").count() == 2

    story.topics.remove("ferry")
    publishing.publish(story)

    assert Listed.objects.filter(list__startswith="topic:").count() == 1


def test_moving_a_story_tells_both_sections():
    story, council = a_story(), a_section("Council")
    harbour = story.section_id
    Change.objects.all().delete()

    story.move(council, pos="last-child")

    told = {part for change in Change.objects.all() for part in change.parts}
    assert {f"list:section:{harbour}", f"list:section:{council.pk}", f"page:{story.pk}"} <= told


def test_a_list_that_is_empty_is_noted_all_the_same():
    section = a_section("Council")

    with recording.record() as noted:
        assert stories.newest(section) == []

    assert f"list:section:{section.pk}" in noted.parts


def test_a_list_costs_the_same_however_long_it_is(django_assert_max_num_queries):
    picture = a_picture(made=True, size=(320, 213))
    for number in range(12):
        a_story(f"Story {number}", lead_picture=picture, by=["A guest"])

    with django_assert_max_num_queries(5):
        found = stories.newest(stories.ALL, count=10)
        assert len(stories.sources_of(found)) == 1
        assert [piece.section.title for piece in found] == ["Harbour"] * 10


def test_a_story_page_asks_a_constant_number_of_questions(django_assert_max_num_queries):
    chain, picture = a_running_story(), a_picture(made=True, size=(320, 213))
    for number in range(5):
        a_story(f"Before {number}", chain=chain, lead_picture=picture)
    pk = a_story("Here", chain=chain, topics=["pier"], by=[a_person(), "A guest"], lead_picture=picture).pk

    with django_assert_max_num_queries(18):
        whole = stories.whole(StoryPage.objects.select_related("section", "lead_picture", "chain").get(pk=pk))
        assert len(whole.chain.links) == 5


def test_a_chain_says_where_a_story_stands():
    chain = a_running_story()
    made = [a_story(name, chain=chain, published_at=ages(9 - place)) for place, name in enumerate("ABC")]

    here = stories.whole(made[1]).chain

    assert (here.number, here.total) == (2, 3)
    assert [(link.piece.headline, link.is_here) for link in here.links] == [("C", False), ("B", True), ("A", False)]
    assert (here.before.headline, here.after.headline) == ("A", "C")
    assert headlines(stories.newest(chain, oldest_first=True)) == ["A", "B", "C"]


def test_a_story_alone_in_its_chain_says_nothing_of_it():
    assert stories.whole(a_story(chain=a_running_story())).chain is None


# --- Read on -----------------------------------------------------------------------------------------------


def automatic(story):
    read = stories.whole(StoryPage.objects.get(pk=story.pk)).automatic_read_on
    return read.headline if read else None


def test_a_story_reads_on_with_its_chain_before_its_section():
    chain = a_running_story()
    a_story("In the chain", chain=chain, section="Council", published_at=ages(5))
    a_story("In the section", published_at=ages(1))

    assert automatic(a_story("Here", chain=chain)) == "In the chain"


def test_a_story_reads_on_with_what_has_most_topics_in_common():
    a_story("One topic", topics=["pier"], published_at=ages(1))
    a_story("Two topics", topics=["pier", "ferry"], published_at=ages(3))
    a_story("No topic")

    assert automatic(a_story("Here", topics=["pier", "ferry"])) == "Two topics"


def test_the_first_story_has_nothing_to_read_on_with():
    assert automatic(a_story()) is None


def test_read_on_is_chosen_anew_when_its_target_goes_and_not_before(staff):
    target, second = a_story("Target", published_at=ages(1)), a_story("Second", published_at=ages(2))
    here = a_story("Here", section="Harbour")
    a_story("Newer")
    assert automatic(here) == "Target"
    Change.objects.all().delete()

    publishing.take_down(target, by=staff)

    assert automatic(here) in ("Second", "Newer")
    assert [f"page:{here.pk}"] in [change.parts for change in Change.objects.all()]
    assert second.live


def test_a_placed_read_on_follows_the_headline_and_disappears_with_the_story(staff):
    target = a_story("Who owns the pier")
    here = a_story("Here", body=[paragraph(), ("read_on", target.page_ptr), paragraph()])
    target.title = "Who owns the pier? A deed tells"
    target = publishing.publish(target)

    followed = [read.headline for read in stories.whole(here).read_ons.values()]
    publishing.take_down(target, by=staff)

    assert followed == ["Who owns the pier? A deed tells"]
    assert stories.whole(here).read_ons == {}


# --- Counts ------------------------------------------------------------------------------------------------


def test_this_years_own_stories_are_counted_and_an_agencys_are_not(staff):
    for number in range(3):
        a_story(f"Own {number}")
    a_story("From a wire", source="Northern Wire")
    a_story("Long ago", published_at=ages(400))
    a_draft("Draft")

    assert fillins.fill("{stories this year} stories, {films this year} films") == "three stories, no films"


def test_pages_are_told_of_a_count_only_when_its_words_change():
    for number in range(21):
        a_story(f"Story {number}")
    Change.objects.all().delete()
    told = []
    for number in range(21, 30):
        a_story(f"Story {number}")
        if Change.objects.filter(parts=["fill:stories this year"]).exists():
            told.append(fillins.fill("{stories this year}"))
        Change.objects.all().delete()

    assert told == ["nearly 30", "30"]


def test_a_count_on_a_page_ends_with_the_year(clock):
    with recording.record() as noted:
        fillins.fill("{stories this year}")

    new_year = the_clock.start_of(clock.today().replace(year=clock.today().year + 1, month=1, day=1))
    assert noted.ends_at == new_year.timestamp()
