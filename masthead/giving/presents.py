"""The verbs of a present: buy it for somebody, deliver it, send it again, give it back, claim it.

Whoever holds its link may claim it, once. The link is in the mail, or on the page that the giver prints, and nowhere
else: of it a hash is kept, and each new one voids the one before.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from masthead.core import audit, clock, limits
from masthead.core.actors import Actor
from masthead.money import checkouts, payments, providers
from masthead.money.amounts import Money
from masthead.money.defences import Visitor
from masthead.money.models import Checkout, Payment
from masthead.money.states import PaymentState
from masthead.readers import addresses
from masthead.readers.devices import hash_of
from masthead.readers.models import Device, Reader

from . import pledges, present_mails, previews, promises, schedule, terms
from .held import held_until
from .models import Months, Pledge, Present
from .promises import Level
from .refusals import (
    NoPresents,
    NoSuchLink,
    NotADayToDeliver,
    PresentClaimed,
    PresentNotYours,
    PresentOver,
    PresentTakenBack,
    TooLateToRefund,
)
from .states import PresentState, State, move_present

THANKS = "/presents/thanks/{reference}/"
CLAIM_FOR = timedelta(days=365)  # from the day on which it is delivered, or bought to be handed over
REFUND_FOR = timedelta(days=14)  # from the payment, while nobody has claimed it
DELIVER_WITHIN = timedelta(days=365)
DELIVERED_AT = time(9)  # by the newsroom's clock
TELL_GIVER_BEFORE = timedelta(days=30)  # it can't be claimed any more
TELL_RECEIVER_BEFORE = timedelta(days=7)  # it ends

GONE = (PresentState.PENDING, PresentState.FAILED, PresentState.TAKEN_BACK, PresentState.OVER)
NOTHING_WRITTEN = {"giver_name": "", "receiver_name": "", "receiver_email": "", "message": ""}
"""The columns of a present that somebody filled in, emptied."""

NEW_LINKS = limits.define("presents.new-links", times=10, per=86400)

audit.register("present.started", "{by} began to buy present {subject}")
audit.register("present.linked", "{by} had a new link made for present {subject}")
audit.register("present.claimed", "{by} claimed present {subject}, which lasts until {until}")
audit.register("present.given_back", "{by} gave present {subject} back")
audit.register("present.over", "nobody claimed present {subject} in time")


@dataclass(frozen=True)
class Offer:
    """So many months for so much."""

    months: Months
    price: Money


def level(currency: str) -> Level | None:
    """What is given: the lowest level in this currency that frees of adverts."""
    return next((level for level in promises.levels() if level.frees and level.floor.currency == currency), None)


def offers(currency: str) -> list[Offer]:
    """What may be bought, shortest first: the level's floor for each month. Nothing without a level in it."""
    given = level(currency)
    return [Offer(months, given.floor * months) for months in Months] if given else []


def start(
    *, months: int, currency: str, email: str, device: Device | None, reader: Reader | None, by: Actor,
    giver_name: str = "", receiver_name: str = "", receiver_email: str = "", message: str = "",
    deliver_on: date | None = None, provider: str = "", visitor: Visitor | None = None,
) -> Checkout:  # fmt: skip
    """Buy `months` of membership for another. With `deliver_on` we mail it to `receiver_email` on that day.

    Returns where it is paid; where `visitor` is told it may be held first. Raises NoPresents, NotADayToDeliver,
    BadAddress, NotThisWay; Trouble.
    """
    terms.taken(currency)
    price = next((offer.price for offer in offers(currency) if offer.months == months), None)
    if price is None:
        raise NoPresents
    if deliver_on is not None and not clock.today() <= deliver_on <= clock.today() + DELIVER_WITHIN:
        raise NotADayToDeliver(latest=previews.day(clock.today() + DELIVER_WITHIN))
    providers.choose(provider, currency, keeps_mandate=False)
    with transaction.atomic():
        present = Present.objects.create(
            months=months,
            amount_minor=price.minor,
            currency=currency,
            email=addresses.normalise(email),
            device=device,
            reader=reader,
            giver_name=giver_name,
            receiver_name=receiver_name,
            receiver_email=addresses.checked(receiver_email) if deliver_on else "",
            message=message,
            deliver_on=deliver_on,
        )
        audit.record("present.started", present, by=by)
    return checkouts.begin(
        order_key=present.order_key,
        amount=price,
        keeps_mandate=False,
        email=present.email,
        description=present_mails.what_it_is(present),
        return_to=THANKS,
        provider=provider,
        visitor=visitor,
    )


def bought(present: Present, payment: Payment) -> None:
    """It is paid or promised: from now on it can be delivered and claimed. Called with the present locked."""
    now = clock.now()
    was_claimed = present.claimed_at is not None
    is_new = present.bought_at is None
    present.bought_at = present.bought_at or now
    if present.claim_until is None:
        present.claim_until = max(present.deliver_on or clock.today(), clock.today()) + CLAIM_FOR
    move_present(present, to=PresentState.CLAIMED if was_claimed else PresentState.BOUGHT)
    if is_new:
        present_mails.thanks(present, payment)


def deliver(present: Present) -> None:
    """Mail it to whom it is for, once its moment has come: one mail, however often this is called."""
    with transaction.atomic():
        present = Present.objects.locked(present.pk)
        is_waiting = present.state == PresentState.BOUGHT and present.delivered_at is None and present.receiver_email
        if is_waiting and present.deliver_on is not None and moment_of(present.deliver_on) <= clock.now():
            present_mails.here(present, _new_link(present))


def moment_of(day: date) -> datetime:
    """When presents of a day are delivered: nine in the morning, by the newsroom's clock."""
    return datetime.combine(day, DELIVERED_AT, tzinfo=clock.zone())


def send_again(present: Present, *, email: str, by: Actor) -> None:
    """Mail it now, with a new link, to this address; the link before stops working.

    Raises BadAddress, PresentClaimed and its like, TooMany.
    """
    address = addresses.checked(email)
    limits.hit(NEW_LINKS, present.reference)
    with transaction.atomic():
        present = _locked_and_unclaimed(present)
        present.receiver_email, present.deliver_on = address, present.deliver_on or clock.today()
        present_mails.here(present, _new_link(present))
        audit.record("present.linked", present, by=by)


def make_link(present: Present, *, by: Actor) -> str:
    """A new link, for the giver to hand over: it is told here, and never again. The link before stops working.

    Raises PresentClaimed and its like, TooMany.
    """
    limits.hit(NEW_LINKS, present.reference)
    with transaction.atomic():
        present = _locked_and_unclaimed(present)
        address = _new_link(present)
        audit.record("present.linked", present, by=by)
    return address


def refund_until(present: Present) -> date | None:
    """The last day on which the giver may give it back; None when that is over, or somebody has claimed it."""
    if present.state != PresentState.BOUGHT or present.bought_at is None:
        return None
    last = clock.day_of(present.bought_at) + REFUND_FOR
    return last if clock.today() <= last else None


def give_back(present: Present, *, by: Actor) -> None:
    """The giver thinks better of it: the link is void at once, and the money goes back as soon as it is there.

    Raises PresentClaimed and its like, TooLateToRefund.
    """
    with transaction.atomic():
        present = _locked_and_unclaimed(present)
        if refund_until(present) is None:
            raise TooLateToRefund
        move_present(present, to=PresentState.TAKEN_BACK)
        audit.record("present.given_back", present, by=by)
        payment = Payment.objects.filter(reference=present.payment_reference).first()
        if payment is not None:
            refund_if_paid(payment)
        present_mails.given_back(present)


def refund_if_paid(payment: Payment) -> None:
    """Give the money of a present back that was given back, once it has come: whole, and once."""
    if payment.state == PaymentState.COLLECTED and not payment.refunds.exists():
        payments.refund(payment, payment.amount, by=Actor.system("presents"), reason="given back within 14 days")


def behind(token: str) -> Present:
    """The present that this link opens; looking changes nothing. Raises NoSuchLink, PresentClaimed and its like."""
    present = Present.objects.select_related("receiver").filter(link_hash=hash_of(token)).first() if token else None
    if present is None:
        raise NoSuchLink
    return _claimable(present)


def claim(token: str, *, reader: Reader, pause: bool = False, by: Actor) -> Present:
    """Make it this reader's, for good: its months begin when what they have is over. Of several at once one gets it.

    With `pause`, what they give every month or year is not collected meanwhile, for as long as a pause may last.
    Twice by the same reader changes nothing. Raises NoSuchLink, PresentClaimed and its like.
    """
    found = behind_or_own(token, reader)
    with transaction.atomic():
        present: Present = Present.objects.locked(found.pk)
        if present.link_hash != hash_of(token):
            raise NoSuchLink  # a new link was made in this very moment
        if present.state == PresentState.CLAIMED and present.receiver_id == reader.pk:
            return present
        _claimable(present)
        begins = max(clock.today(), held_until(reader) or clock.today())
        present.receiver, present.claimed_at = reader, clock.now()
        present.ends_on = clock.add_months(begins, present.months)
        present.receiver_email = ""  # it was needed for the delivery alone
        move_present(present, to=PresentState.CLAIMED)
        audit.record("present.claimed", present, by=by, until=present.ends_on)
        paused = [until for pledge in _to_pause(reader) if (until := _pause(pledge, present, by))] if pause else []
        present_mails.claimed(present, paused_until=min(paused, default=None))
    return present


def behind_or_own(token: str, reader: Reader | None) -> Present:
    """The same as `behind`, but whoever claimed it may open it again."""
    try:
        return behind(token)
    except PresentClaimed:
        mine = Present.objects.filter(link_hash=hash_of(token), receiver=reader)
        own: Present | None = mine.first() if reader else None
        if own is None:
            raise
        return own


def pause_offered(reader: Reader, present: Present) -> date | None:
    """Until when what the reader gives could be paused if they claim this; None where there is nothing to pause."""
    begins = max(clock.today(), held_until(reader) or clock.today())
    ends = clock.add_months(begins, present.months)
    return min((day for pledge in _to_pause(reader) if (day := _day_to_pause_until(pledge, ends))), default=None)


def join(present: Present, *, reader: Reader) -> None:
    """The giver's account, whose address was confirmed, has it from now on."""
    Present.objects.filter(pk=present.pk, reader=None).update(reader=reader)


def end_unclaimed(present: Present) -> None:
    """Nobody claimed it in time: it ends."""
    with transaction.atomic():
        present = Present.objects.locked(present.pk)
        if present.state == PresentState.BOUGHT and _is_over(present):
            move_present(present, to=PresentState.OVER)
            audit.record("present.over", present, by=Actor.system("clock"))


def tell_giver(present: Present) -> None:
    """A word to the giver, once, while there is time to send it again."""
    with transaction.atomic():
        present = Present.objects.locked(present.pk)
        if present.state == PresentState.BOUGHT and present.told_unclaimed_on is None:
            present.told_unclaimed_on = clock.today()
            present.save(update_fields=["told_unclaimed_on"])
            present_mails.unclaimed(present)


def tell_receiver(present: Present) -> None:
    """A word to the receiver, once, before the end; none to whom something else carries on."""
    with transaction.atomic():
        present = Present.objects.locked(present.pk)
        if present.state != PresentState.CLAIMED or present.told_of_end_on or present.receiver is None:
            return
        present.told_of_end_on = clock.today()
        present.save(update_fields=["told_of_end_on"])
        lasts = held_until(present.receiver)
        if not Pledge.objects.filter(reader=present.receiver, state=State.ACTIVE).exists() and lasts == present.ends_on:
            present_mails.ends(present)


# --- What the verbs call ---------------------------------------------------------------------------------


def _new_link(present: Present) -> str:
    token = secrets.token_urlsafe(24)
    present.link_hash, present.delivered_at = hash_of(token), clock.now()
    present.links_made += 1
    present.save()
    return settings.SITE_ADDRESS + reverse("present", args=[token])


def _locked_and_unclaimed(present: Present) -> Present:
    return _claimable(Present.objects.locked(present.pk))


def _claimable(present: Present) -> Present:
    """It, if it can be claimed now. Raises what stands in the way."""
    if present.state == PresentState.CLAIMED:
        raise PresentClaimed
    if present.state in (PresentState.TAKEN_BACK, PresentState.FAILED):
        raise PresentTakenBack
    if present.state == PresentState.OVER or _is_over(present):
        raise PresentOver
    if present.state != PresentState.BOUGHT:
        raise PresentNotYours
    return present


def _is_over(present: Present) -> bool:
    return present.claim_until is not None and present.claim_until < clock.today()


def _to_pause(reader: Reader) -> list[Pledge]:
    return list(Pledge.objects.filter(reader=reader, state=State.ACTIVE))


def _day_to_pause_until(pledge: Pledge, ends: date) -> date | None:
    """The last day that a pause may have before the present ends, so that nothing is missing between."""
    return max((day for day in schedule.days_to_pause_until(pledge) if day <= ends), default=None)


def _pause(pledge: Pledge, present: Present, by: Actor) -> date | None:
    until = _day_to_pause_until(pledge, present.ends_on) if present.ends_on else None
    if until is not None:
        pledges.pause(pledge, until=until, by=by)
    return until
