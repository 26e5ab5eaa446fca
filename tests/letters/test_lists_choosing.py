"""Leaving with one click and choosing by a signed link: what a forwarded link can do, and what it cannot."""

import re
import secrets

import pytest
from django.conf import settings
from django.test import Client

from masthead.core import signing
from masthead.core.actors import Actor
from masthead.core.models import AuditRecord
from masthead.letters import links, subscribing
from masthead.letters.models import Consent, Left, LetterList, LinkKey, Subscription
from masthead.membership import reasons
from masthead.membership.models import Courtesy
from masthead.readers import privacy
from masthead.readers.models import Device
from masthead.web.logs import blotted
from tests.worlds.letters_lists import BEHIND, WEEK, lists_of, on_list, path_of, supporter, the, words_of
from tests.worlds.readers import Browser, reader

pytestmark = pytest.mark.django_db


def leaving(who, slug=WEEK):
    """The path where somebody leaves a list."""
    return path_of(links.unsubscribe(the(slug), who.pk))


def choosing(who):
    """The path where somebody chooses letters."""
    return path_of(links.preferences(who.pk))


def says_nothing_of(who, page):
    """Whether a page names neither the reader nor the whole address."""
    text = page.content.decode() + str(page.headers)
    return who.email not in text and who.name not in text


# --- One click --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind", "how"),
    [
        ("List-Unsubscribe=One-Click", "application/x-www-form-urlencoded", Left.ONE_CLICK),
        (
            '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
            Left.ONE_CLICK,
        ),
        ("", "application/x-www-form-urlencoded", Left.LINK),
        ("anything", "text/plain", Left.LINK),
    ],
)
def test_a_bare_post_leaves_without_sign_in_cookie_or_origin(body, kind, how):
    ada = on_list("ada@example.org")
    mail_program = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)

    answer = mail_program.post(leaving(ada), body, content_type=kind)

    assert answer.status_code == 200
    assert answer.cookies == {}
    assert lists_of(ada) == set()
    assert Subscription.objects.get().left_how == how


def test_opening_the_address_leaves_nothing():
    ada = on_list("ada@example.org")
    browser = Browser()

    pages = [browser.get(leaving(ada)), browser.head(leaving(ada)), browser.options(leaving(ada))]

    assert [page.status_code for page in pages] == [200, 200, 405]
    assert "Yes, end it" in words_of(pages[0])
    assert lists_of(ada) == {WEEK}


def test_leaving_twice_is_as_leaving_once_and_other_lists_stay():
    LetterList.objects.create(name="New films", slug="films", sentence="When there is one.")
    ada = on_list("ada@example.org")
    subscribing.join(ada, the("films"))

    answers = [Browser().post(leaving(ada)) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert lists_of(ada) == {"films"}
    assert AuditRecord.objects.filter(action="letters.left").count() == 1


def test_a_supporter_opts_out_of_the_supporters_letter_and_keeps_all_else():
    sue = supporter()

    page = Browser().get(leaving(sue, BEHIND))
    Browser().post(leaving(sue, BEHIND))

    assert "Your support and all else that comes with it stay as they are" in words_of(page)
    assert lists_of(sue) == set()
    assert Courtesy.objects.filter(ended_at=None).exists()


def test_a_forwarded_unsubscribe_link_ends_that_letter_and_nothing_else():
    ada = reader("ada@example.org", name="Ada Obi")
    subscribing.join(ada, the(WEEK))
    elsewhere = Browser()

    pages = [elsewhere.get(leaving(ada)), elsewhere.post(leaving(ada))]

    assert all(says_nothing_of(ada, page) for page in pages)
    assert all(page.cookies == {} for page in pages)
    assert all("/letters/choose/" not in page.content.decode() for page in pages)
    assert "/account/sign-in/" in pages[1].content.decode()
    assert not elsewhere.is_signed_in
    assert not Device.objects.exists()
    assert lists_of(ada) == set()


# --- How long, and whose ----------------------------------------------------------------------------------


def test_a_link_works_for_two_years_and_then_says_what_to_do(clock):
    ada = on_list("ada@example.org")
    address, chosen = leaving(ada), choosing(ada)

    clock.forward(months=24)
    assert Browser().get(address).status_code == 200
    assert Browser().get(chosen).status_code == 200

    clock.forward(days=4)
    answers = [Browser().post(address), Browser().post(chosen, {"list": []})]
    assert [answer.status_code for answer in answers] == [410, 410]
    assert "older than two years" in words_of(answers[0])
    assert lists_of(ada) == {WEEK}


def rotated(monkeypatch, *, keeps_former):
    """The newsroom's secret is changed; the former one stays valid beside it, or not any more."""
    old = settings.CONFIG.secrets
    secrets = ("a new secret, as long as the former one was", *(old if keeps_former else ()))
    monkeypatch.setattr(type(settings.CONFIG), "secrets", property(lambda config: secrets))


@pytest.mark.parametrize("keeps_former", [True, False])
def test_links_outlive_the_rotation_of_the_newsrooms_secret(monkeypatch, clock, keeps_former):
    ada = on_list("ada@example.org")
    address = leaving(ada)
    links.keep_keys()

    rotated(monkeypatch, keeps_former=keeps_former)
    clock.forward(months=12)
    links.keep_keys()

    assert Browser().post(address).status_code == 200
    assert lists_of(ada) == set()
    assert path_of(links.unsubscribe(the(WEEK), ada.pk)).split(".")[3] != address.split(".")[3]


def test_a_key_is_forgotten_when_no_link_of_it_can_live_any_more(monkeypatch, clock):
    links.keep_keys()
    rotated(monkeypatch, keeps_former=False)

    clock.forward(days=760)
    links.keep_keys()

    newest = signing.Keyring.of(links.PURPOSE, *settings.CONFIG.secrets).newest
    assert list(LinkKey.objects.values_list("key_id", flat=True)) == [newest]


def test_a_kept_key_gives_nothing_of_the_secret_and_opens_nothing_else():
    links.keep_keys()

    kept = LinkKey.objects.get()
    other = signing.Keyring.of("pass", *settings.CONFIG.secrets)
    assert kept.key not in {key.hex() for key in other.keys.values()}
    assert settings.CONFIG.secrets[0].encode().hex() not in kept.key


def test_a_link_changed_by_one_letter_is_worth_nothing():
    ada, bob = on_list("ada@example.org"), on_list("bob@example.org")
    address = leaving(ada)
    token = address.split("/")[-2]
    forged = [
        token.replace(f"{ada.pk}.", f"{bob.pk}.", 1),
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        choosing(bob).split("/")[-2],  # genuine, for something else
        "1.2.3",
        "nonsense",
        "ä.1.2.ö.ü",
        "1.1.1." + "0" * 8 + "." + "0" * 43,
    ]

    answers = [Browser().post(f"/letters/unsubscribe/{other}/").status_code for other in forged]

    assert answers == [410] * len(forged)
    assert lists_of(ada) == lists_of(bob) == {WEEK}
    assert Browser().post(address).status_code == 200


def test_an_unsubscribe_link_does_not_open_the_preferences():
    ada = on_list("ada@example.org")

    answer = Browser().post(choosing(ada).rsplit("/", 2)[0] + "/" + leaving(ada).split("/")[-2] + "/", {"list": []})

    assert answer.status_code == 410
    assert lists_of(ada) == {WEEK}


def test_the_links_of_an_erased_account_do_nothing():
    ada = on_list("ada@example.org")
    paths = leaving(ada), choosing(ada)

    privacy.erase(ada, by=ada.actor)

    assert [Browser().get(path).status_code for path in paths] == [410, 410]
    assert not Subscription.objects.exists()


# --- The page of preferences ------------------------------------------------------------------------------


def test_a_forwarded_preference_link_changes_letters_only_and_masks_the_address():
    ada = reader("ada@example.org", name="Ada Obi")
    subscribing.join(ada, the(WEEK))
    elsewhere = Browser()

    page = elsewhere.get(choosing(ada))
    saved = elsewhere.post(choosing(ada), {"list": []}, follow=True)

    assert "a•••@e•••.org" in words_of(page)
    assert all(says_nothing_of(ada, each) for each in (page, saved))
    assert page.cookies == saved.cookies == {}
    assert page["Referrer-Policy"] == "strict-origin"
    assert not elsewhere.is_signed_in
    assert lists_of(ada) == set()
    assert set(re.findall(r'<form method="post"([^>]*)>', page.content.decode())) == {' class="column"'}


def test_it_does_not_look_at_who_is_signed_in_here():
    ada, bob = on_list("ada@example.org"), reader("bob@example.org", name="Bob")
    browser = Browser().signs_in("bob@example.org")

    page = browser.get(choosing(ada))
    browser.post(choosing(ada), {"list": []})

    assert says_nothing_of(bob, page)
    assert lists_of(ada) == set()


def test_what_is_chosen_stands_with_its_proof_and_without_the_token():
    ada = reader("ada@example.org")

    answer = Browser().post(choosing(ada), {"list": [WEEK, "unheard-of"]}, follow=True)

    assert "Saved." in words_of(answer)
    assert lists_of(ada) == {WEEK}
    consent = Consent.objects.get()
    assert (consent.page, consent.confirmed_at) == ("/letters/choose/", None)  # who ticked it, nobody knows
    assert the(WEEK).sentence in consent.words


def test_a_supporters_letter_cannot_be_ticked_without_support_and_says_why():
    ada = reader("ada@example.org")

    page = Browser().get(choosing(ada))
    Browser().post(choosing(ada), {"list": [BEHIND]})

    assert re.search(rf'value="{BEHIND}" disabled', page.content.decode())
    assert "For supporters: it comes with your support." in words_of(page)
    assert lists_of(ada) == set()
    with pytest.raises(subscribing.ForSupporters):
        subscribing.join(ada, the(BEHIND))


def test_a_supporter_who_opted_out_comes_back():
    sue = supporter()
    subscribing.leave(sue, the(BEHIND), Left.LINK)

    Browser().post(choosing(sue), {"list": [BEHIND]})

    assert lists_of(sue) == {BEHIND}


def test_an_opting_out_lasts_when_the_support_ends_and_begins_again():
    sue = supporter()
    subscribing.leave(sue, the(BEHIND), Left.LINK)
    reasons.end_courtesy(Courtesy.objects.get(), by=Actor.system("test"))

    supporter()

    assert lists_of(sue) == set()


def test_one_button_ends_all_of_them():
    sue = supporter()
    subscribing.join(sue, the(WEEK))

    Browser().post(choosing(sue), {"list": [WEEK, BEHIND], "none": "1"})

    assert lists_of(sue) == set()


def test_another_sites_page_cannot_choose_for_a_reader():
    ada = on_list("ada@example.org")

    answer = Browser().post(choosing(ada), {"list": []}, headers={"origin": "https://elsewhere.example"})

    assert answer.status_code == 403
    assert lists_of(ada) == {WEEK}


def test_a_closed_list_stays_with_those_who_are_on_it_and_is_not_offered_to_others():
    ada, bob = on_list("ada@example.org"), reader("bob@example.org")
    LetterList.objects.filter(slug=WEEK).update(is_open=False)

    assert [choice.list.slug for choice in subscribing.choices_for(ada)] == [BEHIND, WEEK]
    assert [choice.list.slug for choice in subscribing.choices_for(bob)] == [BEHIND]


def test_choices_cost_the_same_with_two_lists_and_with_twenty(django_assert_num_queries):
    ada = on_list("ada@example.org")
    for number in range(18):
        LetterList.objects.create(name=f"Letter {number}", slug=f"letter-{number}", sentence="Of many.")

    with django_assert_num_queries(3):
        choices = subscribing.choices_for(ada)

    assert len(choices) == 20


def test_no_token_stands_in_a_log_line():
    ada = on_list("ada@example.org")
    token = secrets.token_urlsafe(24)
    paths = [leaving(ada), choosing(ada), f"/letters/confirm/{token}/"]

    lines = [blotted(f'"POST {path} HTTP/1.1" 500, Internal Server Error: {path}') for path in paths]

    for path, line in zip(paths, lines, strict=True):
        for part in path.strip("/").split("/")[-1].split("."):
            assert len(part) < 8 or part not in line
        assert line.count("…") == 2
