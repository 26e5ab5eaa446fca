"""Whatever a giver changes, and whenever: each period is paid once, as it was told, and what is paid for is had."""

import math
from contextlib import suppress
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from masthead.core import clock
from masthead.core.actors import Actor
from masthead.core.refusals import Refusal
from masthead.giving import collecting, means, notices, pledges, refunds, schedule
from masthead.giving.models import OPEN, PAID, Instalment, InstalmentState, Interval, Pledge
from masthead.giving.states import State
from masthead.membership import grants
from masthead.money import facts, moves
from masthead.money.amounts import Money
from masthead.money.models import Mandate, Payment, PaymentMove
from masthead.money.providers.base import PaymentFacts
from masthead.readers import devices

READER = Actor("reader", "1")
AMOUNTS = st.sampled_from([3600, 5000, 7777, 12_000, 100_001])  # of a month or a year: each goes without adverts
BEGINNINGS = st.sampled_from(
    [date(2026, 1, 31), date(2028, 2, 29), date(2026, 3, 28), date(2026, 10, 24), date(2026, 12, 31), date(2027, 4, 30)]
)  # ends of months, the leap day, days before the clocks change
HOURS = st.sampled_from([(0, 5), (12, 0), (23, 55)])
WAITS = timedelta(days=8)  # a letter of a week, and the day itself
BRIDGE = timedelta(days=14)


class Changes(RuleBasedStateMachine):
    """A giver who can't make up their mind, a bank that answers in its own time, and the clock's rules between."""

    @initialize(first=BEGINNINGS, hour=HOURS, minor=AMOUNTS, interval=st.sampled_from(list(Interval)))
    def begins(self, first: date, hour: tuple[int, int], minor: int, interval: Interval) -> None:
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.offset, self.zone = clock.offset(), clock.zone()
        clock.live_in("America/New_York")
        self.hour, self.bank = hour, "pays"
        self.go_to(first)
        self.mandates = {method: self.mandate(method) for method in ("card", "debit")}
        device, _ = devices.open_device()
        self.pledge = Pledge.objects.create(
            amount_minor=minor, currency="GBP", interval=interval, anchor_day=first.day, email="ada@example.org",
            device=device, mandate=self.mandates["card"],
        )  # fmt: skip
        self.anchor, self.resumed_on = first.day, first
        until = schedule.after(first, interval, first.day)
        row = Instalment.objects.create(
            pledge=self.pledge, number=1, due_on=first, covers_until=until, amount_minor=minor, interval=interval
        )
        self.payment = Payment.objects.create(
            order_key=row.order_key, provider="made-up", amount_minor=minor, currency="GBP",
            income_account="income:membership",
        )  # fmt: skip
        self.tell(self.payment, collected_at=clock.now())

    def teardown(self) -> None:
        if hasattr(self, "outer"):
            clock.move_to(self.offset)
            clock.live_in(str(self.zone))
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    def mandate(self, method: str) -> Mandate:
        return Mandate.objects.create(
            provider="made-up", provider_ref=method, order_key="x", method=method, hint=method, made_at=clock.now()
        )

    # --- what happens --------------------------------------------------------------------------------------------

    @rule(days=st.integers(min_value=1, max_value=40))
    def days_pass(self, days: int) -> None:
        """Only the days on which something is to be done are lived through."""
        until = clock.today() + timedelta(days=days)
        self.ticks()
        while clock.today() < until:
            self.go_to(min(self.next_busy_day(), until))
            self.ticks()

    @rule(bank=st.sampled_from(["pays", "pays", "pays", "says no", "is silent", "wants approval"]))
    def bank_changes(self, bank: str) -> None:
        self.bank = bank
        self.answers()

    @rule(minor=AMOUNTS)
    def changes_amount(self, minor: int) -> None:
        self.asks(lambda: pledges.change_amount(self.pledge, amount=Money(minor, "GBP"), by=READER))

    @rule(minor=AMOUNTS, interval=st.sampled_from(list(Interval)))
    def changes_interval(self, minor: int, interval: Interval) -> None:
        self.asks(lambda: self.change_to(interval, minor))

    @rule(day=st.sampled_from([1, 5, 13, 20, 28, 29, 30, 31]))
    def moves_date(self, day: int) -> None:
        if self.asks(lambda: pledges.move_date(self.pledge, day=day, by=READER)):
            self.anchor = day

    @rule(method=st.sampled_from(["card", "debit"]))
    def gives_another(self, method: str) -> None:
        self.mandates[method] = Mandate.objects.create(
            provider="made-up",
            provider_ref=f"{method} {Mandate.objects.count()}",
            order_key=f"{means.PREFIX}x",
            hint=method,
            method=method,
            made_at=clock.now(),
        )
        means._pay_with(self.mandates[method], Pledge.objects.locked(self.pledge.pk))

    @rule(months=st.integers(min_value=1, max_value=3))
    def pauses(self, months: int) -> None:
        until = clock.add_months(self.pledge.next_on or clock.today(), months, anchor=self.pledge.anchor_day)
        self.asks(lambda: pledges.pause(self.pledge, until=until, by=READER))

    @rule()
    def resumes(self) -> None:
        if self.asks(lambda: pledges.resume(self.pledge, by=READER)):
            self.resumed_on = clock.today()
            if self.pledge.next_on == clock.today():
                self.anchor = clock.today().day

    @rule(really=st.integers(min_value=0, max_value=6), with_refund=st.booleans())
    def ends(self, really: int, with_refund: bool) -> None:
        if really == 0:
            verb = pledges.end_with_refund if with_refund else pledges.end
            self.asks(lambda: verb(self.pledge, by=READER))

    # --- what stays true -----------------------------------------------------------------------------------------

    @invariant()
    def no_period_is_paid_twice(self) -> None:
        periods = sorted((row.due_on, row.covers_until) for row in self.paid_for())
        for (_, until), (since, _) in pairwise(periods):
            assert until <= since

    @invariant()
    def each_collection_is_as_it_was_told(self) -> None:
        for payment in Payment.objects.filter(mandate__isnull=False).select_related("notice", "mandate"):
            told, day = payment.notice, clock.day_of(payment.created_at)
            assert (told.amount, told.method) == (payment.amount, payment.mandate.method)
            assert told.day <= day <= told.day + notices.LATE_BY

    @invariant()
    def nothing_is_asked_for_at_an_old_amount(self) -> None:
        asked = Payment.objects.open_to_withdrawal()
        assert {payment.amount for payment in asked} <= {self.pledge.amount}

    @invariant()
    def the_day_is_kept(self) -> None:
        if self.pledge.live:
            assert self.pledge.anchor_day == self.anchor
            assert self.pledge.next_on == clock.add_months(self.pledge.next_on, 0, anchor=self.anchor)

    @invariant()
    def no_more_goes_back_than_was_paid(self) -> None:
        for payment in Payment.objects.filter(refunds__isnull=False).distinct():
            assert payment.collected_at is not None
            assert sum(refund.amount_minor for refund in payment.refunds.all()) <= payment.amount_minor

    @invariant()
    def no_paid_day_is_lost(self) -> None:
        today = clock.today()
        if any(row.due_on <= today < row.covers_until for row in self.paid_for() if not row.give_back_minor):
            assert self.may()

    @invariant()
    def nothing_outlasts_what_is_paid_and_its_grace(self) -> None:
        if self.may():
            assert clock.today() < self.latest_day()

    def latest_day(self) -> date:
        """Until when benefits may last at most."""
        pledge, days = self.pledge, [row.covers_until for row in self.paid_for() if not row.give_back_minor]
        if pledge.state == State.ACTIVE and pledge.rests_from is None:
            covered = max([*days, self.resumed_on, *(row.covers_until for row in self.asked())])
            assert pledge.next_on <= covered + BRIDGE
            days.append(max(pledge.next_on, self.newest_day()) + WAITS)
        elif pledge.state == State.ACTIVE:
            days.append(pledge.rests_from)
        if pledge.state in (State.ACTIVE, State.OVERDUE):
            days += [(row.grace_until or row.due_on) + WAITS for row in self.asked()]
        return max(days, default=date.min)

    # --- the means -----------------------------------------------------------------------------------------------

    def change_to(self, interval: Interval, minor: int) -> None:
        pledges.change_interval(self.pledge, interval=interval, amount=Money(minor, "GBP"), by=READER)

    def paid_for(self) -> list[Instalment]:
        return list(self.pledge.instalments.filter(state__in=PAID))

    def asked(self) -> list[Instalment]:
        return list(self.pledge.instalments.filter(state__in=OPEN))

    def newest_day(self) -> date:
        notice = notices.of_next(self.pledge)
        return notice.day if notice else date.min

    def may(self) -> bool:
        return grants.may("ad-free", device=self.pledge.device)

    def asks(self, verb) -> bool:
        """Whether it was done and not refused."""
        done = False
        with suppress(Refusal), transaction.atomic():
            verb()
            done = True
        moves.tell()
        self.pledge.refresh_from_db()
        return done

    def go_to(self, day: date) -> None:
        moment = datetime(day.year, day.month, day.day, *self.hour, tzinfo=clock.zone())
        clock.move_to(clock.offset() + math.ceil((moment - clock.now()).total_seconds()))

    def next_busy_day(self) -> date:
        self.pledge.refresh_from_db()
        today, pledge = clock.today(), self.pledge
        days = [pledge.paused_until, pledge.next_on, self.newest_day()]
        days += [day for row in self.asked() for day in (row.try_again_on, row.grace_until)]
        days += [pledge.next_on - timedelta(days=n) for n in (14, 3) if pledge.next_on]
        days += [today + timedelta(days=1)] * (not pledge.next_on or pledge.next_on <= today)
        days += [today + timedelta(days=3)] * Payment.objects.filter(state="promised").exists()
        return min((day for day in days if day and day > today), default=today + timedelta(days=30))

    def ticks(self) -> None:
        """The clock's rules, as tasks.py has them."""
        pledge = self.pledge
        if pledge.pk in notices.lacking(clock.today()):
            collecting.announce(pledge)
        collecting.end_pause(pledge)
        for row in pledge.instalments.filter(try_again_on__lte=clock.today()):
            collecting.try_again(row)
        collecting.end_grace(pledge)
        collecting.collect_due(pledge)
        self.answers()

    def answers(self) -> None:
        """What the bank has to say by now: a card at once, a debit promised first."""
        open_still = Payment.objects.filter(mandate__isnull=False, state__in=("created", "needs_approval"))
        for payment in open_still.select_related("mandate"):
            if self.bank == "says no":
                self.tell(payment, failed_at=clock.now(), failure="no_money")
            elif self.bank == "wants approval" and payment.state == "created":
                self.tell(payment, approval_asked_at=clock.now(), approval_url="https://bank.example/")
            elif self.bank == "pays":
                known = "promised_at" if payment.mandate.method == "debit" else "collected_at"
                self.tell(payment, **{known: clock.now()})
        for payment in Payment.objects.filter(state="promised", promised_at__lte=clock.now() - timedelta(days=2)):
            self.tell(payment, collected_at=clock.now())
        self.pledge.refresh_from_db()

    def tell(self, payment: Payment, **known) -> None:
        facts.learn("made-up", [PaymentFacts(payment.reference, payment.reference, payment.amount, **known)])
        moves.tell()
        assert not PaymentMove.objects.filter(told_at=None).exists()
        self.pledge.refresh_from_db()


Changes.TestCase.settings = settings(
    max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.django_db
class TestChanges(Changes.TestCase):
    """Many made-up givers."""


@given(
    minor=st.integers(min_value=1, max_value=10**7),
    currency=st.sampled_from(["GBP", "JPY", "EUR"]),
    due=st.dates(date(2026, 1, 1), date(2032, 12, 31)),
    interval=st.sampled_from(list(Interval)),
    passed=st.integers(min_value=0, max_value=400),
)
def test_the_unused_part_is_whole_minor_units_and_shrinks_day_by_day(minor, currency, due, interval, passed):
    pledge = Pledge(currency=currency, amount_minor=minor)
    until = schedule.after(due, interval, due.day)
    row = Instalment(pledge=pledge, due_on=due, covers_until=until, amount_minor=minor, state=InstalmentState.COLLECTED)

    backs = [refunds.unused(row, due + timedelta(days=day)) for day in (0, passed, passed + 1, (until - due).days)]

    assert backs[0] == Money(minor, currency)
    assert backs[0] >= backs[1] >= backs[2]
    assert backs[3] == Money(0, currency)


@given(st.dates(date(2024, 1, 1), date(2033, 1, 1)), st.integers(1, 31), st.sampled_from(list(Interval)))
def test_a_day_of_the_month_comes_back_after_shorter_months(begun, anchor, interval):
    day = schedule.on_or_after(begun, anchor)
    for _ in range(14):
        following = schedule.after(day, interval, anchor)
        assert following == clock.add_months(following, 0, anchor=anchor)
        assert 28 <= (following - day).days <= (31 if interval == Interval.MONTH else 366)
        day = following
