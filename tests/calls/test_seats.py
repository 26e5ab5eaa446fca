"""Seats: for whom support reaches to the day; as many as there are; the line moves by itself."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from masthead.calls import seats
from masthead.calls.models import Call, CallState, Seat, SeatState
from masthead.calls.refusals import CallIsOff, CallIsOver, NotForYou, TooFewSeats
from masthead.core import jobs
from masthead.core.models import AuditRecord, Message
from tests.worlds import calls, readers, rooms

pytestmark = pytest.mark.django_db


def test_a_supporter_reserves_a_seat_and_gets_one_mail():
    call, ada = rooms.call(), rooms.supporter("Ada")

    seat = seats.reserve(call, ada)
    seats.reserve(call, ada)

    call.refresh_from_db()
    assert (seat.state, call.reserved_count) == (SeatState.RESERVED, 1)
    assert calls.kinds_of_mail(ada) == ["reserved"]


def test_who_comes_when_all_is_taken_waits_and_moves_up_by_turn():
    call = rooms.call(capacity=1)
    ada, bob, cleo = (rooms.supporter(name) for name in ("Ada", "Bob", "Cleo"))
    first, _, _ = (seats.reserve(call, reader) for reader in (ada, bob, cleo))
    before = calls.states(call)

    seats.give_back(first)

    assert before == {"Ada": "reserved", "Bob": "waiting", "Cleo": "waiting"}
    assert calls.states(call) == {"Ada": "given_back", "Bob": "reserved", "Cleo": "waiting"}
    assert calls.kinds_of_mail(ada) == ["reserved", "given_back"]
    assert calls.kinds_of_mail(bob) == ["waiting", "moved_up"]
    assert calls.kinds_of_mail(cleo) == ["waiting"]


def test_giving_back_twice_gives_one_seat_and_asking_again_means_the_end_of_the_line():
    call = rooms.call(capacity=1)
    ada, bob, cleo = (rooms.supporter(name) for name in ("Ada", "Bob", "Cleo"))
    first, *_ = (seats.reserve(call, reader) for reader in (ada, bob, cleo))

    seats.give_back(first)
    seats.give_back(first)
    seats.reserve(call, ada)

    assert calls.states(call) == {"Ada": "waiting", "Bob": "reserved", "Cleo": "waiting"}
    assert list(Seat.objects.waiting().values_list("reader__name", flat=True)) == ["Cleo", "Ada"]
    assert calls.kinds_of_mail(ada) == ["reserved", "given_back", "waiting"]


def test_leaving_the_line_frees_no_seat():
    call = rooms.call(capacity=1)
    ada, bob = rooms.supporter("Ada"), rooms.supporter("Bob")
    seats.reserve(call, ada)

    seats.give_back(seats.reserve(call, bob))

    call.refresh_from_db()
    assert (calls.states(call), call.reserved_count) == ({"Ada": "reserved", "Bob": "given_back"}, 1)


def test_whose_support_ends_before_the_day_gets_no_seat():
    call = rooms.call(in_hours=24 * 20)
    stranger, leaving, staying = readers.reader("bob@example.org"), rooms.supporter("Ada"), rooms.supporter("Cleo")
    calls.support_lasts_until(leaving, call.starts_at - timedelta(minutes=1))
    calls.support_lasts_until(staying, call.starts_at + timedelta(minutes=1))

    for reader in (stranger, leaving):
        with pytest.raises(NotForYou):
            seats.reserve(call, reader)
    seats.reserve(call, staying)

    assert calls.states(call) == {"Cleo": "reserved"}


def test_a_failed_payment_costs_no_seat_while_its_grace_lasts():
    call, ada = rooms.call(in_hours=24 * 20), rooms.supporter("Ada")
    grace = call.starts_at - timedelta(days=10)
    calls.support_lasts_until(ada, None, grace=grace)

    seats.reserve(call, ada)
    calls.it_is(f"{grace + timedelta(hours=1):%Y-%m-%d %H:%M}")
    calls.time_passes()

    assert calls.states(call) == {"Ada": "ended"}
    assert calls.kinds_of_mail(ada)[-1] == "support_ended"


def test_a_call_that_is_off_or_over_has_no_seats(clock):
    ada, off, soon = rooms.supporter("Ada"), rooms.call("off", state=CallState.CANCELLED), rooms.call(in_hours=1)

    with pytest.raises(CallIsOff):
        seats.reserve(off, ada)
    clock.forward(hours=2, minutes=1)
    with pytest.raises(CallIsOver):
        seats.reserve(soon, ada)


@pytest.mark.parametrize("ended", ["held", "cancelled", "over"])
def test_a_seat_at_a_call_that_is_off_or_over_is_given_back_by_nobody_and_no_waiter_hears_of_it(ended, clock):
    call = rooms.call(capacity=1, in_hours=1)
    ada, bob = rooms.supporter("Ada"), rooms.supporter("Bob")
    seat, _ = seats.reserve(call, ada), seats.reserve(call, bob)
    if ended == "over":
        clock.forward(hours=2, minutes=1)
    else:
        Call.objects.filter(pk=call.pk).update(state=ended)

    with pytest.raises(CallIsOver if ended == "over" else CallIsOff):
        seats.give_back(seat)
    with pytest.raises(CallIsOver if ended == "over" else CallIsOff):
        seats.give_back_for(seat, by=rooms.STAFF)
    rooms.ends_support(ada)
    seats.let_go(seat)
    seats.leave_silently(ada)

    assert calls.states(call) == {"Bob": "waiting"}
    assert [calls.kinds_of_mail(each) for each in (ada, bob)] == [["reserved"], ["waiting"]]
    assert not AuditRecord.objects.filter(action="seat.given-back-by-desk").exists()


def test_more_seats_let_the_line_move_and_fewer_than_are_taken_are_refused():
    call = rooms.call(capacity=1)
    people = [rooms.supporter(name) for name in ("Ada", "Bob", "Cleo", "Dee")]
    for reader in people:
        seats.reserve(call, reader)

    seats.resize(call, capacity=3, by=rooms.STAFF)
    jobs.run_all()

    assert calls.states(call) == {"Ada": "reserved", "Bob": "reserved", "Cleo": "reserved", "Dee": "waiting"}
    with pytest.raises(TooFewSeats) as refused:
        seats.resize(call, capacity=2, by=rooms.STAFF)
    assert "3 seats are reserved already" in refused.value.for_people
    assert AuditRecord.objects.get(action="call.resized").facts == {"was": 1, "now": 3}


def test_nobody_overtakes_the_line_while_it_moves():
    call = rooms.call(capacity=1)
    for name in ("Ada", "Bob"):
        seats.reserve(call, rooms.supporter(name))
    Call.objects.filter(pk=call.pk).update(capacity=2)  # a seat is free, and the worker has not come by yet

    seats.reserve(call, rooms.supporter("Cleo"))

    assert calls.states(call) == {"Ada": "reserved", "Bob": "reserved", "Cleo": "waiting"}


def test_who_waits_without_support_by_then_is_passed_over_kindly():
    call = rooms.call(capacity=1)
    ada, bob, cleo = (rooms.supporter(name) for name in ("Ada", "Bob", "Cleo"))
    first, *_ = (seats.reserve(call, reader) for reader in (ada, bob, cleo))
    rooms.ends_support(bob)

    seats.give_back(first)

    assert calls.states(call) == {"Ada": "given_back", "Bob": "ended", "Cleo": "reserved"}
    assert calls.kinds_of_mail(bob) == ["waiting", "support_ended"]


def test_support_that_ends_costs_the_seat_within_the_hour(clock):
    call = rooms.call(capacity=1, in_hours=24 * 5)
    ada, bob = rooms.supporter("Ada"), rooms.supporter("Bob")
    seats.reserve(call, ada)
    seats.reserve(call, bob)
    calls.time_passes()
    rooms.ends_support(ada)

    clock.forward(hours=1, minutes=1)
    calls.time_passes()
    calls.time_passes()

    assert calls.states(call) == {"Ada": "ended", "Bob": "reserved"}
    assert calls.kinds_of_mail(ada) == ["reserved", "support_ended"]
    assert "Thank you for the time in which you helped" in Message.objects.filter(to=ada.email).latest("pk").text


def test_the_desk_gives_a_seat_back_for_who_wrote():
    call, ada = rooms.call(), rooms.supporter("Ada")

    seats.give_back_for(seats.reserve(call, ada), by=rooms.STAFF)

    assert calls.states(call) == {"Ada": "given_back"}
    assert AuditRecord.objects.filter(action="seat.given-back-by-desk", by="staff:1").count() == 1


# --- whatever happens --------------------------------------------------------------------------------------------

PEOPLE = [f"Reader{number}" for number in range(5)]
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["asks", "gives back", "support ends", "support comes back", "more seats", "looks"]),
        st.sampled_from(PEOPLE),
    ),
    max_size=18,
)


class WhateverHappens(TestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(acts=ACTS, capacity=st.integers(1, 3))
    def test_no_seat_is_given_twice_and_none_stays_empty_while_somebody_waits(self, acts, capacity):
        call = rooms.call(capacity=capacity)
        people = {name: rooms.supporter(name) for name in PEOPLE}

        for act, name in acts:
            _do(act, call, people[name])
            _holds(call)


def _do(act: str, call: Call, reader: Any) -> None:
    if act == "asks":
        with suppress(NotForYou):
            seats.reserve(call, reader)
    elif act == "gives back" and (seat := seats.seat_of(call, reader)):
        seats.give_back(seat)
    elif act == "support ends":
        rooms.ends_support(reader)
    elif act == "support comes back":
        rooms.supporter(reader.name)
    elif act == "more seats":
        call.refresh_from_db()
        seats.resize(call, capacity=call.capacity + 1, by=rooms.STAFF)
        seats.move_up(call.pk)
    elif act == "looks" and (seat := seats.seat_of(call, reader)):
        seats.let_go(seat)


def _holds(call: Call) -> None:
    call.refresh_from_db()
    reserved = Seat.objects.reserved().filter(call=call).count()
    waiting = Seat.objects.waiting().filter(call=call).count()
    assert call.reserved_count == reserved <= call.capacity
    assert not waiting or reserved == call.capacity
