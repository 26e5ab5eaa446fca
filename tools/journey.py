"""A way through a running demonstration that comes past one page of each kind: for screenshots and the HTML checker.

A page that isn't found stops the way with its name, so that nothing is left out in silence.
"""

import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

import httpx
from playwright.sync_api import Browser, Page

from masthead.web.demo import EDITOR, PASSWORD
from tests.desk_pages import desk_pages
from tests.people import Editor, Visitor
from tests.running import RunningNewsroom, until

MINUTES_BEFORE_A_CALL = 5
OF_THE_DESK = [
    "home", "new-appeal", "new-booking", "issue", "sending", "standing", "copies", "calls", "plan-call", "host",
    "recording", "figures", "spending", "import-spending", "give-courtesy", "withdraw-schedule",
    "own-sign-in", "second-factor", "add-app", "roles", "machine", "reset-factor", "has-left",
    "enter-offline", "fees", "defences", "take-over", "care", "care-person", "care-act",
    "books", "accounts", "months", "month", "receipts", "issuer",
]  # fmt: skip
LETTERS = """
import json
from masthead.letters import rendering
from masthead.letters.models import Issue
issue = Issue.objects.exclude(sent_at=None).latest("sent_at")
print(json.dumps({edition: rendering.render(issue, edition).html for edition in rendering.EDITIONS}))
"""
LINKS = """
import json
from masthead.letters import links
from masthead.letters.models import LetterList
from masthead.readers.models import Reader
reader = Reader.objects.get(email=%r)
print(json.dumps([links.preferences(reader.pk), links.unsubscribe(LetterList.objects.first(), reader.pk)]))
"""
A_DIFFERENCE = """
from datetime import timedelta
from masthead.core import clock
from masthead.money import differences
from masthead.money.amounts import Money
from masthead.money.models import Difference
from masthead.money.states import DifferenceKind
day, fee = clock.today(), Money(472, "GBP")
differences.note("practice", DifferenceKind.NOT_WITH_US, "pay_4c1d:payment", theirs=Money(1180, "GBP"), ours=None,
                 on=day - timedelta(days=3), detail="no payment of ours is called 7Q4K22M9X1AB")
differences.note("practice", DifferenceKind.OTHER_FEE, "pay_9e22:payment", theirs=Money(460, "GBP"), ours=fee, on=day,
                 detail="there with a fee of £0.40, with us of £0.28; our entry is practice:2B7KX0QM41ZT:collected")
print(Difference.objects.first().pk)
"""
BROKEN = "from django.template.loader import render_to_string; print(render_to_string('500.html'))"
WITH_RECORDING = """
SELECT slug FROM calls_call JOIN calls_recording ON call_id = calls_call.id WHERE published_at IS NOT NULL LIMIT 1
"""
NEXT_CALL = "SELECT slug, starts_at FROM calls_call WHERE state = 'planned' ORDER BY starts_at LIMIT 1"


STATUS = {"404": 404, "letter-refused": 403, "present-closed": 410}
"""The pages that are meant to be answered with something else than 200, by name."""


def pages_of(address: str) -> dict[str, str]:
    """One page of each kind, found as a reader would: by following links from the front. Stops where one is missing."""
    front = httpx.get(address).text
    story = first(r'href="(/[\w-]+/\d{4}/\d\d/\d\d/[\w-]+/)"', front)
    text = httpx.get(urljoin(address, story)).text if story else ""
    films, letters, calls = (httpx.get(urljoin(address, path)).text for path in ("/films/", "/letters/", "/calls/"))
    found = {
        "front": "/",
        "story": story,
        "section": first(r'<li><a href="(/[\w-]+/)"', front),
        "films": "/films/",
        "film": first(r'href="(/films/[\w-]+/)"', films),
        "person": first(r'href="(/people/[\w-]+/)"', text),
        "topic": first(r'href="(/topics/[\w-]+/)"', text),
        "running": first(r'href="(/running/[\w-]+/)"', text),
        "plain": first(r'href="(/(?:about|privacy|terms)/)"', front),
        "search": "/search/?q=ferry",
        "search-nothing": "/search/?q=zeppelin",
        "404": "/the-ferry-levy/",
        "support": "/support/",
        "presents": "/presents/",
        "letters": "/letters/",
        "letter": first(r'href="(/letters/the-week[\w-]*/[\w-]+/)"', letters),
        "letter-refused": first(r'href="(/letters/behind[\w-]*/[\w-]+/)"', letters),
        "letter-list": first(r'href="(/letters/[\w-]+/)"', letters),
        "letters-sign-up": "/letters/sign-up/",
        "calls": "/calls/",
        "call": first(r'href="(/calls/[\w-]+/)"', calls),
        "open-books": "/open-books/",
        "sign-in": "/account/sign-in/",
    }
    if missing := [name for name, path in found.items() if not path]:
        raise SystemExit(f"{address} links to no page of these kinds: {', '.join(missing)}")
    return found


def first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    return found[1] if found else ""


def as_a_supporter(browser: Browser, newsroom: RunningNewsroom) -> Iterator[tuple[str, Page]]:
    """What only those see who give and sign in, from the pay page to the way into a call; each while it is open."""
    visitor, pages = Visitor(browser, newsroom), pages_of(newsroom.address)
    page, email = visitor.page, f"journey-{round(time.time())}@example.org"
    yield from _gives(visitor, email)
    for name, path in {
        "story-supporter": pages["story"],
        "front-supporter": "/",
        "account-unconfirmed": "/account/",
    }.items():
        visitor.opens(path)
        yield name, page
    until(lambda: visitor.mail(email), what="the receipt")
    ((receipt,),) = newsroom.rows('SELECT MIN(id) FROM core_message WHERE "to" = ?', email)
    visitor.opens(f"/demo/mail/{receipt}/")
    yield "mail-receipt", page
    yield from _signs_in(visitor, email)
    for name, path in {
        "account": "/account/",
        "letter-supporter": pages["letter-refused"],
        "call-supporter": pages["call"],
        "receipt": first(r'href="(/account/receipts/\w+/)"', visitor.bytes_of("/account/")),
        "devices": "/account/devices/",
        "your-data": "/account/privacy/",
    }.items():
        assert path, f"the account links to no {name}"
        visitor.opens(path)
        yield name, page
    yield from _thinks_of_changing(visitor)
    yield from _gives_a_present(visitor, email)
    yield from _reads_letters(visitor, email)
    yield from _comes_to_a_call(visitor)
    visitor.leaves()


def _thinks_of_changing(visitor: Visitor) -> Iterator[tuple[str, Page]]:
    """The pages of what one gives, up to the button that does it."""
    page = visitor.page
    pledge = first(r'href="(/account/pledges/[\w-]+/)amount/"', visitor.bytes_of("/account/"))
    for name in ("amount", "day", "pause", "means", "end"):
        visitor.opens(f"{pledge}{name}/")
        yield f"pledge-{name}", page
    visitor.opens(f"{pledge}amount/")
    page.get_by_label("Or an amount of your own").fill("2")
    visitor.clicks("See what changes", "button")
    yield "pledge-amount-sure", page
    visitor.opens(f"{pledge}day/")
    days = page.get_by_label("On which day of the month?")
    days.select_option("13" if days.input_value() != "13" else "17")
    visitor.clicks("See what changes", "button")
    yield "pledge-day-sure", page


def _gives(visitor: Visitor, email: str) -> Iterator[tuple[str, Page]]:
    visitor.opens("/support/")
    visitor.page.locator('input[name="email"]').fill(email)
    visitor.page.locator('main form button[type="submit"]').first.click()
    visitor.page.wait_for_url(re.compile(r"^(?!" + re.escape(visitor.newsroom.address) + ")"))
    yield "pay", visitor.page
    visitor.pays("accepts")
    visitor.page.wait_for_url(re.compile("/support/thanks/"))
    yield "thanks", visitor.page


def _signs_in(visitor: Visitor, email: str) -> Iterator[tuple[str, Page]]:
    before = len(visitor.mail(email))
    visitor.opens("/account/sign-in/")
    visitor.page.locator('input[name="email"]').fill(email)
    visitor.page.locator("main form button").first.click()
    visitor.page.wait_for_url(re.compile("/account/sign-in/code/"))
    yield "sign-in-code", visitor.page
    until(lambda: len(visitor.mail(email)) > before, what="the mail with the code")
    visitor.opens(first(r"(https?://\S+/account/sign-in/\S+/)", visitor.mail(email)[-1][1]))
    yield "sign-in-link", visitor.page
    visitor.page.locator("main form button").first.click()
    visitor.page.wait_for_load_state()


def _gives_a_present(visitor: Visitor, email: str) -> Iterator[tuple[str, Page]]:
    visitor.opens("/presents/")
    visitor.page.locator('input[name="how"][value="hand"]').check()
    for label, words in {"Who is it for?": "Bea", "A few words of yours": "For the ferry.", "Your name": "Ada"}.items():
        visitor.page.get_by_label(label).fill(words)
    visitor.page.get_by_label("Your e-mail address").fill(email)
    visitor.clicks("Go to payment", "button")
    visitor.page.wait_for_url(re.compile(r"^(?!" + re.escape(visitor.newsroom.address) + ")"))
    visitor.pays("accepts")
    visitor.page.wait_for_url(re.compile("/account/presents/"))
    yield "present-given", visitor.page
    visitor.clicks("Make the page to print", "button")
    link = visitor.page.locator(".present-sheet .address").inner_text()
    yield "present-to-print", visitor.page
    visitor.opens(link)
    yield "present-open", visitor.page
    visitor.opens("/presents/open/no-such-link-as-this/")
    yield "present-closed", visitor.page


def _reads_letters(visitor: Visitor, email: str) -> Iterator[tuple[str, Page]]:
    other = email.replace("journey", "letters")
    visitor.opens("/letters/sign-up/")
    visitor.page.locator("main input[type=checkbox]").first.check()
    visitor.page.get_by_label("Your e-mail address").fill(other)
    visitor.clicks("Send me these letters", "button")
    visitor.page.wait_for_load_state()
    yield "letters-asked", visitor.page
    until(lambda: visitor.mail(other), what="the mail that asks")
    visitor.opens(first(r"(https?://\S+/letters/confirm/\S+/)", visitor.mail(other)[-1][1]))
    yield "letters-confirm", visitor.page
    choose, leave = json.loads(visitor.newsroom.does(LINKS % email))
    for name, address in (("letters-choose", choose), ("letters-unsubscribe", leave)):
        visitor.opens(address)
        yield name, visitor.page


def _comes_to_a_call(visitor: Visitor) -> Iterator[tuple[str, Page]]:
    """Last of all, since the clock goes on to the minutes before the call."""
    ((held,),) = visitor.newsroom.rows(WITH_RECORDING)
    visitor.opens(f"/calls/{held}/recording/")
    yield "call-recording", visitor.page
    ((slug, starts_at),) = visitor.newsroom.rows(NEXT_CALL)
    visitor.opens(f"/calls/{slug}/questions/")
    yield "call-questions", visitor.page
    visitor.opens(f"/calls/{slug}/")
    visitor.clicks("Reserve", "button")
    visitor.page.wait_for_load_state()
    yield "call-seat", visitor.page
    starts = datetime.fromisoformat(str(starts_at)).replace(tzinfo=UTC)
    visitor.newsroom.move_to(starts - timedelta(minutes=MINUTES_BEFORE_A_CALL))
    visitor.opens(f"/calls/{slug}/join/")
    yield "call-join", visitor.page


def at_the_desk(browser: Browser, newsroom: RunningNewsroom) -> Iterator[tuple[str, Page]]:
    """The pages of the desk that are ours most of all."""
    editor, pages = Editor(browser, newsroom), desk_pages(newsroom)
    editor.context.set_default_timeout(60_000)
    editor.opens("/desk/login/")
    yield "desk-login", editor.page
    editor.signs_in(EDITOR, PASSWORD)
    for name in OF_THE_DESK:
        editor.opens(pages[name])
        yield f"desk-{name}", editor.page
    one = newsroom.does(A_DIFFERENCE).strip()
    for name, path in (("differences", "difference/"), ("difference", f"money/differences/{one}/"), ("alarm", "")):
        editor.opens(f"/desk/{path}")
        yield f"desk-{name}", editor.page
    editor.leaves()


def mails(newsroom: RunningNewsroom) -> dict[str, str]:
    """The newest letter as a mail, in each edition, by name."""
    letters: dict[str, str] = json.loads(newsroom.does(LETTERS))
    return {f"mail-letter-{edition}": html for edition, html in letters.items()}


def broken_page(newsroom: RunningNewsroom) -> str:
    """What is shown when something of ours breaks."""
    return newsroom.does(BROKEN)
