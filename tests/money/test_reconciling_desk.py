"""Differences at the desk: seen by who sees money, resolved by who moves it; what the command and the alarms say."""

import sqlite3
from argparse import Namespace
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from masthead.core import clock as the_clock
from masthead.core import jobs
from masthead.money import ledger, standing
from masthead.money.models import Comparison, Difference, Payment, Transaction
from masthead.web.commands import reconcile
from tests.conftest import MovableClock
from tests.money.test_desk import desk_of
from tests.worlds.money import GBP, Bank, Shop, collect

LISTS = ("difference", "comparison")
OURS = {"HTTP_ORIGIN": "http://localhost:8000", "HTTP_HOST": "localhost:8000"}
WHY = "the provider raised its fee on that day"


@pytest.fixture
def desk() -> Iterator[Client]:
    """Of somebody who may move money."""
    return at("see_money", "move_money")


def at(*permissions: str, email: str = "staff@example.org") -> Client:
    """The desk as somebody sees it whose browser sends our own origin."""
    client = desk_of(*permissions, email=email)
    client.defaults |= OURS
    return client


def command(**options: str) -> int:
    return reconcile.run(Namespace(**{"provider": "", "first": "", "last": "", **options}))


@pytest.fixture
def difference(bank: Bank, shop: Shop) -> Difference:
    """A fee that is forty pence at the bank and twenty-eight with us."""
    collect(shop.mandate(bank), GBP("5.00"), "test:2")
    jobs.run_all()
    payment = Payment.objects.first()
    assert payment is not None
    with sqlite3.connect(bank.home / "bank.sqlite3") as file:
        file.execute("UPDATE payment SET fee = 40 WHERE id = ?", (payment.provider_ref,))
    assert command() == 1
    return Difference.objects.get()


def test_a_difference_is_posted_and_opened_again_at_the_desk(difference: Difference, desk: Client) -> None:
    page = reverse("money_difference", args=[difference.pk])
    shown = desk.get(page).content.decode()
    assert "Another fee" in shown
    assert "there with a fee of £0.40, with us of £0.28" in shown

    too_short = desk.post(f"{page}post/", {"account": "fees", "reason": "ok"})
    assert "Say in a few words why" in too_short.content.decode()
    assert ">ok</textarea>" in too_short.content.decode().replace("\n", "")
    assert Difference.objects.get().state == "open"

    desk.post(f"{page}post/", {"account": "fees", "reason": WHY})
    assert (Difference.objects.get().state, ledger.held("fees")["GBP"].minor) == ("posted", 68)
    assert WHY in desk.get(page).content.decode()

    desk.post(f"{page}open/")
    assert (Difference.objects.get().state, ledger.held("fees")["GBP"].minor) == ("open", 56)
    assert "still differ" in desk.post(f"{page}fetch/", follow=True).content.decode()
    desk.post(f"{page}explain/", {"reason": WHY})
    assert Difference.objects.get().state == "explained"
    assert command() == 0


def test_who_may_only_see_money_changes_nothing(difference: Difference) -> None:
    care, editor = at("see_money"), at("view_payment", email="editor@example.org")
    page = reverse("money_difference", args=[difference.pk])

    assert "Post an entry" not in care.get(page).content.decode()
    for act in ("fetch", "post", "explain", "open"):
        assert care.post(f"{page}{act}/", {"account": "fees", "reason": WHY}).status_code == 302
    assert editor.get(page)["Location"] == reverse("wagtailadmin_home")
    assert (Difference.objects.get().state, Transaction.objects.filter(key__contains="difference").count()) == (
        "open", 0,
    )  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_the_lists_have_search_filters_and_csv(difference: Difference, desk: Client, name: str) -> None:
    index = reverse(f"{name}:index")

    assert desk.get(index, {"q": "practice"}).status_code == 200
    rows = desk.get(index, {"export": "csv"})
    assert len(b"".join(rows.streaming_content).splitlines()) == 2  # type: ignore[attr-defined]
    assert desk_of(email="nobody@example.org").get(index).status_code == 302


def test_the_desks_first_page_and_the_check_ring_until_it_is_resolved(
    difference: Difference, desk: Client, clock: MovableClock
) -> None:
    said = [sentence for good, sentence in standing.comparisons() if not good]
    assert said == ["practice: its books and ours differ in 1 thing: see Differences under Money"]
    assert "differ in 1 thing" in desk.get(reverse("wagtailadmin_home")).content.decode()
    assert "differ in" not in desk_of(email="editor@example.org").get("/desk/").content.decode()

    desk.post(reverse("money_difference_explain", args=[difference.pk]), {"reason": WHY})
    assert [good for good, _ in standing.comparisons()] == [True]

    Comparison.objects.update(ended_at=the_clock.now() - timedelta(days=3))
    ((good, sentence),) = standing.comparisons()
    assert not good
    assert "run `masthead reconcile`" in sentence


def test_the_command_says_plainly_what_it_did(
    difference: Difference, bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    assert command(provider="practice") == 1
    said = capsys.readouterr().out
    assert "1 open difference, to be resolved at the desk" in said
    assert "another fee" in said
    with pytest.raises(SystemExit, match="is no day"):
        command(first="yesterday")
    with pytest.raises(SystemExit, match="stripe is not set up here"):
        command(provider="stripe")

    bank.close()
    assert command() == 1
    assert "go on with it by themselves" in capsys.readouterr().out
    bank.open()
