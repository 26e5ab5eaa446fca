"""Signing up for letters: two steps, proof of both, no bombs for anybody's mailbox, and nobody learns who is known."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from masthead.core import jobs, limits
from masthead.core.models import Message
from masthead.letters import subscribing
from masthead.letters.models import Consent, LetterList, SignUp, Subscription
from masthead.readers.models import Device, Reader
from tests.worlds.letters_lists import BEHIND, WEEK, asks_for, lists_of, on_list, the, token_sent_to, words_of
from tests.worlds.readers import Browser, mail_to, reader

pytestmark = pytest.mark.django_db

FORM = "/letters/sign-up/"


@pytest.fixture(autouse=True)
def half_past_noon(clock):
    """Limits count within hours and days: no story here begins just before one ends."""
    clock.forward(seconds=(45_000 - round(clock.now().timestamp())) % 86_400)


def signs_up(browser, email, *slugs, **more):
    """Sends what a printed form sends."""
    return browser.post(FORM, {"email": email, "list": slugs or [WEEK], "words": "sign-up-1", **more})


def test_who_asks_and_confirms_gets_the_letter_and_the_proof_is_kept(clock):
    browser = Browser()

    signs_up(browser, "Ada@Example.org", page="/harbour/the-pier/")
    asked_at = clock.now()
    clock.forward(days=2)
    answer = browser.post(f"/letters/confirm/{token_sent_to('ada@example.org')}/")

    ada = Reader.objects.get(email="ada@example.org")
    consent = Consent.objects.get(reader=ada)
    assert lists_of(ada) == {WEEK}
    assert "You get our letters now" in words_of(answer)
    assert (consent.list, consent.page) == (the(WEEK), "/harbour/the-pier/")
    assert consent.words == f"{the(WEEK).name}: {the(WEEK).sentence}\n{subscribing.WORDS['sign-up-1']}"
    assert abs(consent.asked_at - asked_at) < timedelta(minutes=1)
    assert consent.confirmed_at - consent.asked_at > timedelta(days=1, hours=23)


def test_asking_alone_makes_no_account_and_puts_nobody_on_a_list():
    signs_up(Browser(), "ada@example.org")

    assert not Reader.objects.exists()
    assert not Subscription.objects.exists()


def test_opening_the_link_confirms_nothing_because_scanners_open_it_too():
    token = asks_for("ada@example.org")

    for _ in range(3):
        page = Browser().get(f"/letters/confirm/{token}/")

    assert "Yes, send them" in words_of(page)
    assert not Subscription.objects.exists()
    assert page["Referrer-Policy"] == "strict-origin"


def test_confirming_signs_nobody_in_and_names_nobody():
    reader("ada@example.org", name="Ada Obi")
    token, elsewhere = asks_for("ada@example.org"), Browser()

    pages = [elsewhere.get(f"/letters/confirm/{token}/"), elsewhere.post(f"/letters/confirm/{token}/")]

    assert not elsewhere.is_signed_in
    assert not Device.objects.exists()
    for page in pages:
        assert "ada@example.org" not in page.content.decode()
        assert "Ada Obi" not in page.content.decode()
    assert "a•••@e•••.org" in words_of(pages[0])


def test_known_and_unknown_addresses_get_the_same_page_the_same_mail_and_the_same_work():
    on_list("known@example.org")
    browser = Browser()
    signs_up(browser, "first@example.org")

    def seen(email):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = signs_up(browser, email)
        mail = mail_to(email)[-1]
        hidden = re.escape(email) + r"|confirm/[\w-]{20,}"
        return [re.sub(hidden, "…", text) for text in (page.content.decode(), mail.subject, mail.text)], len(queries)

    assert seen("known@example.org") == seen("nobody@example.org")


def test_an_address_gets_three_messages_a_day_and_the_answer_stays_the_same(clock):
    answers = [words_of(signs_up(Browser(), "ada@example.org")) for _ in range(5)]

    assert len(set(answers)) == 1
    assert len(mail_to("ada@example.org")) == 3

    clock.forward(days=1)
    signs_up(Browser(), "ada@example.org")
    assert len(mail_to("ada@example.org")) == 4


def test_a_mailbox_with_many_spellings_shares_one_limit():
    for number in range(6):
        signs_up(Browser(), f"ada+{number}@example.org")

    assert Message.objects.count() == 3


def test_one_network_cannot_write_to_everybody_and_what_was_typed_is_kept():
    times = limits.LIMITS[subscribing.SIGN_UPS_OF_NETWORK].times
    for number in range(times):
        signs_up(Browser(), f"reader{number}@example.org")

    answer = signs_up(Browser(), "one.more@example.org")

    assert answer.status_code == 422
    assert "tried too often" in words_of(answer)
    assert 'value="one.more@example.org"' in answer.content.decode()
    assert Message.objects.count() == times


def test_what_is_wrong_is_said_and_what_was_typed_is_kept():
    answer = signs_up(Browser(), "ada@example", WEEK, page="/harbour/")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "lacks its ending" in words_of(answer)
    assert 'value="ada@example"' in page
    assert 'value="/harbour/"' in page
    assert re.search(rf'value="{WEEK}"[^>]*checked', page)
    assert not SignUp.objects.exists()


@pytest.mark.parametrize("words", ["", "very-old-0"])
def test_a_form_whose_words_nobody_knows_is_shown_anew_with_words_that_hold(words):
    answer = signs_up(Browser(), "ada@example.org", words=words)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Please use this one" in words_of(answer)
    assert f'name="words" value="{subscribing.SIGN_UP_WORDS}"' in page
    assert 'value="ada@example.org"' in page
    assert not SignUp.objects.exists()


def test_a_form_without_a_list_asks_for_one():
    answer = Browser().post(FORM, {"email": "ada@example.org", "words": "sign-up-1"})

    assert answer.status_code == 422
    assert "Tick at least one letter" in words_of(answer)


@pytest.mark.parametrize("slug", [BEHIND, "closed", "unheard-of"])
def test_supporters_lists_closed_ones_and_unknown_ones_take_no_sign_ups(slug):
    LetterList.objects.create(name="Closed", slug="closed", sentence="No more.", is_open=False)

    answer = signs_up(Browser(), "ada@example.org", slug)

    assert answer.status_code == 422
    assert not SignUp.objects.exists()
    assert mail_to("ada@example.org") == []


def test_several_lists_are_confirmed_at_once():
    LetterList.objects.create(name="New films", slug="films", sentence="When there is one.")

    subscribing.confirm(asks_for("ada@example.org", WEEK, "films"))

    assert lists_of(Reader.objects.get()) == {WEEK, "films"}
    assert Consent.objects.count() == 2


def test_an_unconfirmed_row_goes_after_seven_days_and_its_message_with_it(clock):
    token = asks_for("ada@example.org")

    clock.forward(days=6, hours=23)
    subscribing.forget_sign_ups()
    assert subscribing.behind(token).email == "ada@example.org"

    clock.forward(hours=2)
    answer = Browser().post(f"/letters/confirm/{token}/")
    subscribing.forget_sign_ups()

    assert answer.status_code == 410
    assert "older than seven days" in words_of(answer)
    assert (SignUp.objects.count(), Message.objects.count(), Reader.objects.count()) == (0, 0, 0)


def test_the_clock_forgets_sign_ups_by_itself(clock):
    asks_for("ada@example.org")
    jobs.run_all(with_clock=True)

    clock.forward(days=8)
    jobs.run_all(with_clock=True)

    assert not SignUp.objects.exists()


def test_an_old_link_brings_nobody_back_who_has_left():
    token = asks_for("ada@example.org")
    subscribing.confirm(token)
    ada = Reader.objects.get()
    subscribing.leave(ada, the(WEEK), "link")

    answer = Browser().post(f"/letters/confirm/{token}/")

    assert "This was confirmed before" in words_of(answer)
    assert lists_of(ada) == set()
    assert Consent.objects.count() == 1


def test_who_left_and_asks_anew_is_back_with_a_new_proof():
    ada = on_list("ada@example.org")
    subscribing.leave(ada, the(WEEK), "link")

    subscribing.confirm(asks_for("ada@example.org"))

    assert lists_of(ada) == {WEEK}
    row = Subscription.objects.get()
    assert (row.left_how, row.consent) == ("", Consent.objects.get())


def test_another_sites_page_signs_nobody_up():
    answer = signs_up(Browser(), "ada@example.org", **{})
    foreign = Browser().post(
        FORM, {"email": "bob@example.org", "list": [WEEK]}, headers={"origin": "https://elsewhere.example"}
    )

    assert (answer.status_code, foreign.status_code) == (200, 403)
    assert mail_to("bob@example.org") == []


def test_the_printed_form_says_what_the_proof_quotes_and_posts_what_the_page_takes():
    form = render_to_string("parts/letter-signup.html", {"lists": LetterList.objects.taking_sign_ups()})

    assert subscribing.WORDS[subscribing.SIGN_UP_WORDS] in form
    assert f'name="words" value="{subscribing.SIGN_UP_WORDS}"' in form
    assert f'name="list" value="{WEEK}"' in form
    assert 'action="/letters/sign-up/"' in form
    assert the(WEEK).sentence in form


def test_the_page_that_bore_the_form_is_noted_from_the_browser_where_the_form_does_not_say_it():
    browser = Browser()

    browser.post(
        FORM,
        {"email": "ada@example.org", "list": WEEK, "words": "sign-up-1"},
        headers={"referer": "http://localhost:8000/harbour/?q=1"},
    )

    assert SignUp.objects.get().page == "/harbour/"


def test_nobody_is_led_to_another_site_by_the_way_back():
    answer = signs_up(Browser(), "ada@example.org", page="//elsewhere.example/")

    assert "elsewhere" not in answer.content.decode()
