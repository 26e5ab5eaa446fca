"""What came by bank transfer, as a cheque or in cash: entered once, granted as any gift, reversed and never edited."""

from datetime import date, timedelta

import pytest

from masthead.core import clock, jobs
from masthead.core.models import AuditRecord, Message
from masthead.giving import offline, receipts
from masthead.giving.models import Gift
from masthead.giving.refusals import NeedsAddress, OtherCurrency, TooLittleForMonths
from masthead.membership import grants
from masthead.money import checks, ledger, payments, reports
from masthead.money.models import OfflineReceipt, Payment, Receipt, Transaction
from masthead.money.offline import EnteredBefore, NeedsReason, NeedsReference, NotThatDay, ReversedBefore
from masthead.money.states import OfflineMethod
from masthead.readers import accounts
from masthead.readers.models import Reader
from tests.worlds.desk import Desk, sentences_in
from tests.worlds.money import GBP
from tests.worlds.rooms import STAFF

DAY = date(2026, 3, 9)
TYPED = {
    "email": "ada@example.org",
    "amount": "25",
    "currency": "GBP",
    "received_on": "2026-03-09",
    "kind": "0",
    "method": "transfer",
    "bank_reference": "FT 2026-0309 OBI",
}


@pytest.fixture(autouse=True)
def on_a_tuesday(today):
    today(date(2026, 3, 10))


def entered(**facts) -> Gift:
    given = {"amount": GBP("25.00"), "method": OfflineMethod.TRANSFER, "bank_reference": "FT1", "received_on": DAY}
    gift = offline.enter(**{**given, "email": "ada@example.org", "by": STAFF, **facts})
    jobs.run_all()
    gift.refresh_from_db()
    return gift


def edition_of(email: str) -> str:
    return grants.edition_for(accounts.reader_at(email), None)[0]


def subjects_to(email: str) -> list[str]:
    return list(Message.objects.filter(to=email).order_by("pk").values_list("subject", flat=True))


def test_a_transfer_gets_receipt_thanks_and_its_lines_in_the_books():
    gift = entered()

    payment = Payment.objects.get(order_key=gift.order_key)
    assert (gift.state, gift.reader.email, payment.collected_on) == ("given", "ada@example.org", DAY)
    assert ledger.balance("bank") == {"GBP": GBP("25.00")}
    assert ledger.balance("income:gifts") == {"GBP": -GBP("25.00")}
    entry = Transaction.objects.get()
    assert (entry.key, entry.on, entry.provider) == (f"offline:{payment.reference}:collected", DAY, "offline")
    assert (entry.method, payment.receipts.get().kind) == ("transfer", "paid")
    assert [row.name for row in reports.statement(2026, "GBP").ways] == ["Bank transfer, offline"]
    assert edition_of("ada@example.org") == "thanked"
    assert subjects_to("ada@example.org") == ["Thank you for £25.00"]
    [receipt] = receipts.listed(gift.reader, None)
    assert (receipt.on, receipt.amount, receipt.state) == (DAY, GBP("25.00"), "Paid")


def test_a_membership_paid_by_cheque_frees_for_its_months_and_the_next_one_follows_it():
    first = entered(amount=GBP("36.00"), method=OfflineMethod.CHEQUE, months=12)
    second = entered(amount=GBP("9.00"), bank_reference="FT2", months=3)

    assert (first.covers_until, second.covers_until) == (date(2027, 3, 10), date(2027, 6, 10))
    assert edition_of("ada@example.org") == "supporter"
    mail = Message.objects.filter(to="ada@example.org").earliest("pk")
    assert "a membership until 10 March 2027" in mail.text
    assert "no adverts away" not in mail.text
    clock.move_to(clock.offset() + 456 * 24 * 3600)
    assert edition_of("ada@example.org") == "supporter"
    clock.move_to(clock.offset() + 24 * 3600)
    assert edition_of("ada@example.org") == "public"


def test_what_nobody_gave_in_particular_is_nobodys_and_tells_nobody():
    gift = entered(email="", method=OfflineMethod.CASH, bank_reference="")

    assert (gift.state, gift.reader, gift.email) == ("given", None, "")
    assert ledger.balance("bank") == {"GBP": GBP("25.00")}
    assert not Message.objects.exists()
    assert not Reader.objects.exists()


def test_the_same_line_of_the_bank_is_entered_once_until_it_is_reversed():
    entered()

    with pytest.raises(EnteredBefore, match=r"‘FT1’ was entered on 9 March 2026 already: £25.00"):
        entered(email="bea@example.org")
    assert (Gift.objects.count(), Reader.objects.count()) == (1, 1)
    offline.reverse(OfflineReceipt.objects.get(), reason="typed twice", by=STAFF)
    assert entered(amount=GBP("20.00")).state == "given"
    assert ledger.balance("bank") == {"GBP": GBP("20.00")}


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"bank_reference": ""}, NeedsReference),
        ({"received_on": DAY + timedelta(days=2)}, NotThatDay),
        ({"months": 12, "amount": GBP("35.99")}, TooLittleForMonths),
        ({"months": 1, "email": ""}, NeedsAddress),
        ({"amount": GBP("25.00").__class__(2500, "EUR")}, OtherCurrency),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_entered(facts, refusal):
    with pytest.raises(refusal):
        entered(**facts)

    assert not Gift.objects.exists()
    assert not Payment.objects.exists()
    assert not Reader.objects.exists()


def test_a_mistake_is_reversed_by_its_mirror_image_and_what_it_granted_ends():
    gift = entered(amount=GBP("36.00"), months=12)
    receipt = OfflineReceipt.objects.get()

    with pytest.raises(NeedsReason):
        offline.reverse(receipt, reason=" ", by=STAFF)
    offline.reverse(receipt, reason="the cheque came back", by=STAFF)
    jobs.run_all()

    gift.refresh_from_db()
    assert gift.state == "taken_back"
    assert edition_of("ada@example.org") == "public"
    assert [str(amount) for amount in ledger.balance("bank").values()] == ["£0.00"]
    assert set(Transaction.objects.values_list("provider", "method")) == {("offline", "transfer")}
    assert Transaction.objects.count() == 2
    papers = list(Receipt.objects.order_by("pk").values_list("kind", "back_minor", "cause"))
    mirror = f"offline:{receipt.payment.reference}:collected:reversed"
    assert papers == [("paid", 0, mirror.removesuffix(":reversed")), ("reversed", 3600, mirror)]
    assert checks.books() == []
    assert AuditRecord.objects.filter(action="offline.reversed", by=str(STAFF)).count() == 1
    with pytest.raises(ReversedBefore):
        offline.reverse(receipt, reason="again", by=STAFF)


def test_no_provider_is_asked_to_give_it_back():
    payment = Payment.objects.get(order_key=entered().order_key)

    with pytest.raises(payments.NotThroughAProvider):
        payments.refund(payment, payment.amount, by=STAFF, reason="asked")


def test_treasurers_enter_list_and_reverse_and_editors_do_not(newsroom):
    treasurer = Desk("Treasurers")

    assert Desk("Editors").get("/desk/offline/enter/").status_code == 302
    assert Desk("Editors").get("/desk/offline/").status_code == 302
    said = treasurer.post("/desk/offline/enter/", TYPED, follow=True)
    assert "£25.00 entered for ada@example.org: the receipt is on its way" in sentences_in(said)
    again = sentences_in(treasurer.post("/desk/offline/enter/", TYPED | {"email": "bea@example.org"}))
    assert "was entered on 9 March 2026 already" in again
    assert 'value="bea@example.org"' in again  # what was typed is kept
    wrong = sentences_in(treasurer.post("/desk/offline/enter/", TYPED | {"amount": "ten", "bank_reference": "FT9"}))
    assert "This is not an amount" in wrong
    listed = sentences_in(treasurer.get("/desk/offline/"))
    assert "FT 2026-0309 OBI" in listed
    assert "Reverse it" in listed
    assert "FT 2026-0309 OBI" in treasurer.get("/desk/offline/?export=csv").getvalue().decode()
    pk = OfflineReceipt.objects.get().pk
    assert "Reverse this entry?" in sentences_in(treasurer.get(f"/desk/offline/{pk}/reverse/"))
    treasurer.post(f"/desk/offline/{pk}/reverse/", {"reason": "typed twice"})
    assert OfflineReceipt.objects.get().reason == "typed twice"
