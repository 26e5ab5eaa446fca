"""What an appeal promises, kept from end to end: the month's letter, the call by each provider; until support ends.

A real newsroom, a real mail server on the loopback address, browsers. Rooms stand elsewhere, so what a browser would
find there is put before it; the tokens that lead there are read by a library that is not ours.
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from playwright.sync_api import Browser, Page

from tests.letters.servers import MailServer
from tests.people import Visitor
from tests.running import RunningNewsroom, running_newsroom, until

pytestmark = [pytest.mark.browser, pytest.mark.processes]

ADA = "ada@example.org"
APP, KEY = "courier", "a-secret-of-more-than-32-characters"
ROOMS = "https://meet.example.org/"
OPENS = timedelta(minutes=10)  # before a call: its way in is open

PLANNED = """
import json
from datetime import timedelta
from masthead.calls import dates, questions
from masthead.core import clock
from masthead.core.actors import Actor
from masthead.membership import reasons

desk, soon = Actor.staff(1), clock.now() + timedelta(days=1)
link = {"provider": "link", "place": {"url": "https://meet.example.org/the-room"}}
jitsi = {"provider": "jitsi", "place": {"domain": "meet.example.org"}}
calls = {
    "link": dates.plan("The call with Helen Marwood", soon, by=desk, **link),
    "jitsi": dates.plan("The call with Daniel Osei", soon + timedelta(hours=4), by=desk, **jitsi),
    "later": dates.plan("The call of next month", soon + timedelta(days=40), by=desk, **link),
}
courtesy = reasons.give_courtesy(
    email="bo@example.org", until=clock.today() + timedelta(days=300), why="reads our proofs", by=desk
)
questions.ask(calls["link"], courtesy.reader, text="Why did the harbour trust stay silent?", name="Bo")
print(json.dumps({name: [call.path, call.starts_at.isoformat()] for name, call in calls.items()}))
"""
SENT = """
from masthead.core.actors import Actor
from masthead.letters import issues, sending
from masthead.letters.models import LetterList
from wagtail.rich_text import RichText

desk = Actor.staff(1)
issue = issues.begin(LetterList.objects.get(slug="behind-the-scenes"), desk)
issue.subject = issue.headline = "{headline}"
issue.body = [
    ("paragraph", RichText("<p>The recorder was off, and <a href='/open-books/'>its price</a> is known.</p>")),
    ("call", {{"words": "Bring your questions."}}),
    ("appeal", {{"headline": "Pay for the next one", "words": RichText("<p>Join them.</p>")}}),
]
issue.save()
sending.send(issue, by=desk)
print(issue.path)
"""


@pytest.fixture(scope="module")
def post() -> Iterator[MailServer]:
    server = MailServer()
    yield server
    server.close()


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory, post: MailServer) -> Iterator[RunningNewsroom]:
    settings = {
        "MASTHEAD_LETTERS_MAIL": post.address,
        "MASTHEAD_LETTERS_A_MINUTE": "0",
        "MASTHEAD_JITSI_APP_ID": APP,
        "MASTHEAD_JITSI_KEY": KEY,
    }
    home = tmp_path_factory.mktemp("promises") / "newsroom"
    with running_newsroom(home, settings) as newsroom:
        yield newsroom


class Supporter(Visitor):
    """Somebody who pays, and uses what that brings."""

    def reserves(self, call: str) -> None:
        """A seat, on the call's page."""
        self.opens(call)
        self.clicks("Reserve a seat", role="button")
        assert self.reads_heading("A seat is yours")

    def asks(self, call: str, question: str) -> None:
        """A question of one's own, without a name."""
        self.opens(call)
        self.page.locator('textarea[name="question"]').fill(question)
        self.page.locator('input[name="anonymous"]').check(force=True)
        self.clicks("Send the question", role="button")

    def votes(self, question: str) -> str:
        """For somebody else's question; what its button says then."""
        line = self.page.locator(".asked li", has_text=question)
        line.locator("button.vote").click()
        self.page.wait_for_load_state()
        return line.locator("button.vote").inner_text()

    def goes_in(self, call: str) -> str:
        """By the way in that the call's page shows while it is open; where the browser ends up."""
        self.context.route(
            f"{ROOMS}**", lambda route: route.fulfill(body="<h1>The room</h1>", content_type="text/html")
        )
        self.opens(call)
        self.page.locator("[data-join]").click()
        with self.context.expect_page() as opened:
            self.page.locator("button[data-join]").click()
        room: Page = opened.value
        room.wait_for_url(f"{ROOMS}**")
        where = room.url
        room.close()
        return where

    def reads_heading(self, words: str) -> bool:
        """Whether the page that is open has such a heading."""
        return self.page.get_by_role("heading", name=words).count() > 0

    def can_go_in(self, call: str) -> bool:
        """Whether the call's page shows a way in."""
        self.opens(call)
        return self.page.locator("[data-join]").count() > 0


def sends(newsroom: RunningNewsroom, headline: str) -> str:
    """The desk sends the month's letter; when all copies are out, its path."""
    path = newsroom.does(SENT.format(headline=headline)).strip().splitlines()[-1]
    done = (
        "SELECT 1 FROM letters_mailing m JOIN letters_issue i ON m.issue_id = i.id WHERE i.headline = ? AND state = ?"
    )
    until(lambda: newsroom.rows(done, headline, "done"), seconds=60, what=f"the sending of {headline}")
    return path


def parts(message: EmailMessage) -> tuple[str, str]:
    """The text and the HTML of a letter, as a mail program takes them out."""
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content(), html.get_content()


def test_promises_are_kept_while_support_lasts_and_end_kindly_with_it(  # noqa: PLR0915  (one walk)
    browser: Browser, newsroom: RunningNewsroom, post: MailServer
) -> None:
    calls: dict[str, Any] = json.loads(newsroom.does(PLANNED).strip().splitlines()[-1])
    (by_link, begins), (by_jitsi, begins_there), (later, begins_later) = (calls[n] for n in ("link", "jitsi", "later"))

    # Ada gives six pounds a month, and confirms her address.
    ada = Supporter(browser, newsroom)
    ada.opens("/support/")
    ada.supports(ADA)
    ada.page.wait_for_url(re.compile("/support/thanks/"))
    ada.signs_in(ADA)

    # The month's letter comes to her: text and HTML, without an appeal, with the ways to end it, and nothing foreign.
    letter = sends(newsroom, "What the divers told us")
    (message,) = post.to(ADA)
    text, html = parts(message)
    assert message["Subject"] == "What the divers told us"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert newsroom.address + "/letters/unsubscribe/" in message["List-Unsubscribe"]
    assert "The recorder was off" in text
    assert "The recorder was off" in html
    assert [words for words in ("Pay for the next one", "Join them") if words in text + html] == []
    foreign = {urlsplit(url).netloc for url in re.findall(r'(?:src|href)="(http[^"]+)"', html)}
    assert foreign == {urlsplit(newsroom.address).netloc}
    assert post.counts[ADA] == 1
    assert ada.opens(letter).status == 200
    assert ada.reads_heading("What the divers told us")

    # A visitor meets letter and call from the outside, and is told how to get in.
    eve = Supporter(browser, newsroom)
    assert eve.opens(letter).status == 403
    assert "The recorder was off" not in eve.page.content()
    assert eve.page.locator('main a[href="/support/"]').count() == 1
    eve.opens(by_link)
    assert eve.reads_heading("How to get in")
    assert "Why did the harbour trust" not in eve.page.content()
    eve.opens(f"{by_link}join/")
    assert "/account/sign-in/" in eve.page.url

    # Ada reserves her seats, asks, and votes.
    for call in (by_link, by_jitsi, later):
        ada.reserves(call)
    ada.asks(by_link, "What does a diver cost a day?")
    assert "What does a diver cost a day?" in ada.page.locator(".asked").inner_text()
    assert ada.votes("Why did the harbour trust stay silent?").split()[:2] == ["1", "voted"]
    assert not ada.can_go_in(by_link)

    # Ten minutes before, the way in is open, for her alone: by a link, and by a token that another library reads.
    newsroom.move_to(datetime.fromisoformat(begins) - OPENS)
    assert ada.goes_in(by_link) == f"{ROOMS}the-room"
    assert not eve.can_go_in(by_link)
    newsroom.move_to(datetime.fromisoformat(begins_there) - OPENS)
    where = urlsplit(ada.goes_in(by_jitsi))
    token = parse_qs(where.query)["jwt"][0]
    moved = {"verify_exp": False, "verify_nbf": False}  # by the newsroom's clock, see below
    claims = jwt.decode(token, KEY, algorithms=["HS256"], audience=APP, issuer=APP, options=moved)
    assert claims["nbf"] <= newsroom.now().timestamp() <= claims["exp"]
    assert claims["room"] == where.path.strip("/")
    assert claims["sub"] == where.hostname
    assert claims["context"]["user"]["moderator"] == "false"
    assert ADA not in json.dumps(claims)

    # She ends it in two clicks. What is paid for lasts; then each says no, at once and kindly.
    ada.opens("/account/")
    ada.clicks("End")
    ada.clicks("End my support", role="button")
    assert ada.opens(letter).status == 200
    newsroom.move_to(datetime.fromisoformat(begins_later) - OPENS)
    assert ada.opens(letter).status == 403
    assert "thank you for what you gave" in ada.page.locator("main").inner_text()
    assert not ada.can_go_in(later)
    assert ada.opens(f"{later}join/").status == 403
    assert ada.reads_heading("Calls are for supporters")
    assert ada.page.locator('main a[href="/support/"]').count() == 1
    ada.opens("/account/")
    assert "Nothing at the moment" in ada.page.locator("#gets").inner_text()
    sends(newsroom, "What came after the divers")
    assert (post.counts[ADA], post.counts["bo@example.org"]) == (1, 2)
