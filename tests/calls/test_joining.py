"""The way in: when it opens and shuts, for whom, on how many devices, and what a forwarded link is worth."""

import logging
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from masthead.calls import dates, joining, providers, seats
from masthead.calls.joining import Stands
from masthead.calls.models import Call, Seat
from masthead.calls.providers import CallProvider, ProviderRefused, Redirect
from masthead.core.models import AuditRecord
from masthead.readers import devices
from masthead.web.logs import blotted
from tests.worlds import rooms

pytestmark = pytest.mark.django_db
LINK = "/calls/october/join/"


@pytest.fixture
def ada():
    return rooms.supporter("Ada")


@pytest.fixture
def call(ada):
    """A call in two hours, at which Ada has a seat."""
    call = rooms.call(in_hours=2)
    rooms.seat(call, ada)
    return call


def to_the_opening(clock, call: Call, *, minutes: int = 0) -> None:
    """Until the way in opens, and some minutes more."""
    seconds = (call.opens_at - clock.now()).total_seconds()
    clock.forward(seconds=round(seconds) + 2 + minutes * 60)


def test_the_way_opens_fifteen_minutes_before_and_shuts_at_the_end(clock, call, ada):
    browser = rooms.browser(ada)
    said = []
    for ahead in (-120, 0, 74, 76):
        to_the_opening(clock, call, minutes=ahead) if ahead != -120 else None
        page = browser.get(LINK)
        said.append((page.status_code, page.content.decode().count("data-join")))

    assert call.ends_at - call.opens_at == timedelta(minutes=75)
    assert said == [(200, 0), (200, 1), (200, 1), (410, 0)]


def test_before_the_opening_the_button_leads_nowhere_and_nothing_is_noted(clock, call, ada):
    to_the_opening(clock, call, minutes=-1)

    answer = rooms.browser(ada).post(LINK)

    assert answer.status_code == 200
    assert "Not open yet" in answer.content.decode()
    assert rooms.ADDRESS not in answer.content.decode()
    assert Seat.objects.get().came_at is None


def test_the_seats_holder_is_led_to_the_room_and_counted_once(clock, call, ada):
    to_the_opening(clock, call)
    browser = rooms.browser(ada)

    first, second = browser.post(LINK), browser.post(LINK)

    assert [(answer.status_code, answer["Location"]) for answer in (first, second)] == [(303, rooms.ADDRESS)] * 2
    assert first["Referrer-Policy"] == "no-referrer"
    assert "no-store" in first["Cache-Control"]
    call.refresh_from_db()
    assert call.came_count == 1


def test_the_rooms_address_stands_on_no_page_and_its_host_only_in_the_policy_of_the_open_page(clock, call, ada):
    browser = rooms.browser(ada)
    before = browser.get(LINK)
    to_the_opening(clock, call)
    after = browser.get(LINK)

    assert "the-room-of-october" not in before.content.decode() + after.content.decode()
    assert "meet.example.org" not in before.content.decode() + str(before.headers)
    assert re.search(r"form-action 'self'[^;]* https://meet\.example\.org;", after["Content-Security-Policy"])
    assert "the-room" not in after["Content-Security-Policy"]


def test_a_forwarded_link_asks_a_visitor_to_sign_in_and_names_nobody(clock, call, ada):
    to_the_opening(clock, call)

    answer = rooms.browser().get(LINK)
    posted = rooms.browser().post(LINK)
    page = rooms.browser().get(answer["Location"]).content.decode()

    assert answer["Location"] == "/account/sign-in/?next=%2Fcalls%2Foctober%2Fjoin%2F"
    assert posted["Location"] == answer["Location"]
    assert not answer.cookies
    assert ada.email not in page
    assert "Ada" not in page
    assert Seat.objects.get().came_at is None


def test_a_forwarded_link_gets_another_supporter_no_further_without_a_seat(clock, call, ada):
    to_the_opening(clock, call)
    bob = rooms.browser(rooms.supporter("Bob"))

    page, posted = bob.get(LINK).content.decode(), bob.post(LINK)

    assert "You have no seat yet" in page
    assert "Ada" not in page
    assert posted.status_code == 200
    assert "Location" not in posted
    call.refresh_from_db()
    assert call.came_count == 0


def test_who_stops_supporting_on_the_day_is_told_so_kindly_and_at_once(clock, call, ada):
    to_the_opening(clock, call)
    browser = rooms.browser(ada)
    assert "data-join" in browser.get(LINK).content.decode()

    rooms.ends_support(ada)
    answer = browser.post(LINK)

    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Calls are for supporters" in page
    assert "can be taken up again" in page
    assert rooms.ADDRESS not in page


def test_a_place_in_the_waiting_list_is_no_seat(clock, ada):
    call = rooms.call(in_hours=2, capacity=1)
    rooms.seat(call, rooms.supporter("Bob"))
    rooms.seat(call, ada)
    to_the_opening(clock, call)

    page = rooms.browser(ada).post(LINK).content.decode()

    assert "You are on the waiting list" in page


def test_a_seat_given_back_leads_nowhere(clock, call, ada):
    seats.give_back(Seat.objects.get())
    to_the_opening(clock, call)

    assert "Location" not in rooms.browser(ada).post(LINK)


def test_a_cancelled_call_has_no_way_in(clock, call, ada):
    dates.cancel(call, by=rooms.STAFF)
    to_the_opening(clock, call)

    answer = rooms.browser(ada).post(LINK)

    assert answer.status_code == 410
    assert "does not take place" in answer.content.decode()


def test_a_second_device_takes_the_place_over_and_the_first_is_told(clock, call, ada):
    to_the_opening(clock, call)
    phone, desk = rooms.browser(ada, "Safari on iPhone"), rooms.browser(ada, "Firefox on Linux")

    phone.post(LINK)
    assert "You went in on Safari on iPhone" in desk.get(LINK).content.decode()
    desk.post(LINK)

    told, sits = phone.get(LINK).content.decode(), desk.get(LINK).content.decode()
    assert "You went in on Firefox on Linux" in told
    assert "your place here has ended" in told
    assert "You are in, on this device" in sits
    call.refresh_from_db()
    assert (call.came_count, Seat.objects.get().live_device.label) == (1, "Firefox on Linux")


def test_the_page_of_the_call_says_before_that_going_in_moves_the_place(clock, call, ada):
    to_the_opening(clock, call)
    rooms.browser(ada, "Safari on iPhone").post(LINK)

    page = rooms.browser(ada).get(call.path).content.decode()

    assert "You are in on Safari on iPhone" in page
    assert "Going in here moves your place here: please close the room there." in page


def test_a_device_that_was_signed_out_holds_no_place(clock, call, ada):
    to_the_opening(clock, call)
    here, there = rooms.device(ada, "Safari on iPhone"), rooms.device(ada)
    joining.enter(call, ada, here)

    devices.end(here, by=ada.actor)

    way = joining.way_in(call, ada, there)
    assert (way.stands, way.elsewhere) == (Stands.OPEN, "")


# --- the provider --------------------------------------------------------------------------------------------


class Remembers(CallProvider):
    """A room that says no, or notes whom it is told to put out."""

    key, label = "remembers", "A room of tests"

    def __init__(self) -> None:
        self.is_shut = False
        self.put_out: list[str] = []
        self.ended: list[int] = []

    def validate(self, place):
        return []

    def prepare(self, call):
        return {**call.place, "room": "made"}

    def origin(self, call, role):
        return "https://room.example.org"

    def join(self, call, member, role):
        if self.is_shut:
            raise ProviderRefused("it is shut, and the key is hunter2hunter2hunter2")
        return Redirect(f"https://room.example.org/{call.place['room']}?as={member.reference}&role={role}")

    def remove(self, call, member):
        self.put_out.append(member.reference)
        return True

    def end(self, call):
        self.ended.append(call.pk)

    def health(self, place):
        return []


@pytest.fixture
def room(monkeypatch) -> Remembers:
    made = Remembers()
    monkeypatch.setitem(providers.PROVIDERS, "remembers", made)
    return made


def in_the_room(ada, **fields) -> Call:
    call = rooms.call(in_hours=2, provider="remembers", place={}, **fields)
    rooms.seat(call, ada)
    return call


def test_a_room_that_says_no_spends_nothing_and_the_reader_is_told(clock, ada, room):
    call = in_the_room(ada)
    to_the_opening(clock, call)
    room.is_shut = True
    browser = rooms.browser(ada)

    answer = browser.post(LINK)

    assert answer.status_code == 503
    assert "The room does not let us in" in answer.content.decode()
    assert "hunter2" not in answer.content.decode()
    assert Seat.objects.get().came_at is None
    room.is_shut = False
    assert browser.post(LINK).status_code == 303


def test_an_unknown_place_is_a_room_that_is_shut(clock, ada):
    call = rooms.call(in_hours=2, provider="gone")
    rooms.seat(call, ada)
    to_the_opening(clock, call)

    assert rooms.browser(ada).get(LINK).status_code == 200
    assert rooms.browser(ada).post(LINK).status_code == 503


def test_a_provider_that_can_puts_the_first_device_out(clock, ada, room):
    call = in_the_room(ada)
    to_the_opening(clock, call)

    rooms.browser(ada, "Safari on iPhone").post(LINK)
    assert room.put_out == []
    led = rooms.browser(ada).post(LINK)

    assert len(room.put_out) == 1
    assert room.put_out[0] in led["Location"]


def test_the_room_is_made_once_and_closed_after_the_end(clock, ada, room):
    call = in_the_room(ada)
    to_the_opening(clock, call)
    rooms.browser(ada).post(LINK)
    call.refresh_from_db()
    assert call.place == {"room": "made"}

    joining.close_rooms()
    assert room.ended == []
    to_the_opening(clock, call, minutes=76)
    joining.close_rooms()

    assert room.ended == [call.pk]


def test_the_host_goes_in_at_any_time_and_it_is_noted(ada, room):
    call = in_the_room(ada)

    led = joining.enter_as_host(call, by=rooms.STAFF, name="Helen Marwood")

    assert isinstance(led, Redirect)
    assert led.url.endswith("role=host")
    assert AuditRecord.objects.filter(action="call.host-joined").count() == 1
    assert Seat.objects.get().came_at is None


def test_an_embedded_room_is_not_taken_until_a_page_carries_it():
    class Stage(Remembers):
        key, embedded = "stage", True

    with pytest.raises(ValueError, match="embedded"):
        providers.register(Stage())
    assert "stage" not in providers.PROVIDERS


def test_neither_log_nor_audit_nor_row_keeps_what_opens_the_room(clock, ada, room, caplog):
    call = in_the_room(ada)
    to_the_opening(clock, call)
    with caplog.at_level(logging.DEBUG):
        led = rooms.browser(ada).post(LINK)["Location"]
        room.is_shut = True
        rooms.browser(ada).post(LINK)

    opens = urlsplit(led).query
    written = caplog.text + str(list(AuditRecord.objects.values())) + str(list(Seat.objects.values()))
    assert opens
    assert opens not in written
    assert blotted(f"GET {led} 303") == "GET https://room.example.org/made?… 303"


def test_the_page_of_the_way_in_costs_the_same_for_one_seat_and_for_many(clock, call, ada, django_assert_num_queries):
    to_the_opening(clock, call)
    browser = rooms.browser(ada)
    browser.get(LINK)
    with CaptureQueriesContext(connection) as one:
        browser.get(LINK)

    for name in ("Bob", "Cleo", "Dan"):
        rooms.seat(call, rooms.supporter(name))

    with django_assert_num_queries(len(one)):
        browser.get(LINK)


def test_the_buttons_form_keeps_the_origin_that_every_form_has_to_say(clock, call, ada):
    """With `noreferrer` browsers send 'Origin: null', which no form of ours may; the redirect itself tells nobody."""
    to_the_opening(clock, call)
    browser = rooms.browser(ada)

    page = browser.get(LINK).content.decode()
    refused = browser.post(LINK, headers={"origin": "null"})

    assert 'target="_blank" rel="noopener"' in page
    assert "noreferrer" not in page
    assert refused.status_code == 403
