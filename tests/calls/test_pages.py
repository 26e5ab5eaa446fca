"""The page of all calls, printed; the page of one, which is each reader's own."""

import pytest
from django.test import RequestFactory

from masthead.calls import dates, seats, series
from masthead.calls.models import Call
from masthead.press.models import Change
from masthead.press.recording import record
from masthead.web.views import calls as views
from tests.worlds import calls, readers, rooms

pytestmark = pytest.mark.django_db
QUERIES = 18


def words(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def call():
    calls.it_is("2026-12-20 12:00")
    return calls.a_call("2027-01-07 19:00", capacity=2, host_name="Helen Marwood", place={"url": rooms.ADDRESS})


def test_a_visitor_is_told_when_the_next_call_is_and_how_to_get_in(call):
    page = words(rooms.browser().get("/calls/"))

    assert "7 January 2027, 19.00" in page
    assert "How to get in" in page
    assert "£3 a month or more" in page
    assert 'href="/support/"' in page
    assert not any(secret in page for secret in ("data-join", rooms.ADDRESS, "Reserve a seat"))


def test_past_calls_stand_with_their_length_and_questions(call):
    Call.objects.filter(pk=call.pk).update(asked_count=34)
    calls.it_is("2027-01-07 20:01")
    series.keep_going()

    page = words(rooms.browser().get("/calls/"))

    assert "No date yet" in page
    assert "7 January 2027: The call with Helen Marwood" in page
    assert "60 minutes, 34 questions" in page


def ends_at() -> float | None:
    """When the print of a supporter's page of all calls ends by itself."""
    request = RequestFactory().get("/calls/")
    request.edition = "supporter"
    with record() as noted:
        views.index(request)
    assert {"calls", "giving"} <= noted.parts
    return noted.ends_at


def test_a_print_ends_when_the_way_in_opens_and_when_the_call_is_over(call):
    before = ends_at()
    calls.it_is("2027-01-07 18:50")
    during = ends_at()

    assert before == call.opens_at.timestamp()
    assert during == call.ends_at.timestamp()


def test_the_way_in_stands_on_the_page_of_all_calls_from_fifteen_minutes_before(call):
    found = []
    for moment in ("2027-01-07 18:44", "2027-01-07 18:46", "2027-01-07 20:01"):
        calls.it_is(moment)
        found.append("data-join" in words(rooms.browser().get("/calls/")))

    assert found == [False, True, False]


def test_a_moved_call_leaves_no_print_standing(call):
    before = Change.objects.count()
    dates.move(call, to=calls.moment("2027-01-14 19:00"), by=rooms.STAFF)

    assert [change.parts for change in Change.objects.order_by("pk")[before:]] == [["calls"]]


def test_seats_change_no_print(call):
    ada = rooms.supporter("Ada")
    before = Change.objects.count()
    seats.give_back(seats.reserve(call, ada))

    assert Change.objects.count() == before


# --- one call --------------------------------------------------------------------------------------------------


def test_a_supporter_reserves_and_gives_back_with_one_click_each(call):
    ada = rooms.supporter("Ada")
    browser = rooms.browser(ada)

    first = words(browser.get(call.path))
    reserved = words(browser.post(f"{call.path}seat/", follow=True))
    after = words(browser.get(call.path))
    back = words(browser.post(f"{call.path}seat/back/", follow=True))

    assert "0 of 2 seats are taken." in first
    assert "Reserve a seat" in first
    assert "A seat is yours. The calendar entry is on its way to you by e-mail." in reserved
    assert "Give the seat back" in after
    assert "Thank you for giving it back." in back
    assert calls.states(call) == {"Ada": "given_back"}


def test_who_waits_sees_how_many_are_before(call):
    for name in ("Ada", "Bob", "Cleo"):
        rooms.seat(call, rooms.supporter(name))
    browser = rooms.browser(rooms.supporter("Dee"))

    full = words(browser.get(call.path))
    waiting = words(browser.post(f"{call.path}seat/", follow=True))

    assert "Wait for a seat" in full
    assert "You are in line" in waiting
    assert "1 person waits before you." in waiting


def test_a_visitor_sees_the_day_and_how_to_get_a_seat_and_nothing_of_others(call):
    rooms.seat(call, rooms.supporter("Ada"))

    response = rooms.browser().get(call.path)

    page = words(response)
    assert response.status_code == 200
    assert "How to get in" in page
    assert "Thursday" in page
    assert f"/account/sign-in/?next={call.path.replace('/', '%2F')}" in page
    assert not any(secret in page for secret in ("Ada", "seats are taken", rooms.ADDRESS, "data-join"))
    assert "no-store" in response["Cache-Control"]


def test_a_reader_without_support_is_told_kindly_and_gets_no_seat(call):
    browser = rooms.browser(readers.reader("bob@example.org"))

    page = words(browser.get(call.path))
    refused = browser.post(f"{call.path}seat/")

    assert "your support does not reach to the day of this call" in page
    assert refused.status_code == 422
    assert "Begin it again and a seat is yours to ask for. Nothing has been changed." in words(refused)
    assert calls.states(call) == {}


def test_buttons_pressed_by_a_visitor_lead_to_sign_in(call):
    for path in ("seat/", "seat/back/"):
        response = rooms.browser().post(f"{call.path}{path}")
        assert (response.status_code, response["Location"].partition("?")[0]) == (302, "/account/sign-in/")


def test_looking_changes_nothing(call):
    browser = rooms.browser(rooms.supporter("Ada"))

    assert [browser.get(f"{call.path}{path}").status_code for path in ("seat/", "seat/back/")] == [405, 405]
    assert calls.states(call) == {}


def test_a_cancelled_call_says_so_and_has_no_seats(call):
    ada = rooms.supporter("Ada")
    browser = rooms.browser(ada)
    rooms.seat(call, ada)
    dates.cancel(call, by=rooms.STAFF)

    page = words(browser.get(call.path))
    refused = [browser.post(f"{call.path}{path}") for path in ("seat/", "seat/back/")]

    assert "This call does not take place" in page
    assert "Reserve a seat" not in page
    for answer in refused:
        assert answer.status_code == 422
        assert "This call is no longer planned. Nothing has been changed." in words(answer)
        assert "This call does not take place" in words(answer)


def test_a_tab_left_open_until_the_call_is_over_gives_no_seat_back(call):
    ada = rooms.supporter("Ada")
    rooms.seat(call, ada)
    calls.it_is("2027-01-07 20:01")

    refused = rooms.browser(ada).post(f"{call.path}seat/back/")

    assert refused.status_code == 422
    assert "This call is over. Nothing has been changed." in words(refused)
    assert calls.states(call) == {"Ada": "reserved"}


def test_the_page_costs_the_same_with_one_seat_and_with_thirty(call, django_assert_num_queries):
    Call.objects.filter(pk=call.pk).update(capacity=100)
    ada, *others = calls.supporters(30)
    rooms.seat(call, ada)
    browser = rooms.browser(ada)
    browser.get(call.path)
    with django_assert_num_queries(QUERIES):
        browser.get(call.path)
    for reader in others:
        rooms.seat(call, reader)

    with django_assert_num_queries(QUERIES):
        browser.get(call.path)


def test_when_the_way_in_is_open_it_stands_before_the_questions_and_once(call):
    ada = rooms.supporter("Ada")
    rooms.seat(call, ada)
    calls.it_is("2027-01-07 18:46")

    page = words(rooms.browser(ada).get(call.path))

    assert page.count("data-join") == 1
    assert page.index("data-join") < page.index('id="questions"') < page.index("Give the seat back")
