"""What somebody at the desk enters that came by bank transfer, as a cheque or in cash, for whoever gave it.

It is a gift as any other: the same thanks, receipt, grants and lines in the books. A mistake is reversed, not edited.
"""

from datetime import date, datetime, time

from django.db import transaction

from masthead.core import audit, clock
from masthead.core.actors import Actor
from masthead.money import offline
from masthead.money.amounts import Money
from masthead.money.models import OfflineReceipt
from masthead.money.states import OfflineMethod
from masthead.readers import accounts, addresses

from . import mails, presents, terms
from .held import held_until
from .models import Gift
from .refusals import NeedsAddress, NoPresents, TooLittleForMonths

audit.register("gift.entered", "{by} entered gift {subject}, received without a provider")


def enter(
    *, amount: Money, method: OfflineMethod, bank_reference: str, received_on: date, by: Actor, email: str = "",
    months: int = 0,
) -> Gift:  # fmt: skip
    """Note a gift, or a membership of `months`, received on a day; the account at `email` is made where there is none.

    Without an address it is nobody's, and no receipt goes out. Raises OtherCurrency, BadAddress, NeedsAddress,
    TooLittleForMonths, and what money.offline.check raises; then nothing is entered.
    """
    terms.taken(amount.currency)
    offline.check(method=method, bank_reference=bank_reference, received_on=received_on)
    if months:
        _check_months(months, amount, email)
    with transaction.atomic():
        reader = accounts.reader_for(addresses.checked(email), by=by) if email else None
        begins = max(clock.today(), held_until(reader) or clock.today()) if reader else clock.today()
        gift = Gift.objects.create(
            amount_minor=amount.minor,
            currency=amount.currency,
            email=reader.email or "" if reader else "",
            reader=reader,
            months=months,
            covers_until=clock.add_months(begins, months) if months else None,
            given_at=datetime.combine(received_on, time(12), tzinfo=clock.zone()),
        )
        audit.record("gift.entered", gift, by=by)
        offline.receive(
            gift.order_key,
            amount,
            method=method,
            bank_reference=bank_reference,
            received_on=received_on,
            description=mails.what_it_is(gift),
            by=by,
        )
    return gift


def reverse(receipt: OfflineReceipt, *, reason: str, by: Actor) -> None:
    """Take an entry back; what it granted ends. See money.offline.reverse."""
    offline.reverse(receipt, reason=reason, by=by)


def _check_months(months: int, amount: Money, email: str) -> None:
    level = presents.level(amount.currency)
    if not email:
        raise NeedsAddress
    if level is None:
        raise NoPresents
    if amount < (least := level.floor * months):
        length = f"{months} month{'s' * (months > 1)}"
        raise TooLittleForMonths(length=length, least=str(least))
