"""What a person meets: for all who read, by eye, by ear, by keyboard, in the dark, without script."""

import re
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser import reader_of
from tests.people import Visitor
from tests.running import RunningNewsroom

pytestmark = [pytest.mark.browser, pytest.mark.processes]

KB = 1000
PROMISED = ["/letters/", "/letters/behind-the-scenes/", "/letters/sign-up/", "/calls/", "/open-books/"]
EDITIONS = ["public", "thanked", "supporter"]


@pytest.fixture(scope="module")
def story(site: RunningNewsroom) -> str:
    """The path of the lead story."""
    front = httpx.get(site.address).text
    found = re.search(r'href="(/[\w-]+/\d{4}/\d\d/\d\d/[\w-]+/)"', front)
    assert found, "the front page leads to no story"
    return found[1]


@pytest.mark.parametrize(
    "path",
    ["/", "story", "/support/", "/account/sign-in/", "/nowhere/", "/films/", "/search/?q=ferry", *PROMISED],
)
def test_axe_finds_nothing(path, browser, site, story):
    visitor = Visitor(browser, site)

    visitor.opens(story if path == "story" else path)

    assert faults(visitor.page) == []
    visitor.leaves()


def test_axe_finds_nothing_on_the_way_to_support(browser, site, story):
    visitor = Visitor(browser, site)
    visitor.opens("/support/")
    found = {}
    visitor.page.locator('input[name="email"]').fill("axe@example.org")
    visitor.page.locator('main form button[type="submit"]').first.click()
    visitor.page.wait_for_url(re.compile(r"^(?!" + re.escape(site.address) + ")"))
    found["pay page"] = faults(visitor.page)
    visitor.pays("accepts")
    visitor.page.wait_for_url(re.compile("/support/thanks/"))
    found["thanks"] = faults(visitor.page)
    visitor.opens("/account/")
    found["account"] = faults(visitor.page)

    assert found == {"pay page": [], "thanks": [], "account": []}
    visitor.leaves()


def faults(page: Page) -> list[str]:
    """What axe says about the page, by day and by night."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for violation in Axe().run(page).response["violations"]:
            found += [f"{scheme}: {violation['id']}: {node['html'][:120]}" for node in violation["nodes"]]
    return found


@pytest.mark.parametrize("edition", EDITIONS)
def test_who_only_reads_gets_no_cookie_and_meets_nobody_else(edition, browser, site, story):
    reader = reader_of(edition, browser, site)
    before = dict(reader.cookies)

    for path in ["/", story, "/films/", "/search/?q=ferry", "/nowhere/"]:
        answer = reader.opens(path)
        assert "set-cookie" not in answer.headers
        reader.page.mouse.wheel(0, 20_000)
        reader.page.wait_for_load_state("networkidle")

    hosts = {urlsplit(address).netloc for address in reader.asked if not address.startswith("data:")}
    assert hosts == {urlsplit(site.address).netloc}
    assert reader.cookies == before
    reader.leaves()


def test_each_edition_has_what_it_promises(browser, site, story):
    seen = {edition: reader_of(edition, browser, site).reads(story) for edition in EDITIONS}

    (_, adverts, appeals), thanked, supporter = (seen[edition] for edition in EDITIONS)
    assert adverts >= 1
    assert appeals == 3
    assert thanked == ("thanked", adverts, 0)
    assert supporter == ("supporter", 0, 0)


def test_a_page_restored_after_paying_loads_anew(browser, site, story):
    visitor = Visitor(browser, site)
    visitor.opens(story)
    assert visitor.page.evaluate("Object.keys(localStorage)") == []
    visitor.page.evaluate("localStorage.edition = 'supporter'")  # as the thank-you page in another tab would

    with visitor.page.expect_event("load"):
        visitor.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")

    visitor.leaves()


def test_without_script_a_reader_sees_adverts_and_can_support(browser, site, story):
    visitor = Visitor(browser, site, javascript=False)

    visitor.opens(story)
    assert visitor.page.locator("[data-slot] img").count() >= 1
    visitor.clicks("Support us and go ad-free")
    visitor.supports("noscript@example.org", amount="12")

    visitor.page.wait_for_url(re.compile("/support/thanks/"))
    assert visitor.page.locator("html").get_attribute("data-edition") == "supporter"
    visitor.leaves()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_is_wider_than_the_screen(width, browser, site, story):
    visitor = Visitor(browser, site)
    visitor.page.set_viewport_size({"width": width, "height": 900})

    wider = []
    for path in [
        "/",
        story,
        "/harbour/",
        "/films/",
        "/support/",
        "/account/sign-in/",
        "/search/?q=ferry",
        "/about/",
        *PROMISED,
    ]:
        visitor.opens(path)
        if visitor.page.evaluate("document.documentElement.scrollWidth") > width:
            wider.append(path)

    assert wider == []
    visitor.leaves()


def test_everything_can_be_reached_by_keyboard(browser, site):
    visitor = Visitor(browser, site)
    visitor.opens("/support/")

    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate("document.activeElement.className") == "skip"
    for _ in range(40):
        visitor.page.keyboard.press("Tab")
        if visitor.page.evaluate("document.activeElement.type") == "submit":
            break

    assert visitor.page.evaluate("document.activeElement.textContent.trim()") == "Go to payment"
    visitor.leaves()


def test_a_story_weighs_little(site, story):
    with httpx.Client(base_url=site.address, headers={"accept-encoding": "br"}) as client:
        page = client.get(story)
        sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page.text)
        scripts = re.findall(r'<script[^>]* src="([^"]+)"', page.text)
        weights = {path: _bytes(client, path) for path in [story, *sheets, *scripts]}
        fonts = re.findall(r'url\("([^"]+\.woff2)"\)', client.get(sheets[0]).text)
        fonts = {font: _bytes(client, urljoin(sheets[0], font)) for font in fonts}

    assert sum(weights.values()) <= 35 * KB, weights
    assert sum(fonts.values()) <= 60 * KB, fonts


def _bytes(client: httpx.Client, path: str) -> int:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.num_bytes_downloaded


def test_the_skip_link_leads_past_the_menu(browser: Browser, site, story):
    visitor = Visitor(browser, site)
    visitor.opens(story)

    visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Enter")

    assert visitor.page.url.endswith("#main")
    visitor.leaves()
