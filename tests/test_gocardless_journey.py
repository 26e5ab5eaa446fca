"""Support by direct debit, in a browser without JavaScript, through real processes: to grant, receipt, books."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.gocardless_server import accounts
from tests.gocardless_server.server import GoCardlessServer, open_gocardless
from tests.people import Visitor
from tests.running import RunningNewsroom, make_demo, until
from tests.worlds import stripe
from tests.worlds.gocardless import HOOK, SECRET, SETTINGS

pytestmark = [pytest.mark.browser, pytest.mark.processes]

NOBODY = "http://127.0.0.1:1"  # cards may be chosen as well, and here nobody does


@pytest.fixture
def gocardless() -> Iterator[GoCardlessServer]:
    with open_gocardless(time.time, token=SETTINGS["MASTHEAD_GOCARDLESS_TOKEN"], secret=SECRET) as server:
        yield server
    assert server.wrong == []


@pytest.fixture
def newsroom(gocardless: GoCardlessServer, tmp_path: Path) -> Iterator[RunningNewsroom]:
    """The demonstration's paper, with real providers in place of the practice bank; all have the newsroom's time."""
    make_demo(tmp_path / "newsroom")
    settings = {**stripe.SETTINGS, "MASTHEAD_STRIPE_API": NOBODY, **SETTINGS}
    newsroom = RunningNewsroom(tmp_path / "newsroom", settings | {"MASTHEAD_GOCARDLESS_API": gocardless.address})
    newsroom.start()
    gocardless.book.clock = lambda: newsroom.now().timestamp()
    gocardless.tell(newsroom.address + HOOK)
    try:
        yield newsroom
    finally:
        gocardless.stop_telling()
        newsroom.stop()


def promised_on_the_page(visitor: Visitor) -> bool:
    """Nobody else types an account so soon after they were asked about: then one looks again."""
    if visitor.page.get_by_text("Promised by your bank").count():
        return True
    visitor.clicks("Look again")
    return False


def test_a_visitor_supports_by_direct_debit_to_grant_receipt_and_books(
    browser: Browser, newsroom: RunningNewsroom, gocardless: GoCardlessServer
) -> None:
    ada = Visitor(browser, newsroom, javascript=False)
    ada.opens("/support/")
    ada.fills_in_support("ada@example.org", way="Direct debit")

    # She mistypes her account, goes away, and comes back: nothing is promised until she agrees.
    ada.agrees_at_gocardless("00000000")
    assert ada.page.get_by_role("alert").count() == 1
    ada.clicks("Cancel")
    ada.page.wait_for_url(re.compile("/support/thanks/"))
    assert ada.page.get_by_role("heading", name="We have not heard from the bank yet").count() == 1
    ada.clicks("Back to the bank")
    ada.agrees_at_gocardless(accounts.GOOD)
    ada.page.wait_for_url(re.compile("/support/thanks/"))
    until(lambda: promised_on_the_page(ada), what="the promise")
    assert ada.page.locator("html").get_attribute("data-edition") == "supporter"
    assert ada.reads("/") == ("supporter", 0, 0)
    assert newsroom.rows("SELECT state, provider FROM money_payment") == [("promised", "gocardless")]
    until(lambda: any("promised" in text for _, text in ada.mail("ada@example.org")), what="the thanks")

    # Six days on the bank has paid, and then GoCardless pays out: receipt and books say so, once.
    newsroom.forward(days=6)
    lines = "SELECT account, amount_minor FROM money_line WHERE transaction_id LIKE 'gocardless:%' ORDER BY id"
    until(lambda: newsroom.rows(lines), seconds=60, what="the payment")
    assert newsroom.rows(lines) == [("owed_by:gocardless", 600), ("income:membership", -600)]
    until(lambda: any("Receipt" in subject for subject, _ in ada.mail("ada@example.org")), what="the receipt")
    with gocardless.lock:
        gocardless.book.pay_out()
    until(lambda: len(newsroom.rows(lines)) > 2, seconds=60, what="the fee")
    assert newsroom.rows(lines)[2:] == [("fees", 26), ("owed_by:gocardless", -26)]
    assert newsroom.rows("SELECT state FROM giving_pledge WHERE email = 'ada@example.org'") == [("active",)]
    subjects = [subject for subject, _ in ada.mail("ada@example.org")]
    assert len(subjects) == len(set(subjects))
