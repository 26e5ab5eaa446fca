"""What giving has of one person, read once for their page: four queries, however long the history."""

from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from django.db.models import Case, F, IntegerField, OuterRef, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from masthead.giving import notices
from masthead.giving.models import OPEN, Gift, Instalment, Pledge
from masthead.giving.states import State
from masthead.money import orders
from masthead.money.amounts import Money
from masthead.money.models import Notice, Payment, Refund
from masthead.money.states import PaymentState
from masthead.readers.care.people import Person
from masthead.readers.care.register import File

PAYMENTS_A_PAGE = 12
MOST_PLEDGES = 50
MOST_INSTALMENTS = 60


@dataclass(frozen=True)
class Given:
    """Everything, with what belongs together put together."""

    pledges: list[Pledge]
    gifts: list[Gift]
    instalments: list[Instalment]
    payments: list[Payment]
    notices: dict[str, Notice]

    @cached_property
    def orders(self) -> list[str]:
        """What the keys of their payments begin with."""
        return orders_of(self.pledges, self.gifts)

    @cached_property
    def by_reference(self) -> dict[str, Pledge | Gift]:
        """Pledges and gifts by their reference."""
        return {row.reference: row for row in chain[Pledge | Gift](self.pledges, self.gifts)}

    def failing(self, pledge: Pledge) -> Instalment | None:
        """The instalment that made it overdue; as Pledge.failing, without a query."""
        mine = (row for row in self.instalments if row.pledge_id == pledge.pk and row.failed_on and row.state in OPEN)
        return max(mine, key=lambda row: row.number, default=None)

    def payment(self, reference: str) -> Payment | None:
        """One of the payments that were read."""
        return next((row for row in self.payments if row.reference == reference), None)


def orders_of(pledges: list[Pledge], gifts: list[Gift]) -> list[str]:
    """What the keys of their payments begin with."""
    return [*(f"pledge:{pledge.reference}" for pledge in pledges), *(gift.order_key for gift in gifts)]


def pledges_of(person: Person) -> list[Pledge]:
    """Theirs, the newest first, those that live before those that ended."""
    rows = Pledge.objects.filter(person.owns()).select_related("mandate")
    ended_last = Case(When(state=State.ENDED, then=1), default=0, output_field=IntegerField())
    return list(rows.order_by(ended_last, "-created_at")[:MOST_PLEDGES])


def gifts_of(person: Person) -> list[Gift]:
    """Theirs, the newest first."""
    return list(Gift.objects.filter(person.owns()).order_by("-created_at")[:MOST_PLEDGES])


def load(file: File) -> Given:
    """Read it all."""
    pledges, gifts = pledges_of(file.person), gifts_of(file.person)
    living = [pledge for pledge in pledges if pledge.live]
    instalments = _instalments(living)
    for row in instalments:
        row.pledge = next(pledge for pledge in living if pledge.pk == row.pledge_id)
    failing = [row.payment_reference for row in instalments if row.failed_on]
    payments = _payments(orders_of(pledges, gifts), failing, file.page)
    return Given(pledges, gifts, instalments, payments, _told_of(living, instalments))


def _instalments(living: list[Pledge]) -> list[Instalment]:
    """What is open of the living pledges, and their newest ones."""
    if not living:
        return []
    open_first = Case(When(state__in=OPEN, then=0), default=1, output_field=IntegerField())
    return list(Instalment.objects.filter(pledge__in=living).order_by(open_first, "-number")[:MOST_INSTALMENTS])


def _payments(named: list[str], failing: list[str], page: int) -> list[Payment]:
    """A page of payments, those that fail now first, then the newest; with what was asked back of each. And one more,
    if there is one."""
    if not named:
        return []
    refunds = Refund.objects.filter(payment=OuterRef("pk"))
    asked = refunds.filter(failed_at=None).order_by().values("payment").annotate(sum=Sum("amount_minor")).values("sum")
    last = refunds.order_by("-pk")
    rows = Payment.objects.filter(orders.under(named)).select_related("mandate", "notice")
    rows = rows.annotate(
        is_failing=Case(When(reference__in=failing, then=0), default=1, output_field=IntegerField()),
        asked_back=Coalesce(Subquery(asked), Value(0)),
        refund_made_at=Subquery(last.values("made_at")[:1]),
        refund_failed_at=Subquery(last.values("failed_at")[:1]),
        refund_failure=Subquery(last.values("failure")[:1]),
    )
    return list(rows.order_by("is_failing", F("pk").desc())[(page - 1) * PAYMENTS_A_PAGE : page * PAYMENTS_A_PAGE + 1])


def _told_of(living: list[Pledge], instalments: list[Instalment]) -> dict[str, Notice]:
    """The newest notice of each collection and try to come, by its order key."""
    keys = [key_of_next(pledge, instalments) for pledge in living]
    keys += [notices.key_of_next_try(row) for row in instalments if row.failed_on and row.state in OPEN]
    if not keys:
        return {}
    return {notice.order_key: notice for notice in Notice.objects.filter(order_key__in=keys).order_by("pk")}


def key_of_next(pledge: Pledge, instalments: list[Instalment]) -> str:
    """As notices.key_of_next, without a query."""
    newest = max((row.number for row in instalments if row.pledge_id == pledge.pk), default=0)
    return Instalment(pledge=pledge, number=newest + 1).order_key


def left_of(payment: Payment) -> Money:
    """What can still be given back of it."""
    if payment.state != PaymentState.COLLECTED:
        return Money(0, payment.currency)
    return Money(payment.amount_minor - payment.asked_back, payment.currency)  # type: ignore[attr-defined]
