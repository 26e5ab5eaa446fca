"""Which creative a browser shows, and what it fetches: in Chromium, with the very markup that pages have."""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page

from masthead.adverts.slots import Shown, Slot

pytestmark = pytest.mark.browser


def creative(name: str, weight: int) -> Shown:
    """A creative whose picture no server has."""
    return Shown(f"http://adverts.test/{name}.webp", 600, 500, name, "https://advertiser.test/", weight)


SLOT = Slot("story-1", "Advertisement 1", "box", (creative("heavy", 9), creative("middling", 2), creative("light", 1)))


def opened(page: Page) -> list[str]:
    """Show the slot on a page; gives the pictures that were fetched."""
    fetched: list[str] = []
    page.unroute_all()
    page.route("http://adverts.test/**", lambda route: (fetched.append(route.request.url), route.abort()))
    with page.expect_request("http://adverts.test/**"):
        page.set_content(render_to_string("parts/slot.html", {"slot": SLOT}))
    page.wait_for_timeout(100)  # for more, if more came
    return [address.rpartition("/")[2].removesuffix(".webp") for address in fetched]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    made = browser.new_page()
    yield made
    made.close()


def test_one_is_shown_and_only_its_picture_is_fetched(page):
    fetched = opened(page)

    shown = page.locator("[data-slot] img").evaluate_all("images => images.map(image => image.alt)")
    assert len(shown) == 1
    assert fetched == shown


def test_each_is_drawn_as_often_as_its_weight_says(page):
    markup = render_to_string("parts/slot.html", {"slot": SLOT})
    page.route("http://adverts.test/**", lambda route: route.abort())
    drawn: Counter[str] = Counter()

    for _ in range(240):
        page.set_content(markup)
        drawn[page.locator("[data-slot] img").get_attribute("alt") or ""] += 1

    assert 145 <= drawn["heavy"] <= 212  # 180 expected; a sound draw leaves this band once in a hundred thousand times
    assert 12 <= drawn["middling"] <= 72
    assert 3 <= drawn["light"] <= 50


def test_without_script_the_heaviest_stands(browser):
    plain = browser.new_context(java_script_enabled=False).new_page()

    fetched = opened(plain)

    assert fetched == ["heavy"]
    assert plain.locator("[data-slot] img").count() == 1
