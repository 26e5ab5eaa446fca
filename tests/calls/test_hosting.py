"""The host's view and the recording's page, as staff use them at the desk."""

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from masthead.calls import afterwards, questions
from masthead.calls.models import Call, Question, QuestionState, Recording, Seat
from masthead.core.models import AuditRecord
from tests.calls.test_afterwards import FILM, WORDS, captions, film
from tests.worlds import rooms
from tests.worlds.desk import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def call() -> Call:
    call, ada = rooms.call(), rooms.supporter("Ada")
    for text in ("One?", "Two?", "Three?"):
        questions.ask(call, ada, text=text, name="Ada")
    return call


def view(call: Call, name: str = "call_host") -> str:
    return reverse(name, args=[call.pk])


def press(desk: Desk, name: str, question: Question, **typed: str) -> str:
    """What the host's view says after a button was pressed."""
    answer = desk.post(reverse(f"call_host_{name}", args=[question.call_id, question.pk]), typed, follow=True)
    return answer.content.decode()


def test_the_host_orders_answers_hides_and_puts_back(call):
    desk = Desk("Editors")
    one, two, three = Question.objects.order_by("pk")

    press(desk, "up", three)
    press(desk, "down", one)
    assert [row.text for row in questions.for_host(call)] == ["Three?", "One?", "Two?"]
    press(desk, "answered", three)
    page = press(desk, "hide", two, why="Asked already.")

    assert [row.text for row in questions.for_host(call)] == ["One?"]
    assert "Asked already." in page
    press(desk, "back", three)
    desk.post(view(call, "call_host_order"))
    assert {row.text for row in questions.for_host(call)} == {"One?", "Three?"}
    assert set(AuditRecord.objects.filter(action__startswith="question.").values_list("by", flat=True)) == {
        str(desk.person.actor)
    }


def test_hiding_without_a_reason_changes_nothing_and_says_so(call):
    question = Question.objects.first()

    page = press(Desk("Editors"), "hide", question, why=" ")

    question.refresh_from_db()
    assert question.state == QuestionState.WAITING
    assert "Say why the question is hidden" in page


@pytest.mark.parametrize("name", ["call_host", "call_recording"])
def test_who_may_not_change_calls_does_not_host(call, name):
    assert Desk("Reporters").get(view(call, name)).status_code in (302, 403)
    assert rooms.browser(rooms.supporter("Bob")).get(view(call, name)).status_code == 302


def test_editors_host(call):
    assert Desk("Editors").get(view(call)).status_code == 200


def test_the_host_is_led_into_the_room_from_the_desk(call):
    desk = Desk("Editors")

    page = desk.get(view(call))
    led = desk.post(view(call, "call_host_room"))

    assert "form-action 'self' https://meet.example.org;" in page["Content-Security-Policy"]
    assert (led.status_code, led["Location"], led["Referrer-Policy"]) == (303, rooms.ADDRESS, "no-referrer")
    assert rooms.ADDRESS not in page.content.decode()
    assert Seat.objects.count() == 0


def test_a_place_that_is_not_set_up_is_said_to_the_host(call):
    Call.objects.filter(pk=call.pk).update(place={})
    desk = Desk("Editors")

    led = desk.post(view(call, "call_host_room"), follow=True).content.decode()
    examined = desk.post(view(call, "call_host_examine"), follow=True).content.decode()

    assert "Paste the whole address of the room" in led
    assert "Paste the whole address of the room" in examined


def test_a_place_of_an_unknown_kind_is_said(call):
    Call.objects.filter(pk=call.pk).update(provider="gone")

    assert "there is no provider" in Desk("Editors").post(view(call, "call_host_examine"), follow=True).content.decode()


def test_the_hosts_view_costs_the_same_for_three_questions_and_for_many(call, django_assert_num_queries):
    desk = Desk("Editors")
    desk.get(view(call))
    with CaptureQueriesContext(connection) as few:
        desk.get(view(call))
    Question.objects.bulk_create(Question(call=call, text=f"{number}?") for number in range(70))

    with django_assert_num_queries(len(few)):
        desk.get(view(call))


def test_many_questions_come_in_pages_and_a_button_leads_back_to_its_page(call):
    desk = Desk("Editors")
    Question.objects.bulk_create(Question(call=call, text=f"Question {number:02}?") for number in range(60))
    Question.objects.filter(text__in=[f"Question {number:02}?" for number in (57, 58)]).update(
        state=QuestionState.HIDDEN, hidden_why="Twice."
    )

    first, second = (desk.get(view(call), {"page": page}).content.decode() for page in (1, 2))
    question = Question.objects.get(text="Question 46?")
    pressed = desk.post(reverse("call_host_down", args=[call.pk, question.pk]), {"page": "1"})

    assert (first.count("host-votes"), second.count("host-votes")) == (50, 11)
    assert ("Page 1 of 2, 61 questions" in first, 'href="?page=2"' in first, 'href="?page=1"' in second) == (True,) * 3
    assert "Question 46?" in first
    assert "Question 46?" in desk.get(view(call), {"page": 2}).content.decode()
    assert pressed["Location"].endswith("?page=1")
    assert (first.count("Twice."), second.count("Twice.")) == (2, 2)
    assert f'href="/desk/question/?call={call.pk}"' in first


# --- the recording's page --------------------------------------------------------------------------------------


def sends(desk: Desk, call: Call, **typed):
    form = {"film": film(), "captions": captions(), "length": "58:20", "lying": "", **typed}
    return desk.post(view(call, "call_recording"), form, follow=True)


def test_staff_put_in_a_recording_set_chapters_and_publish_it(call):
    desk, question = Desk("Editors"), Question.objects.first()
    questions.mark_answered(question, by=rooms.STAFF)

    sends(desk, call)
    desk.post(view(call, "call_recording_chapters"), {f"moment-{question.pk}": "12:30"})
    page = desk.post(view(call, "call_recording_publish"), follow=True).content.decode()

    recording = Recording.objects.get()
    assert (recording.seconds, recording.published_at is not None) == (3500, True)
    assert recording.file.read() == FILM
    assert recording.captions.read() == WORDS
    assert [chapter.at for chapter in afterwards.chapters(call)] == ["12:30"]
    assert "Published on" in page


def test_what_is_wrong_is_said_and_what_was_typed_stays(call):
    desk, question = Desk("Editors"), Question.objects.first()
    questions.mark_answered(question, by=rooms.STAFF)

    no_film = sends(desk, call, film=ContentFile(b"<html>", name="x.mp4"))
    no_length = sends(desk, call, length="an hour")
    soon = desk.post(view(call, "call_recording_chapters"), {f"moment-{question.pk}": "soon"})

    assert (no_film.status_code, no_length.status_code, soon.status_code) == (422, 422, 422)
    assert "no film that browsers play" in no_film.content.decode()
    assert "Write minutes and seconds" in no_length.content.decode()
    assert 'value="an hour"' in no_length.content.decode()
    assert 'value="soon"' in soon.content.decode()
    assert Recording.objects.count() == 0


def test_a_recording_is_deleted_only_after_asking(call):
    desk = Desk("Editors")
    sends(desk, call)

    asked = desk.get(view(call, "call_recording_delete")).content.decode()
    assert "deleted for good" in asked
    assert Recording.objects.count() == 1

    desk.post(view(call, "call_recording_delete"))
    assert Recording.objects.count() == 0
    assert desk.get(view(call, "call_recording_delete")).status_code == 404


def test_notes_are_written_at_the_desk(call):
    desk = Desk("Editors")
    notes = '{"blocks": [{"key": "a", "type": "unstyled", "text": "We spoke of the levy.", "depth": 0,'
    notes += ' "inlineStyleRanges": [], "entityRanges": []}], "entityMap": {}}'

    desk.post(view(call, "call_recording_notes"), {"notes": notes, "film": ""})

    call.refresh_from_db()
    assert "We spoke of the levy." in call.notes
    assert "We spoke of the levy." in desk.get(view(call, "call_recording")).content.decode()
