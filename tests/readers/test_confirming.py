"""The address given while paying: confirmed on the paying device or elsewhere, never signing anyone else in."""

import pytest

from masthead.readers import sign_in
from masthead.readers.models import Device
from tests.worlds.readers import Browser, code_sent_to, link_sent_to, mail_to, paying_browser, reader

pytestmark = pytest.mark.django_db


def test_the_code_typed_on_the_paying_device_makes_it_its_readers():
    browser, device = paying_browser()
    sign_in.ask_to_confirm("ada@example.org", device=device)

    browser.types_code(code_sent_to("ada@example.org"))

    device.refresh_from_db()
    assert browser.is_signed_in
    assert device.reader.email == "ada@example.org"
    assert Device.objects.count() == 1


def test_confirming_changes_the_token_so_that_an_older_copy_opens_nothing():
    browser, device = paying_browser()
    copy = Browser()
    copy.cookies["session"] = browser.cookies["session"].value
    sign_in.ask_to_confirm("ada@example.org", device=device)

    browser.types_code(code_sent_to("ada@example.org"))

    assert browser.is_signed_in
    assert not copy.is_signed_in


def test_the_link_opened_on_a_phone_signs_in_the_phone_and_not_the_paying_device():
    browser, device = paying_browser()
    phone = Browser()
    sign_in.ask_to_confirm("ada@example.org", device=device)

    phone.post(link_sent_to("ada@example.org"))

    device.refresh_from_db()
    assert phone.is_signed_in
    assert not browser.is_signed_in
    assert device.reader is None


def test_paying_with_anothers_address_opens_nothing_of_theirs():
    reader("ada@example.org")
    mallory, device = paying_browser()
    sign_in.ask_to_confirm("ada@example.org", device=device)

    guesses = [mallory.types_code(f"{number:06}") for number in range(4)]

    assert {guess.status_code for guess in guesses} == {422}
    assert not mallory.is_signed_in


def test_a_corrected_address_voids_what_was_sent_to_the_mistyped_one():
    _, device = paying_browser()
    sign_in.ask_to_confirm("aad@example.org", device=device)
    sign_in.ask_to_confirm("ada@example.org", device=device)

    answers = [Browser().post(link_sent_to(email)).status_code for email in ("aad@example.org", "ada@example.org")]

    assert answers == [410, 302]


def test_a_confirming_link_works_for_a_day_its_code_for_ten_minutes(clock):
    browser, device = paying_browser()
    sign_in.ask_to_confirm("ada@example.org", device=device)
    code, link = code_sent_to("ada@example.org"), link_sent_to("ada@example.org")
    clock.forward(hours=23)

    page = Browser().get(link)
    late = browser.types_code(code)

    assert "Is a•••@e•••.org your address?" in page.content.decode()
    assert "We’ve sent a new one" in late.content.decode()
    assert [message.to for message in mail_to("ada@example.org")] == ["ada@example.org"] * 2


def test_signing_in_as_somebody_else_replaces_the_session_of_the_browser():
    browser = Browser().signs_in("ada@example.org")

    browser.signs_in("bo@example.org")

    assert [device.reader.email for device in Device.objects.live()] == ["bo@example.org"]
