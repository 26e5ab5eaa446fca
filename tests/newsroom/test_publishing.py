"""What goes out, when, and what stops it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from masthead.core import jobs
from masthead.newsroom import publishing, tasks
from masthead.newsroom.models import FilmPage, Schedule, StoryPage
from masthead.press.models import Change
from tests.worlds.newsroom import a_draft, a_film, a_picture, a_picture_block, a_story, paragraph

pytestmark = pytest.mark.django_db


def what_is_missing(draft):
    with pytest.raises(publishing.NotReady) as refused:
        publishing.publish(draft)
    assert not type(draft).objects.get(pk=draft.pk).live
    return refused.value.for_people


def spoil(draft, **facts):
    """Change the newest draft behind the forms' back."""
    revision = draft.get_latest_revision()
    revision.content.update(facts)
    revision.save(update_fields=["content"])


def test_a_complete_story_goes_out(clock):
    picture = a_picture()

    story = a_story(lead_picture=picture, body=[paragraph(), a_picture_block(picture)])

    assert story.live
    assert story.published_at == pytest.approx(clock.now(), abs=timedelta(seconds=60))
    assert story.words == 57


def test_a_picture_without_credit_stops_a_story():
    picture = a_picture("Pier", credit_who="", credit_agency="")

    assert what_is_missing(a_draft(lead_picture=picture)) == (
        "The picture ‘Pier’ has no credit. Open it and say who made it, or which agency."
    )


def test_a_picture_without_description_stops_a_story_wherever_it_stands():
    picture = a_picture("Pier", alt="")

    assert "no description" in what_is_missing(a_draft(body=[paragraph(), a_picture_block(picture)]))


def test_a_decorative_picture_needs_no_description():
    assert a_story(lead_picture=a_picture(alt="", is_decorative=True)).live


def test_a_picture_that_nobody_checked_stops_a_story():
    assert "has not been checked" in what_is_missing(a_draft(lead_picture=a_picture(confirmed=False)))


def test_a_picture_whose_rights_have_ended_stops_a_story(clock):
    picture = a_picture("Pier", rights_end=clock.today() - timedelta(days=1))

    assert what_is_missing(a_draft(lead_picture=picture)).startswith("Our rights to the picture ‘Pier’ ended on ")


def test_a_read_on_that_points_to_nothing_stops_a_story():
    target = a_story("Who owns the pier")
    draft = a_draft("Four winters left", body=[paragraph(), ("read_on", target.page_ptr)])
    target.delete()

    assert "points to nothing" in what_is_missing(StoryPage.objects.get(pk=draft.pk))


def test_an_empty_story_and_a_film_without_captions_are_stopped():
    film = a_film()
    film.captions = ""
    film.live = False

    assert "The body is empty" in what_is_missing(a_draft(words=0))
    assert [lack.field for lack in publishing.lacks(film)] == ["captions"]


def test_an_embargo_holds_whatever_button_is_pressed(clock):
    draft = a_draft(embargo_until=clock.now() + timedelta(hours=2))

    assert what_is_missing(draft).startswith("It is under embargo until ")
    with pytest.raises(publishing.NotReady):
        draft.get_latest_revision().publish(skip_permission_checks=True)
    clock.forward(hours=3)

    assert publishing.publish(draft).live


def test_the_clock_publishes_what_is_scheduled(clock, staff):
    draft = a_draft()
    publishing.schedule(draft, at=clock.now() + timedelta(hours=1), by=staff)

    clock.forward(minutes=59)
    tasks.publish_due()
    early = StoryPage.objects.get().live
    clock.forward(minutes=2)
    jobs.run_all(with_clock=True)

    assert (early, StoryPage.objects.get().live) == (False, True)
    assert Schedule.objects.get().late_by_seconds == 0


def test_a_late_publication_runs_and_says_so(clock, staff):
    publishing.schedule(a_draft(), at=clock.now() + timedelta(hours=1), by=staff)

    clock.forward(hours=3)
    publishing.publish_due()

    row = Schedule.objects.get()
    assert StoryPage.objects.get().live
    assert (row.state, row.late_by_minutes) == ("done", 120)


def test_a_schedule_publishes_its_revision_and_leaves_newer_words_a_draft(clock, staff):
    draft = a_draft("Four winters left", standfirst="As approved")
    publishing.schedule(draft, at=clock.now() + timedelta(hours=1), by=staff)
    draft.standfirst = "Not read by anybody yet"
    draft.save_revision()

    clock.forward(hours=1, minutes=1)
    publishing.publish_due()

    story = StoryPage.objects.get()
    assert (story.live, story.standfirst) == (True, "As approved")
    assert story.get_latest_revision_as_object().standfirst == "Not read by anybody yet"
    assert story.has_unpublished_changes


def test_a_draft_that_cannot_be_saved_says_why_and_holds_up_no_other(clock, staff):
    broken, second, third = a_draft("First"), a_draft("Second"), a_draft("Third")
    for draft in (broken, second, third):
        publishing.schedule(draft, at=clock.now() + timedelta(hours=1), by=staff)
    spoil(broken, title="")
    spoil(second, bylines=[{"pk": None, "sort_order": 0, "person": None, "guest": ""}])

    clock.forward(hours=1, minutes=1)
    publishing.publish_due()

    states = dict(Schedule.objects.values_list("page__title", "state"))
    assert states == {"First": "refused", "Second": "refused", "Third": "done"}
    assert all(Schedule.objects.filter(state="refused").values_list("reason", flat=True))


def test_what_cannot_be_published_on_time_says_why(clock, staff):
    picture = a_picture("Pier", rights_end=clock.today())
    draft = a_draft(lead_picture=picture)
    publishing.schedule(draft, at=clock.now() + timedelta(days=2), by=staff)

    clock.forward(days=2, minutes=1)
    publishing.publish_due()

    row = Schedule.objects.get()
    assert (row.state, StoryPage.objects.get().live) == ("refused", False)
    assert row.reason.startswith("Our rights to the picture ‘Pier’ ended on ")


def test_a_schedule_in_the_past_or_before_an_embargo_is_refused(clock, staff):
    draft = a_draft(embargo_until=clock.now() + timedelta(hours=5))

    with pytest.raises(publishing.NotInThePast):
        publishing.schedule(draft, at=clock.now() - timedelta(minutes=1), by=staff)
    with pytest.raises(publishing.NotReady):
        publishing.schedule(draft, at=clock.now() + timedelta(hours=1), by=staff)
    publishing.schedule(draft, at=clock.now() + timedelta(hours=5, minutes=1), by=staff)

    assert Schedule.objects.count() == 1


def test_publishing_by_hand_ends_a_waiting_schedule(clock, staff):
    draft = a_draft()
    publishing.schedule(draft, at=clock.now() + timedelta(hours=1), by=staff)

    publishing.publish(draft)

    assert Schedule.objects.get().state == "withdrawn"


def test_taking_down_a_story_is_a_pull_of_its_page(staff):
    story = a_story(by=["A guest"])
    Change.objects.all().delete()

    publishing.take_down(story, by=staff)

    change = Change.objects.get(pull=True)
    assert f"page:{story.pk}" in change.parts
    assert f"list:section:{story.section_id}" in change.parts


def test_a_correction_is_a_pull_and_a_new_headline_is_not(clock):
    from masthead.newsroom.models import Correction

    story = a_story()
    Change.objects.all().delete()
    story.title = "Four winters left to save the pier"
    story = publishing.publish(story)
    calm = list(Change.objects.values_list("pull", flat=True))
    story.corrections.add(Correction(corrected_at=clock.now(), text="Seven years, not nine."))
    publishing.publish(story)

    assert not any(calm)
    assert Change.objects.latest("pk").pull


def test_saving_a_draft_tells_nobody():
    story = a_story()
    Change.objects.all().delete()

    story.title = "Not out yet"
    story.save_revision()

    assert not Change.objects.exists()
    assert StoryPage.objects.get().title == "Four winters left"


def test_the_date_of_publication_stays_when_a_story_is_edited(clock):
    story = a_story()
    first = story.published_at
    clock.forward(days=3)

    draft = story.get_latest_revision_as_object()
    draft.published_at = None
    edited = publishing.publish(draft)

    assert edited.published_at == first


def test_a_film_goes_out_with_its_captions():
    assert a_film().live
    assert FilmPage.objects.get().path_now == "/films/what-the-tide-takes/"


def test_publishing_costs_the_same_in_a_larger_archive():
    def queries_of_publishing(draft):
        with CaptureQueriesContext(connection) as asked:
            publishing.publish(draft)
        return len(asked)

    a_story("First", topics=["pier"])
    few = queries_of_publishing(a_draft("Among few", topics=["pier"]))
    for number in range(12):
        a_story(f"Story {number}", topics=["pier"])
    many = queries_of_publishing(a_draft("Among many", topics=["pier"]))

    assert many <= few
