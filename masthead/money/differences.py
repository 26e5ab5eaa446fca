"""Where a provider's own books and ours do not agree: noted once, and resolved by one recorded act each."""

from datetime import date

from django.db import IntegrityError, transaction

from masthead.core import audit, clock
from masthead.core.actors import Actor
from masthead.core.refusals import Refusal
from masthead.money import ledger, matching
from masthead.money.amounts import Money
from masthead.money.ledger import Account, credit, debit
from masthead.money.models import Difference, Payment, ProviderLine, Transaction
from masthead.money.states import DifferenceKind, DifferenceState

EXPLAINED = "explained"
"""What stands in a provider's line in place of an entry of ours, once somebody has said why there is none."""

POSTABLE = frozenset(
    {
        DifferenceKind.NOT_WITH_US,
        DifferenceKind.NOT_THERE,
        DifferenceKind.OTHER_AMOUNT,
        DifferenceKind.OTHER_FEE,
        DifferenceKind.BALANCE,
    }
)
"""Kinds that an entry can put right."""

ACCOUNTS = {  # against which an entry that resolves a difference may be posted → how it is called at the desk
    Account.UNEXPLAINED: "Not explained yet",
    Account.FEES: "Fees of providers",
    Account.ADJUSTMENTS: "Other things of the provider's account",
    Account.MEMBERSHIP: "Income: regular support",
    Account.GIFTS: "Income: gifts",
    Account.REFUNDS: "Refunds",
    Account.RETURNED: "Claimed back through the bank",
    Account.BANK: "The bank account",
}
SHORTEST_REASON = 10  # letters: 'ok' explains nothing to whoever reads it in a year
ANSWERED = (DifferenceState.POSTED, DifferenceState.EXPLAINED)

audit.register("difference.posted", "{by} posted {minor} {currency} against {account} to resolve {subject}")
audit.register("difference.explained", "{by} explained {subject}")
audit.register("difference.fetched", "{by} had {subject} fetched again, and both sides agree")
audit.register("difference.opened_again", "{by} opened {subject} again")


class NotOpen(Refusal):
    for_people_text = "This difference is closed already. Nothing has been changed."


class NotClosedByUs(Refusal):
    for_people_text = "Only what was posted or explained can be opened again. Nothing has been changed."


class NothingToPost(Refusal):
    for_people_text = "No entry can put this right: explain it, please. Nothing has been changed."


class ReasonNeeded(Refusal):
    for_people_text = (
        "Say in a few words why, at least ten letters: somebody will read it in a year. Nothing has been changed."
    )


class NoSuchAccount(Refusal):
    for_people_text = "Choose one of the accounts in the list. Nothing has been changed."


def note(
    provider: str,
    kind: DifferenceKind,
    subject: str,
    *,
    theirs: Money | None,
    ours: Money | None,
    on: date,
    payment: str = "",
    detail: str = "",
) -> bool:
    """Keep a difference; the same is kept once, and not again after somebody has answered it. Whether it is new."""
    known = Difference.objects.filter(provider=provider, kind=kind, subject=subject)
    currency = (theirs or ours or Money(0, "XXX")).currency
    sides = {"theirs_minor": theirs.minor if theirs else None, "ours_minor": ours.minor if ours else None}
    if known.filter(state=DifferenceState.OPEN).update(**sides, detail=detail[:300], seen_at=clock.now()):
        return False
    if kind != DifferenceKind.BALANCE and known.filter(state__in=ANSWERED).exists():
        return False
    named = Payment.objects.filter(provider=provider, reference=payment).first() if payment else None
    row = {"currency": currency, "day": on, "payment": named, "detail": detail[:300], **sides}
    try:
        with transaction.atomic():
            Difference.objects.create(provider=provider, kind=kind, subject=subject, **row)
    except IntegrityError:  # another comparison has found it in this moment
        return False
    return True


def vanish(difference: Difference) -> None:
    """Close what is no difference any more."""
    _close(difference, DifferenceState.VANISHED, by=Actor.system("reconciliation"))


def is_over(difference: Difference) -> bool:
    """Whether both sides agree by now, as far as what was fetched tells."""
    lines = ProviderLine.objects.filter(provider=difference.provider)
    if difference.kind == DifferenceKind.NOT_WITH_US:
        return not lines.filter(provider_ref=difference.subject, entry="").exists()
    if difference.kind == DifferenceKind.NOT_THERE:
        unlisted = matching.unlisted(difference.provider, difference.day)
        return difference.subject not in {entry.key for entry in unlisted}
    return False


def fetched(difference: Difference, *, by: Actor) -> None:
    """Close what agrees since somebody had it fetched again. Raises NotOpen."""
    with transaction.atomic():
        _close(_open(difference), DifferenceState.FETCHED, by=by)
        audit.record("difference.fetched", difference, by=by)


def post(difference: Difference, *, account: str, reason: str, by: Actor) -> Transaction:
    """Post what is missing in our books, or take out what is too much, against `account`; dated today.

    Raises NotOpen, NothingToPost, NoSuchAccount, ReasonNeeded.
    """
    if account not in ACCOUNTS:
        raise NoSuchAccount
    _check(reason)
    with transaction.atomic():
        difference = _open(difference)
        if difference.kind not in POSTABLE or not difference.gap:
            raise NothingToPost
        owed = Account.owed_by(difference.provider)
        key = _next_key(difference)
        sides = [debit(owed, difference.gap), credit(account, difference.gap)]
        entry = ledger.post(key, on=clock.today(), lines=sides)
        _answer_line(difference, was="", now=key)
        _close(difference, DifferenceState.POSTED, by=by, reason=reason, entry=key)
        gap = {"minor": difference.gap.minor, "currency": difference.currency}
        audit.record("difference.posted", difference, by=by, account=account, **gap)
    return entry


def explain(difference: Difference, *, reason: str, by: Actor) -> None:
    """Let it stand, with the reason in words. Raises NotOpen, ReasonNeeded."""
    _check(reason)
    with transaction.atomic():
        difference = _open(difference)
        _answer_line(difference, was="", now=EXPLAINED)
        _close(difference, DifferenceState.EXPLAINED, by=by, reason=reason)
        audit.record("difference.explained", difference, by=by)


def open_again(difference: Difference, *, by: Actor) -> None:
    """Undo what resolved it: a posted entry is reversed, an explanation withdrawn. Raises NotClosedByUs."""
    with transaction.atomic():
        difference = Difference.objects.select_for_update(of=("self",)).get(pk=difference.pk)
        if difference.state not in ANSWERED:
            raise NotClosedByUs
        if difference.entry:
            ledger.reverse(difference.entry, on=clock.today())
        _answer_line(difference, was=difference.entry or EXPLAINED, now="")
        difference.state, difference.closed_at, difference.closed_by = DifferenceState.OPEN, None, ""
        difference.entry = difference.reason = ""
        difference.save()
        audit.record("difference.opened_again", difference, by=by)


def _check(reason: str) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonNeeded


def _open(difference: Difference) -> Difference:
    row = Difference.objects.select_for_update(of=("self",)).get(pk=difference.pk)
    if not row.is_open:
        raise NotOpen
    return row


def _close(difference: Difference, state: DifferenceState, *, by: Actor, reason: str = "", entry: str = "") -> None:
    difference.state, difference.closed_at, difference.closed_by = state, clock.now(), str(by)
    difference.reason, difference.entry = reason.strip()[:500], entry
    difference.save(update_fields=["state", "closed_at", "closed_by", "reason", "entry"])


def _answer_line(difference: Difference, *, was: str, now: str) -> None:
    """A line of the provider's without an entry of ours has its answer with the difference, or has lost it."""
    if difference.kind == DifferenceKind.NOT_WITH_US:
        lines = ProviderLine.objects.filter(provider=difference.provider, provider_ref=difference.subject, entry=was)
        lines.update(entry=now)


def _next_key(difference: Difference) -> str:
    """A difference that was opened again is posted under another key."""
    start = f"{difference.provider}{matching.DIFFERENCE}{difference.pk}"
    before = Transaction.objects.filter(key__startswith=f"{start}:").exclude(key__endswith=":reversed").count()
    return f"{start}:{before + 1}"
