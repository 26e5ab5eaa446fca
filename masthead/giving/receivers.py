"""Heard from below, after the commit: what became of payments, and whose address was confirmed."""

from django.dispatch import receiver

from masthead.money import customers
from masthead.money.amounts import Money
from masthead.money.customers import Sale
from masthead.money.models import Payment, PaymentMove
from masthead.readers.models import Device, Reader
from masthead.readers.signals import address_confirmed

from . import gifts, means, outcomes, pledges, presents, promises
from .models import Gift, Instalment, Pledge, Present


def pledge_paid(payment: Payment, move: PaymentMove) -> None:
    """Something became of an instalment's payment."""
    outcomes.of_instalment(payment)


def gift_paid(payment: Payment, move: PaymentMove) -> None:
    """Something became of a gift's payment."""
    outcomes.of_gift(payment)


def present_paid(payment: Payment, move: PaymentMove) -> None:
    """Something became of a present's payment."""
    outcomes.of_present(payment)


def sold_with(order_key: str, amount: Money) -> Sale | None:
    """The part of an instalment that is a sale, by what its pledge's level says on the day on which it is asked for."""
    _, reference, number = order_key.split(":")[:3]
    instalment = Instalment.objects.filter(pledge__reference=reference, number=int(number)).first()
    return promises.sale_of(amount, instalment.interval) if instalment else None


def sold_with_present(order_key: str, amount: Money) -> Sale | None:
    """The same of a present: what each of its months would be as support, as often as it has months."""
    present = Present.objects.filter(reference=order_key.split(":")[1]).first()
    a_month = promises.sale_of(Money(amount.minor // present.months, amount.currency), "month") if present else None
    return Sale(a_month.amount * present.months, a_month.vat_hundredths) if present and a_month else None


customers.register("pledge:", income="income:membership", on_payment=pledge_paid, sale_of=sold_with)
customers.register(means.PREFIX, income="income:membership", on_mandate=means.given)
customers.register("gift:", income="income:gifts", on_payment=gift_paid)
customers.register("present:", income="income:membership", on_payment=present_paid, sale_of=sold_with_present)


@receiver(address_confirmed)
def join_the_account(reader: Reader, device: Device | None = None, **_: object) -> None:
    """What was promised and given under the address that is proved now belongs to its account."""
    for pledge in Pledge.objects.filter(email=reader.email, reader__isnull=True):
        pledges.claim(pledge, reader=reader, by=reader.actor)
    for gift in Gift.objects.filter(email=reader.email, reader__isnull=True):
        gifts.claim(gift, reader=reader, by=reader.actor)
    for present in Present.objects.filter(email=reader.email, reader__isnull=True):
        presents.join(present, reader=reader)
