"""What a person meets: for all who read, by eye, by ear, by keyboard, in the dark, without script."""

import json
import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser import reader_of
from tests.people import Visitor
from tests.running import RunningNewsroom, until

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


BY_NIGHT = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
"""What depends on colours alone; all else is the same as by day."""


def faults(page: Page) -> list[str]:
    """What axe says about the page, by day and by night."""
    page.emulate_media(color_scheme="light")
    by_day = Axe().run(page).response
    page.emulate_media(color_scheme="dark")
    by_night = page.evaluate("options => axe.run(options)", BY_NIGHT)
    return [
        f"{scheme}: {violation['id']}: {node['html'][:120]}"
        for scheme, said in (("light", by_day), ("dark", by_night))
        for violation in said["violations"]
        for node in violation["nodes"]
    ]


# --- a supporter's own pages -----------------------------------------------------------------------------------

OWN = """
import json
from datetime import timedelta
from masthead.calls import dates, questions, seats
from masthead.core import clock
from masthead.core.actors import Actor
from masthead.letters import links
from masthead.letters.models import LetterList
from masthead.readers.models import Reader

reader = Reader.objects.get(email="{email}")
place = {{"provider": "link", "place": {{"url": "https://meet.example.org/the-room"}}}}
call = dates.plan("The call of the day", clock.now() + timedelta(minutes=10), by=Actor.staff(1), **place)
seats.reserve(call, reader)
questions.ask(call, reader, text="Why did the harbour trust stay silent?", name="Ada")
letters = LetterList.objects.get(slug="behind-the-scenes")
print(json.dumps([call.path, links.preferences(reader.pk), links.unsubscribe(letters, reader.pk)]))
"""


@pytest.fixture(scope="module")
def ada(browser: Browser, site: RunningNewsroom) -> Iterator[Visitor]:
    """Somebody who gives every month and has confirmed the address."""
    reader, email = Visitor(browser, site), "ada-by-ear@example.org"
    reader.opens("/support/")
    reader.supports(email)
    reader.page.wait_for_url(re.compile("/support/thanks/"))
    reader.signs_in(email)
    reader.page.wait_for_url(site.address + "/account/")
    yield reader
    reader.leaves()


def test_axe_finds_nothing_on_a_supporters_own_pages_nor_where_others_meet_them(ada, browser, site):
    call, choose, leave = json.loads(site.does(OWN.format(email="ada-by-ear@example.org")).strip().splitlines()[-1])
    ((recorded,),) = site.rows(
        "SELECT slug FROM calls_call c JOIN calls_recording r ON r.call_id = c.id AND published_at IS NOT NULL LIMIT 1"
    )
    ((letter,),) = site.rows(
        "SELECT i.slug FROM letters_issue i JOIN letters_letterlist l ON i.list_id = l.id"
        " WHERE l.slug = 'behind-the-scenes' AND sent_at IS NOT NULL LIMIT 1"
    )
    ((pledge,),) = site.rows(
        "SELECT p.reference FROM giving_pledge p JOIN readers_reader r ON p.reader_id = r.id WHERE r.email = ?",
        "ada-by-ear@example.org",
    )
    shared = [call, f"/calls/{recorded}/", f"/calls/{recorded}/recording/", f"/letters/behind-the-scenes/{letter}/"]
    own = ["/account/", f"{call}questions/", f"{call}join/", choose, leave,
           *(f"/account/pledges/{pledge}/{act}/" for act in ("amount", "day", "pause", "end"))]  # fmt: skip
    visitor = Visitor(browser, site)

    met, found = {}, {}
    for person, paths in ((ada, [*own, *shared]), (visitor, shared)):
        for path in paths:
            met[person, path] = person.opens(path).status
            found[person, path] = faults(person.page)

    assert {path: each for (_person, path), each in found.items() if each} == {}
    assert {path for (person, path), status in met.items() if status != 200 and person is ada} == set()
    assert met[visitor, shared[-1]] == 403
    ada.opens(f"{call}join/")
    assert ada.page.locator("button[data-join]").count() == 1
    visitor.leaves()


IT_FAILS = """
from masthead.core import clock
from masthead.giving import collecting, pledges
from masthead.giving.models import Pledge
from masthead.money.amounts import Money

pledge = Pledge.objects.get(email="{email}")
Pledge.objects.filter(pk=pledge.pk).update(next_on=clock.today())
pledge.refresh_from_db()
for minor in (1200, 600):  # told anew, so that it may be collected today
    pledges.change_amount(pledge, amount=Money(minor, "GBP"), by=pledge.reader.actor)
collecting.collect_due(pledge)
"""


def test_a_card_that_fails_is_told_by_mail_and_another_one_heals_it(browser, site):
    bo, email = Visitor(browser, site), "bo-pays-anew@example.org"
    bo.opens("/support/")
    bo.supports(email, outcome="later")
    bo.page.wait_for_url(re.compile("/support/thanks/"))
    bo.signs_in(email)
    bo.page.wait_for_url(site.address + "/account/")
    site.does(IT_FAILS.format(email=email))
    until(lambda: "did not come through" in bo.mail(email)[-1][0], what="the mail that it failed")
    found = re.search(r"https?://[^/]+(/account/pledges/\S+/means/)", bo.mail(email)[-1][1])
    assert found, "the mail leads to no page for another card"

    bo.opens("/account/")
    assert bo.page.get_by_text("There was not enough money in the account.").is_visible()
    bo.opens(found[1])
    seen = {"other means": faults(bo.page)}
    bo.clicks("Give another card or account", "button")
    bo.page.wait_for_url(re.compile(r"^(?!" + re.escape(site.address) + ")"))
    seen["the bank's page"] = faults(bo.page)
    bo.pays("accepts")
    bo.page.wait_for_url(re.compile("/account/"))

    assert bo.page.get_by_text("What you pay with from now on stands below.").is_visible()
    assert bo.page.get_by_text("Card ending 0001").is_visible()
    until(lambda: bo.mail(email)[-1][0].startswith("Receipt: £6.00"), what="the receipt for what was missing")
    bo.opens("/account/")
    assert bo.page.get_by_text("A payment did not come through").count() == 0
    assert seen == {"other means": [], "the bank's page": []}
    bo.leaves()


LONG_AGO = """
from datetime import timedelta
from masthead.core import clock
from masthead.giving.models import Pledge

Pledge.objects.filter(email="{email}").update(started_on=clock.today() - timedelta(days=20))
"""


def test_a_giver_decides_without_script_and_has_all_back_within_a_fortnight(browser, site):
    cy, email = Visitor(browser, site, javascript=False), "cy-decides@example.org"
    cy.opens("/support/")
    cy.supports(email)
    cy.page.wait_for_url(re.compile("/support/thanks/"))

    cy.opens("/account/")
    cy.clicks("Change the amount")
    cy.page.get_by_label("Or an amount of your own").fill("4")
    cy.clicks("See what changes", "button")
    assert cy.page.locator(".before-after tbody tr").first.inner_text().split("\t") == [
        "You give", "£6 every month", "£4 every month"]  # fmt: skip
    cy.clicks("Change it", "button")
    assert cy.page.get_by_text("£4 every month").is_visible()
    cy.clicks("Change the day")
    days = cy.page.get_by_label("On which day of the month?")
    chosen = "13" if days.input_value() != "13" else "17"
    days.select_option(chosen)
    cy.clicks("See what changes", "button")
    cy.clicks("Change it", "button")
    assert cy.page.locator(".giving time").inner_text().startswith(f"{chosen} ")
    cy.clicks("Pause")
    cy.clicks("Pause it", "button")
    assert cy.page.get_by_text("Paused: nothing is collected before").is_visible()
    cy.clicks("Go on now")
    cy.clicks("Go on now", "button")
    assert cy.page.get_by_text("Welcome back.").is_visible()
    cy.clicks("^End$")
    assert cy.page.get_by_label("At once, with all your money back: £6.00").is_checked()
    cy.clicks("End my support", "button")

    assert cy.page.get_by_text("What you had paid for goes back to you").is_visible()
    gone_back = "SELECT p.state FROM money_payment p JOIN giving_instalment i ON i.payment_reference = p.reference"
    gone_back += " JOIN giving_pledge g ON i.pledge_id = g.id WHERE g.email = ?"
    until(lambda: site.rows(gone_back, email) == [("refunded",)], what="the refund")
    assert cy.mail(email)[-1][0] == "Your support has ended, and £6.00 goes back to you"
    cy.leaves()


def test_the_offer_is_refused_by_ending_in_two_clicks(browser, site):
    dee, email = Visitor(browser, site), "dee-stops@example.org"
    dee.opens("/support/")
    dee.supports(email, amount="12")
    dee.page.wait_for_url(re.compile("/support/thanks/"))
    site.does(LONG_AGO.format(email=email))
    dee.opens("/account/")
    dee.clicks("Change the amount")
    dee.page.get_by_label("Or an amount of your own").fill("2")
    dee.clicks("See what changes", "button")
    assert faults(dee.page) == []

    dee.opens("/account/")
    dee.clicks("^End$")
    assert dee.page.get_by_role("link", name="£6 every month").is_visible()
    assert faults(dee.page) == []
    dee.clicks("End my support", "button")

    assert dee.page.get_by_text("Ended. Nothing more will be collected.").is_visible()
    assert site.rows("SELECT state FROM giving_pledge WHERE email = ?", email) == [("ended",)]
    until(lambda: dee.mail(email)[-1][0] == "Your support has ended", what="the mail of the end")
    dee.leaves()


def test_every_control_of_my_masthead_is_reached_by_keyboard_and_seen_when_it_is(ada):
    ada.opens("/account/")
    page = ada.page
    page.evaluate(MARK_CONTROLS)

    unseen = []
    for _ in range(150):
        page.keyboard.press("Tab")
        stands = page.evaluate(STANDS)
        if stands is None:
            break
        if not stands["seen"]:
            unseen.append(stands["what"])

    assert (
        page.evaluate("[...document.querySelectorAll('[data-left]')].map(each => each.outerHTML.slice(0, 100))") == []
    )
    assert unseen == []
    for part in ("give", "gets", "receipts", "letters", "devices", "privacy"):
        assert page.locator(f"#{part} [data-reached]").count() >= (part != "devices"), part


MARK_CONTROLS = """() => {
  for (const each of document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']"))
    if (each.type !== "hidden" && !each.disabled && each.checkVisibility()) each.dataset.left = ""
}"""
STANDS = """() => {
  const each = document.activeElement
  if (each === document.body || each.dataset.reached !== undefined) return null
  delete each.dataset.left
  each.dataset.reached = ""
  const drawn = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1
  const around = [each, each.closest("label"), each.nextElementSibling].filter(Boolean)
  return { what: each.outerHTML.slice(0, 100), seen: around.some((one) => drawn(getComputedStyle(one))) }
}"""


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
