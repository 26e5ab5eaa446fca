"""Calendar files: read by two independent programs; updates and cancellations of one entry; right in every zone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail as outbox
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from masthead.calls import calendars, dates, seats
from masthead.calls.models import Call, CallState
from masthead.core import clock as the_clock
from masthead.newsroom import founding
from tests.worlds import calls, rooms

pytestmark = pytest.mark.django_db
ZONES = ["Europe/London", "America/New_York", "Australia/Adelaide"]


def test_two_programs_read_the_same_call():
    founding.found("The Haverness Courier, weekly; and “more”")
    call = calls.a_call("2027-01-07 19:00")

    read = calls.read_by_two(calendars.ics(call))

    assert read == {
        "uid": call.uid,
        "begins": calls.moment("2027-01-07 19:00"),
        "ends": calls.moment("2027-01-07 20:00"),
        "title": "The call with Helen Marwood (The Haverness Courier, weekly; and “more”)",
        "sequence": 0,
        "status": "CONFIRMED",
    }


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", ["2027-01-07", "2027-03-14", "2027-03-28", "2027-04-04", "2027-07-01", "2027-10-31"])
def test_seven_in_the_evening_there_is_the_same_moment_everywhere(zone, day):
    the_clock.live_in(zone)
    begins = calls.moment(f"{day} 19:00", zone)
    call = dates.plan("The call", begins, by=rooms.STAFF)

    file = calendars.ics(call)

    assert calls.read_by_two(file)["begins"] == begins
    assert f"DTSTART;TZID={zone}:{day.replace('-', '')}T190000".encode() in file
    assert file.count(b"BEGIN:VTIMEZONE") == 1


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    zone=st.sampled_from([*ZONES, "UTC", "Asia/Kolkata", "Pacific/Chatham"]),
    seconds=st.integers(0, 10 * 366 * 24 * 60).map(lambda minutes: minutes * 60),
)
def test_any_moment_is_read_as_that_moment(zone, seconds):
    the_clock.live_in(zone)
    begins = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    local = begins.astimezone(the_clock.zone())
    twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    call = Call(title="The call", slug="the-call", starts_at=begins, ends_at=begins + timedelta(hours=1))

    read = calls.read_by_two(calendars.ics(call)) if not twice else {"begins": begins}

    assert read["begins"] == begins


def test_an_update_and_a_cancellation_keep_the_uid_and_raise_the_sequence():
    call = calls.a_call("2027-01-07 19:00")
    read = [calls.read_by_two(calendars.ics(call))]

    call = dates.describe(call, title="The call about the pier", by=rooms.STAFF)
    read.append(calls.read_by_two(calendars.ics(call)))
    call = dates.move(call, to=calls.moment("2027-01-14 19:00"), by=rooms.STAFF)
    read.append(calls.read_by_two(calendars.ics(call)))
    call = dates.describe(call, standfirst="Nobody’s calendar shows this.", by=rooms.STAFF)
    read.append(calls.read_by_two(calendars.ics(call)))
    call = dates.cancel(call, by=rooms.STAFF)
    read.append(calls.read_by_two(calendars.ics(call)))

    assert {entry["uid"] for entry in read} == {call.uid}
    assert [entry["sequence"] for entry in read] == [0, 1, 2, 2, 3]
    assert [entry["status"] for entry in read] == ["CONFIRMED"] * 4 + ["CANCELLED"]


def test_mails_invite_update_and_cancel():
    call, ada = calls.a_call("2027-01-07 19:00"), rooms.supporter("Ada")

    seats.reserve(call, ada)
    dates.move(call, to=calls.moment("2027-01-14 18:00"), by=rooms.STAFF)
    calls.time_passes()
    dates.cancel(call, by=rooms.STAFF)
    calls.time_passes()

    files = [calls.calendar_in(sent) for sent in outbox.outbox if sent.attachments]
    read = [calls.read_by_two(file) for _, file in files]
    assert [method for method, _ in files] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [file.count(f"METHOD:{method}".encode()) for method, file in files] == [1, 1, 1]
    assert [entry["begins"] for entry in read][1:] == [calls.moment("2027-01-14 18:00")] * 2
    sequences = [entry["sequence"] for entry in read]
    assert sequences == sorted(set(sequences))
    assert {entry["uid"] for entry in read} == {call.uid}
    assert all("mailto:ada@example.org" in file.decode().replace("\r\n ", "") for _, file in files)


def test_giving_back_and_asking_again_takes_the_entry_out_and_puts_it_back():
    call, ada = rooms.call(), rooms.supporter("Ada")

    for _ in range(2):
        seats.give_back(seats.reserve(call, ada))
    seats.reserve(call, ada)
    calls.time_passes()

    files = [calls.calendar_in(sent) for sent in outbox.outbox if "seat" in sent.subject]
    assert [method for method, _ in files] == ["REQUEST", "CANCEL", "REQUEST", "CANCEL", "REQUEST"]
    assert [calls.read_by_two(file)["sequence"] for _, file in files] == [0, 1, 2, 3, 4]


def test_the_plain_file_names_nobody_and_no_room():
    call, ada = rooms.call(), rooms.supporter("Ada")
    seats.reserve(call, ada)

    response = rooms.browser().get(f"{call.path}call.ics")

    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    file = response.content.decode().replace("\r\n ", "")
    assert "METHOD:PUBLISH" in file
    assert call.title in file
    assert not any(secret in file for secret in ("ada@example.org", "ATTENDEE", rooms.ADDRESS))


def test_a_cancelled_call_can_still_be_fetched_and_says_so():
    call = rooms.call(state=CallState.CANCELLED)

    read = calls.read_by_two(rooms.browser().get(f"{call.path}call.ics").content)

    assert read["status"] == "CANCELLED"
