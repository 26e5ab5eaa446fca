"""Whether money can come in, and what waits or went wrong on its way, in words for whoever runs the machine."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from masthead.core import clock
from masthead.money import defences, lateness, providers, reconciling
from masthead.money.models import Comparison, Difference, Event, Hold, Mandate, Payment, Refund
from masthead.money.states import ComparisonStage, DifferenceState, EventState, HoldState, MandateState

LATE = timedelta(hours=1)
LATELY = timedelta(days=7)

Finding = tuple[bool, str]


def examine() -> Iterator[Finding]:
    """What was looked at; True where it is well."""
    there = [provider for name in providers.FINDERS if (provider := providers.find(name))]
    if not there:
        yield True, "no payment provider is set up, so nobody can give yet: see `stripe_key`"
    for provider in there:
        for good, sentence in provider.standing():
            yield good, f"{provider.name}: {sentence}"
    yield from _used_and_gone()
    yield from comparisons()
    before = clock.now() - LATE
    waiting = Payment.objects.unsent().filter(created_at__lt=before).count()
    waiting += Refund.objects.filter(sent_at__isnull=True, made_at__isnull=True, asked_at__lt=before).count()
    if waiting:
        yield False, f"{waiting} collections and refunds wait for a provider's answer since an hour or more"
    if late := lateness.late().count():
        yield False, f"{late} payments take longer than they usually do: see Late payments under Money at the desk"
    if held := Hold.objects.filter(state=HoldState.WAITING).count():
        yield False, f"{held} payments are held and wait to be looked at: see Defences at the desk"
    if (alert := defences.alert_now()) is not None and alert.is_raised:
        yield False, "the least amount is raised, since stolen cards are tried: see Defences at the desk"
    failed = Event.objects.filter(state=EventState.FAILED, received_at__gt=clock.now() - LATELY).count()
    if failed:
        yield False, f"{failed} things that providers told this week could not be done: see Money at the desk"


def comparisons() -> Iterator[Finding]:
    """Whether each provider's own books were compared with ours lately, and agree. Asks nobody."""
    for name in reconciling.there():
        done = Comparison.objects.filter(provider=name, stage=ComparisonStage.DONE).order_by("-ended_at").first()
        count = Difference.objects.filter(provider=name, state=DifferenceState.OPEN).count()
        if count:
            things = "1 thing" if count == 1 else f"{count} things"
            yield False, f"{name}: its books and ours differ in {things}: see Differences under Money"
        if done is not None and done.ended_at and done.ended_at > clock.now() - reconciling.OLD_AFTER:
            if not count:
                yield True, f"{name}: its books agree with ours, compared on {clock.day_of(done.ended_at)}"
        elif done is not None or Payment.objects.filter(provider=name, created_at__lt=_old()).exists():
            last = f"last compared on {clock.day_of(done.ended_at)}" if done and done.ended_at else "never compared"
            trouble = Comparison.objects.filter(provider=name).exclude(trouble="").values_list("trouble", flat=True)
            why = f" ({trouble[0]})" if trouble else ""
            yield False, f"{name}: its books were {last} with ours{why}: run `masthead reconcile`"


def _old() -> datetime:
    return clock.now() - reconciling.OLD_AFTER


def _used_and_gone() -> Iterator[Finding]:
    """Providers that hold permissions to collect, but are not set up any more."""
    active = Mandate.objects.filter(state=MandateState.ACTIVE)
    for name in active.values_list("provider", flat=True).distinct().order_by("provider"):
        if providers.find(name) is None:
            yield False, f"{name} holds permissions to collect, but is not set up: nothing is collected on them"
