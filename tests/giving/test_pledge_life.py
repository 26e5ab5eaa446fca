"""Whatever happens to a pledge: it moves as the table says, and the grants agree with it."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from masthead.core import clock
from masthead.core.actors import Actor
from masthead.core.models import Message
from masthead.core.refusals import Refusal
from masthead.giving import collecting, outcomes, pledges, schedule
from masthead.giving.models import PAID, Instalment, Interval, Pledge
from masthead.giving.states import MOVES, Cause, State
from masthead.membership import grants
from masthead.membership.models import Grant
from masthead.money.amounts import Money
from masthead.money.models import Mandate, Payment
from masthead.readers import accounts, devices

READER = Actor("reader", "1")
FLOOR = 300
DAYS = st.integers(min_value=1, max_value=45)
FACTS = st.sampled_from(["promised_at", "collected_at", "failed_at", "returned_at", "refunded", "approval_asked_at"])


class PledgeLife(RuleBasedStateMachine):
    """Days pass, facts arrive in any order and twice, the reader changes their mind; no bank is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.offset = clock.offset()
        device, _ = devices.open_device()
        today = clock.today()
        self.mandate = Mandate.objects.create(
            provider="made-up", provider_ref="m1", order_key="x", method="card", hint="card", made_at=clock.now()
        )
        self.pledge = Pledge.objects.create(
            amount_minor=500,
            currency="GBP",
            interval="month",
            anchor_day=today.day,
            email="ada@example.org",
            device=device,
            mandate=self.mandate,
        )
        Instalment.objects.create(
            pledge=self.pledge,
            number=1,
            due_on=today,
            covers_until=schedule.after(today, "month", today.day),
            amount_minor=500,
            interval="month",
        )
        self._payment_of(self.pledge.instalments.get())

    def teardown(self) -> None:
        clock.move_to(self.offset)
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    @rule(days=DAYS)
    def days_pass(self, days: int) -> None:
        clock.move_to(clock.offset() + days * 86400)

    @rule()
    def clock_ticks(self) -> None:
        self.pledge.refresh_from_db()
        collecting.end_pause(self.pledge)
        for instalment in self.pledge.instalments.filter(try_again_on__lte=clock.today()):
            collecting.try_again(instalment)
        collecting.end_grace(self.pledge)
        collecting.collect_due(self.pledge)

    @rule(fact=FACTS, which=st.integers(min_value=0, max_value=20), times=st.integers(min_value=1, max_value=2))
    def word_arrives(self, fact: str, which: int, times: int) -> None:
        payments = list(Payment.objects.filter(order_key__startswith="pledge:").order_by("pk"))
        payment = payments[which % len(payments)]
        if fact == "refunded":
            if payment.collected_at is None:
                return
            payment.refunded_minor = payment.amount_minor
        elif getattr(payment, fact) is None:
            setattr(payment, fact, clock.now())
            if fact == "collected_at":
                payment.collected_on = clock.today()
        payment.save()
        for _ in range(times):
            outcomes.of_instalment(payment)

    @rule(months=st.integers(min_value=0, max_value=5))
    def reader_pauses(self, months: int) -> None:
        until = clock.add_months(self.pledge.next_on or clock.today(), months)
        with suppress(Refusal), transaction.atomic():
            pledges.pause(self.pledge, until=until, by=READER)

    @rule()
    def reader_resumes(self) -> None:
        with suppress(Refusal), transaction.atomic():
            pledges.resume(self.pledge, by=READER)

    @rule(minor=st.sampled_from([100, 299, 300, 1200, 10_000]), interval=st.sampled_from(list(Interval)))
    def reader_changes(self, minor: int, interval: Interval) -> None:
        with suppress(Refusal), transaction.atomic():
            pledges.change(self.pledge, amount=Money(minor, "GBP"), interval=interval, by=READER)

    @precondition(lambda self: self.pledge.reader_id is None)
    @rule()
    def address_is_confirmed(self) -> None:
        pledges.claim(self.pledge, reader=accounts.reader_for("ada@example.org"), by=READER)

    @rule(really=st.integers(min_value=0, max_value=4))
    def reader_ends(self, really: int) -> None:
        with suppress(Refusal), transaction.atomic():
            if really == 0:
                pledges.end(self.pledge, by=READER, cause=Cause.ASKED)

    @invariant()
    def moves_are_legal_and_in_a_chain(self) -> None:
        state = State.PENDING
        for move in self.pledge.moves.all():
            assert move.was == state
            assert move.now == move.was or move.now in MOVES[move.was]
            state = move.now
        self.pledge.refresh_from_db()
        assert self.pledge.state == state

    @invariant()
    def grants_agree(self) -> None:
        """An active or just-paid supporter reads without adverts, nobody else does; every holder alike."""
        pledge = self.pledge
        pledge.refresh_from_db()
        paid = pledge.last_paid
        has_paid_time = (
            paid is not None
            and _a_year(paid.amount_minor, paid.interval) >= FLOOR * 12
            and pledge.paid_until is not None
            and clock.start_of(pledge.paid_until) > clock.now()
        )
        lives = pledge.state in (State.ACTIVE, State.OVERDUE)
        grace = schedule.grace_of(pledge) if pledge.state == State.OVERDUE else None
        in_grace = grace is None or clock.start_of(grace) > clock.now()
        reaches = _a_year(pledge.amount_minor, pledge.interval) >= FLOOR * 12
        expected = has_paid_time or (lives and reaches and in_grace)
        for holder in ({"device": pledge.device}, {"reader": pledge.reader}):
            if all(holder.values()):
                assert grants.may("ad-free", **holder) == expected

    @invariant()
    def one_line_stands_for_each_holder_and_benefit(self) -> None:
        standing = Grant.objects.standing().values_list("reader", "device", "benefit", "reason_ref")
        assert len(standing) == len(set(standing))

    @invariant()
    def each_instalment_is_asked_for_once(self) -> None:
        rows = list(self.pledge.instalments.all())
        assert [row.number for row in rows] == list(range(1, len(rows) + 1))
        assert len({row.due_on for row in rows}) == len(rows)
        live_tries = Payment.objects.filter(order_key__in=[row.order_key for row in rows]).count()
        assert live_tries <= len(rows)

    @invariant()
    def nothing_is_due_after_the_end(self) -> None:
        if self.pledge.state == State.ENDED:
            assert self.pledge.next_on is None
            assert not self.pledge.instalments.filter(try_again_on__isnull=False).exists()
        if self.pledge.state == State.OVERDUE:
            assert self.pledge.failing is not None
        if self.pledge.state == State.ACTIVE:
            assert self.pledge.failing is None or self.pledge.failing.state in PAID

    @invariant()
    def nobody_was_charged_without_notice(self) -> None:
        collections = Payment.objects.filter(mandate__isnull=False).select_related("notice")
        for payment in collections:
            told = payment.notice
            assert told is not None
            assert (told.order_key, told.amount) == (payment.order_key, payment.amount)
            assert told.told_at <= told.not_before <= payment.created_at
            assert Message.objects.filter(key=told.told_by, queued_at__lte=payment.created_at).exists()

    def _payment_of(self, instalment: Instalment) -> None:
        Payment.objects.create(
            order_key=instalment.order_key,
            provider="made-up",
            amount_minor=instalment.amount_minor,
            currency="GBP",
            description="made up",
            income_account="income:membership",
        )


def _a_year(minor: int, interval: str) -> int:
    return minor * (12 if interval == "month" else 1)


PledgeLife.TestCase.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=timedelta(seconds=20), suppress_health_check=list(HealthCheck)
)


@pytest.mark.django_db
class TestPledgeLife(PledgeLife.TestCase):
    """Many made-up lives."""
