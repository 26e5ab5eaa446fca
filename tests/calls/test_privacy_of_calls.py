"""What is held of who came: given out on request, and gone with the account."""

import pytest

from masthead.calls import questions, seats
from masthead.calls.models import Invitation, Question, Seat
from masthead.readers import privacy
from tests.worlds import calls, rooms

pytestmark = pytest.mark.django_db


def test_an_export_has_seats_questions_votes_and_invitations():
    call, ada, bob = rooms.call(), rooms.supporter("Ada"), rooms.supporter("Bob")
    seats.reserve(call, ada)
    questions.ask(call, ada, text="Who owns the pier?", name="Ada")
    questions.vote(questions.ask(call, bob, text="What was your worst mistake?"), ada)
    Invitation.objects.create(call=call, reader=ada)

    held = privacy.export(ada, by=ada.actor)["calls"]

    assert [seat["state"] for seat in held["seats"]] == ["reserved"]
    assert [question["question"] for question in held["questions"]] == ["Who owns the pier?"]
    assert [vote["question"] for vote in held["votes"]] == ["What was your worst mistake?"]
    assert [invitation["call"] for invitation in held["invited to"]] == [call.title]


def test_erasing_frees_the_seat_for_who_waits_and_leaves_questions_without_a_name():
    call = rooms.call(capacity=1)
    ada, bob = rooms.supporter("Ada"), rooms.supporter("Bob")
    seats.reserve(call, ada)
    seats.reserve(call, bob)
    question = questions.ask(call, ada, text="Who owns the pier?", name="Ada")
    questions.vote(question, bob)

    privacy.erase(ada, by=ada.actor)

    call.refresh_from_db()
    assert calls.states(call) == {"Bob": "reserved"}
    assert call.reserved_count == 1
    assert list(Question.objects.values_list("text", "name_shown", "reader", "vote_count")) == [
        ("Who owns the pier?", "", None, 1)
    ]
    assert not Seat.objects.filter(reader=ada).exists()
    assert not any("Ada" in message for message in calls.subjects_to(bob))


def test_erasing_who_came_leaves_the_numbers_of_a_call_that_was_held():
    calls.it_is("2026-12-20 12:00")
    call, ada = calls.the_quarterly(), rooms.supporter("Ada")
    seats.reserve(call, ada)
    calls.it_is("2027-01-07 20:30")
    calls.time_passes()

    privacy.erase(ada, by=ada.actor)

    call.refresh_from_db()
    assert (call.state, call.reserved_count, Seat.objects.count()) == ("held", 1, 0)
