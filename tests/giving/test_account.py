"""The account: what one gives and gets, each change two clicks away."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from masthead.calls import dates, seats
from masthead.core import clock as the_clock
from masthead.core.actors import Actor
from masthead.giving import pledges
from masthead.giving.models import Pledge
from masthead.giving.previews import day
from masthead.letters.models import Consent
from masthead.readers import devices
from masthead.readers.devices import COOKIE
from tests.worlds import rooms
from tests.worlds.giving import Giver, Newsroom, facts_of
from tests.worlds.letters_issues import FOR_SUPPORTERS, an_issue
from tests.worlds.money import GBP

STAFF = Actor.staff(1)
IN_ALL = 27
OURS = {"HTTP_ORIGIN": "http://localhost:8000", "HTTP_HOST": "localhost:8000"}


def browser_of(giver: Giver) -> Client:
    browser = Client(**OURS)
    browser.cookies[COOKIE] = giver.token
    return browser


def browser_with(giver: Giver) -> Client:
    """Signed in: where the address was confirmed, the token is a new one."""
    assert giver.reader is not None
    browser = Client(**OURS)
    browser.cookies[COOKIE] = devices.join(giver.device, giver.reader)
    return browser


def boxes(answer) -> dict[str, bool]:
    """Each list that can be seen, and whether it is ticked."""
    found = re.findall(r'name="list" value="([\w-]+)"( checked)?', answer.content.decode())
    return {slug: bool(ticked) for slug, ticked in found}


def carried(answer) -> dict[str, str]:
    """What the page that asks once more sends, when its button is pressed."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', answer.content.decode()))


def compared(answer) -> list[tuple[str, str]]:
    """The rows of the table that shows now and then."""
    rows = re.findall(r"<tr><th scope=\"row\">[^<]+</th><td>(.*?)</td><td>(.*?)</td></tr>", answer.content.decode())
    return [(re.sub("<[^>]+>", "", before), re.sub("<[^>]+>", "", after)) for before, after in rows]


@pytest.fixture
def ada(newsroom: Newsroom) -> Giver:
    return newsroom.supporter("Ada")


def test_the_paying_device_sees_its_pledge_before_its_address_is_confirmed(ada):
    pledge = ada.pledge(GBP("6.00"))

    page = browser_of(ada).get("/account/").content.decode()

    assert "£6 every month" in page
    assert "Card ending 0001" in page
    assert "Confirm your address" in page
    assert pledge.reference in page
    assert "No adverts, no appeals" in page


def test_what_waits_for_the_address_says_so(ada):
    ada.pledge(GBP("6.00"))

    page = browser_of(ada).get("/account/").content.decode()

    assert "On, on this device; on others too once your address is confirmed." in page
    assert "It comes by e-mail once your address is confirmed." in page
    assert 'id="letters"' not in page


def test_letters_are_chosen_by_ticking(ada):
    ada.pledge(GBP("6.00"))
    reader = ada.confirms()
    browser = browser_with(ada)

    before = boxes(browser.get("/account/"))
    done = browser.post("/account/letters/", {"list": ["the-week"]}, follow=True)

    assert before == {"behind-the-scenes": True, "the-week": False}
    assert boxes(done) == {"behind-the-scenes": False, "the-week": True}
    assert "Saved. You get the letters that are ticked below." in done.content.decode()
    assert Consent.objects.get(reader=reader).list.slug == "the-week"


def test_a_supporters_letter_cannot_be_ticked_by_others(newsroom):
    bo = newsroom.supporter("Bo")
    bo.confirms()
    browser = browser_with(bo)

    done = browser.post("/account/letters/", {"list": ["behind-the-scenes"]}, follow=True)

    assert boxes(done) == {"behind-the-scenes": False, "the-week": False}
    assert "For supporters: it comes with your support." in done.content.decode()


def test_strangers_choose_no_letters(newsroom):
    answer = Client(**OURS).post("/account/letters/", {"list": ["the-week"]})

    assert (answer.status_code, answer["Location"]) == (302, "/account/sign-in/")


def test_each_device_can_be_signed_out_from_here_but_the_one_in_hand(ada):
    ada.pledge(GBP("6.00"))
    reader = ada.confirms()
    phone, _ = devices.open_device(reader, label="Safari on iPhone")
    browser = browser_with(ada)

    page = browser.get("/account/").content.decode()
    browser.post(f"/account/devices/{phone.pk}/end/")
    after = browser.get("/account/").content.decode()

    assert f"/account/devices/{phone.pk}/end/" in page
    assert f"/account/devices/{ada.device.pk}/end/" not in page
    assert "On, on this device and one other." in page
    assert "On, on this device." in after


def said_of_the_call(browser: Client) -> tuple[str, str]:
    """What the account says of the next call, and what one can do."""
    page = browser.get("/account/").content.decode()
    ((says, do),) = re.findall(r"to \d\d\.\d\d\. ([^<]+)</p>.*?<a class=\"do\" href=\"/calls/[^\"]+\">([^<]+)<", page)
    return says, do


def test_the_call_says_what_can_be_done_about_it_now(ada, today):
    today(date(2026, 9, 20))
    call = dates.plan("The call", datetime(2026, 10, 1, 19, tzinfo=the_clock.zone()), by=STAFF, capacity=1)
    ada.pledge(GBP("6.00"))
    assert said_of_the_call(browser_of(ada)) == ("Confirm your address, and you can reserve a seat.", "About the call")

    reader = ada.confirms()
    browser = browser_with(ada)
    assert said_of_the_call(browser) == ("You have no seat yet.", "Reserve a seat")

    theirs = seats.reserve(call, rooms.supporter("Bo"))
    assert said_of_the_call(browser) == ("All seats are taken, and there is a waiting list.", "To the waiting list")

    seats.reserve(call, reader)
    assert said_of_the_call(browser) == ("You are on the waiting list.", "Ask a question")

    seats.give_back(theirs)
    assert said_of_the_call(browser) == ("You have a seat.", "Ask a question")

    dates.move(call, to=the_clock.now() + timedelta(minutes=10), by=STAFF)
    assert said_of_the_call(browser) == ("You have a seat, and the way in is open.", "Join")


def test_a_letter_that_was_sent_can_be_read_from_here(ada):
    issue = an_issue(of=FOR_SUPPORTERS, headline="What the divers told us")
    ada.pledge(GBP("6.00"))

    page = browser_of(ada).get("/account/").content.decode()

    assert "What the divers told us" in page
    assert f'<a class="do" href="{issue.path}">Read it</a>' in page


def test_strangers_are_sent_to_sign_in(newsroom):
    answer = Client(**OURS).get("/account/")

    assert (answer.status_code, answer["Location"]) == (302, "/account/sign-in/?next=%2Faccount%2F")


def test_nobody_reaches_anothers_pledge(ada, newsroom):
    pledge = ada.pledge(GBP("6.00"))
    bo, cy = newsroom.supporter("Bo"), newsroom.supporter("Cy")
    for other in (bo, cy):
        other.pledge(GBP("3.00"))
    bo.confirms()
    said = {"often": "month", "own": "100", "day": "3", "until": "2026-01-01", "sure": "yes"}

    for act in ("amount", "day", "pause", "resume", "means", "end"):
        address = f"/account/pledges/{pledge.reference}/{act}/"
        theirs = browser_with(bo)
        assert [theirs.get(address).status_code, theirs.post(address, said).status_code] == [404, 404]
        for browser in (browser_of(cy), Client(**OURS)):  # nobody, so far: they may sign in, and are told no more
            for answer in (browser.get(address), browser.post(address, said)):
                assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/account/sign-in/")
        assert browser_of(ada).get(address).status_code == 200

    assert facts_of(pledge)["state"] == "active"
    pledge.refresh_from_db()
    assert (pledge.amount, pledge.moves.count()) == (GBP("6.00"), 1)


def test_ending_is_one_link_and_one_button(ada):
    pledge = ada.pledge(GBP("6.00"))
    browser = browser_of(ada)
    address = f"/account/pledges/{pledge.reference}/end/"

    assert f'href="{address}"' in browser.get("/account/").content.decode()
    asked = browser.get(address).content.decode()
    done = browser.post(address, follow=True).content.decode()

    assert "£6 every month" in asked
    assert f"When what you have paid for is over, on {day(pledge.paid_until)}" in asked
    assert "At once, with all your money back: £6.00" in asked
    assert "Nothing more will be collected" in done
    assert facts_of(pledge)["state"] == "ended"


def test_a_change_says_what_is_now_and_what_will_be(ada):
    pledge = ada.pledge(GBP("6.00"))
    browser = browser_of(ada)
    address = f"/account/pledges/{pledge.reference}/amount/"

    before = browser.get(address).content.decode()
    asked = browser.post(address, {"often": "year", "year": "7200", "currency": "GBP"})
    pledge.refresh_from_db()
    assert pledge.amount == GBP("6.00")
    after = browser.post(address, carried(asked), follow=True).content.decode()

    assert "<strong>£6 every month</strong>" in before
    assert 'name="month" value="600" checked' in before
    assert compared(asked) == [
        ("£6 every month", "£72 every year"),
        (f"{day(pledge.next_on)}, £6.00", f"{day(pledge.next_on)}, £72.00"),
    ]
    assert "£72 every year" in after
    pledge.refresh_from_db()
    assert (pledge.amount, pledge.interval) == (GBP("72.00"), "year")


def test_an_amount_that_nobody_suggests_is_a_tile_and_outdoes_no_choice(ada):
    pledge = ada.pledge(GBP("7.50"))
    browser = browser_of(ada)
    address = f"/account/pledges/{pledge.reference}/amount/"

    before = browser.get(address).content.decode()
    asked = browser.post(address, {"often": "month", "month": "1200", "own": "", "currency": "GBP"})
    browser.post(address, carried(asked))

    assert 'name="month" value="750" checked' in before
    assert 'autocomplete="off" value=""' in before
    pledge.refresh_from_db()
    assert pledge.amount == GBP("12.00")


def test_a_change_that_is_no_amount_changes_nothing(ada):
    pledge = ada.pledge(GBP("6.00"))
    address = f"/account/pledges/{pledge.reference}/amount/"

    answer = browser_of(ada).post(address, {"often": "month", "own": "lots", "currency": "GBP"})

    assert answer.status_code == 422
    assert 'value="lots"' in answer.content.decode()
    assert Pledge.objects.get().amount == GBP("6.00")


def test_pausing_offers_three_days_and_keeps_the_one_chosen(ada):
    pledge = ada.pledge(GBP("6.00"))
    browser = browser_of(ada)
    address = f"/account/pledges/{pledge.reference}/pause/"

    page = browser.get(address)
    days = [day for day, *_ in page.context["form"].days]
    done = browser.post(address, {"until": days[1].isoformat()}, follow=True).content.decode()

    assert len(days) == 3
    assert "Nothing will be collected before" in done
    assert facts_of(pledge) | {"paid_until": None} == {"state": "paused", "next_on": days[1], "paid_until": None}


@pytest.mark.parametrize("until", ["", "soon", "2199-01-01", "0001-01-01", "1"])
def test_a_pause_until_no_such_day_is_refused_in_words(ada, until):
    pledge = ada.pledge(GBP("6.00"))

    answer = browser_of(ada).post(f"/account/pledges/{pledge.reference}/pause/", {"until": until})

    assert answer.status_code == 422
    assert facts_of(pledge)["state"] == "active"


def test_a_receipt_is_a_page_for_its_owner(ada, newsroom):
    pledge = ada.pledge(GBP("6.00"))
    address = f"/account/receipts/{newsroom.payment_of(pledge).reference}/"

    assert "£6.00" in browser_of(ada).get(address).content.decode()
    assert Client(**OURS).get(address).status_code == 302
    bo = newsroom.supporter("Bo")
    bo.confirms()
    bo_browser = browser_of(bo)
    assert bo_browser.get(address).status_code in (302, 404)


def test_reading_the_account_changes_nothing_and_costs_the_same_however_much_was_given(ada):
    ada.pledge(GBP("6.00"))
    ada.gives(GBP("10.00"))
    browser = browser_of(ada)
    browser.get("/account/")

    with CaptureQueriesContext(connection) as before:
        browser.get("/account/")
    ada.pledge(GBP("7.00"))
    ada.gives(GBP("11.00"))
    with CaptureQueriesContext(connection) as after:
        browser.get("/account/")

    assert [query["sql"].partition("WHERE")[0] for query in after] == [
        query["sql"].partition("WHERE")[0] for query in before
    ]
    assert [query["sql"] for query in after if not query["sql"].startswith("SELECT")] == []


def test_the_account_of_a_reader_costs_so_much_whatever_stands_on_it(ada, django_assert_num_queries):
    dates.plan("The call", the_clock.now() + timedelta(days=9), by=STAFF)
    an_issue(of=FOR_SUPPORTERS)
    ada.pledge(GBP("6.00"))
    ada.gives(GBP("10.00"))
    devices.open_device(ada.confirms())
    browser = browser_with(ada)
    browser.get("/account/")

    with django_assert_num_queries(IN_ALL):
        browser.get("/account/")


def two_clicks_from(browser: Client, path: str) -> dict[str, set[str]]:
    """What the buttons and links of a page lead to, and those of the pages behind its links, by clicks."""
    found: dict[str, set[str]] = {"links": set(), "buttons": set()}
    here = led_to(browser, path)
    for behind in [here, *(led_to(browser, link) for link in sorted(here["links"]) if link != path)]:
        for kind, paths in behind.items():
            found[kind] |= paths
    return found


def led_to(browser: Client, path: str) -> dict[str, set[str]]:
    """The links to pages of ours, and the forms that a button sends, in the main part of a page; a PDF has none."""
    main = browser.get(path).content.decode(errors="ignore").partition("<main")[2].partition("</main>")[0]
    forms = re.findall(r"<form[^>]*>(?:(?!</form>).)*?<button", main, re.DOTALL)
    actions = [re.search(r'<form[^>]*action="([^"]+)"', form) for form in forms]
    return {
        "links": {link.partition("#")[0] or path for link in re.findall(r'href="((?:/|#)[^"]*)"', main)},
        "buttons": {action[1] if action else path for action in actions},
    }


def test_all_of_my_masthead_is_two_clicks_away(ada):
    active, ended = ada.pledge(GBP("6.00")), ada.pledge(GBP("3.00"))
    ada.confirms()
    paused = ada.pledge(GBP("4.00"))
    pledges.pause(paused, until=the_clock.today() + timedelta(days=40), by=ada.reader.actor)
    pledges.end(ended, by=ada.reader.actor)
    devices.open_device(ada.reader, "Safari on iPhone")
    letter = an_issue(of=FOR_SUPPORTERS)
    call = dates.plan("The call", the_clock.now() + timedelta(days=2), by=STAFF)
    browser = browser_with(ada)

    first, both = led_to(browser, "/account/"), two_clicks_from(browser, "/account/")

    receipt = next(link for link in first["links"] if link.startswith("/account/receipts/"))
    assert browser.get(receipt).status_code == 200
    assert {letter.path, call.path, "/letters/", "/account/devices/"} <= first["links"]
    assert {"/account/letters/", "/account/privacy/export/", "/account/sign-out/"} <= first["buttons"]
    assert {
        *(f"/account/pledges/{active.reference}/{act}/" for act in ("amount", "day", "pause", "end")),
        *(f"/account/pledges/{paused.reference}/{act}/" for act in ("amount", "resume", "end")),
        "/account/devices/others/end/",
        "/account/privacy/erase/",
        f"{call.path}seat/",
        f"{call.path}questions/",
    } <= both["buttons"]
    assert not any(ended.reference in path for path in both["buttons"])
