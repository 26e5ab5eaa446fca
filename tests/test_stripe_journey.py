"""Support through Stripe's flow, in a browser without JavaScript, through real processes: to grant, receipt, books."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.people import Visitor
from tests.running import RunningNewsroom, make_demo, until
from tests.stripe_server import cards
from tests.stripe_server.server import StripeServer, open_stripe
from tests.worlds.stripe import HOOK, SECRET, SETTINGS

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture
def stripe() -> Iterator[StripeServer]:
    with open_stripe(time.time, key=SETTINGS["MASTHEAD_STRIPE_KEY"], secrets=(SECRET,)) as server:
        yield server
    assert server.wrong == []


@pytest.fixture
def newsroom(stripe: StripeServer, tmp_path: Path) -> Iterator[RunningNewsroom]:
    """The demonstration's paper, with Stripe in place of the practice bank; both have the newsroom's time."""
    make_demo(tmp_path / "newsroom")
    newsroom = RunningNewsroom(tmp_path / "newsroom", {**SETTINGS, "MASTHEAD_STRIPE_API": stripe.address})
    newsroom.start()
    stripe.book.clock = lambda: newsroom.now().timestamp()
    stripe.tell(newsroom.address + HOOK)
    try:
        yield newsroom
    finally:
        stripe.stop_telling()
        newsroom.stop()


def test_a_visitor_supports_through_stripe_to_grant_receipt_and_books(
    browser: Browser, newsroom: RunningNewsroom, stripe: StripeServer
) -> None:
    ada = Visitor(browser, newsroom, javascript=False)
    ada.opens("/support/")
    ada.fills_in_support("ada@example.org")

    # At Stripe the first card is declined, the second pays; then she is a supporter.
    ada.pays_at_stripe("4000000000009995")
    assert ada.page.get_by_role("alert").count() == 1
    ada.pays_at_stripe(cards.GOOD)
    ada.page.wait_for_url(re.compile("/support/thanks/"))
    assert ada.page.locator("html").get_attribute("data-edition") == "supporter"
    assert ada.reads("/") == ("supporter", 0, 0)

    # The webhooks arrive too; pledge, grant, receipt and books say the same, and say it once.
    told = "SELECT 1 FROM money_event WHERE kind = 'checkout.session.completed' AND state = 'done'"
    until(lambda: newsroom.rows(told), what="the webhook")
    until(lambda: ada.mail("ada@example.org"), what="the receipt")
    assert newsroom.rows("SELECT state FROM giving_pledge WHERE email = 'ada@example.org'") == [("active",)]
    assert newsroom.rows("SELECT state, provider FROM money_payment") == [("collected", "stripe")]
    lines = "SELECT account, amount_minor FROM money_line WHERE transaction_id LIKE 'stripe:%' ORDER BY account"
    assert newsroom.rows(lines) == [("fees", 29), ("income:membership", -600), ("owed_by:stripe", 571)]
    subjects = [subject for subject, _ in ada.mail("ada@example.org")]
    assert len(subjects) == len(set(subjects))

    # A month on, her bank wants her word: the letter leads to a page of ours, and from there to the bank.
    card = next(iter(stripe.book.of_kind("payment_method", type="card")))
    stripe.book.means[card["id"]] = cards.BY_NUMBER[cards.ASKS_LATER]
    newsroom.forward(months=1)
    waiting = "SELECT approval_url FROM money_payment WHERE state = 'needs_approval'"
    until(lambda: newsroom.rows(waiting), seconds=60, what="the second collection")
    ((address,),) = newsroom.rows(waiting)
    until(lambda: any(str(address) in text for _, text in ada.mail("ada@example.org")), what="the letter")
    ada.opens(str(address))
    ada.clicks("Approve", role="button")
    ada.pays_at_stripe(cards.ASKS_LATER)
    ada.clicks("Yes, approve", role="button")
    ada.page.wait_for_url(re.compile("/approve/"))
    until(lambda: newsroom.rows("SELECT count(*) FROM money_payment WHERE state = 'collected'") == [(2,)])
    assert ada.reads("/") == ("supporter", 0, 0)
