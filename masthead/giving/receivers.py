"""Heard from below, after the commit: what became of payments, and whose address was confirmed."""

from django.dispatch import receiver

from masthead.money import customers
from masthead.money.models import Payment, PaymentMove
from masthead.readers.models import Device, Reader
from masthead.readers.signals import address_confirmed

from . import gifts, means, outcomes, pledges, presents
from .models import Gift, Pledge, Present


def pledge_paid(payment: Payment, move: PaymentMove) -> None:
    """Something became of an instalment's payment."""
    outcomes.of_instalment(payment)


def gift_paid(payment: Payment, move: PaymentMove) -> None:
    """Something became of a gift's payment."""
    outcomes.of_gift(payment)


def present_paid(payment: Payment, move: PaymentMove) -> None:
    """Something became of a present's payment."""
    outcomes.of_present(payment)


customers.register("pledge:", income="income:membership", on_payment=pledge_paid)
customers.register(means.PREFIX, income="income:membership", on_mandate=means.given)
customers.register("gift:", income="income:gifts", on_payment=gift_paid)
customers.register("present:", income="income:membership", on_payment=present_paid)


@receiver(address_confirmed)
def join_the_account(reader: Reader, device: Device | None = None, **_: object) -> None:
    """What was promised and given under the address that is proved now belongs to its account."""
    for pledge in Pledge.objects.filter(email=reader.email, reader__isnull=True):
        pledges.claim(pledge, reader=reader, by=reader.actor)
    for gift in Gift.objects.filter(email=reader.email, reader__isnull=True):
        gifts.claim(gift, reader=reader, by=reader.actor)
    for present in Present.objects.filter(email=reader.email, reader__isnull=True):
        presents.join(present, reader=reader)
