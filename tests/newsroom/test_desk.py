"""The desk: what editors type and press, and what they are told."""

from datetime import timedelta

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import rich_text, streamfield

from masthead.core import clock as the_clock
from masthead.core.models import AuditRecord
from masthead.newsroom import publishing, stories
from masthead.newsroom.models import (
    FrontPage,
    Listed,
    Paper,
    Person,
    Picture,
    RunningStory,
    Schedule,
    SectionPage,
    StoryPage,
)
from masthead.press.models import Change
from masthead.readers.models import StaffUser
from tests.newsroom.test_pictures import a_photograph, iim
from tests.worlds.desk import Desk, sentences_in
from tests.worlds.newsroom import a_draft, a_file, a_picture, a_section, a_story

pytestmark = pytest.mark.django_db


def local(moment):
    return moment.astimezone(the_clock.zone()).strftime("%Y-%m-%d %H:%M")


def records(action):
    return list(AuditRecord.objects.filter(action=action).values_list("by", "subject"))


def test_an_editor_writes_and_publishes_a_story():
    picture = a_picture()

    Desk().writes(
        a_section(), "action-publish", guests=["Ailsa Renwick"], lead_picture=picture.pk, topics="pier, ferry"
    )

    story = StoryPage.objects.get()
    assert (story.live, story.byline_text, story.lead_picture) == (True, "Ailsa Renwick", picture)
    assert sorted(topic.name for topic in stories.whole(story).topics) == ["ferry", "pier"]


def test_what_is_missing_is_said_and_what_was_typed_is_kept():
    picture = a_picture("Pier", credit_who="", credit_agency="")

    answer = Desk().writes(a_section(), "action-publish", standfirst="Typed with care", lead_picture=picture.pk)

    assert "has no credit" in sentences_in(answer)
    assert "Typed with care" in sentences_in(answer)
    assert not StoryPage.objects.exists()


def test_a_draft_may_lack_what_a_published_story_may_not():
    picture = a_picture("Pier", credit_who="", credit_agency="")

    Desk().writes(a_section(), lead_picture=picture.pk)

    assert [story.live for story in StoryPage.objects.all()] == [False]


def test_a_reporter_writes_drafts_and_cannot_publish():
    reporter = Desk("Reporters")

    reporter.writes(a_section(), "action-publish")

    assert not StoryPage.objects.get().live


def test_a_story_is_scheduled_by_its_own_button(clock):
    when = (the_clock.now() + timedelta(hours=3)).replace(second=0, microsecond=0)

    answer = Desk().writes(a_section(), "action-schedule", publish_at=local(when))

    assert "Scheduled: it will be published on " in sentences_in(answer)
    assert [(row.state, row.at) for row in Schedule.objects.all()] == [("waiting", when)]
    clock.forward(hours=4)
    publishing.publish_due()
    assert StoryPage.objects.get().live
    assert "minutes after its time" in sentences_in(Desk().get("/desk/"))


def test_a_schedule_is_withdrawn_from_the_editor_after_asking(clock):
    desk, when = Desk(), the_clock.now() + timedelta(hours=3)
    desk.writes(a_section(), "action-schedule", publish_at=local(when))
    story = StoryPage.objects.get()
    address = reverse("withdraw_schedule", args=(story.pk,))
    offered = [sentences_in(desk.get(page, follow=True)).count(address) for page in (
        "/desk/", reverse("wagtailadmin_pages:edit", args=(story.pk,)),
        reverse(Schedule.snippet_viewset.get_url_name("list")),
    )]  # fmt: skip
    asked = sentences_in(desk.get(address))
    by_a_reporter = Desk("Reporters").post(address)
    waiting = Schedule.objects.get().state

    answer = desk.post(address, follow=True)

    assert offered == [1, 1, 1]
    assert "Withdraw the schedule?" in asked
    assert (by_a_reporter.status_code, waiting) == (302, "waiting")
    assert "the clock will not publish it" in sentences_in(answer)
    assert address not in sentences_in(answer)
    assert records("story.unscheduled") == [(str(desk.person.actor), f"newsroom.storypage:{story.pk}")]
    clock.forward(hours=4)
    publishing.publish_due()
    assert not StoryPage.objects.get().live
    assert "Nothing was waiting" in sentences_in(desk.post(address, follow=True))


def test_unpublishing_is_written_down_and_leaves_nothing_to_the_clock(clock):
    desk, story = Desk(), a_story()
    publishing.schedule(story, at=clock.now() + timedelta(hours=1), by=desk.person.actor)

    answer = desk.post(reverse("wagtailadmin_pages:unpublish", args=(story.pk,)), follow=True)

    assert "unpublished" in sentences_in(answer)
    assert not StoryPage.objects.get().live
    assert records("story.taken-down") == [(str(desk.person.actor), f"newsroom.storypage:{story.pk}")]
    assert Schedule.objects.get().state == "withdrawn"


def test_many_unpublished_at_once_are_each_pulled_and_written_down():
    desk, below, other = Desk(), a_story("Below"), a_story("Other", section="Markets")
    Change.objects.all().delete()
    address = reverse("wagtail_bulk_action", args=("wagtailcore", "page", "unpublish"))

    answer = desk.post(
        f"{address}?id={below.section_id}&id={other.pk}&next=/desk/pages/", {"include_descendants": "on"}, follow=True
    )

    assert "3 pages have been unpublished." in sentences_in(answer)
    assert not StoryPage.objects.filter(live=True).exists()
    assert {subject for by, subject in records("story.taken-down") if by == str(desk.person.actor)} == {
        f"newsroom.sectionpage:{below.section_id}", f"newsroom.storypage:{below.pk}", f"newsroom.storypage:{other.pk}"
    }  # fmt: skip
    pulled = {part for change in Change.objects.filter(pull=True) for part in change.parts}
    assert {f"page:{below.pk}", f"page:{other.pk}"} <= pulled
    assert not Listed.objects.exists()


def test_scheduling_without_a_time_is_refused_with_a_sentence():
    answer = Desk().writes(a_section(), "action-schedule")

    assert "Choose the time at which it is to be published." in sentences_in(answer)
    assert not Schedule.objects.exists()


def test_an_embargo_is_named_at_the_button(clock):
    answer = Desk().writes(a_section(), "action-publish", embargo_until=local(the_clock.now() + timedelta(days=1)))

    assert "It is under embargo until " in sentences_in(answer)
    assert not StoryPage.objects.exists()


def test_publishing_many_at_once_names_what_is_not_ready():
    ready, lacking = a_draft("Ready"), a_draft("Lacking", lead_picture=a_picture("Pier", alt="", credit_who="x"))
    address = reverse("wagtail_bulk_action", args=("wagtailcore", "page", "publish"))

    answer = Desk().post(f"{address}?id={ready.pk}&id={lacking.pk}&next=/desk/pages/", follow=True)

    assert "Lacking: The picture ‘Pier’ has no description" in sentences_in(answer)
    assert not StoryPage.objects.filter(live=True).exists()


def test_what_wagtail_would_schedule_by_the_machines_time_is_not_offered():
    answer = Desk().get(reverse("wagtailadmin_pages:add", args=("newsroom", "storypage", a_section().pk)))

    assert 'name="go_live_at"' not in sentences_in(answer)
    assert 'name="action-schedule"' in sentences_in(answer)


def test_html_in_a_headline_and_a_caption_stays_words():
    picture = a_picture()
    body = streamfield(
        [
            ("paragraph", rich_text("<p>Words</p><script>alert(1)</script>")),
            ("picture", {"picture": picture.pk, "caption": "<img src=x onerror=alert(1)>", "size": "wide"}),
        ]
    )

    Desk().writes(a_section(), "action-publish", title="<b>Bold</b>", body=body)

    story = StoryPage.objects.get()
    assert story.title == "<b>Bold</b>"
    assert "<script" not in story.body[0].value.source
    assert story.body[1].value["caption"] == "<img src=x onerror=alert(1)>"


def test_a_section_with_stories_is_not_deleted():
    story = a_story()

    answer = Desk().post(reverse("wagtailadmin_pages:delete", args=(story.section_id,)), follow=True)

    assert "There are stories in ‘Harbour’." in sentences_in(answer)
    assert SectionPage.objects.exists()


@pytest.mark.parametrize("which", ["section", "front"])
def test_nor_is_it_among_others(which):
    story, empty = a_story(), a_section("Markets")
    chosen = [FrontPage.objects.get().pk] if which == "front" else [empty.pk, story.section_id]
    ids = "".join(f"&id={pk}" for pk in chosen)

    answer = Desk(None).post(f"/desk/bulk/wagtailcore/page/delete/?next=/desk/{ids}", follow=True)

    assert "There are stories in" in sentences_in(answer)
    assert StoryPage.objects.exists()
    assert SectionPage.objects.filter(pk=empty.pk).exists()


# --- Pictures ----------------------------------------------------------------------------------------------


def adds(desk, file, **typed):
    return desk.post(reverse("wagtailimages:add_multiple"), {"title": "Pier", "files[]": file, **typed})


def test_many_pictures_are_added_at_once_and_their_credit_is_confirmed_by_saving():
    desk = Desk()
    answer = adds(desk, a_photograph(iim(creator="Paul Carmona", credit="Reuters", description="Dusk"))).json()
    picture = Picture.objects.get()
    before = picture.confirmed

    form = {
        "title": "Pier",
        "alt": "A pier",
        "caption": "Dusk",
        "credit_who": "Paul Carmona",
        "credit_agency": "Reuters",
    }
    saved = desk.post(
        reverse("wagtailimages:edit_multiple", args=(picture.pk,)),
        {f"image-{picture.pk}-{name}": value for name, value in form.items()},
    )

    assert (answer["success"], saved.json()["success"]) == (True, True), saved.json()
    assert "Paul Carmona" in answer["form"]
    assert "Read from the file: please check." in answer["form"]
    picture = Picture.objects.get()
    assert (before, picture.confirmed, picture.credit) == (False, True, "Paul Carmona / Reuters")


def test_saving_a_picture_without_credit_is_refused_with_a_sentence():
    picture = a_picture("Pier", confirmed=False)

    answer = Desk().post(
        reverse("wagtailimages:edit", args=(picture.pk,)), {"title": "Pier", "alt": "", "credit_who": ""}
    )

    assert "Say who made it, or which agency sent it." in sentences_in(answer)
    assert "Write what the picture shows" in sentences_in(answer)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (a_file("pier.png", kind="JPEG"), "it is a JPEG picture"),
        (a_file("pier.heic", kind="JPEG"), "it is a JPEG picture"),
    ],
)
def test_a_file_that_is_refused_says_why(file, sentence):
    answer = adds(Desk(), file).json()

    assert not answer["success"]
    assert sentence in answer["error_message"]
    assert not Picture.objects.exists()


def test_where_a_picture_is_used_is_shown():
    from masthead.core import jobs

    picture = a_picture()
    a_story("Four winters left", lead_picture=picture)
    jobs.run_all()

    assert "Four winters left" in sentences_in(Desk().get(picture.usage_url))


# --- The rest of the desk ----------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Person, RunningStory, Schedule])
def test_lists_are_searched_and_exported(model):
    a_draft()
    desk = Desk(None)
    index = reverse(model.snippet_viewset.get_url_name("list"))

    assert desk.get(index, {"q": "pier"}).status_code == 200
    assert desk.get(index, {"export": "csv"})["Content-Type"].startswith("text/csv")


def test_a_schedule_is_looked_at_by_editors_and_edited_by_nobody(clock, staff):
    publishing.schedule(a_draft(), at=the_clock.now() + timedelta(hours=1), by=staff)
    row = Schedule.objects.get()
    names = Schedule.snippet_viewset

    answers = [
        Desk().get(reverse(names.get_url_name("list"))).status_code,
        Desk(None).get(reverse(names.get_url_name("edit"), args=(row.pk,))).status_code,
        Desk("Reporters").get(reverse(names.get_url_name("list"))).status_code,
    ]

    assert answers == [200, 302, 302]


def test_a_person_is_added_by_an_editor():
    Desk().post(reverse(Person.snippet_viewset.get_url_name("add")), {"name": "Ines Calder", "slug": "ines-calder"})

    assert [person.path for person in Person.objects.all()] == ["/people/ines-calder/"]


def paper(**typed):
    form = {"name": "The Courier", "accent_light": "#0c5460", "accent_dark": "#7cc7d1", **typed}
    return Desk().post(reverse("wagtailsettings:edit", args=("newsroom", "paper", Paper.load().pk)), form, follow=True)


def test_an_editor_names_the_paper_and_chooses_its_colour():
    paper(accent_light="#7a1f1f")

    assert (Paper.load().name, Paper.load().accent_light) == ("The Courier", "#7a1f1f")


@pytest.mark.parametrize(
    ("field", "colour", "sentence"),
    [
        ("accent_light", "#9fd8e0", "Choose a darker one."),
        ("accent_dark", "#203040", "Choose a lighter one."),
        ("accent_light", "blue", "Write a colour as #"),
    ],
)
def test_a_colour_that_cannot_be_read_is_refused(field, colour, sentence):
    answer = paper(**{field: colour})

    assert sentence in sentences_in(answer)
    assert Paper.load().name != "The Courier"


def test_a_colleague_is_invited_by_address_alone():
    form = {
        "email": "Grace@example.org",
        "first_name": "Grace",
        "last_name": "Whitlock",
        "password1": "correct horse staple",
        "password2": "correct horse staple",
    }

    Desk(None).post(reverse("wagtailusers_users:add"), form)

    colleague = StaffUser.objects.get(first_name="Grace")
    assert colleague.email.lower() == "grace@example.org"
    assert colleague.check_password("correct horse staple")
    assert Desk(None).get(reverse("wagtailusers_users:edit", args=(colleague.pk,))).status_code == 200


@pytest.mark.parametrize(
    "path", ["/desk/", "/desk/pages/", "/desk/images/", "/desk/images/multiple/add/", "/desk/users/"]
)
def test_the_desk_opens(path):
    a_story(lead_picture=a_picture())

    assert Desk(None).get(path, follow=True).status_code == 200
