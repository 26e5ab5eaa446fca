"""A published address never dies."""

import pytest

from masthead.newsroom import addresses, publishing
from masthead.newsroom.models import Person, SectionPage, StoryPage
from tests.worlds.newsroom import a_draft, a_person, a_section, a_story

pytestmark = pytest.mark.django_db


def test_a_story_stands_below_its_section_and_its_day(clock):
    story = a_story("Four winters left")

    assert addresses.page_at(f"/harbour/{clock.today():%Y/%m/%d}/four-winters-left/") == story


def test_a_draft_has_no_address():
    draft = a_draft("Four winters left")

    assert addresses.look_up(draft.path_now) == addresses.Found()


def test_another_slug_leaves_a_redirect():
    story = a_story("Four winters left")
    before = story.path_now

    story.slug = "three-winters-left"
    publishing.publish(story)

    assert addresses.redirect_for(before) == StoryPage.objects.get().path_now
    assert addresses.page_at(before) is None


def test_each_former_address_leads_to_the_last_one_and_back_again():
    story = a_story("First")
    first = story.path_now
    story.slug = "second"
    second = publishing.publish(story).path_now
    story.slug = "first"
    publishing.publish(story)

    assert addresses.page_at(first) == story
    assert addresses.redirect_for(second) == first


def test_a_story_that_moves_to_another_section_is_found_at_both():
    story, council = a_story("Four winters left"), a_section("Council")
    before = story.path_now

    story.move(council, pos="last-child")

    moved = StoryPage.objects.get()
    assert moved.section == council
    assert addresses.page_at(moved.path_now) == moved
    assert addresses.redirect_for(before) == moved.path_now


def test_a_renamed_section_takes_its_stories_along():
    story = a_story("Four winters left")
    before = story.path_now
    section = SectionPage.objects.get()

    section.slug = "waterside"
    publishing.publish(section)

    assert addresses.redirect_for(before) == StoryPage.objects.get().path_now
    assert addresses.redirect_for("/harbour/") == "/waterside/"


def test_what_was_taken_down_is_gone_but_was_here(staff):
    story = a_story("Four winters left")

    publishing.take_down(story, by=staff)

    assert addresses.look_up(story.path_now) == addresses.Found(was_here=True)


def test_the_address_of_a_deleted_story_is_given_to_nobody():
    a_story("Four winters left").delete()

    with pytest.raises(publishing.NotReady):
        a_story("Four winters left")


def test_an_address_that_somebody_had_is_refused_with_a_sentence(clock):
    first = a_story("Four winters left")
    first.slug = "renamed"
    publishing.publish(first)
    second = a_draft("Four winters left")

    with pytest.raises(publishing.NotReady) as refused:
        publishing.publish(second)

    assert refused.value.for_people == (
        f"Something else was published at /harbour/{clock.today():%Y/%m/%d}/four-winters-left/ before. "
        "Choose another name in the address."
    )


def test_a_section_cannot_take_an_address_of_the_house():
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError, match="The house itself uses /support/"):
        a_section("Support")


def test_a_person_who_takes_another_name_is_still_found():
    a_person("Daniel Osei")
    person = Person.objects.get()

    person.slug = "daniel-marwood"
    person.save()

    assert addresses.redirect_for("/people/daniel-osei/") == "/people/daniel-marwood/"


def test_a_large_section_is_renamed_in_a_handful_of_queries(django_assert_max_num_queries):
    for number in range(6):
        a_story(f"Story {number}")
    section = SectionPage.objects.get()
    section.slug = "waterside"

    with django_assert_max_num_queries(8):
        assert len(addresses.keep_all_in(section)) == 6
