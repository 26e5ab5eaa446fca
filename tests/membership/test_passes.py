"""The pass that a browser keeps, renewed when Django answers it."""

from datetime import date, timedelta

import pytest
from django.test import Client

from masthead.core import clock
from masthead.core.actors import Actor
from masthead.giving import pledges
from masthead.membership import reasons
from masthead.press.passing import passes
from masthead.readers.devices import COOKIE
from tests.worlds.giving import Giver, Newsroom
from tests.worlds.money import GBP

OURS = {"HTTP_ORIGIN": "http://localhost:8000", "HTTP_HOST": "localhost:8000"}
DJANGO_ANSWERS = "/account/sign-in/"


class Reading:
    """A browser with a session, and Django behind the press: asked whenever the pass says that the press must ask it.

    Whole months of reading through the real press are lived in tests/test_journey.py.
    """

    def __init__(self, giver: Giver) -> None:
        self.browser = Client(**OURS)
        self.browser.cookies[COOKIE] = giver.token

    def opens_a_story(self) -> str:
        """The edition that is read."""
        seen = self.pass_reading
        if seen.renew or seen.ask:
            return str(self.browser.get(DJANGO_ANSWERS).wsgi_request.edition)
        return seen.edition

    @property
    def pass_reading(self):
        alive = {n: m for n, m in self.browser.cookies.items() if m.value}
        return passes().edition_of("; ".join(f"{name}={morsel.value}" for name, morsel in alive.items()))

    @property
    def pass_ends(self) -> float:
        return passes().read(self.browser.cookies[passes().cookie_name].value)[1]


@pytest.fixture
def ada(newsroom: Newsroom) -> Giver:
    return newsroom.supporter("Ada")


def test_a_pass_lives_a_day_and_never_longer_than_the_grant(ada, newsroom, today):
    today(date(2026, 3, 10))
    pledge = ada.pledge(GBP("5.00"))
    reading = Reading(ada)
    reading.opens_a_story()
    assert reading.pass_ends - clock.time() == pytest.approx(24 * 3600, abs=5)

    pledges.end(pledge, by=ada.actor)
    today(date(2026, 4, 9))
    assert reading.opens_a_story() == "supporter"

    assert reading.pass_ends == clock.start_of(date(2026, 4, 10)).timestamp()


def test_thanks_last_their_ninety_days_and_no_longer(ada, newsroom):
    ada.gives(GBP("5.00"))
    reading = Reading(ada)

    assert reading.opens_a_story() == "thanked"
    newsroom.sleeps(days=89)
    assert reading.opens_a_story() == "thanked"
    newsroom.sleeps(days=2)
    assert reading.opens_a_story() == "public"


def test_who_is_thanked_and_supports_elsewhere_meets_no_adverts_after_an_hour(ada):
    ada.gives(GBP("5.00"))
    ada.confirms()
    ada.token = _token_of(ada)
    reading = Reading(ada)
    assert [reading.opens_a_story(), reading.opens_a_story()] == ["thanked", "thanked"]
    assert not reading.pass_reading.renew

    reasons.give_courtesy(reader=ada.reader, until=clock.today() + timedelta(days=9), why="a friend", by=Actor.staff(1))
    clock.move_to(clock.offset() + 3601)

    assert reading.opens_a_story() == "supporter"


def test_support_that_comes_later_shows_at_the_next_answer(ada):
    reading = Reading(ada)
    assert reading.opens_a_story() == "public"

    ada.pledge(GBP("5.00"))

    assert reading.opens_a_story() == "supporter"


def test_visitors_get_no_cookie_and_forged_passes_no_edition(newsroom):
    visitor = Client(**OURS)
    visitor.get(DJANGO_ANSWERS)
    assert passes().cookie_name not in visitor.cookies

    for forged in ("supporter.99999999999.00000000." + "A" * 43, "supporter", "x" * 4000, "supporter.1.2.3"):
        visitor.cookies[passes().cookie_name] = forged
        assert visitor.get(DJANGO_ANSWERS).wsgi_request.edition == "public"


def test_a_courtesy_is_seen_by_a_signed_in_reader_within_the_hour(ada, newsroom):
    ada.confirms()
    reading = Reading(ada)
    reading.browser.cookies[COOKIE] = _token_of(ada)
    assert reading.opens_a_story() == "public"

    until = clock.today() + timedelta(days=30)
    reasons.give_courtesy(reader=ada.reader, until=until, why="a friend", by=Actor.staff(1))
    clock.move_to(clock.offset() + 3601)

    assert reading.opens_a_story() == "supporter"


def _token_of(giver: Giver) -> str:
    """A fresh token: joining an account changed the device's."""
    from masthead.readers import devices

    giver.device.refresh_from_db()
    return devices.join(giver.device, giver.reader)
