"""What providers tell us: verified, kept once, answered; made sense of later, twice if need be, in any order."""

import hashlib
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import F, QuerySet

from masthead.core import audit, clock, faults
from masthead.core.actors import Actor
from masthead.core.jobs import every, job
from masthead.core.refusals import Refusal
from masthead.money import facts, providers
from masthead.money.models import Checkout, Delivery, Event, Refused, Setup
from masthead.money.providers.base import Facts, NotOurs, PaymentFacts, Told, Unreadable
from masthead.money.states import EventState

log = structlog.get_logger("masthead.money")

LARGEST = 1_000_000  # bytes of a webhook
BODIES_KEPT = timedelta(days=90)
WAITS_AT_MOST = timedelta(days=90)
AT_ONCE, SECONDS_AT_ONCE = 100, 1.5  # events a job processes, so that it stays within its two seconds
MOST = 1000  # events that it looks at, the rest of them for jobs that follow
UNDONE = (EventState.KEPT, EventState.AGAIN, EventState.WAITING)
REPLAYED_AT_ONCE = 5000
TOGETHER = 25  # webhooks that are kept in one transaction at most

audit.register("money.events_replayed", "{by} had {count} things that providers told looked at once more: {subject}")


class TooManyAtOnce(Refusal):
    """More events than are replayed at once."""

    for_people_text = "At most %(most)s are looked at once more at a time. Choose fewer. Nothing has been changed."


class NothingToReplay(Refusal):
    """What was told is not kept any more, or was not ours."""

    for_people_text = (
        "None of these can be looked at once more: what was told is erased after 90 days, and what is not ours at "
        "once. Nothing has been changed."
    )


def keep(provider_name: str, body: bytes, headers: Mapping[str, str]) -> Delivery:
    """Verify a webhook and keep it: its bytes once, each event in it once. Commits before it returns.

    Raises NotGenuine when the provider didn't sign it; that is counted, and nothing of it is kept.
    """
    told = providers.get(provider_name).verify(body, headers)
    faults.reach("hook.verified")
    return _doorstep.keep(_Arrival(provider_name, hashlib.sha256(body).hexdigest(), body, told))


@dataclass
class _Arrival:
    """A webhook on the doorstep: verified, not kept yet. At last it has a delivery, or the fault that kept it out."""

    provider: str
    digest: str
    body: bytes
    told: list[Told]
    delivery: Delivery | None = None
    fault: Exception | None = None

    @property
    def is_settled(self) -> bool:
        return self.delivery is not None or self.fault is not None


class _Doorstep:
    """Keeps in one transaction what arrives while another one is being committed: a commit is what an intake costs.

    One thread writes at a time, for all that wait by then; nobody is answered before the commit that holds their own.
    """

    def __init__(self) -> None:
        self._turn, self._guard = threading.Lock(), threading.Lock()
        self._waiting: list[_Arrival] = []

    def keep(self, arrival: _Arrival) -> Delivery:
        with self._guard:
            self._waiting.append(arrival)
        with self._turn:
            while not arrival.is_settled:
                with self._guard:
                    together, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
                self._write(together)
        if arrival.delivery is None:
            raise arrival.fault or RuntimeError("a webhook was neither kept nor refused")
        return arrival.delivery

    def _write(self, together: list[_Arrival]) -> None:
        """All of them; if that fails each for itself, so that one which can't be kept keeps no other out."""
        try:
            kept = _store(together)
        except Exception as fault:
            if len(together) == 1:
                together[0].fault = fault
                return
            for arrival in together:
                self._write([arrival])
        else:
            for arrival, delivery in zip(together, kept, strict=True):
                arrival.delivery = delivery


_doorstep = _Doorstep()


def _store(together: list[_Arrival]) -> list[Delivery]:
    with transaction.atomic():
        kept = []
        fresh: list[int] = []
        events: list[Event] = []
        for arrival in together:
            delivery, is_new = Delivery.objects.get_or_create(
                provider=arrival.provider,
                digest=arrival.digest,
                defaults={"body": arrival.body, "size": len(arrival.body)},
            )
            kept.append(delivery)
            if is_new:
                fresh.append(delivery.pk)
                events += [_event(arrival.provider, one, delivery) for one in arrival.told]
        if fresh:
            Event.objects.bulk_create(events, ignore_conflicts=True)
            process_deliveries.enqueue(fresh)
        faults.reach("hook.stored")
    faults.reach("hook.committed")
    return kept


def count_refused(provider_name: str) -> None:
    """Count a webhook that was not what it claimed to be."""
    with transaction.atomic():
        row, _ = Refused.objects.get_or_create(provider=provider_name, day=clock.today())
        Refused.objects.filter(pk=row.pk).update(count=F("count") + 1)


def keep_answer(provider_name: str, told: Told) -> Event:
    """Keep what a provider answered to a call of ours, as if it had told us by itself."""
    event, _ = Event.objects.get_or_create(
        provider=provider_name,
        event_id=told.event_id,
        defaults={"kind": told.kind, "subject": told.subject, "body": told.body},
    )
    return event


def process(event: Event) -> Event:
    """Learn from one event: facts, postings and moves in one transaction, or none of them.

    What it leaves out is asked for first, outside the transaction (raises Trouble when nobody answers). What it names
    and we don't know yet makes it wait; what can't be true makes it fail, with the reason kept; what is about
    somebody else, who shares the provider's account, is forgotten but for its kind.
    """
    try:
        _fill_in(event)
        with transaction.atomic():
            event = Event.objects.select_for_update().get(pk=event.pk)
            if event.state not in (*UNDONE, EventState.FAILED):
                return event
            known = providers.get(event.provider).read(event)
            if known is not None:
                facts.learn(event.provider, known)
            faults.reach("inbox.half-way")
            doubt = _doubt_in(known or [])
            outcome = EventState.FAILED if doubt else EventState.DONE
            _done(event, EventState.UNKNOWN if known is None else outcome, trouble=doubt)
        if doubt:
            log.error("money.event_failed", event_id=event.event_id, kind=event.kind)
    except facts.NotKnownYet as unknown:
        _done(event, EventState.WAITING, trouble=str(unknown))
    except NotOurs:
        _forget(event)
    except (facts.Impossible, Unreadable) as impossible:
        _done(event, EventState.FAILED, trouble=str(impossible))
        log.error("money.event_failed", event_id=event.event_id, kind=event.kind)
    faults.reach("inbox.committed")
    return event


def replay(events: QuerySet[Event], *, by: Actor) -> int:
    """Have events looked at once more, whatever came of them; returns how many. What they say counts once all the same.

    What they leave out is asked for anew. Raises TooManyAtOnce; NothingToReplay when nothing of them is kept.
    """
    pks = list(replayable(events).order_by("pk").values_list("pk", flat=True)[: REPLAYED_AT_ONCE + 1])
    if len(pks) > REPLAYED_AT_ONCE:
        raise TooManyAtOnce(most=REPLAYED_AT_ONCE)
    if not pks:
        raise NothingToReplay
    with transaction.atomic():
        for start in range(0, len(pks), AT_ONCE):
            some = pks[start : start + AT_ONCE]
            Event.objects.filter(pk__in=some).update(state=EventState.AGAIN, trouble="")
            process_these.enqueue(some)
        audit.record("money.events_replayed", f"money.event:{pks[0]}", by=by, count=len(pks))
    return len(pks)


def replayable(events: QuerySet[Event]) -> QuerySet[Event]:
    """Those of them of which is kept what was told."""
    return Event.objects.filter(pk__in=events.order_by().values("pk")).exclude(body={})


@job("now")
def process_deliveries(pks: list[int]) -> None:
    """Process what webhooks brought."""
    _process_all(Event.objects.filter(delivery__in=pks, state__in=UNDONE))


@job("now")
def process_these(pks: list[int]) -> None:
    """Process what a job before had no time for."""
    _process_all(Event.objects.filter(pk__in=pks, state__in=UNDONE))


@every(minutes=5, queue="now")
def process_undone() -> None:
    """What was kept and never looked at, and what waits for something to become known."""
    since = clock.now() - WAITS_AT_MOST
    _process_all(Event.objects.filter(state__in=UNDONE, received_at__gte=since))


@every(hours=12)
def forget_bodies() -> None:
    """Erase what providers wrote, 90 days after it came; that it came, and its hash, stay."""
    before = clock.now() - BODIES_KEPT
    Delivery.objects.filter(received_at__lt=before, body__isnull=False).update(body=None)
    Event.objects.filter(received_at__lt=before).exclude(body={}).update(body={})
    for visits in (Checkout, Setup):  # whose pages were never made
        visits._default_manager.filter(created_at__lt=before).exclude(email="").update(email="")


def _process_all(events: QuerySet[Event]) -> None:
    """Process one after the other; a fault in one is noted on it and doesn't hold up the others, but is raised.

    What a slow provider leaves no time for is left to further jobs, so that the queue goes on meanwhile.
    """
    fault: Exception | None = None
    until = time.monotonic() + SECONDS_AT_ONCE
    pks = list(events.order_by("tries", "pk").values_list("pk", flat=True)[:MOST])
    rows = list(Event.objects.filter(pk__in=pks[:AT_ONCE]).order_by("tries", "pk"))
    left = pks[AT_ONCE:]
    for number, event in enumerate(rows):
        if number and time.monotonic() > until:
            left = [row.pk for row in rows[number:]] + left
            break
        try:
            process(event)
        except Exception as error:
            trouble = f"{type(error).__name__}: {error}"[:300]
            Event.objects.filter(pk=event.pk).update(tries=F("tries") + 1, trouble=trouble)
            fault = fault or error
    if left:
        process_these.enqueue(left)
    if fault is not None:
        raise fault


def _fill_in(event: Event) -> None:
    if event.state in (*UNDONE, EventState.FAILED):
        body = providers.get(event.provider).fill_in(event)
        if body is not None:
            Event.objects.filter(pk=event.pk).update(body=body)


def _doubt_in(known: list[Facts]) -> str:
    return next((fact.doubt for fact in known if isinstance(fact, PaymentFacts) and fact.doubt), "")


def _forget(event: Event) -> None:
    """What is not ours has no place with us: what was said of others' customers goes at once."""
    event.body = {}
    event.save(update_fields=["body"])
    _done(event, EventState.NOT_OURS)
    others = Event.objects.filter(delivery=event.delivery).exclude(state=EventState.NOT_OURS)
    if event.delivery is not None and not others.exists():
        Delivery.objects.filter(pk=event.delivery.pk).update(body=None)


def _event(provider_name: str, told: Told, delivery: Delivery) -> Event:
    return Event(
        provider=provider_name,
        event_id=told.event_id,
        kind=told.kind,
        subject=told.subject,
        body=told.body,
        delivery=delivery,
    )


def _done(event: Event, state: EventState, *, trouble: str = "") -> None:
    event.state, event.processed_at, event.trouble, event.tries = state, clock.now(), trouble[:300], event.tries + 1
    event.save(update_fields=["state", "processed_at", "trouble", "tries"])
