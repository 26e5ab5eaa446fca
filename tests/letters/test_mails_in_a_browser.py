"""Mails as people see them: on a phone and at a desk, by day and by night, and nothing is fetched from elsewhere."""

from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, Route

from masthead.calls import invitations
from masthead.core import config, jobs
from masthead.core.models import Message
from masthead.letters.rendering import EDITIONS
from masthead.letters.sending import stencils
from tests.worlds import letters_issues as world
from tests.worlds import newsroom, rooms
from tests.worlds.giving import Newsroom
from tests.worlds.letters_lists import on_list, supporter
from tests.worlds.letters_sending import a_letter, sent
from tests.worlds.money import GBP, open_bank

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

WIDTHS = (390, 800)
LONG = "https://registers.example/" + "a-very-long-part-of-an-address/" * 6


def letters() -> dict[str, tuple[str, str]]:
    """Both editions of a letter with all that is wide, and the text part of one, as their readers got them."""
    picture = newsroom.a_picture("The pier", made=True)
    story = newsroom.a_story(
        "Four winters left, and an Unusuallylongwordwithoutanyplacetobreakitanywhere", lead_picture=picture
    )
    body = [
        world.words(f"The tide came in at nine. See {LONG} for the register."),
        newsroom.a_picture_block(picture, "The pier at dusk"),
        ("heading", "What may have been missed"),
        world.stories(story, shows="pictures"),
        world.an_appeal(),
    ]
    for who in (on_list("ada@example.org"), supporter("sue@example.org")):
        on_list(who.email)
    mailing = sent(a_letter(body=body))
    found = {}
    for row in mailing.deliveries.all():
        stencil = stencils.of_mailing(mailing)[row.edition]
        copy = stencils.copy_for(stencil, mailing.pk, row.reader_id, row.address, at=mailing.begun_at)
        read = message_from_bytes(copy.data, policy=policy.default)
        found[row.edition] = ("text/html", read.get_body(("html",)).get_content())
        found["text"] = ("text/plain", read.get_body(("plain",)).get_content())
    assert set(found) == {*EDITIONS, "text"}
    return found


def mails_to_one() -> dict[str, tuple[str, str]]:
    """A receipt and an invitation."""
    with open_bank() as bank:
        house = Newsroom(bank)
        giver = house.supporter("Gil")
        giver.pledge(GBP("5.00"))
        house.sleeps(days=32)
        house.news_arrives()
        house.news_arrives()
    call = rooms.call(in_hours=24 * 10)
    rooms.supporter("Ivy")
    invitations.invite_now(call, by=rooms.STAFF)
    jobs.run_all()
    receipt = Message.objects.filter(to=giver.email, subject__startswith="Receipt").get()
    invitation = Message.objects.filter(key__contains=":invitation:").first()
    assert "/calls/invitations/" in invitation.text
    return {"receipt": ("text/plain", receipt.text), "invitation": ("text/plain", invitation.text)}


class Reading:
    """Serves mails and the newsroom's own files to a page, and notes what it asks for beside them."""

    def __init__(self, page: Page, mails: dict[str, tuple[str, str]]) -> None:
        self.page, self.mails, self.pictures, self.elsewhere = page, mails, set(), set()
        page.context.route("**/*", self._answer)

    def _answer(self, route: Route) -> None:
        asked = urlsplit(route.request.url)
        if f"{asked.scheme}://{asked.netloc}" != settings.SITE_ADDRESS:
            self.elsewhere.add(route.request.url)
            route.abort()
        elif asked.path.startswith("/mail/"):
            kind, content = self.mails[asked.path.removeprefix("/mail/")]
            route.fulfill(body=content, content_type=f"{kind}; charset=utf-8")
        elif asked.path.startswith(settings.MEDIA_URL):
            self.pictures.add(asked.path)
            route.fulfill(path=Path(config.load().media) / asked.path.removeprefix(settings.MEDIA_URL))
        else:
            route.fulfill(status=204)

    def opens(self, name: str, width: int, light: str) -> None:
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme=light)
        self.page.goto(f"{settings.SITE_ADDRESS}/mail/{name}", wait_until="load")

    @property
    def overflow(self) -> int:
        """By how many pixels it is wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    @property
    def alternatives(self) -> list[str | None]:
        """The alternative texts of pictures, None where there is none."""
        return self.page.evaluate("[...document.images].map(image => image.getAttribute('alt'))")

    @property
    def colours(self) -> set[str]:
        """The colours that large areas have."""
        areas = "[...document.querySelectorAll('body, body > div, div > table')]"
        return set(self.page.evaluate(f"{areas}.map(area => getComputedStyle(area).backgroundColor)"))


def test_mails_fit_the_screen_by_day_and_by_night_and_fetch_nothing_from_elsewhere(browser: Browser, clock):
    mails = {**letters(), **mails_to_one()}
    context = browser.new_context()
    reading = Reading(context.new_page(), mails)

    overflowing, by_light = {}, {}
    for name in mails:
        for width in WIDTHS:
            for light in ("light", "dark"):
                reading.opens(name, width, light)
                overflowing[name, width, light] = reading.overflow
                by_light.setdefault(name, {})[light] = reading.colours
                if name in EDITIONS:
                    assert len(reading.alternatives) >= 2
                    assert "A wooden pier over calm water" in reading.alternatives
                    assert None not in reading.alternatives
    context.close()

    assert {where: pixels for where, pixels in overflowing.items() if pixels > 0} == {}
    assert reading.elsewhere == set()
    assert len(reading.pictures) >= 1
    for name in EDITIONS:
        assert by_light[name]["light"] != by_light[name]["dark"]
