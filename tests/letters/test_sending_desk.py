"""Sending a letter from the desk."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from masthead.core import clock as our_clock
from masthead.core.actors import Actor
from masthead.core.models import AuditRecord
from masthead.letters import suppression
from masthead.letters.desk.sending import words_left
from masthead.letters.models import Delivery, Issue, Mailing, MailingState, Proof, Reason
from masthead.letters.sending import freezing, mailings
from tests.worlds import letters_issues as world
from tests.worlds.desk import Desk, sentences_in
from tests.worlds.letters_lists import on_list

pytestmark = pytest.mark.django_db


def at(issue: Issue, what: str = "") -> str:
    return reverse(f"letter_issue_{what or 'sending'}", args=[issue.pk])


def typed(moment) -> str:
    return moment.astimezone(our_clock.zone()).strftime("%Y-%m-%d %H:%M")


def test_a_letter_is_sent_stopped_and_goes_on():
    issue, desk = world.a_draft(), Desk()
    assert "Send it to 0 people now" in sentences_in(desk.get(at(issue)))

    states = []
    for what in ("send", "stop", "go_on"):
        desk.post(at(issue, what), follow=True)
        states.append(Mailing.objects.get(issue=issue).state)

    assert states == [MailingState.FREEZING, MailingState.STOPPED, MailingState.FREEZING]


def test_the_page_says_how_many_got_it_and_who_was_left_out():
    for name in ("ada", "bo", "cy"):
        on_list(f"{name}@example.org")
    on_list("gone@example.org")
    issue, desk = world.a_draft(), Desk()
    suppression.suppress("gone@example.org", reason=Reason.STAFF, by=desk.person.actor)
    desk.post(at(issue, "send"))
    freezing.freeze(Mailing.objects.get().pk)
    Delivery.objects.filter(address="ada@example.org").update(state="sent", sent_at=our_clock.now())

    page = sentences_in(desk.get(at(issue)))

    assert "<strong>1</strong> of 3 sent" in page
    assert "Cannot be written to" in page
    assert 'data-fresh-as="sending"' in page


def test_sent_twice_it_is_sent_once_and_says_so():
    issue, desk = world.a_draft(), Desk()
    desk.post(at(issue, "send"))

    answer = desk.post(at(issue, "send"), follow=True)

    assert Mailing.objects.filter(issue=issue).count() == 1
    assert "is being sent already" in sentences_in(answer)


def test_a_letter_is_scheduled_moved_and_taken_off_again(clock):
    issue, desk = world.a_draft(), Desk()
    moment = clock.now() + timedelta(days=2)

    said = sentences_in(desk.post(at(issue, "schedule"), {"at": typed(moment)}, follow=True))
    assert "It will be sent on" in said
    assert Mailing.objects.get().send_at == moment.replace(second=0, microsecond=0)

    desk.post(at(issue, "schedule"), {"at": typed(moment + timedelta(hours=1))})
    assert Mailing.objects.get().send_at == (moment + timedelta(hours=1)).replace(second=0, microsecond=0)

    off = sentences_in(desk.post(at(issue, "stop"), follow=True))
    assert "It is off the schedule" in off
    clock.forward(days=3)
    mailings.keep_going()
    assert Mailing.objects.get().state == MailingState.STOPPED
    assert "Send it to 0 people now" in sentences_in(desk.get(at(issue)))


@pytest.mark.parametrize(
    ("when", "says"),
    [("", "This field is required"), ("soon", "Enter a valid date/time"), ("2001-01-01 09:00", "That moment is past")],
)
def test_a_bad_moment_is_named_and_kept(when, says):
    issue, desk = world.a_draft(), Desk()

    answer = desk.post(at(issue, "schedule"), {"at": when})

    assert (answer.status_code, Mailing.objects.count()) == (422, 0)
    assert says in sentences_in(answer)
    assert f'value="{when}"' in sentences_in(answer) or not when


def test_a_test_copy_goes_to_one_address_and_says_what_became_of_it():
    issue, desk = world.a_draft(), Desk()

    desk.post(at(issue, "test"), {"to": "Helen@Example.org", "edition": "supporter"})
    proof = Proof.objects.get()
    assert (proof.to, proof.edition) == ("helen@example.org", "supporter")

    Proof.objects.update(error="550 5.7.1 go away")
    assert "to helen@example.org: not taken: 550 5.7.1 go away" in sentences_in(desk.get(at(issue)))


def test_a_test_copy_wants_an_address_and_keeps_what_was_typed():
    issue, desk = world.a_draft(), Desk()

    answer = desk.post(at(issue, "test"), {"to": "nobody", "edition": "public"})

    assert 'value="nobody"' in sentences_in(answer)
    assert "lacks the @" in sentences_in(answer)
    assert not Proof.objects.exists()


def test_what_lacks_something_is_not_sent():
    issue, desk = world.a_draft(body=[]), Desk()
    assert "Send it to" not in sentences_in(desk.get(at(issue)))

    answer = desk.post(at(issue, "send"), follow=True)

    assert "There is nothing in it yet" in sentences_in(answer)
    assert not Mailing.objects.exists()


def test_looking_sends_nothing():
    issue, desk = world.a_draft(), Desk()

    desk.get(at(issue))
    refused = [desk.get(at(issue, what)).status_code for what in ("send", "schedule", "stop", "go_on", "test")]

    assert refused == [405] * 5
    assert not Mailing.objects.exists()


def test_who_may_not_send_does_not():
    issue = world.a_draft()
    reporter = Desk("Reporters")

    for what in ("send", "schedule", "test"):
        form = {"at": "2040-01-01 09:00", "to": "r@example.org", "edition": "public"}
        assert reporter.post(at(issue, what), form).status_code in (302, 403)
    assert not Mailing.objects.exists()
    assert not Proof.objects.exists()


def test_an_issue_says_at_the_desk_how_its_sending_stands():
    issue, desk = world.a_draft(), Desk()
    mailings.schedule(issue, our_clock.now() + timedelta(days=1), Actor.staff(desk.person.pk))

    page = sentences_in(desk.get(reverse("letter_issues:list")))

    assert "scheduled" in page
    assert at(issue) in page


def test_the_page_costs_the_same_for_three_and_for_thirty_people():
    costs = []
    for many in (3, 30):
        issue, desk = world.a_draft(), Desk()
        for number in range(many):
            on_list(f"r{many}-{number}@example.org")
        desk.post(at(issue, "send"))
        freezing.freeze(issue.mailing.pk)
        desk.get(at(issue))
        with CaptureQueriesContext(connection) as queries:
            desk.get(at(issue))
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_copies_are_found_by_address_and_looking_is_written_down():
    on_list("ada@example.org")
    on_list("bo@example.org")
    issue, desk = world.a_draft(), Desk()
    desk.post(at(issue, "send"))
    freezing.freeze(Mailing.objects.get().pk)

    found = sentences_in(desk.get(reverse("delivery:index"), {"q": "ada"}))

    assert ("ada@example.org" in found, "bo@example.org" in found) == (True, False)
    assert Desk("Reporters").get(reverse("delivery:index")).status_code in (302, 403)
    looks = AuditRecord.objects.filter(action="letters.copies_seen")
    assert [row.facts["how"] for row in looks] == ["listed"]


@pytest.mark.parametrize(
    ("left", "says"),
    [
        (None, ""),
        (timedelta(seconds=20), "less than a minute"),
        (timedelta(seconds=70), "about a minute"),
        (timedelta(minutes=12), "about 12 minutes"),
        (timedelta(minutes=100), "about 2 hours"),
        (timedelta(hours=26), "about 26 hours"),
    ],
)
def test_the_time_left_is_said_as_somebody_would(left, says):
    assert words_left(left) == says
