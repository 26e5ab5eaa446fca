"""Against those who try out stolen cards: how often a payment may be begun, what is looked at first, when the least
amount rises.

Two rules keep honest readers from being locked out with them. What was paid is not counted: a whole office may give in
one hour through one line. And beyond a softer limit a payment is held, not refused: somebody looks, and the reader gets
a link by mail. The harder limit, which asks to wait, waits for a quarter of an hour at most.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest

from masthead.core import audit, clock, config, limits
from masthead.core.actors import Actor
from masthead.core.jobs import every
from masthead.core.networks import network_of, wider_network_of
from masthead.money.models import Alert, Attempt, Checkout, Hold
from masthead.money.states import CheckoutState, HeldBecause
from masthead.press.changes import announce
from masthead.press.recording import changes_at, made_of

log = structlog.get_logger("masthead.money")

QUARTER, HOUR, DAY = 900, 3600, 86400  # seconds
BEGUN_BY_ADDRESS = limits.define("money.begun-by-address", times=30, per=QUARTER)
BEGUN_BY_NETWORK = limits.define("money.begun-by-network", times=120, per=QUARTER)
BEGUN_BY_EMAIL = limits.define("money.begun-by-email", times=12, per=QUARTER)
HELD_BY_ADDRESS = limits.define("money.held-above-by-address", times=10, per=HOUR)
HELD_BY_NETWORK = limits.define("money.held-above-by-network", times=40, per=HOUR)
HELD_BY_EMAIL = limits.define("money.held-above-by-email", times=5, per=HOUR)
DECLINED_BEFORE = limits.define("money.declined-by-visitor", times=3, per=HOUR)
TRIED_WITH_CARD = limits.define("money.tried-with-card", times=4, per=DAY)

HARD = {BEGUN_BY_ADDRESS: "address_key", BEGUN_BY_NETWORK: "network_key", BEGUN_BY_EMAIL: "email_key"}
SOFT = {
    HELD_BY_ADDRESS: ("address_key", HeldBecause.ADDRESS),
    HELD_BY_NETWORK: ("network_key", HeldBecause.NETWORK),
    HELD_BY_EMAIL: ("email_key", HeldBecause.EMAIL),
}
LOOKED_AT = timedelta(hours=1)  # of the past, for the share of declined first payments
RAISED_FOR = timedelta(minutes=15)  # after the last sign of an attack
FORCED_FOR = timedelta(hours=24)  # what staff say holds so long; then it goes by itself again
CARD_REMEMBERED, KEPT = timedelta(days=1), timedelta(days=30)
PART = "money:defences"  # of pages: those that say the least amount, or offer ways to pay

audit.register("money.least_raised", "{by} raised the least amount until {until}: {subject}")
audit.register("money.least_kept_down", "{by} kept the least amount down until {until}: {subject}")
audit.register("money.least_by_itself", "{by} let the least amount go by itself again")


@dataclass(frozen=True)
class Visitor:
    """Who begins a payment: address and network as they are, for counting alone. `is_known`: has paid here before."""

    address: str
    network: str
    is_known: bool = False

    @classmethod
    def of(cls, request: HttpRequest, *, is_known: bool = False) -> "Visitor":
        """Whoever sent `request`."""
        return cls(network_of(request), wider_network_of(request), is_known)

    def named(self, email: str) -> dict[str, str]:
        """What is counted, by the field of Attempt in which its hash is kept."""
        return {"address_key": self.address, "network_key": self.network, "email_key": email}


class Lately(NamedTuple):
    """First payments of the last hour that have ended, and how many of them were declined."""

    tried: int
    declined: int

    @property
    def share(self) -> int:
        """Percent, rounded down."""
        return 100 * self.declined // self.tried if self.tried else 0


class Near(NamedTuple):
    """What was begun near a payment, how much of it was paid, and how much declined."""

    begun: int
    paid: int
    declined: int


def admit(visitor: Visitor, email: str) -> None:
    """Count that somebody wants to begin a payment. Raises TooMany past a limit: nothing may be begun then."""
    named = visitor.named(email)
    for limit, name in HARD.items():
        limits.hit(limit, named[name])


def weigh(checkout: Checkout, visitor: Visitor) -> Hold | None:
    """Note who begins a visit, and hold it if it is worth a look. Called in the transaction that makes `checkout`."""
    named = visitor.named(checkout.email)
    attempt = Attempt.objects.create(checkout=checkout, **{name: limits.hashed(value) for name, value in named.items()})
    past = [because for limit, (name, because) in SOFT.items() if limits.is_past(limit, named[name])]
    if visitor.is_known:  # who has paid here before tries out no cards; the harder limits hold for all
        return None
    if not past and _was_declined_often(attempt):
        past = [HeldBecause.DECLINED]
    if not past and _has_used_a_tried_card(attempt):
        past = [HeldBecause.CARD]
    return Hold.objects.create(checkout=checkout, because=past[0]) if past else None


def paid(checkout: Checkout) -> None:
    """What was paid is counted no longer: an honest payment takes nobody's place."""
    attempt = Attempt.objects.filter(checkout=checkout, given_back_at=None).first()
    if attempt is None:
        return
    attempt.given_back_at = clock.now()
    attempt.save(update_fields=["given_back_at"])
    for limit, name in {**HARD, **{limit: name for limit, (name, _) in SOFT.items()}}.items():
        limits.give_back(limit, getattr(attempt, name), at=attempt.at)


def card_tried(checkout: Checkout, card: str) -> None:
    """Note the card that was tried in a visit, by what its provider calls it, and count it once a visit."""
    key = limits.hashed(card)
    noted = Attempt.objects.filter(checkout=checkout).exclude(card_key=key).update(card_key=key)
    if noted:
        limits.is_past(TRIED_WITH_CARD, card)


def near(checkout: Checkout) -> Near:
    """What else was begun at the same address, or for the same e-mail address, on the day before."""
    attempt = Attempt.objects.filter(checkout=checkout).first()
    if attempt is None:
        return Near(0, 0, 0)
    begun = Attempt.objects.filter(_near(attempt), at__range=(attempt.at - timedelta(days=1), attempt.at))
    begun = begun.exclude(pk=attempt.pk)
    return Near(
        begun.count(),
        begun.filter(given_back_at__isnull=False).count(),
        begun.filter(given_back_at=None, checkout__declined_at__isnull=False).count(),
    )


def _near(attempt: Attempt) -> Q:
    return Q(address_key=attempt.address_key) | Q(email_key=attempt.email_key)


def _was_declined_often(attempt: Attempt) -> bool:
    limit = limits.in_force(DECLINED_BEFORE)
    since = clock.now() - timedelta(seconds=limit.per)
    declined = Attempt.objects.filter(_near(attempt), at__gte=since, given_back_at=None)
    return declined.filter(checkout__declined_at__isnull=False).count() >= limit.times


def _has_used_a_tried_card(attempt: Attempt) -> bool:
    before = Attempt.objects.filter(_near(attempt), at__gte=clock.now() - CARD_REMEMBERED).exclude(card_key="")
    return any(limits.was_past(TRIED_WITH_CARD, key) for key in before.values_list("card_key", flat=True).distinct())


# --- The least amount, under attack --------------------------------------------------------------------------


def lately() -> Lately:
    """How first payments ended in the last hour."""
    ended = Q(state__in=(CheckoutState.COLLECTED, CheckoutState.PROMISED)) | Q(declined_at__isnull=False)
    declined = Q(declined_at__isnull=False) & ~Q(state__in=(CheckoutState.COLLECTED, CheckoutState.PROMISED))
    found = Checkout.objects.filter(ended, created_at__gte=clock.now() - LOOKED_AT).aggregate(
        tried=Count("pk"), declined=Count("pk", filter=declined)
    )
    return Lately(**found)


def alert_now() -> Alert | None:
    """What holds now for the least amount; None when nothing out of the ordinary does."""
    return Alert.objects.filter(ended_at=None, until__gt=clock.now()).first()


def is_raised() -> bool:
    """Whether the least amount is raised now. A page that says the least amount is made of this."""
    made_of(PART)
    alert = alert_now()
    if alert is not None:
        changes_at(alert.until)
    return alert is not None and alert.is_raised


def is_attack(figures: Lately) -> bool:
    """Whether so many first payments were declined that somebody must be trying cards."""
    settings = config.load()
    return figures.tried >= settings.attack_from and figures.share >= settings.attack_share


@every(minutes=1, queue="now")
def watch() -> None:
    """Raise the least amount while first payments are declined as under an attack; let it fall when that is over."""
    now, figures = clock.now(), lately()
    with transaction.atomic():
        for over in Alert.objects.filter(ended_at=None, until__lte=now):
            _end(over)
        alert = Alert.objects.select_for_update().filter(ended_at=None).first()
        if not is_attack(figures):
            return
        if alert is None:
            _begin(is_raised=True, by=Actor.system("clock"), until=now + RAISED_FOR, figures=figures)
            log.error("money.cards_are_tried", tried=figures.tried, declined=figures.declined)
        elif alert.by == str(Actor.system("clock")):
            alert.until, alert.tried, alert.declined = now + RAISED_FOR, figures.tried, figures.declined
            alert.save(update_fields=["until", "tried", "declined"])


def force(*, is_raised: bool, by: Actor) -> Alert:
    """Raise the least amount, or keep it down, for a day, whatever the figures say."""
    until = clock.now() + FORCED_FOR
    with transaction.atomic():
        _end_all()
        alert = _begin(is_raised=is_raised, by=by, until=until, figures=lately())
        action = "money.least_raised" if is_raised else "money.least_kept_down"
        audit.record(action, alert, by=by, until=until.isoformat(timespec="minutes"))
    return alert


def let_go(*, by: Actor) -> None:
    """Let the least amount go by itself again."""
    with transaction.atomic():
        if _end_all():
            audit.record("money.least_by_itself", "money.alert", by=by)


def _begin(*, is_raised: bool, by: Actor, until: datetime, figures: Lately) -> Alert:
    announce(PART)
    return Alert.objects.create(
        is_raised=is_raised, by=str(by), until=until, tried=figures.tried, declined=figures.declined
    )


def _end_all() -> bool:
    open_ones = list(Alert.objects.select_for_update().filter(ended_at=None))
    for alert in open_ones:
        _end(alert)
    return bool(open_ones)


def _end(alert: Alert) -> None:
    alert.ended_at = min(alert.until, clock.now())
    alert.save(update_fields=["ended_at"])
    announce(PART)


@every(hours=6)
def forget_attempts() -> None:
    """Delete who began payments, as hashes, after a month."""
    Attempt.objects.filter(at__lt=clock.now() - KEPT).delete()
