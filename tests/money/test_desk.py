"""The money on the desk: seen by who may see it, changed by nobody's hand."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from masthead.core import clock
from masthead.money import checkouts
from masthead.money.desk import TheMoney
from masthead.money.models import Checkout, Payment
from masthead.readers.models import StaffUser
from tests.worlds.money import GBP, Bank, Shop

LISTS = [viewset.model._meta.model_name for viewset in TheMoney.items]


def desk_of(*permissions: str, email: str = "staff@example.org") -> Client:
    person = StaffUser.objects.create_user(email, "a long password")
    wanted = Permission.objects.filter(codename__in=["access_admin", *permissions])
    person.user_permissions.set(wanted)
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def paid(bank: Bank, shop: Shop) -> Payment:
    bank.pay(shop.begin(GBP("6.00")))
    return checkouts.ask(Checkout.objects.get().reference).payment


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_shown_to_who_may_look(paid: Payment, name: str) -> None:
    desk = desk_of(f"view_{name}")

    answer = desk.get(reverse(f"{name}:index"))

    assert answer.status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_no_list_is_shown_to_an_editor(paid: Payment, name: str) -> None:
    answer = desk_of().get(reverse(f"{name}:index"))

    assert (answer.status_code, answer["Location"]) == (302, reverse("wagtailadmin_home"))


def test_what_takes_too_long_is_listed_as_late_for_who_may_look(paid: Payment) -> None:
    desk, list_of_late = desk_of("view_payment"), reverse("late_payment:index")
    assert paid.reference not in desk.get(list_of_late).content.decode()

    long_ago = clock.now() - timedelta(days=15)
    Payment.objects.update(state="promised", collected_at=None, collected_on=None, promised_at=long_ago)

    assert paid.reference in desk.get(list_of_late).content.decode()
    assert desk_of(email="other@example.org").get(list_of_late).status_code == 302


def test_a_payment_is_found_by_its_reference_and_says_why_it_failed(paid: Payment) -> None:
    Payment.objects.filter(pk=paid.pk).update(failure="no_money")
    desk = desk_of("view_payment")

    found = desk.get(reverse("payment:index"), {"q": paid.reference}).content.decode()
    not_found = desk.get(reverse("payment:index"), {"q": "NOBODYSREF"}).content.decode()

    assert (paid.reference in found, "There was not enough money in the account." in found) == (True, True)
    assert "There was not enough money" not in not_found


def test_the_books_go_out_as_csv(paid: Payment) -> None:
    answer = desk_of("view_line").get(reverse("line:index"), {"export": "csv"})

    rows = list(csv.reader(StringIO(b"".join(answer.streaming_content).decode())))  # type: ignore[attr-defined]
    assert sorted(row[2:] for row in rows[1:]) == [
        ["fees", "29", "GBP"],
        ["income:gifts", "-600", "GBP"],
        ["owed_by:practice", "571", "GBP"],
    ]


def test_an_entry_is_shown_with_its_lines(paid: Payment) -> None:
    key = f"practice:{paid.reference}:collected"

    page = desk_of("view_transaction").get(reverse("transaction:inspect", args=[key])).content.decode()

    assert [account in page for account in ("owed_by:practice", "income:gifts", "£5.71")] == [True] * 3


def test_nobody_edits_a_payment_by_hand(paid: Payment) -> None:
    desk = desk_of("view_payment", "change_payment", "delete_payment", "add_payment")
    ours = {"origin": settings.SITE_ADDRESS}

    tried = [
        desk.post(reverse("payment:edit", args=[paid.pk]), {"amount_minor": "1"}, headers=ours),
        desk.post(reverse("payment:delete", args=[paid.pk]), headers=ours),
        desk.post(reverse("payment:add"), {"amount_minor": "1"}, headers=ours),
    ]

    assert [answer["Location"] for answer in tried] == [reverse("wagtailadmin_home")] * 3
    assert Payment.objects.get().amount_minor == 600
