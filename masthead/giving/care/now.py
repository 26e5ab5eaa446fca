"""The answer at the top: what went wrong and why, and what happens next by itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from masthead.core import clock
from masthead.giving import notices, schedule, tasks
from masthead.giving.models import Gift, Instalment, InstalmentState, Pledge
from masthead.giving.previews import day
from masthead.giving.states import GiftState, State
from masthead.money import failures
from masthead.money.models import Mandate, Notice, Payment
from masthead.money.states import MandateState, PaymentState
from masthead.readers.care.register import Button, File, Planned

from . import reading
from .reading import Given

FRESH = timedelta(days=60)  # how long the end of a pledge, or a gift that failed, stands at the top


@dataclass(frozen=True)
class Concern:
    """One thing that went wrong: why and what they can do, in the words that they read too, and what we do."""

    title: str
    why: str
    step: str = ""
    then: str = ""
    buttons: list[Button] = field(default_factory=list)


def concerns(file: File) -> list[Concern]:
    """All of them, the most pressing first; none when all is well."""
    given: Given = file.once(reading.load)
    found = [*_overdue(file, given), *_refunds_that_failed(file, given), *_ended(given), *_gifts(given)]
    return found


def planned(file: File) -> list[Planned]:
    """What happens by itself to what they give."""
    given: Given = file.once(reading.load)
    every = [plan for pledge in given.pledges for plan in of_pledge(pledge, given)]
    return [*every, *_cards_that_end(given), *_under_way(given)]


def of_pledge(pledge: Pledge, given: Given) -> Iterator[Planned]:
    """What happens to one pledge, the next thing first."""
    failing = given.failing(pledge)
    if pledge.state == State.ACTIVE and pledge.next_on:
        yield _collection(pledge, given, f"{pledge.amount} is collected{_from(pledge)}.")
    elif pledge.state == State.PAUSED and pledge.next_on:
        yield _collection(pledge, given, f"The pause is over, and {pledge.amount} is collected{_from(pledge)}.")
    elif pledge.state == State.OVERDUE and failing:
        yield from _while_overdue(pledge, failing, given)
    elif pledge.state == State.PENDING:
        last = clock.day_of(pledge.created_at + tasks.NEVER_PAID_AFTER)
        yield Planned(last, f"If its first payment has not come by then, pledge {pledge.reference} ends by itself.")
    elif pledge.has_paid_time:
        yield Planned(pledge.paid_until, f"What pledge {pledge.reference} has paid for ends.")


def _collection(pledge: Pledge, given: Given, says: str) -> Planned:
    notice = given.notices.get(reading.key_of_next(pledge, given.instalments))
    on = max(pledge.next_on or clock.today(), clock.today())
    if notice is None or notice.amount != pledge.amount:
        return Planned(on, says, told="They are told of it before.")
    return Planned(max(on, notice.day), says, told=_told(notice))


def _while_overdue(pledge: Pledge, failing: Instalment, given: Given) -> Iterator[Planned]:
    if failing.state == InstalmentState.ASKED:
        yield Planned(None, f"The bank was asked for {failing.amount} again, and its answer is awaited.")
    elif failing.state == InstalmentState.WAITING:
        yield Planned(None, f"{failing.amount} waits for their approval: the link is in the mail that they got.")
    elif failing.try_again_on:
        notice = given.notices.get(notices.key_of_next_try(failing))
        told = _told(notice) if notice and notice.amount == pledge.amount else "They are told of it before."
        on = max(failing.try_again_on, clock.today())
        yield Planned(on, f"{pledge.amount} is tried again{_from(pledge)}.", told=told)
    else:
        yield Planned(None, "It is not tried again by itself: another card or account is asked for.")
    if failing.grace_until is None:
        return
    remind_on = failing.grace_until - schedule.REMIND_BEFORE
    if failing.reminded_on is None and failing.try_again_on is None and failing.state != InstalmentState.ASKED:
        yield Planned(max(remind_on, clock.today()), "They are reminded once more.")
    yield Planned(
        failing.grace_until, f"The grace ends: unless it is paid, pledge {pledge.reference} ends, and its benefits too."
    )


def _cards_that_end(given: Given) -> Iterator[Planned]:
    mandates: dict[int, tuple[Mandate, Pledge]] = {}
    for pledge in given.pledges:
        if pledge.live and pledge.mandate and pledge.mandate.expires_on and pledge.mandate.state == MandateState.ACTIVE:
            mandates.setdefault(pledge.mandate.pk, (pledge.mandate, pledge))
    for mandate, pledge in mandates.values():
        ends = mandate.expires_on or clock.today()
        if pledge.told_of_card_until == ends:
            yield Planned(ends, f"The {mandate.hint} ends.", told="They were told, and asked for another one.")
        elif ends >= clock.today():
            tell_on = max(ends - tasks.EXPIRY_TOLD_BEFORE, clock.today())
            yield Planned(tell_on, f"They are told that the {mandate.hint} ends on {day(ends)}.")


def _under_way(given: Given) -> Iterator[Planned]:
    for payment in given.payments:
        if payment.state == PaymentState.PROMISED:
            yield Planned(None, f"{payment.amount} is promised by the bank, and arrives in a few days.")
        if _refund_is_under_way(payment):
            yield Planned(None, f"A refund on {payment.reference} is under way at the provider.")


def _refund_is_under_way(payment: Payment) -> bool:
    return bool(payment.asked_back and not payment.refund_made_at and not payment.refund_failed_at)  # type: ignore[attr-defined]


# --- what went wrong -------------------------------------------------------------------------------------


def _overdue(file: File, given: Given) -> Iterator[Concern]:
    for pledge in given.pledges:
        failing = given.failing(pledge) if pledge.state == State.OVERDUE else None
        if failing is None:
            continue
        payment = given.payment(failing.payment_reference)
        code = payment.why if payment else "no_mandate"
        can_move = failing.state == InstalmentState.FAILED and pledge.mandate is not None
        yield Concern(
            title=f"{failing.amount}, due on {day(failing.due_on)}, did not come through",
            why=failures.sentence(code),
            step=failures.step(code),
            then=failures.then(code),
            buttons=file.buttons(
                ("not-paid-again", pledge.reference),
                *([("move-date", pledge.reference)] if can_move else []),
                ("extend-grace", pledge.reference),
            ),
        )


def _refunds_that_failed(file: File, given: Given) -> Iterator[Concern]:
    for payment in given.payments:
        if payment.refund_failed_at:  # type: ignore[attr-defined]
            yield Concern(
                title=f"A refund on {payment.amount} of {day(payment.collected_on)} did not go through",
                why=failures.refund_sentence(payment.refund_failure),  # type: ignore[attr-defined]
                then="nothing by itself: refund it once more, or in another way",
                buttons=file.buttons(("refund", payment.reference)),
            )


def _ended(given: Given) -> Iterator[Concern]:
    """A pledge that ended of late, and whose last payment had failed or was claimed back."""
    since = clock.now() - FRESH
    for pledge in given.pledges:
        if pledge.state != State.ENDED or pledge.ended_at is None or pledge.ended_at < since:
            continue
        last = next((row for row in given.payments if _is_of(row, pledge)), None)
        if last is None or last.state not in (PaymentState.FAILED, PaymentState.RETURNED, PaymentState.NEEDS_APPROVAL):
            continue
        was_claimed = last.state == PaymentState.RETURNED
        yield Concern(
            title=f"{pledge.amount} {pledge.get_interval_display()} has ended, on {day(clock.day_of(pledge.ended_at))}",
            why="They claimed the payment back through their bank." if was_claimed else failures.sentence(last.why),
            then="nothing more is collected; they can begin anew whenever they like",
        )


def _gifts(given: Given) -> Iterator[Concern]:
    since = clock.now() - FRESH
    for gift in given.gifts:
        last = next((row for row in given.payments if row.order_key == gift.order_key), None)
        if gift.state == GiftState.FAILED and last and last.created_at >= since:
            yield Concern(
                title=f"{gift.amount}, given once, did not come through",
                why=failures.sentence(last.why),
                then="nothing: they can give again whenever they like",
            )


def _is_of(payment: Payment, pledge: Pledge) -> bool:
    return payment.order_key.startswith(f"pledge:{pledge.reference}:")


def _told(notice: Notice) -> str:
    return f"Told on {day(clock.day_of(notice.told_at))}: {notice.get_kind_display()}."


def _from(pledge: Pledge) -> str:
    return f" from the {pledge.mandate.hint}" if pledge.mandate else ""


def what(order: Pledge | Gift | None) -> str:
    """What a payment was for."""
    if order is None:
        return ""
    return f"Pledge, {order.get_interval_display()}" if isinstance(order, Pledge) else "Gift, once"
