"""A present, in two browsers through real processes: given, delivered by mail, claimed without a script."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from tests.people import Visitor
from tests.running import RunningNewsroom, until
from tests.web.test_in_a_browser import faults

pytestmark = [pytest.mark.browser, pytest.mark.processes]

LINK = re.compile(r"https?://\S+/presents/open/\S+/")


def test_a_present_is_given_delivered_and_claimed_in_another_browser(browser: Browser, site: RunningNewsroom) -> None:
    if site.now().hour < 9:
        site.move_to(site.now() + timedelta(hours=9))
    found = {}
    ada = Visitor(browser, site)
    ada.opens("/presents/")
    found["shop"] = faults(ada.page)
    ada.page.locator('input[name="months"][value="3"]').check(force=True)
    ada.page.get_by_label("Who is it for?").fill("Bea")
    ada.page.get_by_label("A few words of yours").fill("For the harbour story.")
    ada.page.get_by_label("Their e-mail address").fill("bea-gets@example.org")
    ada.page.get_by_label("Your name").fill("Ada")
    ada.page.get_by_label("Your e-mail address").fill("ada-gives@example.org")
    ada.clicks("Go to payment", "button")
    ada.page.wait_for_url(re.compile(r"^(?!" + re.escape(site.address) + ")"))
    ada.pays("accepts")
    ada.page.wait_for_url(re.compile("/account/presents/"))
    found["given"] = faults(ada.page)
    assert ada.reads("/")[0] == "public"  # it is somebody else's

    until(lambda: ada.mail("bea-gets@example.org"), what="the present")
    ((subject, text),) = ada.mail("bea-gets@example.org")
    assert subject.startswith("Ada has a present for you")
    assert "For the harbour story." in text
    link = LINK.search(text)
    assert link

    bea = Visitor(browser, site, javascript=False)
    bea.opens(link[0])
    assert "Ada gives you" in bea.page.locator("h1").inner_text()
    bea.clicks("Sign in and open it", "button")
    bea.page.locator('input[name="email"]').fill("bea-gets@example.org")
    bea.page.locator("main form button").first.click()
    until(lambda: len(ada.mail("bea-gets@example.org")) > 1, what="the mail with the code")
    code = re.search(r"\b(\d{3})\s?(\d{3})\b", ada.mail("bea-gets@example.org")[-1][1])
    assert code
    bea.page.locator('input[name="code"]').fill("".join(code.groups()))
    bea.page.locator("main form button").first.click()
    bea.page.wait_for_url(re.compile("/presents/yours/"))
    assert bea.reads("/")[0] == "public"  # opening and signing in is no claim
    bea.opens("/presents/yours/")
    bea.clicks("It’s mine", "button")
    assert "yours without adverts until" in bea.page.locator("h1").inner_text()
    assert bea.reads("/") == ("supporter", 0, 0)

    late = Visitor(browser, site)
    late.opens(link[0])
    assert "opened already" in late.page.locator("h1").inner_text()
    found["closed"] = faults(late.page)
    ada.opens("/account/")
    ada.clicks("See it")
    assert "Your present has arrived" in ada.page.locator("h1").inner_text()
    assert found == {"shop": [], "given": [], "closed": []}
    for person in (ada, bea, late):
        person.leaves()
