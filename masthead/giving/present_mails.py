"""What the giver and the receiver of a present are told by mail: written in the transaction, sent after its commit."""

from datetime import date
from typing import Any

from masthead.core import mail
from masthead.money.models import Payment

from . import promises
from .mails import ask_to_confirm
from .models import Present
from .previews import day

LINKS = "present-link:"
"""How the keys of those mails begin that hold a link: they are forgotten soon (see tasks)."""


def what_it_is(present: Present) -> str:
    """On pay pages, statements and receipts."""
    return f"A present: membership for {present.get_months_display()}"


def thanks(present: Present, payment: Payment) -> None:
    """Thanks and receipt, and what happens next."""
    _tell_giver("present_thanks", present, key="thanks", is_promise=payment.collected_at is None)
    ask_to_confirm(present)


def here(present: Present, link: str) -> None:
    """To whom it is for: from whom, what it is, how to get it."""
    facts = _facts(present) | {"link": link, "promises": _promised(present)}
    mail.queue(
        "giving/present_here", present.receiver_email, facts, key=f"{LINKS}{present.reference}:{present.links_made}"
    )


def claimed(present: Present, *, paused_until: date | None) -> None:
    """To both: until when the one has it, and that it has arrived."""
    _tell_receiver(
        "present_claimed", present, key="claimed", paused_until=day(paused_until), promises=_promised(present)
    )
    _tell_giver("present_arrived", present, key="arrived")


def unclaimed(present: Present) -> None:
    """To the giver: nobody has claimed it yet, and until when somebody can."""
    _tell_giver("present_unclaimed", present, key="unclaimed")


def ends(present: Present) -> None:
    """To the receiver, before the end."""
    _tell_receiver("present_ends", present, key="ends")


def given_back(present: Present) -> None:
    """To the giver: the link is void, and the money goes back; to who has it already, that it has ended."""
    _tell_giver("present_given_back", present, key="given-back")
    _tell_receiver("present_stopped", present, key="stopped")


def not_paid(present: Present) -> None:
    """To the giver, and to who has it already: a bank took its promise, or the money, back."""
    _tell_giver("present_not_paid", present, key=f"not-paid:{present.state}")
    _tell_receiver("present_stopped", present, key=f"stopped:{present.state}")


def _promised(present: Present) -> list[str]:
    level = promises.level_of(present.a_month, "month")
    return [promise.name for promise in level.promises] if level else []


def _tell_giver(template: str, present: Present, *, key: str, **facts: Any) -> None:
    if present.email:
        mail.queue(
            f"giving/{template}", present.email, _facts(present) | facts, key=f"present:{present.reference}:{key}"
        )


def _tell_receiver(template: str, present: Present, *, key: str, **facts: Any) -> None:
    if present.receiver is not None and present.receiver.email:
        to = present.receiver.email
        mail.queue(f"giving/{template}", to, _facts(present) | facts, key=f"present:{present.reference}:{key}")


def _facts(present: Present) -> dict[str, Any]:
    return {
        "present": present,
        "amount": str(present.amount),
        "length": present.get_months_display(),
        "deliver_on": day(present.deliver_on),
        "claim_until": day(present.claim_until),
        "ends_on": day(present.ends_on),
    }
