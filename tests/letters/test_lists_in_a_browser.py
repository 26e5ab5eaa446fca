"""Signing up and confirming as people do it: in the foot of a printed page, without scripts, on another machine."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.people import Visitor
from tests.running import RunningNewsroom, until
from tests.web.test_in_a_browser import faults

pytestmark = [pytest.mark.browser, pytest.mark.processes]

EMAIL = "letters@example.org"


def link_in_mail(person: Visitor, email: str) -> str:
    """The link that confirms, from the newest message."""
    until(lambda: person.mail(email), what="the message")
    found = re.search(r"https?://\S+/letters/confirm/\S+/", person.mail(email)[-1][1])
    assert found
    return found[0]


def test_a_visitor_signs_up_in_the_foot_of_a_printed_page_without_scripts(browser: Browser, site: RunningNewsroom):
    visitor, phone = Visitor(browser, site, javascript=False), Visitor(browser, site, javascript=False)
    visitor.opens("/")
    foot = visitor.page.locator("footer .post")
    name = foot.get_by_role("heading").inner_text()

    foot.get_by_label("E-mail address").fill("letters@example")
    foot.get_by_role("button").click()
    expect(visitor.page.get_by_role("alert")).to_contain_text("lacks its ending")
    expect(visitor.page.get_by_label(name)).to_be_checked()
    expect(visitor.page.get_by_label("Your e-mail address")).to_have_value("letters@example")

    visitor.page.get_by_label("Your e-mail address").fill(EMAIL)
    visitor.clicks("Send me these letters", "button")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Look in your mailbox")

    phone.opens(link_in_mail(visitor, EMAIL))
    expect(phone.page.locator("main")).not_to_contain_text(EMAIL)
    phone.clicks("Yes, send them", "button")
    expect(phone.page.get_by_role("heading", level=1)).to_contain_text("You get our letters now")
    assert "session" not in phone.cookies
    assert site.rows("SELECT page FROM letters_consent") == [("/",)]

    visitor.clicks("Back to the page that you came from")
    expect(visitor.page).to_have_url(site.address + "/")


def test_axe_finds_nothing_on_the_pages_of_letters_lists(browser: Browser, site: RunningNewsroom):
    reader, email = Visitor(browser, site), "axe@example.org"
    found = {}
    reader.opens("/letters/sign-up/")
    found["form"] = faults(reader.page)
    reader.page.locator("main input[type=checkbox]").first.check()
    reader.page.get_by_label("Your e-mail address").fill("axe@example")
    reader.clicks("Send me these letters", "button")
    found["wrong"] = faults(reader.page)
    reader.page.get_by_label("Your e-mail address").fill(email)
    reader.clicks("Send me these letters", "button")
    found["asked"] = faults(reader.page)
    reader.opens(link_in_mail(reader, email))
    found["confirm"] = faults(reader.page)
    reader.clicks("Yes, send them", "button")
    found["confirmed"] = faults(reader.page)
    reader.opens("/letters/confirm/" + "x" * 24 + "/")
    found["over"] = faults(reader.page)

    assert {page: faults for page, faults in found.items() if faults} == {}
