"""Calls at the desk: one click starts the series; each act asks, is done by a verb, and is written to the audit log."""

import csv

import pytest
from django.urls import reverse

from masthead.calls import dates, questions, seats, series
from masthead.calls.models import Call, CallState, Series
from masthead.core import audit
from masthead.core.models import AuditRecord
from masthead.newsroom import founding
from tests.worlds import calls, rooms
from tests.worlds.desk import Desk, sentences_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    calls.it_is("2026-12-20 12:00")
    return Desk("Editors")


def url(name: str, *args) -> str:
    return reverse(name, args=args)


def home(desk: Desk) -> str:
    return " ".join(sentences_in(desk.get("/desk/")).split())


def test_one_click_on_the_first_page_starts_the_series_and_the_page_says_what_was_planned(desk):
    founding.found("The Courier", editor_in_chief="Helen Marwood")
    before = home(desk)

    desk.post(url("start_series"))

    after = home(desk)
    assert "Start the quarterly call" in before
    assert "The call with Helen Marwood" in after
    assert "Thursday 7 January 2027, 19.00 to 20.00" in after
    assert "Start the quarterly call" not in after
    assert Series.objects.get().host_name == "Helen Marwood"


def test_the_first_page_says_that_the_clock_planned_a_call_and_that_a_near_one_has_no_place(desk):
    calls.the_quarterly()
    far = home(desk)
    calls.it_is("2027-01-07 20:30")
    series.keep_going()
    by_the_clock = home(desk)
    calls.it_is("2027-03-25 12:00")
    near = home(desk)

    assert "planned by the rule of its series" not in far
    assert "It was planned by the rule of its series on 7 January 2027" in by_the_clock
    assert "Nobody can get in yet" not in by_the_clock
    assert "Nobody can get in yet: Paste the whole address of the room" in near


def test_a_quarter_without_a_call_is_an_alarm_on_the_first_page(desk):
    call = calls.the_quarterly()
    at_first = home(desk)
    dates.cancel(call, by=rooms.STAFF)
    calls.it_is("2027-01-04 12:00")
    about_to_be = home(desk)
    calls.it_is("2027-04-01 12:00")
    broken = home(desk)

    assert "promise" not in at_first.replace("Supporters are promised", "")
    assert "A promise is about to be broken:" in about_to_be
    assert "<strong>A promise was broken:</strong> January to March 2027 passed without a call" in broken


def test_who_may_not_change_calls_sees_none_of_it(desk):
    call = calls.the_quarterly()
    reporter = Desk("Reporters")

    answers = {
        path: reporter.get(path).status_code
        for path in (
            url("plan_call"), url("move_call", call.pk), url("cancel_call", call.pk), url("invite_to_call", call.pk),
            url("stop_series", call.series_id), url("call_seats", call.pk),
        )
    }  # fmt: skip
    reporter.post(url("cancel_call", call.pk))

    assert set(answers.values()) <= {302, 403}
    assert "7 January 2027" not in sentences_in(reporter.get("/desk/"))
    assert Call.objects.get().state == CallState.PLANNED


def test_a_call_is_planned_beside_the_series(desk):
    typed = {
        "title": "An extra call about the pier",
        "starts_at": "2027-02-01 18:30",
        "minutes": "45",
        "capacity": "30",
        "invite_days": "7",
    }

    wrong = desk.post(url("plan_call"), {**typed, "starts_at": "2026-02-01 18:30"})
    desk.post(url("plan_call"), typed)

    call = Call.objects.get()
    assert wrong.status_code == 422
    assert "Choose a moment from now on. Nothing has been changed." in sentences_in(wrong)
    assert 'value="An extra call about the pier"' in sentences_in(wrong)
    assert (call.starts_at, call.minutes, call.capacity) == (calls.moment("2027-02-01 18:30"), 45, 30)
    assert call.invite_at == calls.moment("2027-01-25 18:30")
    assert call.made_by == str(desk.person.actor)


def test_moving_says_who_will_be_told_and_tells_them(desk):
    call, ada = calls.the_quarterly(), rooms.supporter("Ada")
    seats.reserve(call, ada)

    page = sentences_in(desk.get(url("move_call", call.pk)))
    desk.post(url("move_call", call.pk), {"starts_at": "2027-01-14 19:00", "minutes": "90"})
    calls.time_passes()

    call.refresh_from_db()
    assert "Everybody concerned gets a mail: 1 with a seat, 0 in line." in page
    assert (call.starts_at, call.minutes) == (calls.moment("2027-01-14 19:00"), 90)
    assert "moved" in calls.kinds_of_mail(ada)
    record = AuditRecord.objects.get(action="call.moved")
    assert audit.sentence_for(record) == (
        f"{desk.person.actor} moved calls.call:{call.pk} from 2027-01-07 19:00 to 2027-01-14 19:00"
    )


def test_cancelling_asks_first(desk):
    call, ada = calls.the_quarterly(), rooms.supporter("Ada")
    seats.reserve(call, ada)

    asked = sentences_in(desk.get(url("cancel_call", call.pk)))
    before = Call.objects.get().state
    desk.post(url("cancel_call", call.pk))
    again = desk.post(url("cancel_call", call.pk), follow=True)
    calls.time_passes()

    assert "This can’t be undone" in asked
    assert (before, Call.objects.get(pk=call.pk).state) == (CallState.PLANNED, CallState.CANCELLED)
    assert "This call is no longer planned. Nothing has been changed." in sentences_in(again)
    assert calls.kinds_of_mail(ada) == ["reserved", "cancelled"]


def test_what_a_call_is_called_and_where_it_happens_is_typed_in_its_form(desk):
    call = calls.the_quarterly()
    typed = {
        "title": "The call about the pier", "standfirst": "", "host_name": "Helen Marwood", "capacity": "80",
        "invite_at": "2026-12-24 09:00", "provider": "link", "url": "https://meet.example.org/room", "host_url": "",
        "domain": "", "room": "",
    }  # fmt: skip

    wrong = desk.post(url("call:edit", call.pk), {**typed, "url": "meet.example.org"})
    desk.post(url("call:edit", call.pk), typed)

    call.refresh_from_db()
    assert "it begins with https://." in sentences_in(wrong)
    assert (call.title, call.capacity, call.sequence) == ("The call about the pier", 80, 1)
    assert call.place == {"url": "https://meet.example.org/room"}
    assert {"call.described", "call.resized"} <= set(AuditRecord.objects.values_list("action", flat=True))


def test_a_series_is_changed_for_the_calls_to_come_and_stopped_after_asking(desk):
    call = calls.the_quarterly()
    typed = {
        "name": "The call", "standfirst": "", "host_name": "", "week": "2", "weekday": "1", "every_months": "3",
        "month": "2", "at": "18:00", "minutes": "60", "capacity": "50", "invite_days": "14", "is_active": "on",
        "provider": "jitsi", "domain": "meet.example.org", "url": "", "host_url": "",
    }  # fmt: skip

    refused = desk.post(url("series:edit", call.series_id), {**typed, "month": "4"})
    desk.post(url("series:edit", call.series_id), typed)
    asked = sentences_in(desk.get(url("stop_series", call.series_id)))
    going = Series.objects.get()
    desk.post(url("stop_series", call.series_id))

    assert "Choose a month within the period" in sentences_in(refused)
    assert (going.rule, going.place) == ("the second Tuesday of each quarter, 18:00", {"domain": "meet.example.org"})
    assert "No further call is made by itself" in asked
    assert not Series.objects.get().is_active
    assert Call.objects.get().starts_at == calls.moment("2027-01-07 19:00")


def test_lists_have_search_filters_and_csv_and_nothing_is_deleted(desk):
    call, ada = calls.the_quarterly(), rooms.supporter("Ada")
    other = dates.plan("About the pier", calls.moment("2027-02-01 18:30"), by=rooms.STAFF)
    seats.reserve(call, ada)

    found = desk.get(f"{url('call:index')}?q=pier&export=csv")
    titles = [row["Title"] for row in csv.DictReader(b"".join(found.streaming_content).decode().splitlines())]
    exported = desk.get(f"{url('seat:index')}?export=csv")
    rows = list(csv.DictReader(b"".join(exported.streaming_content).decode().splitlines()))
    seats_of = desk.get(url("call_seats", other.pk), follow=True)

    assert titles == ["About the pier"]
    assert [next(iter(row.values())) for row in rows] == ["2027-01"]
    assert "ada@example.org" not in sentences_in(seats_of)
    looks = AuditRecord.objects.filter(action="calls.seats_seen", by=str(desk.person.actor)).order_by("pk")
    assert [row.facts["how"] for row in looks] == ["exported", "listed"]
    assert desk.get(url("call:delete", call.pk)).status_code in (302, 403)
    assert desk.get(url("series:delete", call.series_id)).status_code in (302, 403)


def test_questions_are_found_filtered_and_exported_and_who_asked_without_a_name_stays_unknown(desk):
    call, ada = calls.the_quarterly(), rooms.supporter("Ada")
    questions.ask(call, ada, text="Who owns the pier?", name="Ada O.")
    question = questions.ask(call, ada, text="What of the levy?", name="Ada O.", anonymously=True)
    other = dates.plan("About the pier", calls.moment("2027-02-01 18:30"), by=rooms.STAFF)

    listed, found, of_other, one = (
        sentences_in(desk.get(address))
        for address in (
            f"{url('question:index')}?call={call.pk}", f"{url('question:index')}?q=levy",
            f"{url('question:index')}?call={other.pk}", url("question:inspect", question.pk),
        )
    )  # fmt: skip
    exported = b"".join(desk.get(f"{url('question:index')}?export=csv&state=waiting").streaming_content).decode()

    assert ("Who owns the pier?" in listed, "What of the levy?" in listed, "Ada O." in listed) == (True, True, True)
    assert ("Who owns the pier?" in found, "What of the levy?" in found) == (False, True)
    assert "levy" not in of_other
    assert len(exported.splitlines()) == 3
    for text in (found, one, exported):
        assert not any(trace in text for trace in (ada.email, ada.reference, ">Ada<", ",Ada,"))
    assert "without a name" in found
    assert "Ada" not in one
    by_reader = sentences_in(desk.get(f"{url('question:index')}?q=ada@example.org"))
    assert "levy" not in by_reader


def test_the_desk_gives_back_a_seat_after_asking(desk):
    call, ada = calls.the_quarterly(), rooms.supporter("Ada")
    seat = seats.reserve(call, ada)

    asked = sentences_in(desk.get(url("give_back_seat", seat.pk)))
    desk.post(url("give_back_seat", seat.pk))

    assert "whoever has waited longest moves up" in asked
    assert calls.states(call) == {"Ada": "given_back"}
    assert AuditRecord.objects.filter(action="seat.given-back-by-desk").exists()


def test_a_call_that_did_not_take_place_no_longer_counts(desk):
    call = calls.the_quarterly()
    calls.it_is("2027-01-07 20:30")
    series.keep_going()

    asked = sentences_in(desk.get(url("call_not_held", call.pk)))
    desk.post(url("call_not_held", call.pk))

    assert "counts as held" in asked
    assert Call.objects.get(pk=call.pk).state == CallState.CANCELLED


@pytest.mark.parametrize("name", ["call", "series", "seat", "question"])
def test_a_list_costs_the_same_with_two_rows_and_with_twenty(desk, name, django_assert_max_num_queries):
    def add(count: int) -> None:
        for reader in calls.supporters(count):
            call = dates.plan("A call", calls.moment("2027-02-01 18:30"), by=rooms.STAFF)
            calls.a_series(name=f"Series {reader.pk}")
            seats.reserve(call, reader)
            questions.ask(call, reader, text="And the pier?")

    add(2)
    desk.get(url(f"{name}:index"))
    with django_assert_max_num_queries(30) as few:
        desk.get(url(f"{name}:index"))
    add(20)

    with django_assert_max_num_queries(len(few)):
        desk.get(url(f"{name}:index"))
