"""Signing in as people do it, on the computer and on the phone, and what axe says about the pages on the way."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.people import Visitor
from tests.running import RunningNewsroom, until
from tests.web.test_in_a_browser import faults

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def link_in_mail(person: Visitor, email: str) -> str:
    """The link of the newest message."""
    until(lambda: person.mail(email), what="the mail")
    found = re.search(r"https?://\S+/account/sign-in/\S+", person.mail(email)[-1][1])
    assert found
    return found[0]


def test_a_link_asked_for_at_the_computer_signs_in_the_phone(browser: Browser, site: RunningNewsroom):
    computer, phone = Visitor(browser, site), Visitor(browser, site, javascript=False)
    computer.opens("/account/sign-in/")
    computer.page.get_by_label("Your e-mail address").fill("phone@example.org")
    computer.clicks("Send me a code", "button")

    phone.opens(link_in_mail(computer, "phone@example.org"))
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Sign in as p•••@e•••.org?")
    phone.clicks("Sign in$", "button")

    expect(phone.page).to_have_url(site.address + "/account/")
    assert "session" in phone.cookies
    assert "session" not in computer.cookies


def test_codes_are_read_in_the_demonstrations_mailbox(browser: Browser, site: RunningNewsroom):
    visitor = Visitor(browser, site)
    visitor.opens("/account/sign-in/")
    visitor.page.get_by_label("Your e-mail address").fill("mailbox@example.org")
    visitor.clicks("Send me a code", "button")
    mailbox = visitor.context.new_page()
    mailbox.goto(f"{site.address}/demo/mail/?to=mailbox@example.org")
    mailbox.get_by_role("link", name=re.compile("Your code for")).first.click()
    code = re.search(r"\d{6}", mailbox.get_by_role("heading", level=1).inner_text())
    assert code

    visitor.page.get_by_label("Six digits").fill(code[0])
    visitor.clicks("Sign in$", "button")

    expect(visitor.page).to_have_url(site.address + "/account/")


def test_axe_finds_nothing_on_the_pages_of_sign_in_and_account(browser: Browser, site: RunningNewsroom):
    reader = Visitor(browser, site)
    found = {}
    reader.opens("/account/sign-in/")
    reader.page.get_by_label("Your e-mail address").fill("jo@example")
    reader.clicks("Send me a code", "button")
    found["wrong address"] = faults(reader.page)
    reader.page.get_by_label("Your e-mail address").fill("axe-reader@example.org")
    reader.clicks("Send me a code", "button")
    reader.page.get_by_label("Six digits").fill("000000")
    reader.clicks("Sign in$", "button")
    found["wrong code"] = faults(reader.page)
    reader.opens(link_in_mail(reader, "axe-reader@example.org"))
    found["link"] = faults(reader.page)
    reader.clicks("Sign in$", "button")
    for path in ["/account/devices/", "/account/privacy/", "/account/privacy/erase/", "/demo/mail/", "/demo/clock/"]:
        reader.opens(path)
        found[path] = faults(reader.page)

    assert {page: faults for page, faults in found.items() if faults} == {}
