"""Givers, found by their address, what they gave, and what the provider calls it."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from masthead.core import clock
from masthead.core.prefixes import begins_with
from masthead.core.refusals import Refusal
from masthead.giving import terms
from masthead.giving.models import Gift, Pledge
from masthead.money.amounts import Money
from masthead.money.hints import LastFour
from masthead.money.models import Mandate, Payment, Refund
from masthead.readers import accounts, addresses
from masthead.readers.care import finding, people
from masthead.readers.care.finding import Hit, Wanted
from masthead.readers.care.people import Person

MOST_PAYMENTS_OF_A_MANDATE = 200


def person_of(order: Pledge | Gift) -> Person:
    """Who gives it: the account, or whoever has the address that nobody has confirmed."""
    if order.reader is not None:
        return people.of_reader(order.reader)
    kind = "pledge" if isinstance(order, Pledge) else "gift"
    return Person(f"{kind}-{order.reference}", None, order.email, order)


def _pledge(reference: str) -> Person | None:
    found = Pledge.objects.select_related("reader__merged_into").filter(reference=reference).first()
    return _account_or(found)


def _gift(reference: str) -> Person | None:
    found = Gift.objects.select_related("reader__merged_into").filter(reference=reference).first()
    return _account_or(found)


def _account_or(order: Pledge | Gift | None) -> Person | None:
    """Whoever gives it; what was given under the address of an account, and not confirmed, stands on its page."""
    if order is None:
        return None
    account = accounts.reader_at(order.email) if order.reader is None and order.email else None
    return people.of_reader(account) if account else person_of(order)


def _by_address(wanted: Wanted, most: int) -> Iterator[Hit]:
    """Those whose address is not confirmed; accounts find themselves."""
    if not wanted.is_reference or len(wanted.text) < finding.LEAST:
        return
    beginning = addresses.normalise(wanted.text)
    for model in (Pledge, Gift):
        rows = model._default_manager.filter(begins_with("email", beginning), reader=None).exclude(email="")
        for order in rows.order_by("email", "-pk")[:most]:
            yield _hit(order, "address, not confirmed")


def _by_reference(wanted: Wanted, most: int) -> Iterator[Hit]:
    """Our own references, as people read them out, and the provider's."""
    if not wanted.is_reference or len(wanted.text) < finding.LEAST:
        return
    ours = wanted.text.upper()
    if len(ours) == 8:
        ours = f"{ours[:4]}-{ours[4:]}"
    for model in (Pledge, Gift):
        for order in model._default_manager.select_related("reader__merged_into").filter(reference=ours[:9]):
            yield _hit(order, f"reference {order.reference}")
    refunds = Refund.objects.filter(Q(provider_ref=wanted.text) | Q(reference=wanted.text.upper())).values("payment")
    for rows, because in (
        (Payment.objects.filter(Q(reference=wanted.text.upper()) | Q(provider_ref=wanted.text)), "payment"),
        (Payment.objects.filter(pk__in=refunds), "refund"),
    ):
        yield from _of_payments(rows.order_by("-pk")[:most], because)
    mandates = Mandate.objects.filter(Q(reference=wanted.text.upper()) | Q(provider_ref=wanted.text))
    yield from _of_mandates(mandates[:most])


def _by_last_four(wanted: Wanted, most: int) -> Iterator[Hit]:
    if wanted.digits:
        rows = Mandate.objects.annotate(last_four=LastFour("hint")).filter(last_four=wanted.digits)
        yield from _of_mandates(rows.order_by("-pk")[:most])


def _by_amount_or_day(wanted: Wanted, most: int) -> Iterator[Hit]:
    """Payments of an amount, on a day, or both; the newest first."""
    if not wanted.amount and wanted.day is None:
        return
    rows = Payment.objects.all()
    if wanted.amount:
        try:
            amount = Money.parse(wanted.amount, terms.in_force().currency)
        except Refusal:
            return
        rows = rows.filter(amount_minor=amount.minor)
    if wanted.day is not None:
        begins, ends = clock.start_of(wanted.day), clock.start_of(wanted.day + timedelta(days=1))
        rows = rows.filter(Q(collected_on=wanted.day) | Q(created_at__gte=begins, created_at__lt=ends))
    yield from _of_payments(rows.order_by("-created_at")[:most], "payment")


def _of_mandates(mandates: "QuerySet[Mandate]") -> Iterator[Hit]:
    by_pk = {mandate.pk: mandate for mandate in mandates}
    rows = Pledge.objects.filter(mandate__in=list(by_pk)).select_related("reader__merged_into").order_by("-pk")
    for pledge in rows:
        yield _hit(pledge, by_pk[pledge.mandate_id].hint)
    paid = Payment.objects.filter(mandate__in=list(by_pk)).order_by("-pk")[:MOST_PAYMENTS_OF_A_MANDATE]
    yield from _of_payments(paid, "payment")


def _of_payments(payments: "Iterable[Payment]", because: str) -> Iterator[Hit]:
    """Whose payments these are: two queries for all of them."""
    rows = list(payments)
    named: dict[str, set[str]] = {"pledge": set(), "gift": set()}
    for payment in rows:
        kind, reference, *_ = payment.order_key.split(":")
        if kind in named:
            named[kind].add(reference)
    orders: dict[tuple[str, str], Pledge | Gift] = {}
    for kind, model in (("pledge", Pledge), ("gift", Gift)):
        if named[kind]:
            found = model._default_manager.filter(reference__in=named[kind]).select_related("reader__merged_into")
            orders |= {(kind, order.reference): order for order in found}
    for payment in rows:
        kind, reference, *_ = payment.order_key.split(":")
        if order := orders.get((kind, reference)):
            on = payment.collected_on or clock.day_of(payment.created_at)
            yield _hit(order, f"{because} of {payment.amount}", on=on)


def _hit(order: Pledge | Gift, because: str, on: date | None = None) -> Hit:
    person = person_of(order)
    return Hit(person.key, person.reader.name if person.reader else "", person.email, because, on)


people.register_kind("pledge", _pledge)
people.register_kind("gift", _gift)
finding.register(_by_last_four, order=5)
finding.register(_by_address, order=20)
finding.register(_by_reference, order=30)
finding.register(_by_amount_or_day, order=40)
