"""The providers' own books against ours: what was missed is fetched, what is theirs alone booked, the rest shown."""

import sqlite3
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Sum

from masthead.core import clock as the_clock
from masthead.core import jobs
from masthead.core.actors import Actor
from masthead.core.models import AuditRecord
from masthead.core.refusals import Refusal, Trouble
from masthead.money import differences, ledger, reconciling
from masthead.money.models import Comparison, Difference, Event, Line, Payment, ProviderLine, Transaction
from masthead.money.states import ComparisonStage
from tests.conftest import MovableClock
from tests.worlds.gocardless import Debits
from tests.worlds.money import GBP, Bank, Shop, collect, journal
from tests.worlds.stripe import Till

STAFF = Actor.staff(1)
WHY = "looked at with the bank's statement beside it"


def reconcile(provider: str, **days: Any) -> Comparison:
    """A comparison from a week ago up to now, to its end."""
    first = the_clock.today() - timedelta(days=7)
    return reconciling.finish(reconciling.begin(provider, **{"first": first, "by": STAFF, **days}))


def found() -> list[tuple[str, str]]:
    """Kinds and states of all differences, the oldest first."""
    return list(Difference.objects.order_by("pk").values_list("kind", "state"))


def owed(provider: str) -> int:
    """What our books say that a provider holds for us, counted line by line."""
    total = Line.objects.filter(account=f"owed_by:{provider}").aggregate(minor=Sum("amount_minor"))["minor"]
    return total or 0


def post(difference: Difference, account: str = "unexplained") -> Transaction:
    return differences.post(difference, account=account, reason=WHY, by=STAFF)


# --- the practice bank -----------------------------------------------------------------------------------------


def test_what_nobody_told_us_is_fetched_and_goes_the_way_of_a_webhook(bank: Bank, shop: Shop) -> None:
    lost = shop.begin(GBP("5.00"), order="lost", keeps_mandate=False)
    bank.pay(lost)
    mandate = shop.mandate(bank)
    collect(mandate, GBP("7.00"), "test:2")
    jobs.run_all()
    second = Payment.objects.get(order_key="test:2")
    bank.asked("POST", "/v1/refunds", {"reference": "", "payment": second.provider_ref, "amount": 200})

    done = reconcile("practice")

    assert found() == []
    assert Payment.objects.get(pk=lost.payment_id).state == "collected"
    assert ("payment", "collected") in shop.told
    assert owed("practice") == sum(line["amount"] - line["fee"] for line in bank.movements())
    assert (done.lines, done.asked, done.stage) == (4, 2, ComparisonStage.DONE)
    assert set(Event.objects.values_list("state", flat=True)) == {"done"}

    before = journal()
    again = reconcile("practice")

    assert (again.lines, again.asked, found(), journal()) == (0, 0, [], before)


def test_a_payout_goes_to_the_bank_once_and_comes_back_once(bank: Bank, shop: Shop) -> None:
    shop.mandate(bank)
    payout = bank.asked("POST", "/v1/payouts", {"currency": "GBP"}).json()["id"]

    reconcile("practice")
    reconcile("practice")
    assert (owed("practice"), ledger.held("bank")["GBP"].minor) == (0, 472)

    bank.asked("POST", f"/v1/payouts/{payout}/send-back", {})
    reconcile("practice")
    reconcile("practice")

    assert (owed("practice"), ledger.held("bank")["GBP"].minor) == (472, 0)
    assert found() == []


def test_each_kind_of_difference_is_found_once_and_resolved_once(bank: Bank, shop: Shop, clock: MovableClock) -> None:
    mandate = shop.mandate(bank)
    for order in ("amount", "fee", "day", "gone", "currency"):
        collect(mandate, GBP("5.00"), f"test:{order}")
    jobs.run_all()
    refs = {order: Payment.objects.get(order_key=f"test:{order}").provider_ref for order in ("amount", "fee", "day")}
    gone, other = (Payment.objects.get(order_key=f"test:{order}") for order in ("gone", "currency"))
    unknown = bank.asked("POST", "/v1/payments", {
        "reference": "NOBODY", "mandate": mandate.provider_ref, "amount": 900, "currency": "GBP", "description": "?",
    })  # fmt: skip
    assert unknown.status_code == 200
    with sqlite3.connect(bank.home / "bank.sqlite3") as file:
        file.execute("UPDATE payment SET amount = 600 WHERE id = ?", (refs["amount"],))
        file.execute("UPDATE payment SET fee = 40 WHERE id = ?", (refs["fee"],))
        file.execute("UPDATE step SET at = at - 86400 WHERE payment = ? AND state = 'paid'", (refs["day"],))
        file.execute("UPDATE payment SET currency = 'EUR' WHERE id = ?", (other.provider_ref,))
        file.execute("UPDATE step SET state = 'asked' WHERE payment = ?", (gone.provider_ref,))
    clock.forward(days=2)

    first = reconcile("practice")
    again = reconcile("practice")

    assert {kind for kind, _ in found()} == {
        "not_with_us", "not_there", "other_amount", "other_fee", "other_day", "other_currency", "balance",
    }  # fmt: skip
    assert (first.found, again.found, len(found())) == (7, 0, 7)
    by_kind = {difference.kind: difference for difference in Difference.objects.all()}
    assert by_kind["other_amount"].gap == GBP("1.00")
    assert by_kind["other_fee"].gap == GBP("-0.12")
    assert by_kind["not_there"].payment == gone
    assert by_kind["not_with_us"].detail == "no payment of ours is called NOBODY"

    post(by_kind["other_amount"], "income:gifts")
    post(by_kind["other_fee"], "fees")
    post(by_kind["not_with_us"])
    post(by_kind["not_there"], "income:gifts")
    for kind in ("other_day", "other_currency"):
        with pytest.raises(differences.NothingToPost):
            post(by_kind[kind])
        differences.explain(by_kind[kind], reason=WHY, by=STAFF)
    post(by_kind["balance"])

    assert reconcile("practice").found == 0
    assert not Difference.objects.filter(state="open").exists()
    stated = bank.asked("GET", "/v1/balance").json()["balance"]
    assert ledger.held("owed_by:practice")["GBP"].minor == stated["GBP"]
    assert AuditRecord.objects.filter(action="difference.posted", by="staff:1").count() == 5


def test_what_was_resolved_can_be_opened_again_and_each_act_says_who(
    bank: Bank, shop: Shop, clock: MovableClock
) -> None:
    mandate = shop.mandate(bank)
    collect(mandate, GBP("5.00"), "test:2")
    jobs.run_all()
    with sqlite3.connect(bank.home / "bank.sqlite3") as file:
        file.execute("UPDATE payment SET fee = 40 WHERE id = ?", (Payment.objects.first().provider_ref,))  # type: ignore[union-attr]
    reconcile("practice")
    (difference,) = Difference.objects.all()
    before = owed("practice")

    with pytest.raises(differences.ReasonNeeded):
        differences.explain(difference, reason="ok", by=STAFF)
    with pytest.raises(differences.NoSuchAccount):
        differences.post(difference, account="a pocket", reason=WHY, by=STAFF)
    post(difference, "fees")
    with pytest.raises(differences.NotOpen):
        post(difference, "fees")
    assert (owed("practice"), Difference.objects.get().state) == (before - 12, "posted")

    differences.open_again(difference, by=STAFF)
    assert (owed("practice"), Difference.objects.get().state) == (before, "open")
    assert reconciling.fetch_again(Difference.objects.get(), by=STAFF) is False
    post(Difference.objects.get(), "fees")

    assert reconcile("practice").found == 0
    assert (owed("practice"), Difference.objects.count()) == (before - 12, 1)
    keys = Transaction.objects.filter(key__contains=":difference:").order_by("key").values_list("key", flat=True)
    start = f"practice:difference:{difference.pk}"
    assert list(keys) == [f"{start}:1", f"{start}:1:reversed", f"{start}:2"]
    actions = AuditRecord.objects.filter(action__startswith="difference.").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "difference.posted", "difference.opened_again", "difference.posted",
    ]  # fmt: skip


def test_a_difference_that_vanishes_says_so(bank: Bank, shop: Shop) -> None:
    mandate = shop.mandate(bank)
    payment = Payment.objects.get()
    Payment.objects.filter(pk=payment.pk).update(provider="elsewhere")  # as in a backup that is older than the payment
    ProviderLine.objects.all().delete()
    collect(mandate, GBP("7.00"), "test:2")
    jobs.run_all()
    bank.asked("POST", "/v1/refunds", {"reference": "", "payment": payment.provider_ref, "amount": 100})
    reconcile("practice")
    assert found() == [("not_with_us", "open")]

    Payment.objects.filter(pk=payment.pk).update(provider="practice")
    reconcile("practice")

    assert found() == [("not_with_us", "vanished")]
    assert Difference.objects.get().closed_by == "system:reconciliation"


def test_a_provider_that_is_away_loses_nothing_and_is_tried_again_by_the_clock(
    till: Till, shop: Shop, clock: MovableClock
) -> None:
    till.mandate(shop)
    till.server.news()
    till.server.faults += ["500"]
    clock.forward(days=1)

    reconciling.nightly()
    jobs.run_all()
    stuck = Comparison.objects.get()
    assert (stuck.stage, stuck.trouble) == ("fetch", "Stripe does not answer (APIError)")
    reconciling.nightly()
    clock.forward(hours=1)
    reconciling.go_on_with_all()
    jobs.run_all()

    done = Comparison.objects.get()
    assert (done.stage, done.trouble, done.lines) == ("done", "", 1)
    assert found() == []


def test_pages_and_batches_go_on_where_they_were(
    till: Till, shop: Shop, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    mandate = till.mandate(shop)
    for order in range(4):
        collect(mandate, GBP("5.00"), f"test:{order}")
    jobs.run_all()
    clock.forward(minutes=1)
    monkeypatch.setattr("masthead.money.providers.stripe.calls.AT_ONCE", 2)
    monkeypatch.setattr(reconciling, "SECONDS_AT_ONCE", 0.0)
    monkeypatch.setattr(reconciling, "KEPT_AT_ONCE", 2)
    comparison = reconciling.begin("stripe", by=STAFF)

    steps = 0
    while comparison.stage != ComparisonStage.DONE:
        reconciling.step(comparison)
        comparison = Comparison.objects.get(pk=comparison.pk)
        steps += 1

    assert (comparison.lines, found()) == (5, [])
    assert steps > 6
    assert ledger.held("owed_by:stripe")["GBP"].minor == till.held


def test_what_waits_to_be_paid_out_is_counted_and_only_later_missed(
    debits: Debits, shop: Shop, clock: MovableClock
) -> None:
    payment = debits.first(shop)
    debits.days_pass(6)
    payment.refresh_from_db()
    assert payment.state == "collected"

    assert (reconcile("gocardless").waiting, found()) == (1, [])
    for _ in range(3):
        clock.forward(days=6)
        reconciling.finish(reconciling.begin("gocardless", by=STAFF))
    assert found() == [("not_there", "open")]

    debits.book.pay_out()
    reconciling.finish(reconciling.begin("gocardless", by=STAFF))

    assert found() == [("not_there", "vanished")]
    assert ledger.held("bank")["GBP"].minor == debits.book.paid_out
    assert owed("gocardless") == 0


def test_a_second_claim_and_a_refunds_fee_are_booked(till: Till, shop: Shop) -> None:
    till.mandate(shop)
    payment = Payment.objects.get()
    first = till.book.dispute(till.charge_of(payment))
    till.tell()
    till.book.close_dispute(first["id"], "won")
    till.tell()
    payment.refresh_from_db()
    assert payment.state == "collected"
    second = till.book.dispute(till.charge_of(payment))
    till.tell()

    payment.refresh_from_db()
    assert (payment.state, payment.returned_minor, payment.return_fee_minor) == ("returned", 1000, 4000)
    assert {f"stripe:{first['id']}:returned", f"stripe:{second['id']}:returned"} <= journal().keys()

    till.book.close_dispute(second["id"], "won")
    till.tell()
    till.book.things[till.charge_of(payment)]["disputed"] = False
    till.book.refund({"payment_intent": payment.provider_ref, "amount": 100}, fee=-3)
    till.tell()
    assert ledger.held("owed_by:stripe")["GBP"].minor == till.held
    assert reconcile("stripe").found == 0


def test_days_that_make_no_sense_are_refused(bank: Bank) -> None:
    today = the_clock.today()
    for first, last in ((today, today - timedelta(days=1)), (today, today + timedelta(days=1))):
        with pytest.raises(Refusal):
            reconciling.begin("practice", first=first, last=last, by=STAFF)
    with pytest.raises(Trouble):
        reconciling.begin("nobody", by=STAFF)
    assert not Comparison.objects.exists()
