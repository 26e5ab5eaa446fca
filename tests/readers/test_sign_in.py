"""Sign-in with a code and a link: who gets in, who does not, and what nobody learns."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from masthead.core import jobs, limits
from masthead.newsroom.models import Paper
from masthead.readers import sign_in
from masthead.readers.models import Confirmation, Device, Reader, SignInCode
from masthead.readers.signals import address_confirmed
from tests.worlds.readers import Browser, code_sent_to, link_sent_to, mail_to, reader

pytestmark = pytest.mark.django_db


def wrong(code: str) -> str:
    """Six digits that are not these."""
    return f"{(int(code) + 1) % 10**6:06}"


def words_of(response) -> str:
    """What the page says, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_a_code_typed_where_it_was_asked_for_signs_in_and_makes_the_account():
    browser = Browser()

    browser.asks_for_code("Ada@Example.org", next="/account/devices/")
    answer = browser.types_code(code_sent_to("ada@example.org"))

    assert (answer.status_code, answer["Location"]) == (302, "/account/devices/")
    assert browser.is_signed_in
    assert [row.email for row in Reader.objects.all()] == ["ada@example.org"]


def test_the_message_names_the_paper_and_says_how_long_it_works():
    Browser().asks_for_code("ada@example.org")

    mail = mail_to("ada@example.org")[0]
    assert mail.subject == f"Your code for {Paper.load().name}: {code_sent_to('ada@example.org')}"
    assert "They work for ten minutes" in mail.text


def test_asking_alone_makes_no_account():
    Browser().asks_for_code("ada@example.org")

    assert not Reader.objects.exists()


def test_known_and_unknown_addresses_get_the_same_page_and_the_same_mail():
    reader("known@example.org")
    browser = Browser()

    def what_is_seen(email: str) -> list[str]:
        asked = browser.asks_for_code(email)
        page = browser.get(asked["Location"])
        mail = mail_to(email)[-1]
        hidden = re.escape(email) + r"|\d{6}|sign-in/[\w-]{20,}"
        texts = (asked["Location"], page.content.decode(), mail.subject, mail.text)
        return [re.sub(hidden, "…", text) for text in texts]

    assert what_is_seen("known@example.org") == what_is_seen("nobody@example.org")


def test_asking_is_the_same_work_for_known_and_unknown():
    reader("known@example.org")
    browser = Browser()
    browser.asks_for_code("warm@example.org")

    def work(email: str) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            browser.asks_for_code(email)
        return [" ".join(query["sql"].split()[:3]) for query in queries if "SAVEPOINT" not in query["sql"]]

    assert work("known@example.org") == work("nobody@example.org")


def test_a_code_opens_nothing_in_another_browser():
    Browser().asks_for_code("ada@example.org")
    other = Browser()

    answer = other.types_code(code_sent_to("ada@example.org"))

    assert "No code was asked for in this browser" in words_of(answer)
    assert not other.is_signed_in


def test_neither_code_nor_link_is_kept_in_the_table():
    Browser().asks_for_code("ada@example.org")

    row = SignInCode.objects.values().get()
    kept = " ".join(str(value) for value in row.values())
    assert code_sent_to("ada@example.org") not in kept
    assert link_sent_to("ada@example.org").split("/")[-2] not in kept


def test_a_newer_code_voids_the_older():
    browser = Browser()
    browser.asks_for_code("ada@example.org")
    older = code_sent_to("ada@example.org")
    browser.post("/account/sign-in/again/")

    answer = browser.types_code(older)

    assert "A newer message has gone out" in words_of(answer)
    assert browser.types_code(code_sent_to("ada@example.org")).status_code == 302


def test_a_code_older_than_ten_minutes_brings_a_new_one(clock):
    browser = Browser()
    browser.asks_for_code("ada@example.org")
    old = code_sent_to("ada@example.org")
    clock.forward(minutes=10)

    answer = browser.types_code(old)

    assert "older than ten minutes. We’ve sent a new one" in words_of(answer)
    assert len(mail_to("ada@example.org")) == 2
    assert browser.types_code(code_sent_to("ada@example.org")).status_code == 302


def test_five_wrong_tries_use_a_code_up():
    browser = Browser()
    browser.asks_for_code("ada@example.org")
    right = code_sent_to("ada@example.org")

    said = [words_of(browser.types_code(wrong(right))) for _ in range(5)]

    assert "Tries left: 4." in said[0]
    assert "Tries left: 1." in said[3]
    assert "Five wrong tries: this code is used up" in said[4]
    assert "Five wrong tries" in words_of(browser.types_code(right))
    assert not browser.is_signed_in


def test_after_ten_wrong_codes_a_day_the_link_still_works(clock):
    browser = Browser()
    for _ in range(2):
        browser.asks_for_code("ada@example.org")
        right = code_sent_to("ada@example.org")
        for _ in range(5):
            browser.types_code(wrong(right))
    browser.asks_for_code("ada@example.org")

    answer = browser.types_code(code_sent_to("ada@example.org"))

    assert "Use the link in the message" in words_of(answer)
    browser.post(link_sent_to("ada@example.org"))
    assert browser.is_signed_in


def test_a_site_wide_alarm_turns_codes_off_and_leaves_links():
    for number in range(60):
        SignInCode.objects.create(
            purpose="sign-in", email=f"{number}@example.org", code_hash="", link_hash=str(number), browser_hash="x",
            wrong_tries=5, code_ends_at="2030-01-01T00:00Z", link_ends_at="2030-01-01T00:00Z",
        )  # fmt: skip
    browser = Browser()
    browser.asks_for_code("ada@example.org")

    answer = browser.types_code(code_sent_to("ada@example.org"))

    assert "Codes are off for the moment" in words_of(answer)
    assert browser.post(link_sent_to("ada@example.org")).status_code == 302


def test_opening_the_link_changes_nothing_until_its_button_is_pressed():
    browser, scanner = Browser(), Browser()
    browser.asks_for_code("ada@example.org")
    link = link_sent_to("ada@example.org")

    for _ in range(3):
        scanner.get(link)
        scanner.head(link)

    assert not scanner.cookies
    assert not Device.objects.exists()
    assert browser.post(link).status_code == 302
    assert browser.is_signed_in


def test_the_links_page_names_the_account_in_full_only_to_the_browser_that_asked():
    browser, other = Browser(), Browser()
    browser.asks_for_code("ada@example.org")
    link = link_sent_to("ada@example.org")

    here, elsewhere = browser.get(link), other.get(link)

    assert "Sign in as ada@example.org?" in words_of(here)
    assert "Sign in as a•••@e•••.org?" in words_of(elsewhere)
    assert "ada@example.org" not in elsewhere.content.decode()
    assert here["Referrer-Policy"] == "strict-origin"


def test_a_link_works_once_and_for_ten_minutes(clock):
    browser, other = Browser(), Browser()
    browser.asks_for_code("ada@example.org")
    first = link_sent_to("ada@example.org")
    browser.post(first)
    other.asks_for_code("ada@example.org")
    second = link_sent_to("ada@example.org")
    clock.forward(minutes=10)

    answers = [other.post(link) for link in (first, second, "/account/sign-in/no-such-token/")]

    assert [answer.status_code for answer in answers] == [410, 410, 410]
    assert not other.is_signed_in


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "account/", "/a\x00b/"],
)
def test_signing_in_leads_nowhere_but_to_our_own_pages(elsewhere):
    browser = Browser()
    browser.asks_for_code("ada@example.org", next=elsewhere)

    answer = browser.types_code(code_sent_to("ada@example.org"))

    assert answer["Location"] == "/account/"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Type your e-mail address"),
        ("jo", "‘jo’ lacks the @ sign"),
        ("jo@example", "‘jo@example’ lacks its ending"),
        ("jo smith@example.org", "is not an e-mail address"),
        ("a" * 250 + "@example.org", "longer than 254"),
        ("<script>@example.org", "is not an e-mail address"),
    ],
)
def test_an_address_that_cannot_be_reached_is_refused_in_words_and_kept(typed, says):
    answer = Browser().asks_for_code(typed)

    assert answer.status_code == 422
    assert says in words_of(answer).replace("&lt;", "<")
    assert not SignInCode.objects.exists()
    if typed and "<" not in typed:
        assert f'value="{typed}"' in answer.content.decode()


def test_an_address_is_not_bombed_with_mail():
    browser = Browser()

    answers = [browser.asks_for_code("ada@example.org") for _ in range(7)]

    assert "tried too often" in words_of(answers[-1])
    assert len(mail_to("ada@example.org")) == 6


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "١٢٣٤٥٦", "1234567"])
def test_what_is_no_code_costs_no_try(typed):
    browser = Browser()
    browser.asks_for_code("ada@example.org")

    answer = browser.types_code(typed)

    assert "The code has six digits" in words_of(answer)
    assert SignInCode.objects.get().wrong_tries == 0


def test_a_form_from_another_site_is_refused():
    browser = Browser()

    answer = browser.post("/account/sign-in/", {"email": "ada@example.org"}, headers={"origin": "https://evil.example"})

    assert answer.status_code == 403
    assert not SignInCode.objects.exists()


def test_who_listens_is_told_once_that_an_address_was_confirmed():
    heard = []

    def listen(reader, device, **_):
        heard.append((reader.email, device.pk))

    address_confirmed.connect(listen)
    browser = Browser().signs_in("ada@example.org")
    jobs.run_all()
    jobs.run_all()
    address_confirmed.disconnect(listen)

    assert browser.is_signed_in
    assert heard == [("ada@example.org", Device.objects.get().pk)]
    assert Confirmation.objects.get().told_at is not None


def test_codes_and_the_mails_that_hold_them_are_forgotten_after_a_day(clock):
    Browser().asks_for_code("ada@example.org")
    jobs.run_all()
    clock.forward(days=2)

    jobs.run_all(with_clock=True)

    assert not SignInCode.objects.exists()
    assert mail_to("ada@example.org") == []


def test_from_one_network_codes_are_asked_for_thirty_times_an_hour_for_whatever_addresses(clock):
    for number in range(30):
        assert Browser(REMOTE_ADDR="192.0.2.1").asks_for_code(f"reader{number}@example.org").status_code == 302

    refused = Browser(REMOTE_ADDR="192.0.2.1").asks_for_code("ada@example.org")
    elsewhere = Browser(REMOTE_ADDR="192.0.2.2").asks_for_code("ada@example.org")
    clock.forward(hours=1)

    assert refused.status_code == 422
    assert "That was tried too often" in words_of(refused)
    assert 'value="ada@example.org"' in refused.content.decode()
    assert elsewhere.status_code == 302
    assert Browser(REMOTE_ADDR="192.0.2.1").asks_for_code("bo@example.org").status_code == 302


def test_from_one_network_sixty_codes_an_hour_are_tried_and_then_not_even_the_right_one():
    browser = Browser(REMOTE_ADDR="192.0.2.1")
    browser.asks_for_code("ada@example.org")
    code = code_sent_to("ada@example.org")
    for _ in range(60):
        limits.hit(sign_in.TRIES_OF_NETWORK, "192.0.2.1")

    refused = browser.types_code(code)
    browser.defaults["REMOTE_ADDR"] = "192.0.2.2"
    elsewhere = browser.types_code(code)

    assert refused.status_code == 422
    assert "That was tried too often" in words_of(refused)
    assert elsewhere.status_code == 302
