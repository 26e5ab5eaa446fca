"""Compares the providers' own books with ours: every night, on demand, and again where it was cut off.

In small batches: fetch the provider's lines day by day; find our entry for each, after having asked once more for what
we may have missed; look for what we have and the provider lacks; compare the balance. Whatever is asked is asked
outside transactions, and whatever is kept is kept once, so that a batch that was cut off is simply done again.
"""

import time
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q

from masthead.core import clock, faults
from masthead.core.actors import Actor
from masthead.core.jobs import every, job
from masthead.core.refusals import Refusal, Trouble
from masthead.money import differences, inbox, journal, matching, providers
from masthead.money.amounts import Money
from masthead.money.ledger import Account, held
from masthead.money.models import Comparison, Difference, Event, Payment, ProviderLine
from masthead.money.providers.base import Movement, Provider, Told
from masthead.money.states import (
    ComparisonStage,
    DifferenceKind,
    DifferenceState,
    EventState,
    MovementKind,
    PaymentState,
)

log = structlog.get_logger("masthead.money")
CLOCK = Actor.system("clock")

SECONDS_AT_ONCE = 4.0  # a batch, so that it stays within its five seconds
KEPT_AT_ONCE = 200  # lines of the provider's that are kept in one transaction
PAIRED_AT_ONCE = 200
NIGHT_FROM = 3  # the hour of the newsroom's clock from which the nightly comparison runs
UNDONE_WITHIN = timedelta(days=30)  # how long after a payout its bank may still send it back
OLD_AFTER = timedelta(days=2)
LEFT_FOR = timedelta(minutes=10)  # after which a comparison that nobody goes on with is taken up again
UNDER_WAY = (PaymentState.CREATED, PaymentState.NEEDS_APPROVAL, PaymentState.PROMISED)

ACCOUNT_OF = {  # what stands in the provider's books alone → where it is booked, and how the key ends
    MovementKind.PAYOUT: (Account.BANK, "payout"),
    MovementKind.PAYOUT_UNDONE: (Account.BANK, "payout-undone"),
    MovementKind.FEE: (Account.FEES, "fee"),
    MovementKind.OTHER: (Account.ADJUSTMENTS, "other"),
}


class NoSuchDays(Refusal):
    for_people_text = "The days must be in order, and not in the future. Nothing has been compared."


def begin(provider: str, *, first: date | None = None, last: date | None = None, by: Actor) -> Comparison:
    """Begin to compare from `first` to `last`, days in the newsroom's time zone; from where the last one ended to now.

    Raises NoSuchDays, NoProvider.
    """
    providers.get(provider)
    last = last or clock.today()
    first = first or min(_goes_on_from(provider), last)
    if not first <= last <= clock.today():
        raise NoSuchDays
    until = min(clock.now(), _start_of(last + timedelta(days=1)))
    return Comparison.objects.create(provider=provider, first=first, last=last, until=until, day=first, by=str(by))


def finish(comparison: Comparison) -> Comparison:
    """Go on with it, batch after batch, until it is done. Raises Trouble when the provider doesn't answer."""
    while comparison.stage != ComparisonStage.DONE:
        step(comparison)
    return comparison


def step(comparison: Comparison) -> None:
    """One batch of a comparison, of a few seconds. What it has kept stays, whatever happens then. Raises Trouble."""
    until = time.monotonic() + SECONDS_AT_ONCE
    provider = providers.get(comparison.provider)
    stages = {
        ComparisonStage.FETCH: _fetch,
        ComparisonStage.PAIR: _pair,
        ComparisonStage.LOOK: _look,
        ComparisonStage.BALANCE: _balance,
    }
    try:
        stages[ComparisonStage(comparison.stage)](comparison, provider, until)
    except Trouble as trouble:
        comparison.trouble = str(trouble)[:300]
        _save(comparison)
        raise
    comparison.trouble = ""
    _save(comparison)


@job("later")
def go_on(pk: int) -> None:
    """One batch, and another job for the next. When the provider is away, `go_on_with_all` tries again."""
    comparison = Comparison.objects.get(pk=pk)
    if comparison.stage == ComparisonStage.DONE:
        return
    try:
        step(comparison)
    except Trouble as trouble:
        log.warning("money.not_compared", comparison=pk, error=type(trouble).__name__)
        return
    if comparison.stage != ComparisonStage.DONE:
        go_on.enqueue(pk)


@every(hours=1)
def nightly() -> None:
    """Each night one comparison of each provider that is here."""
    if clock.now().astimezone(clock.zone()).hour < NIGHT_FROM:
        return
    for name in there():
        since = _start_of(clock.today())
        if not Comparison.objects.filter(provider=name, begun_at__gte=since, by=str(CLOCK)).exists():
            go_on.enqueue(begin(name, by=CLOCK).pk)


@every(minutes=10)
def go_on_with_all() -> None:
    """What was cut off, or met a provider that did not answer."""
    before = clock.now() - LEFT_FOR
    for name in there():
        left = Comparison.objects.filter(provider=name).exclude(stage=ComparisonStage.DONE)
        for pk in left.filter(touched_at__lt=before).values_list("pk", flat=True):
            go_on.enqueue(pk)


def there() -> list[str]:
    """The providers that are set up."""
    return [name for name in providers.FINDERS if providers.find(name)]


def fetch_again(difference: Difference, *, by: Actor) -> bool:
    """Ask the provider once more what a difference is about, and learn it. Whether both agree now.

    Raises Trouble when it doesn't answer; NotOpen.
    """
    if not difference.is_open:
        raise differences.NotOpen
    provider = providers.get(difference.provider)
    line = ProviderLine.objects.filter(provider=difference.provider, provider_ref=difference.subject).first()
    told = provider.look_up_movement(_movement(line)) if line else None
    if told is None and difference.payment is not None:
        told = provider.look_up_payment(difference.payment)
    event = _learn(provider, told) if told else None
    if line and not line.entry:
        _keep_pairs(difference.provider, [line], same_day=provider.same_day)
    if difference.kind == DifferenceKind.BALANCE:
        is_over = not _gaps(provider).get(difference.currency)
    elif difference.kind == DifferenceKind.OTHER_STATE:
        is_over = event is not None and event.state == EventState.DONE
    else:
        is_over = differences.is_over(difference)
    if is_over:
        differences.fetched(difference, by=by)
    return is_over


# --- the batches -----------------------------------------------------------------------------------------------


def _fetch(comparison: Comparison, provider: Provider, until: float) -> None:
    """Keep the provider's lines, a day at a time, from the place where the batch before ended."""
    while comparison.day <= comparison.last:
        start = _start_of(comparison.day)
        end = min(_start_of(comparison.day + timedelta(days=1)), comparison.until)
        kept: list[Movement] = []
        for movement in provider.moved(start, end, after=comparison.place):
            kept.append(movement)
            is_late = time.monotonic() > until
            if movement.place and (len(kept) >= KEPT_AT_ONCE or is_late):
                _keep(comparison, kept)
                comparison.place, kept = movement.place, []
                _save(comparison)
                if is_late:
                    return
        _keep(comparison, kept)
        comparison.day, comparison.place = comparison.day + timedelta(days=1), ""
        _save(comparison)
        if time.monotonic() > until and comparison.day <= comparison.last:
            return
    _keep(comparison, list(provider.undone(comparison.until - UNDONE_WITHIN, comparison.until)))
    _to(comparison, ComparisonStage.PAIR)


def _pair(comparison: Comparison, provider: Provider, until: float) -> None:
    """Find our entry for each line that has none yet; ask for what is missing, and only then call it a difference."""
    after = int(comparison.place or 0)
    waiting = ProviderLine.objects.filter(provider=comparison.provider, entry="", pk__gt=after).order_by("pk")
    lines = list(waiting[:PAIRED_AT_ONCE])
    if not lines:
        return _to(comparison, ComparisonStage.LOOK)
    missing = _keep_pairs(comparison.provider, lines, same_day=provider.same_day, comparison=comparison)
    asked: set[str] = set()
    reached = lines[-1].pk
    for number, line in enumerate(missing):
        if number and time.monotonic() > until:
            reached, missing = line.pk - 1, missing[:number]
            break
        comparison.asked += _ask(provider, line, asked)
    still = _keep_pairs(comparison.provider, missing, same_day=provider.same_day, comparison=comparison)
    for line in still:
        _note(comparison, line)
    comparison.place = str(reached)
    return None


def _look(comparison: Comparison, provider: Provider, until: float) -> None:
    """What we have and the provider lacks; what is under way and may have ended unheard; what has agreed since."""
    after = int(comparison.place or 0)
    span = (_start_of(comparison.first), comparison.until - timedelta(hours=1))
    open_ones = Difference.objects.filter(
        provider=comparison.provider, kind=DifferenceKind.OTHER_STATE, state=DifferenceState.OPEN
    )
    to_ask = Payment.objects.filter(
        Q(state__in=UNDER_WAY, created_at__range=span) | Q(pk__in=open_ones.values("payment")),
        provider=comparison.provider,
        pk__gt=after,
    ).exclude(provider_ref="")
    payments = list(to_ask.order_by("pk")[:PAIRED_AT_ONCE])
    for payment in payments:
        told = provider.look_up_payment(payment)
        if told is not None:
            comparison.asked += 1
            _note_state(comparison, payment, _learn(provider, told))
        comparison.place = str(payment.pk)
        if time.monotonic() > until:
            return
    if len(payments) == PAIRED_AT_ONCE:
        return
    overdue = _overdue(comparison, provider)
    named = set(matching.payments_of(overdue).values())
    since = Q(looked_up_at__isnull=True) | Q(looked_up_at__lt=comparison.begun_at)
    for payment in Payment.objects.filter(since, provider=comparison.provider, reference__in=named).order_by("pk"):
        Payment.objects.filter(pk=payment.pk).update(looked_up_at=clock.now())
        if payment.provider_ref and (told := provider.look_up_payment(payment)) is not None:
            comparison.asked += 1
            _learn(provider, told)
        if time.monotonic() > until:
            return
    _note_unlisted(comparison, _overdue(comparison, provider))
    for difference in Difference.objects.filter(provider=comparison.provider, state=DifferenceState.OPEN):
        if differences.is_over(difference):
            differences.vanish(difference)
    _to(comparison, ComparisonStage.BALANCE)


def _balance(comparison: Comparison, provider: Provider, until: float) -> None:
    """Compare what the provider says that it holds with our account of it, unless only days long past were asked for.

    Money moves meanwhile: where they differ, what moved in these minutes is fetched first, and then it is asked again.
    """
    if comparison.until >= _start_of(clock.today()):
        gaps = _gaps(provider)
        if any(gaps.values()):
            _catch_up(comparison, provider)
            gaps = _gaps(provider)
        open_ones = Difference.objects.filter(
            provider=comparison.provider, kind=DifferenceKind.BALANCE, state=DifferenceState.OPEN
        )
        for difference in open_ones:
            if not gaps.get(difference.currency):
                differences.vanish(difference)
        for currency, gap in gaps.items():
            if gap and not _is_explained(comparison.provider, gap):
                ours = held(Account.owed_by(provider.name)).get(currency, Money(0, currency))
                comparison.found += differences.note(
                    comparison.provider,
                    DifferenceKind.BALANCE,
                    f"balance:{currency}",
                    theirs=ours + gap,
                    ours=ours,
                    on=clock.today(),
                    detail="what it states that it holds, less what the other differences account for",
                )
    comparison.ended_at = clock.now()
    _to(comparison, ComparisonStage.DONE)
    log.info("money.compared", comparison=comparison.pk, provider=comparison.provider, found=comparison.found)


# --- inside ----------------------------------------------------------------------------------------------------


def _keep(comparison: Comparison, movements: Iterable[Movement]) -> None:
    """Each once, and in our books at once what stands in the provider's books alone."""
    rows = [_line(comparison.provider, movement) for movement in movements]
    with transaction.atomic():
        _one_after_the_other(comparison.provider)
        known = set(
            ProviderLine.objects.filter(
                provider=comparison.provider, provider_ref__in=[row.provider_ref for row in rows]
            ).values_list("provider_ref", flat=True)
        )
        fresh = [row for row in rows if row.provider_ref not in known]
        for row in fresh:
            _book(row)
        _book_of_others(comparison.provider, [row for row in fresh if row.kind == MovementKind.ANOTHERS])
        faults.reach("reconcile.half-way")
        ProviderLine.objects.bulk_create(fresh, ignore_conflicts=True)
        comparison.lines += len(fresh)
        comparison.of_others += sum(row.kind == MovementKind.ANOTHERS for row in fresh)


def _one_after_the_other(provider: str) -> None:
    """Of two comparisons of one provider, say that of the clock and one by command, one keeps what it fetched first."""
    Comparison.objects.select_for_update().filter(provider=provider).order_by("pk").first()


def _catch_up(comparison: Comparison, provider: Provider) -> None:
    now = clock.now() + timedelta(seconds=1)
    _keep(comparison, list(provider.moved(comparison.until, now)))
    comparison.until = now
    lines = ProviderLine.objects.filter(provider=comparison.provider, entry="", at__gte=_start_of(clock.today()))
    asked: set[str] = set()
    missing = _keep_pairs(comparison.provider, lines[:PAIRED_AT_ONCE], same_day=provider.same_day)
    for line in missing:
        comparison.asked += _ask(provider, line, asked)
    _keep_pairs(comparison.provider, missing, same_day=provider.same_day, comparison=comparison)


def _book(line: ProviderLine) -> None:
    """Post a payout, a fee of the whole account and the like; what is about a payment is posted by its facts alone."""
    if line.kind in ACCOUNT_OF and not (line.kind == MovementKind.FEE and line.thing):
        account, named = ACCOUNT_OF[MovementKind(line.kind)]
        line.entry = journal.post_movement(line, account, named=named).key if line.net else differences.EXPLAINED


def _book_of_others(provider: str, lines: list[ProviderLine]) -> None:
    """What others have at an account that we share is paid out with ours: it is counted, in sums by day, as theirs."""
    sums: dict[tuple[date, str], list[ProviderLine]] = {}
    for line in lines:
        sums.setdefault((clock.day_of(line.at), line.currency), []).append(line)
    for (_, currency), group in sums.items():
        total = sum((line.net for line in group), Money(0, currency))
        first = group[0]
        key = differences.EXPLAINED
        if total:
            key = journal.post_total(first, total, Account.of_others(provider)).key
        for line in group:
            line.entry = key


def _keep_pairs(
    provider: str, lines: Iterable[ProviderLine], *, same_day: bool, comparison: Comparison | None = None
) -> list[ProviderLine]:
    """Note which entry stands for which line, and where they differ. Gives those for which there is none."""
    rows, missing = list(lines), []
    with transaction.atomic():
        for pair in matching.pair(provider, rows):
            line, entry = pair.line, pair.entry
            if entry is None:
                missing.append(line)
                continue
            line.entry = entry.key
            ProviderLine.objects.filter(pk=line.pk).update(entry=entry.key)
            if kind := matching.differs(pair, same_day=same_day):
                is_new = differences.note(
                    provider,
                    kind,
                    line.provider_ref,
                    theirs=line.net,
                    ours=entry.net if entry.net.currency == line.currency else None,
                    on=clock.day_of(line.at),
                    payment=line.payment,
                    detail=_detail(kind, line, entry),
                )
                if comparison is not None:
                    comparison.found += is_new
    return missing


def _detail(kind: DifferenceKind, line: ProviderLine, entry: matching.Entry) -> str:
    said = f"our entry is {entry.key}"
    if kind == DifferenceKind.OTHER_DAY:
        return f"there on {clock.day_of(line.at)}, with us on {entry.on}; {said}"
    if kind == DifferenceKind.OTHER_FEE:
        return f"there with a fee of {line.fee}, with us of {entry.fee}; {said}"
    if kind == DifferenceKind.OTHER_CURRENCY:
        return f"there {line.net}, with us {entry.net}; {said}"
    return said


def _ask(provider: Provider, line: ProviderLine, asked: set[str]) -> int:
    """Ask what we may have missed, once for each thing in a batch. How often it was asked: once or not at all."""
    about = line.thing if line.kind == MovementKind.FEE else line.payment_ref or line.payment
    if not about or about in asked:
        return 0
    asked.add(about)
    told = provider.look_up_movement(_movement(line))
    if told is None:
        return 0
    _learn(provider, told)
    return 1


def _learn(provider: Provider, told: Told) -> Event:
    """By the same way as what a webhook brings."""
    event = inbox.process(inbox.keep_answer(provider.name, told))
    event.refresh_from_db()
    return event


def _note(comparison: Comparison, line: ProviderLine) -> None:
    """A line that nothing of ours stands for, although it was asked for again."""
    known = Payment.objects.filter(provider=comparison.provider, reference=line.payment).exists()
    failed = Event.objects.filter(provider=comparison.provider, subject=line.payment, state=EventState.FAILED)
    trouble = failed.values_list("trouble", flat=True).first() if line.payment else None
    unknown = f"no payment of ours is called {line.payment}" if line.payment and not known else ""
    comparison.found += differences.note(
        comparison.provider,
        DifferenceKind.NOT_WITH_US,
        line.provider_ref,
        theirs=line.net,
        ours=None,
        on=clock.day_of(line.at),
        payment=line.payment,
        detail=trouble or unknown or str(line.get_kind_display()),
    )


def _note_state(comparison: Comparison, payment: Payment, event: Event) -> None:
    """What the provider says of a payment is noted as a difference when it can't be true with us."""
    open_one = Difference.objects.filter(
        provider=comparison.provider, kind=DifferenceKind.OTHER_STATE, payment=payment, state=DifferenceState.OPEN
    ).first()
    if event.state != EventState.FAILED:
        if open_one:
            differences.vanish(open_one)
        return
    comparison.found += differences.note(
        comparison.provider,
        DifferenceKind.OTHER_STATE,
        payment.reference,
        theirs=None,
        ours=payment.amount,
        on=clock.day_of(payment.created_at),
        payment=payment.reference,
        detail=event.trouble,
    )


def _overdue(comparison: Comparison, provider: Provider) -> list[matching.Entry]:
    """Entries of ours that the provider has had days enough to list; the younger ones are counted as waiting."""
    window = provider.lists_within
    earliest = Comparison.objects.filter(provider=comparison.provider).order_by("first").first()
    assert earliest is not None, "this one is there"
    first = max(comparison.first - window, earliest.first)
    listed_until = clock.day_of(comparison.until - window)
    entries = matching.unlisted(comparison.provider, first)
    comparison.waiting = sum(entry.on >= listed_until for entry in entries)
    return [entry for entry in entries if entry.on < listed_until]


def _note_unlisted(comparison: Comparison, overdue: list[matching.Entry]) -> None:
    names = matching.payments_of(overdue)
    for entry in overdue:
        comparison.found += differences.note(
            comparison.provider,
            DifferenceKind.NOT_THERE,
            entry.key,
            theirs=None,
            ours=entry.net,
            on=entry.on,
            payment=names[entry.key],
        )


def _gaps(provider: Provider) -> dict[str, Money]:
    """What is missing in our account of what a provider holds, by currency, and is in no other difference.

    Empty where the provider states no balance.
    """
    stated, ours = provider.balance(), held(Account.owed_by(provider.name))
    if not stated:
        return {}
    gaps: dict[str, Money] = {}
    for currency in sorted(stated.keys() | ours.keys()):
        nothing = Money(0, currency)
        gaps[currency] = stated.get(currency, nothing) - ours.get(currency, nothing)
    for difference in _standing(provider.name):
        if difference.currency in gaps:
            gaps[difference.currency] -= difference.gap
    return gaps


def _standing(provider: str) -> Iterator[Difference]:
    """Differences that are in the balance as well: those that are open, or were explained and so stay."""
    rows = Difference.objects.filter(provider=provider, state__in=(DifferenceState.OPEN, DifferenceState.EXPLAINED))
    yield from rows.exclude(kind__in=(DifferenceKind.BALANCE, DifferenceKind.OTHER_STATE))


def _is_explained(provider: str, gap: Money) -> bool:
    """Whether somebody has said why exactly this much is missing, and nobody took it back."""
    known = Difference.objects.filter(provider=provider, kind=DifferenceKind.BALANCE, subject=f"balance:{gap.currency}")
    last = known.order_by("-closed_at").first()
    return last is not None and last.state == DifferenceState.EXPLAINED and last.gap == gap


def _line(provider: str, movement: Movement) -> ProviderLine:
    return ProviderLine(
        provider=provider,
        provider_ref=movement.provider_ref,
        kind=movement.kind,
        payment=movement.payment,
        payment_ref=movement.payment_ref,
        thing=movement.thing,
        amount_minor=movement.amount.minor,
        fee_minor=movement.fee.minor,
        currency=movement.amount.currency,
        at=movement.at,
    )


def _movement(line: ProviderLine) -> Movement:
    amount = Money(line.amount_minor, line.currency)
    names = {"payment": line.payment, "payment_ref": line.payment_ref, "thing": line.thing}
    return Movement(line.provider_ref, line.kind, line.payment, amount, line.fee, line.at, **names)


def _goes_on_from(provider: str) -> date:
    """The day on which the last comparison ended, now to its end; at first, that of the first payment."""
    done = Comparison.objects.filter(provider=provider, stage=ComparisonStage.DONE).order_by("-until").first()
    if done:
        return done.last
    first = Payment.objects.filter(provider=provider).order_by("pk").first()
    return clock.day_of(first.created_at) if first else clock.today()


def _start_of(day: date) -> datetime:
    return clock.start_of(day)


def _to(comparison: Comparison, stage: ComparisonStage) -> None:
    comparison.stage, comparison.place = stage, ""


def _save(comparison: Comparison) -> None:
    comparison.touched_at = clock.now()
    comparison.save()
