"""Card testing: what is counted, what is held, when the least amount rises; and that honest readers get through."""

import json
from datetime import timedelta

import pytest

from masthead.core import config, limits
from masthead.core.actors import Actor
from masthead.core.models import AuditRecord, Hit, Message
from masthead.money import checkouts, defences, holds, methods, payments, providers
from masthead.money.defences import Visitor
from masthead.money.models import Alert, Attempt, Checkout, Hold, MethodOff
from masthead.money.states import CheckoutState, HeldBecause, HoldState, PaymentState
from masthead.press.models import Change
from masthead.readers import accounts, privacy
from tests.stripe_server import cards
from tests.worlds.desk import Desk
from tests.worlds.money import GBP, Bank, Shop, collect, just_past_the_hour
from tests.worlds.stripe import Till

STAFF = Actor.staff(7)
TIGHT = {
    "money.begun-by-address": "6/15 minutes",
    "money.held-above-by-address": "3/hour",
    "money.held-above-by-network": "5/hour",
    "money.held-above-by-email": "2/hour",
    "money.tried-with-card": "2/day",
}


@pytest.fixture
def tight(monkeypatch):
    """Limits that a test reaches soon, set as a newsroom would; it is a minute past the hour, when windows begin."""
    just_past_the_hour()
    monkeypatch.setenv("MASTHEAD_LIMITS", json.dumps(TIGHT))
    config.load.cache_clear()
    yield
    monkeypatch.undo()
    config.load.cache_clear()


def visitor(last: int = 7, *, known: bool = False) -> Visitor:
    """Somebody in the network 192.0.2.0/24."""
    return Visitor(f"192.0.2.{last}", "192.0.2.0/24", known)


def begin(shop: Shop, number: int, who: Visitor | None = None, **words: str) -> Checkout:
    """One more visit, for an e-mail address of its own."""
    who, email = who or visitor(), words.pop("email", f"reader{number}@example.org")
    defences.admit(who, email)
    return shop.begin(GBP("5.00"), order=str(number), visitor=who, email=email)


def held(shop: Shop) -> Hold:
    """A payment that is held: one too many that were begun at one address and not paid."""
    for number in range(4):
        checkout = begin(shop, number)
    return Hold.objects.get(checkout=checkout)


def test_an_office_behind_one_line_that_pays_is_never_held_nor_locked_out(bank: Bank, shop: Shop, tight):
    for number in range(7):
        checkout = begin(shop, number)
        bank.pay(checkout)
        checkouts.ask(checkout.reference)

    assert Hold.objects.count() == 0
    assert set(Checkout.objects.values_list("state", flat=True)) == {"collected"}
    assert Attempt.objects.filter(given_back_at=None).count() == 0


def test_beyond_the_softer_limit_it_is_held_beyond_the_harder_one_refused_for_a_quarter_of_an_hour(
    clock, bank, shop, tight
):
    begun = [begin(shop, number) for number in range(6)]

    with pytest.raises(limits.TooMany, match=r"wait (\d|1[0-5]) minutes"):
        begin(shop, 6)
    assert [bool(checkout.pay_url) for checkout in begun] == [True] * 3 + [False] * 3
    assert set(Hold.objects.values_list("because", flat=True)) == {HeldBecause.ADDRESS}
    clock.forward(minutes=15)
    assert begin(shop, 7).is_held


def test_a_network_and_an_address_are_counted_apart(bank, shop, tight):
    begun = [begin(shop, number, visitor(number % 3)) for number in range(6)]

    assert [checkout.is_held for checkout in begun[:5]] == [False] * 5
    assert begun[5].hold.because == HeldBecause.NETWORK


def test_one_e_mail_address_from_everywhere_is_counted(bank, shop, tight):
    begun = [begin(shop, n, Visitor(f"198.51.{n}.1", f"198.51.{n}.0/24"), email="ada@example.org") for n in range(3)]

    assert [checkout.is_held for checkout in begun] == [False] * 2 + [True]


def test_nobody_can_read_from_what_is_kept_who_it_was(bank, shop):
    begin(shop, 1)

    kept = f"{list(Attempt.objects.values())} {list(Hit.objects.values())}"
    assert Attempt.objects.get().address_key == limits.hashed("192.0.2.7")
    assert [clear for clear in ("192.0.2", "reader1", "example.org") if clear in kept] == []


def test_what_is_held_is_released_paid_and_told_of(bank, shop, tight):
    hold = held(shop)
    checkout = hold.checkout
    waiting = Message.objects.filter(to=checkout.email).get()

    with pytest.raises(checkouts.NotWaiting):
        checkouts.go_on(checkout.reference)
    holds.release(hold, by=STAFF)
    letter = Message.objects.filter(to=checkout.email).latest("pk")
    gone_on = checkouts.go_on(checkout.reference)
    bank.pay(gone_on)

    assert "takes a little longer" in waiting.subject
    assert f"/pay/{checkout.reference}/" in letter.text
    assert checkouts.ask(checkout.reference).state == CheckoutState.COLLECTED
    assert AuditRecord.objects.get(action="money.hold_released").by == "staff:7"
    with pytest.raises(holds.DecidedBefore):
        holds.refuse(hold, by=STAFF, reason="too late")


def test_what_is_refused_is_over_and_its_address_forgotten(bank, shop, tight):
    hold = held(shop)
    to = hold.checkout.email

    with pytest.raises(holds.NeedsReason):
        holds.refuse(hold, by=STAFF, reason="  ")
    holds.refuse(hold, by=STAFF, reason="four in a row")

    hold.refresh_from_db()
    checkout = Checkout.objects.get(pk=hold.checkout_id)
    assert (hold.state, hold.reason, checkout.email) == (HoldState.REFUSED, "four in a row", "")
    assert (checkout.state, checkout.payment.state) == (CheckoutState.ABANDONED, PaymentState.ABANDONED)
    assert "could not take" in Message.objects.filter(to=to).latest("pk").subject
    assert "in a row" not in str(AuditRecord.objects.get(action="money.hold_refused").facts)


def test_nobody_waits_longer_than_a_week_and_hashes_go_after_a_month(clock, bank, shop, tight):
    hold = held(shop)

    clock.forward(days=7, minutes=1)
    holds.let_run_out()
    hold.refresh_from_db()
    clock.forward(days=24)
    defences.forget_attempts()

    assert (hold.state, hold.decided_by) == (HoldState.REFUSED, "system:clock")
    assert Attempt.objects.count() == 0


def test_an_erased_account_waits_for_nothing(bank, shop, tight):
    hold = held(shop)
    reader = accounts.reader_for(hold.checkout.email)

    told = privacy.HOLDINGS["money"].export(reader)
    privacy.HOLDINGS["money"].erase(reader)

    hold.refresh_from_db()
    assert [one["reference"] for one in told["held_payments"]] == [hold.checkout.payment.reference]
    assert (hold.state, Checkout.objects.filter(email=reader.email).count()) == (HoldState.REFUSED, 0)


def test_who_has_paid_here_before_is_not_held(bank, shop, tight):
    for number in range(4):
        begin(shop, number)

    assert not begin(shop, 4, visitor(known=True)).is_held


def test_after_three_declined_cards_the_next_payment_is_looked_at(bank, shop):
    just_past_the_hour()
    for number in range(3):
        checkout = begin(shop, number)
        bank.pay(checkout, "empty")
        checkouts.ask(checkout.reference)

    assert begin(shop, 4).hold.because == HeldBecause.DECLINED
    assert not begin(shop, 5, visitor(8)).is_held


def test_a_card_that_many_have_tried_is_known_again_without_its_number(till: Till, shop: Shop, tight):
    for number in range(3):
        checkout = begin(shop, number, Visitor(f"198.51.{number}.1", f"198.51.{number}.0/24"))
        till.pay(checkout, cards.DECLINED)
        checkouts.ask(checkout.reference)

    again = begin(shop, 5, Visitor("198.51.2.1", "198.51.2.0/24"))
    elsewhere = begin(shop, 6, Visitor("203.0.113.1", "203.0.113.0/24"))

    assert again.hold.because == HeldBecause.CARD
    assert not elsewhere.is_held
    assert len(set(Attempt.objects.exclude(card_key="").values_list("card_key", flat=True))) == 1


# --- The least amount ------------------------------------------------------------------------------------------


def first_payments(shop: Shop, *, declined: int, paid: int) -> None:
    """That many ended lately, without a visit to the bank for each."""
    shop.begin(GBP("5.00"), order="one")
    pattern = Checkout.objects.get()
    for number in range(declined + paid):
        payment = pattern.payment
        payment.pk, payment.reference, payment.order_key = None, f"P{number}", f"test:made:{number}"
        payment.notice = None
        payment.save(force_insert=True)
        made = Checkout(payment=payment, keeps_mandate=True, return_path="/", pay_url="there")
        made.state = CheckoutState.OPEN if number < declined else CheckoutState.COLLECTED
        made.declined_at = made.created_at if number < declined else None
        made.save()


def test_the_least_amount_rises_when_most_are_declined_and_falls_by_itself(clock, bank, shop):
    first_payments(shop, declined=9, paid=9)
    defences.watch()
    quiet = defences.is_raised()
    for number in range(3):
        checkout = shop.begin(GBP("5.00"), order=f"more{number}")
        bank.pay(checkout, "empty")
        checkouts.ask(checkout.reference)
    changes = Change.objects.count()

    defences.watch()

    assert (quiet, defences.is_raised(), defences.lately()) == (False, True, (21, 12))
    assert [change.parts for change in Change.objects.order_by("pk")[changes:]] == [[defences.PART]]
    clock.forward(minutes=10)
    defences.watch()
    assert defences.alert_now().until - clock.now() > timedelta(minutes=14)
    clock.forward(minutes=61)
    assert not defences.is_raised()
    defences.watch()
    assert Alert.objects.get().ended_at == Alert.objects.get().until


def test_staff_can_raise_it_and_keep_it_down_for_a_day(clock, bank, shop):
    first_payments(shop, declined=30, paid=0)
    defences.force(is_raised=False, by=STAFF)
    defences.watch()
    kept_down = defences.is_raised()
    defences.force(is_raised=True, by=STAFF)
    raised = defences.is_raised()
    defences.let_go(by=STAFF)

    assert (kept_down, raised, defences.is_raised()) == (False, True, False)
    defences.watch()
    assert defences.is_raised()  # by itself again
    told = AuditRecord.objects.filter(action__startswith="money.least").order_by("pk")
    assert [row.action for row in told] == ["money.least_kept_down", "money.least_raised", "money.least_by_itself"]


# --- Switches --------------------------------------------------------------------------------------------------


def test_a_method_that_is_off_is_not_on_the_page_and_what_was_given_before_is_collected(till: Till, shop: Shop):
    mandate = till.mandate(shop)
    methods.switch_off("stripe", "card", by=STAFF)
    methods.switch_off("stripe", "card", by=STAFF)

    shop.begin(GBP("5.00"), order="later")
    later = collect(mandate, GBP("5.00"), "test:again")
    payments.send(later.pk)

    later.refresh_from_db()
    assert till.book.of_kind("checkout.session")[0]["excluded_payment_method_types"] == ["card"]
    assert later.state == PaymentState.COLLECTED
    assert MethodOff.objects.count() == AuditRecord.objects.filter(action="money.method_off").count() == 1
    methods.switch_on("stripe", "card", by=STAFF)
    shop.begin(GBP("5.00"), order="at last")
    assert till.book.of_kind("checkout.session")[0]["excluded_payment_method_types"] is None


def test_a_provider_with_nothing_left_is_offered_to_nobody(till: Till):
    for method in ("card", "link", "paypal", "bacs_debit"):
        methods.switch_off("stripe", method, by=STAFF)

    assert providers.for_checkouts("GBP", keeps_mandate=True) == []
    assert [one.name for one in providers.for_checkouts("EUR", keeps_mandate=True)] == ["stripe"]
    with pytest.raises(providers.NotThisWay):
        providers.choose("stripe", "GBP", keeps_mandate=False)


# --- Settings, and the desk ------------------------------------------------------------------------------------


def test_the_settings_say_other_limits_and_a_slip_of_the_pen_stops_the_start(monkeypatch):
    monkeypatch.setenv(
        "MASTHEAD_LIMITS", '{"money.begun-by-address": "40/15 minutes", "money.begun-by-adress": "1/day"}'
    )
    config.load.cache_clear()
    try:
        assert limits.in_force(defences.BEGUN_BY_ADDRESS) == limits.Limit(40, 900)
        assert [error.msg for error in limits.limits_are_known()] == [
            "limits: 'money.begun-by-adress' is the name of no limit"
        ]
        monkeypatch.setenv("MASTHEAD_LIMITS", '{"money.begun-by-address": "often"}')
        config.load.cache_clear()
        with pytest.raises(config.BadConfig, match="'often' is no limit: write how often in which time"):
            config.load()
    finally:
        monkeypatch.undo()
        config.load.cache_clear()


def test_the_desk_shows_how_it_stands_and_decides(bank, shop, tight):
    hold = held(shop)
    desk, editor = Desk("Supporter care"), Desk("Editors")

    page = desk.get("/desk/money/defences/").content.decode()
    queue = desk.get("/desk/hold/?state=waiting").content.decode()
    asked = desk.get(f"/desk/money/held/{hold.pk}/").content.decode()
    refused = desk.post(f"/desk/money/held/{hold.pk}/", {"reason": ""})
    released = desk.post(f"/desk/money/held/{hold.pk}/", {"release": "1"})

    assert "1 payment waits to be looked at" in page
    assert "money.begun-by-address" in page
    assert hold.checkout.payment.reference in queue
    assert "3 other payments were begun" in asked
    assert (refused.status_code, released.status_code) == (422, 302)
    hold.refresh_from_db()
    assert hold.state == HoldState.RELEASED
    assert desk.get("/desk/attempt/").status_code == 200
    closed = ("/desk/money/defences/", "/desk/hold/", "/desk/attempt/", f"/desk/money/held/{hold.pk}/")
    assert [editor.get(path).status_code for path in closed] == [302] * 4


def test_the_desk_switches_and_raises_and_a_get_does_neither(bank):
    desk = Desk("Treasurers")

    looked = [desk.get(path).status_code for path in ("/desk/money/defences/least/", "/desk/money/ways/practice/all/")]
    desk.post("/desk/money/ways/practice/all/", {"is": "off"})
    desk.post("/desk/money/defences/least/", {"least": "raised"})

    assert looked == [405, 405]
    assert MethodOff.objects.get().by == str(desk.person.actor)
    assert defences.is_raised()
    assert desk.post("/desk/money/ways/practice/none/", {"is": "off"}).status_code == 404
    page = desk.get("/desk/money/defences/").content.decode()
    assert "Raised since" in page
    assert "Let it go by itself" in page
