"""What a pledge and a gift can become: the tables of legal moves, and the only writers of `state`."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models

from masthead.core import clock
from masthead.core.actors import Actor

from .refusals import NotFromHere
from .signals import gift_moved, pledge_moved, present_moved

if TYPE_CHECKING:
    from .models import Gift, Move, Pledge, Present


class State(models.TextChoices):
    """Where a pledge stands."""

    PENDING = "pending", "waiting for the first payment"
    ACTIVE = "active", "active"
    OVERDUE = "overdue", "overdue"
    PAUSED = "paused", "paused"
    ENDED = "ended", "ended"


MOVES: dict[str, set[str]] = {
    State.PENDING: {State.ACTIVE, State.ENDED},
    State.ACTIVE: {State.OVERDUE, State.PAUSED, State.ENDED},
    State.OVERDUE: {State.ACTIVE, State.ENDED},
    State.PAUSED: {State.ACTIVE, State.ENDED},
    State.ENDED: set(),
}


class GiftState(models.TextChoices):
    """Where a gift stands."""

    PENDING = "pending", "waiting for the payment"
    GIVEN = "given", "given"
    FAILED = "failed", "not paid"
    TAKEN_BACK = "taken_back", "refunded or claimed back"


GIFT_MOVES: dict[str, set[str]] = {
    GiftState.PENDING: {GiftState.GIVEN, GiftState.FAILED},
    GiftState.GIVEN: {GiftState.FAILED, GiftState.TAKEN_BACK},
    GiftState.FAILED: {GiftState.GIVEN},  # a bank may change its mind after a page was closed
    GiftState.TAKEN_BACK: set(),
}


class PresentState(models.TextChoices):
    """Where a present stands."""

    PENDING = "pending", "waiting for the payment"
    BOUGHT = "bought", "waiting for whom it is for"
    CLAIMED = "claimed", "claimed"
    FAILED = "failed", "not paid"
    TAKEN_BACK = "taken_back", "refunded or claimed back"
    OVER = "over", "nobody claimed it"


PRESENT_MOVES: dict[str, set[str]] = {
    PresentState.PENDING: {PresentState.BOUGHT, PresentState.FAILED},
    PresentState.BOUGHT: {PresentState.CLAIMED, PresentState.FAILED, PresentState.TAKEN_BACK, PresentState.OVER},
    PresentState.CLAIMED: {PresentState.FAILED, PresentState.TAKEN_BACK},
    PresentState.FAILED: {PresentState.BOUGHT, PresentState.CLAIMED},  # a bank may change its mind
    PresentState.TAKEN_BACK: set(),
    PresentState.OVER: {PresentState.FAILED, PresentState.TAKEN_BACK},
}


class Cause(models.TextChoices):
    """Why a pledge moved, or why something about it changed."""

    PAID = "paid", "a payment arrived or was promised"
    NOT_PAID = "not_paid", "a payment failed"
    NEVER_PAID = "never_paid", "the first payment never came"
    TAKEN_BACK = "taken_back", "a payment was claimed back or refunded"
    ASKED = "asked", "asked for"
    PAUSE_OVER = "pause_over", "the pause was over"
    GRACE_OVER = "grace_over", "the grace was over"
    ERASED = "erased", "the account was erased"
    CLAIMED = "claimed", "its address was confirmed"
    TAKEN_OVER = "taken_over", "taken over from other software"
    MERGED = "merged", "two accounts were made one"


class Act(models.TextChoices):
    """What somebody changed about a pledge."""

    AMOUNT = "amount", "the amount"
    INTERVAL = "interval", "how often"
    DAY = "day", "the day of collection"
    MEANS = "means", "the card or account"
    PAUSE = "pause", "paused it"
    RESUME = "resume", "went on"
    END = "end", "ended it"
    REFUND = "refund", "ended it with a refund"


Standing = dict[str, str | int | None]


def standing(pledge: "Pledge") -> Standing:
    """What the giver agreed to and what follows, as it stands now; days as 2026-03-10, amounts in minor units."""
    days = {name: getattr(pledge, name) for name in ("next_on", "paid_until", "rests_from")}
    facts: Standing = {name: day.isoformat() if day else None for name, day in days.items()}
    facts |= {"amount_minor": pledge.amount_minor, "interval": str(pledge.interval), "anchor_day": pledge.anchor_day}
    return facts | {"mandate": pledge.mandate.reference if pledge.mandate else None}


def move(
    pledge: "Pledge", *, to: str, by: Actor, cause: str, paused_until: date | None = None, act: str = "",
    before: Standing | None = None,
) -> "Move":  # fmt: skip
    """Move a locked pledge, record who and why, tell the floor above. The only writer of `Pledge.state`.

    `act` and the `standing` that it had `before` are given for what somebody asked for.
    """
    if to not in MOVES[pledge.state]:
        raise NotFromHere(now=State(pledge.state).label)
    was, pledge.state, pledge.paused_until = pledge.state, to, paused_until
    pledge.keeps_while_paused = pledge.keeps_while_paused and to == State.PAUSED
    pledge.ended_at = clock.now() if to == State.ENDED else None
    pledge.save()
    return _tell(pledge, was=was, by=by, cause=cause, act=act, before=before)


def note(pledge: "Pledge", *, by: Actor, cause: str, act: str = "", before: Standing | None = None) -> "Move":
    """Record that something about a locked pledge changed while its state did not; tell the floor above."""
    pledge.save()
    return _tell(pledge, was=pledge.state, by=by, cause=cause, act=act, before=before)


def move_gift(gift: "Gift", *, to: str) -> None:
    """Move a locked gift and tell the floor above. The only writer of `Gift.state`."""
    if to not in GIFT_MOVES[gift.state]:
        raise NotFromHere(now=GiftState(gift.state).label)
    was, gift.state = gift.state, to
    gift.save()
    gift_moved.send(type(gift), gift=gift, was=was, now=to)


def note_gift(gift: "Gift") -> None:
    """Record that something about a locked gift changed while its state did not; tell the floor above."""
    gift.save()
    gift_moved.send(type(gift), gift=gift, was=gift.state, now=gift.state)


def move_present(present: "Present", *, to: str) -> None:
    """Move a locked present and tell the floor above. The only writer of `Present.state`."""
    if to not in PRESENT_MOVES[present.state]:
        raise NotFromHere(now=PresentState(present.state).label)
    was, present.state = present.state, to
    present.save()
    present_moved.send(type(present), present=present, was=was, now=to)


def _tell(pledge: "Pledge", *, was: str, by: Actor, cause: str, act: str, before: Standing | None) -> "Move":
    after = standing(pledge) if before else {}
    changed = {name: [value, after[name]] for name, value in (before or {}).items() if after[name] != value}
    facts = {"was": was, "now": pledge.state, "by": str(by), "cause": cause, "act": act, "changed": changed}
    moved: Move = pledge.moves.create(at=clock.now(), **facts)
    pledge_moved.send(type(pledge), pledge=pledge, move=moved)  # membership alone listens: no move without its grants
    return moved
