"""The verbs of a gift: start, correct its address, join it to a reader."""

from django.db import transaction

from masthead.core import audit
from masthead.core.actors import Actor
from masthead.money import checkouts, providers
from masthead.money.amounts import Money
from masthead.money.defences import Visitor
from masthead.money.models import Checkout
from masthead.readers import addresses
from masthead.readers.models import Device, Reader

from . import fees, mails, remarks, terms
from .models import Gift
from .origins import NOWHERE, Origin
from .pledges import THANKS
from .refusals import AlreadyConfirmed
from .remarks import NOTHING, Said
from .states import note_gift

audit.register("gift.started", "{by} began gift {subject}")
audit.register("gift.readdressed", "{by} corrected the address of gift {subject}")
audit.register("gift.claimed", "gift {subject} joined an account")


def start(
    *, amount: Money, email: str, device: Device | None, reader: Reader | None, by: Actor, origin: Origin = NOWHERE,
    provider: str = "", cover_fee: bool = False, said: Said = NOTHING, visitor: Visitor | None = None,
) -> Checkout:  # fmt: skip
    """Give `amount` once; with `cover_fee` so much more is paid that it arrives whole. Returns where it is paid.

    See `pledges.start` for what it raises.
    """
    terms.taken(amount.currency)
    terms.check_new(amount)
    way = providers.choose(provider, amount.currency, keeps_mandate=False)
    given, amount = amount, fees.covering(amount, fees.rate_of(way, amount.currency)) if cover_fee else amount
    with transaction.atomic():
        gift = Gift.objects.create(
            amount_minor=amount.minor,
            fee_minor=(amount - given).minor,
            currency=amount.currency,
            email=addresses.normalise(email),
            device=device,
            reader=reader,
            **origin.fields,
        )
        remarks.keep(gift, said)
        audit.record("gift.started", gift, by=by)
    return checkouts.begin(
        order_key=gift.order_key,
        amount=amount,
        keeps_mandate=False,
        email=gift.email,
        description=mails.what_it_is(gift),
        return_to=THANKS,
        provider=provider,
        visitor=visitor,
    )


def correct_address(gift: Gift, *, email: str, by: Actor) -> None:
    """Send to another address, which was mistyped. Raises BadAddress, AlreadyConfirmed."""
    address = addresses.checked(email)
    with transaction.atomic():
        gift = Gift.objects.locked(gift.pk)
        if gift.reader_id is not None:
            raise AlreadyConfirmed
        gift.email = address
        gift.save(update_fields=["email"])
        audit.record("gift.readdressed", gift, by=by)
        mails.ask_to_confirm(gift)


def claim(gift: Gift, *, reader: Reader, by: Actor) -> None:
    """Join it to the account whose address was confirmed. Twice changes nothing."""
    with transaction.atomic():
        gift = Gift.objects.locked(gift.pk)
        if gift.reader_id is not None:
            return
        gift.reader = reader
        note_gift(gift)
        audit.record("gift.claimed", gift, by=by)
