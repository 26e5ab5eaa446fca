"""Reminders: a day and an hour before, each once, to whom they still concern; invitations: once to each supporter."""

from datetime import timedelta

import pytest
from django.test import Client

from masthead.calls import dates, invitations, reminders, seats
from masthead.calls.models import Invitation, NoInvitations
from masthead.core import jobs
from masthead.core.models import Message
from masthead.letters import suppression
from masthead.letters.models import Reason
from tests.worlds import calls, readers, rooms

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    calls.it_is("2026-12-20 12:00")
    return calls.a_call("2027-01-07 19:00")


def hours_before(call, hours: float) -> None:
    calls.it_is(f"{call.starts_at - timedelta(hours=hours):%Y-%m-%d %H:%M}")
    calls.time_passes()


def test_a_seat_is_reminded_of_a_day_and_an_hour_before_and_each_once(call):
    ada = rooms.supporter("Ada")
    seats.reserve(call, ada)

    for hours in (30, 25, 24, 20, 2, 1, 0.9, 0.5, 0.1):
        hours_before(call, hours)

    assert calls.kinds_of_mail(ada) == ["reserved", "a_day_before", "an_hour_before"]
    assert calls.subjects_to(ada)[-2:] == [
        "Tomorrow: The call with Helen Marwood, 19.00",
        "In an hour: The call with Helen Marwood, 19.00",
    ]


def test_who_reserves_within_the_last_day_has_just_been_told(call):
    ada, bob = rooms.supporter("Ada"), rooms.supporter("Bob")

    hours_before(call, 20)
    seats.reserve(call, ada)
    hours_before(call, 10)
    hours_before(call, 0.9)
    seats.reserve(call, bob)
    hours_before(call, 0.5)

    assert calls.kinds_of_mail(ada)[1:] == ["reserved", "an_hour_before"]
    assert calls.kinds_of_mail(bob)[1:] == ["reserved"]  # after the invitation


def test_after_an_outage_the_hours_reminder_stands_for_both(call):
    ada = rooms.supporter("Ada")
    seats.reserve(call, ada)

    hours_before(call, 0.5)
    hours_before(call, 0.1)

    assert calls.kinds_of_mail(ada) == ["reserved", "an_hour_before"]


def test_who_gave_the_seat_back_waits_or_comes_too_late_is_not_reminded(call):
    seats.resize(call, capacity=1, by=rooms.STAFF)
    ada, bob = rooms.supporter("Ada"), rooms.supporter("Bob")
    seats.give_back(seats.reserve(call, ada))
    seats.reserve(call, rooms.supporter("Cleo"))
    seats.reserve(call, bob)

    for hours in (23, 0.5, -0.1):
        hours_before(call, hours)

    assert calls.kinds_of_mail(ada) == ["reserved", "given_back"]
    assert calls.kinds_of_mail(bob) == ["waiting"]


def test_whose_support_has_ended_is_told_kindly_instead_and_the_next_in_line_comes(call):
    seats.resize(call, capacity=1, by=rooms.STAFF)
    ada, bob = rooms.supporter("Ada"), rooms.supporter("Bob")
    seats.reserve(call, ada)
    seats.reserve(call, bob)
    rooms.ends_support(ada)

    jobs.run_all()
    calls.it_is("2027-01-06 19:05")
    reminders.remind_some(call.pk, "reminded_day_at")

    assert calls.kinds_of_mail(ada) == ["reserved", "support_ended"]
    assert calls.kinds_of_mail(bob) == ["waiting", "moved_up"]


def test_a_moved_call_is_told_of_at_once_and_reminded_of_anew(call):
    ada, bob = rooms.supporter("Ada"), rooms.supporter("Bob")
    seats.resize(call, capacity=1, by=rooms.STAFF)
    seats.reserve(call, ada)
    seats.reserve(call, bob)
    hours_before(call, 23)

    moved = dates.move(call, to=calls.moment("2027-01-14 18:30"), by=rooms.STAFF)
    for hours in (24 * 6, 23, 0.5):
        hours_before(moved, hours)

    assert calls.kinds_of_mail(ada) == ["reserved", "a_day_before", "moved", "a_day_before", "an_hour_before"]
    assert calls.kinds_of_mail(bob) == ["waiting", "moved"]
    told = Message.objects.get(to=ada.email, key__contains=":moved:")
    assert told.subject == "Moved: The call with Helen Marwood is now on 14 January, 18.30"
    assert "Thursday 14 January 2027, 18.30 to 19.30, London time" in told.text


def test_a_cancelled_call_is_told_of_once_to_everybody_and_reminded_of_no_more(call):
    ada, bob = rooms.supporter("Ada"), rooms.supporter("Bob")
    seats.reserve(call, ada)
    seats.give_back(seats.reserve(call, bob))

    dates.cancel(call, by=rooms.STAFF)
    for hours in (24, 1):
        hours_before(call, hours)

    assert calls.kinds_of_mail(ada) == ["reserved", "cancelled"]
    assert calls.kinds_of_mail(bob) == ["reserved", "given_back"]
    assert calls.states(call) == {"Ada": "ended", "Bob": "given_back"}


# --- invitations ---------------------------------------------------------------------------------------------------


def test_every_supporter_is_invited_once_also_who_comes_later_and_nobody_else(call):
    ada, bob, leaving = (rooms.supporter(name) for name in ("Ada", "Bob", "Dee"))
    stranger = readers.reader("eve@example.org", "Eve")
    calls.support_lasts_until(leaving, call.starts_at - timedelta(days=1))
    seats.reserve(call, bob)
    before = calls.kinds_of_mail(ada)

    for hours in (24 * 10, 24 * 9):
        hours_before(call, hours)
    cleo = rooms.supporter("Cleo")
    hours_before(call, 24 * 8)

    assert before == []
    assert calls.kinds_of_mail(ada) == ["invitation"]
    assert calls.kinds_of_mail(bob) == ["reserved"]  # has a seat already
    assert calls.kinds_of_mail(cleo) == ["invitation"]
    assert calls.kinds_of_mail(leaving) == calls.kinds_of_mail(stranger) == []
    assert Invitation.objects.count() == 3


def test_invitations_wait_for_their_day_and_a_cancelled_call_invites_nobody():
    calls.it_is("2026-12-01 12:00")
    call, ada = calls.a_call("2027-01-07 19:00"), rooms.supporter("Ada")

    calls.time_passes()
    too_early = calls.kinds_of_mail(ada)
    dates.cancel(call, by=rooms.STAFF)
    hours_before(call, 24 * 10)

    assert (too_early, calls.kinds_of_mail(ada)) == ([], [])


def test_invitations_go_in_batches_behind_what_cannot_wait(call, monkeypatch):
    monkeypatch.setattr(invitations, "AT_ONCE", 2)
    people = [rooms.supporter(f"Reader{number}") for number in range(5)]

    invitations.invite_now(call, by=rooms.STAFF)
    ran = 0
    while (row := jobs.claim_next(("later",), "later")) is not None:
        assert jobs.run_row(row) is None
        ran += 1

    assert [calls.kinds_of_mail(reader) for reader in people] == [["invitation"]] * 5
    assert ran == 3 + 5  # batches of two, two and one; and the mails, none of them in the queue of sign-in codes
    assert jobs.claim_next(("now",), "now") is None


def test_a_forwarded_invitation_names_nobody(call):
    ada = rooms.supporter("Ada")

    invitations.invite_now(call, by=rooms.STAFF)
    jobs.run_all()

    text = Message.objects.get(to=ada.email, key__contains=":invitation:").text
    assert f"{call.path}\n" in text
    assert not any(secret in text for secret in ("Ada", ada.email, ada.reference, "token", "?"))


def link_in_invitation_to(reader):
    """The path by which they get no more of them, as the header names it."""
    headers = Message.objects.filter(to=reader.email, key__contains=":invitation:").latest("pk").headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return headers["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")


def test_a_bare_post_ends_invitations_and_mails_about_a_seat_still_come(call):
    ada, bob = rooms.supporter("Ada"), rooms.supporter("Bob")
    hours_before(call, 24 * 10)
    link = link_in_invitation_to(ada)
    looked = Client().get(link)
    assert not NoInvitations.objects.exists()
    assert "Ada" not in looked.content.decode() + looked["Referrer-Policy"]

    for _ in range(2):
        answer = Client(enforce_csrf_checks=True).post(link, {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, NoInvitations.objects.get().reader) == (200, ada)
    seats.reserve(call, ada)
    hours_before(call, 23.5)
    assert calls.kinds_of_mail(ada) == ["invitation", "reserved", "a_day_before"]
    following = calls.a_call("2027-01-21 19:00")
    hours_before(following, 24 * 10)

    assert calls.kinds_of_mail(ada) == ["invitation", "reserved", "a_day_before"]
    assert calls.kinds_of_mail(bob) == ["invitation", "invitation"]
    Client(headers={"origin": "http://localhost:8000"}).post(link, {"again": "yes"})
    hours_before(following, 24 * 9)
    assert calls.kinds_of_mail(ada)[-1] == "invitation"


def test_an_address_that_gets_no_mail_to_many_is_not_invited_and_holds_nobody_up(call, monkeypatch):
    monkeypatch.setattr(invitations, "AT_ONCE", 1)
    ada, bob = rooms.supporter("Ada"), rooms.supporter("Bob")
    suppression.suppress(ada.email, reason=Reason.COMPLAINED, by=rooms.STAFF)

    hours_before(call, 24 * 10)
    hours_before(call, 24 * 9)

    assert (calls.kinds_of_mail(ada), calls.kinds_of_mail(bob)) == ([], ["invitation"])
    seats.reserve(call, ada)
    jobs.run_all()
    assert calls.kinds_of_mail(ada) == ["reserved"]


def test_a_link_that_belongs_to_no_invitation_says_so_and_changes_nothing(call):
    answer = Client().post("/calls/invitations/made-up/", {"List-Unsubscribe": "One-Click"})

    assert (answer.status_code, NoInvitations.objects.exists()) == (410, False)
    assert "It belongs to no invitation of ours" in answer.content.decode()
