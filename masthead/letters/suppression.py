"""Addresses that get no letters: what is heard of them, and the rules that follow from it.

What follows is counted from the whole set of reports about an address, so that repeats and another order of arrival
give the same. Only letters ask here. Mail to one person (a sign-in code, a receipt, a notice before money is taken)
goes to a suppressed address all the same: it was asked for a minute ago, or the law wants it sent.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from masthead.core import audit, clock, mail
from masthead.core.actors import Actor
from masthead.core.jobs import every, job
from masthead.core.refusals import Refusal
from masthead.letters import identities, subscribing
from masthead.letters.models import Delivery, DeliveryState, Kind, Left, LetterList, Reason, Report, Suppression
from masthead.letters.returns import origins
from masthead.letters.returns.answers import kind_of
from masthead.readers import accounts, addresses, privacy
from masthead.readers.models import Reader

__all__ = [
    "Heard",
    "forget_reports",
    "heard",
    "is_suppressed",
    "kind_of",
    "lift",
    "proved",
    "suppress",
    "suppressed",
    "verdict",
    "weigh",
    "weigh_the_rest",
]

audit.register("letters.suppressed", "{by} had letters to an address stopped ({reason}): {subject}")
audit.register("letters.suppression_lifted", "{by} allowed letters to an address again: {subject}")
audit.register(
    "letters.suppression_withdrawn", "letters go to an address again: one had arrived in between ({subject})"
)

SOFT_BOUNCES = 5  # in a row within SOFT_DAYS and none delivered between: then an address is given up
SOFT_DAYS = timedelta(days=30)
COMES_BACK_WITHIN = timedelta(days=5)  # how long mail servers try before they give up (RFC 5321, 4.5.4.1)
AT_ONCE = 100  # reports a job weighs, so that it stays within its two seconds

WEIGHT = {reason: len(Reason) - place for place, reason in enumerate(Reason)}
FAILURES = (Kind.SOFT, Kind.INVALID, Kind.REFUSED)
SAYS_NOTHING = (Kind.DELAYED, Kind.OTHER)


class NoReason(Refusal):
    for_people_text = "Say why, in a sentence: whoever looks at it later wants to know. Nothing has been changed."


class LiftedAlready(Refusal):
    for_people_text = "Letters go to this address already. Nothing has been changed."


@dataclass(frozen=True)
class Heard:
    """What somebody reports of one letter to one address.

    `source` and `event_id` make a repeat known as one. `message_id` is the letter's, with or without brackets;
    with it alone the address is found. `at` is when it happened, None for now.
    """

    source: str
    event_id: str
    kind: Kind
    address: str = ""
    message_id: str = ""
    status: str = ""
    detail: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """What follows from the reports about an address, and from which of them."""

    reason: Reason
    report: Report


@mail.stops_mail_to_many
def suppressed(of: Iterable[str]) -> set[str]:
    """Those of these addresses, normalised, that get no letters."""
    return set(Suppression.objects.standing().filter(address__in=of).values_list("address", flat=True))


def is_suppressed(address: str) -> bool:
    """Whether this address gets no letters."""
    return Suppression.objects.standing().filter(address=addresses.normalise(address)).exists()


def heard(*reports: Heard) -> int:
    """Keep reports, each once, to be weighed by a job after the commit. Returns how many were new."""
    now = clock.now()
    rows = {(row.source, row.event_id): row for row in (_row(report, now) for report in reports)}
    with transaction.atomic():
        known = {
            (source, event)
            for source in {source for source, _ in rows}
            for event in Report.objects.filter(
                source=source, event_id__in=[event for its, event in rows if its == source]
            ).values_list("event_id", flat=True)
        }
        new = [row for key, row in rows.items() if key not in known]
        Report.objects.bulk_create(new, ignore_conflicts=True)
        if new:
            weigh.enqueue()
    return len(new)


def suppress(address: str, *, reason: Reason, by: Actor, source: str = "desk", detail: str = "") -> Suppression:
    """Write no more letters to `address`. A weightier reason takes the place of a lighter one."""
    address = addresses.checked(address)
    with transaction.atomic():
        row = Suppression.objects.select_for_update().filter(address=address).first()
        return _suppress(address, row, reason, by=by, source=source, detail=detail, since=clock.now())


def lift(suppression: Suppression, *, why: str, by: Actor) -> Suppression:
    """Write letters to the address again; what was heard until now no longer counts. Raises NoReason, LiftedAlready."""
    if not why.strip():
        raise NoReason
    with transaction.atomic():
        row = Suppression.objects.select_for_update().get(pk=suppression.pk)
        if not row.stands:
            raise LiftedAlready
        row.lifted_at, row.lifted_by, row.lifted_why = clock.now(), str(by), why.strip()[:300]
        row.save(update_fields=["lifted_at", "lifted_by", "lifted_why"])
        audit.record("letters.suppression_lifted", row, by=by)
    return row


def proved(reader: Reader) -> None:
    """Somebody signed in by a message to this address: so it exists, and what came back before says nothing now."""
    found = Suppression.objects.standing().filter(address=reader.email, reason__in=(Reason.INVALID, Reason.BOUNCED))
    for row in found:
        lift(row, why="A message with a code arrived: the reader signed in by it.", by=reader.actor)


# --- Weighing ---------------------------------------------------------------------------------------------


@job("now")
def weigh() -> None:
    """Weigh what was heard and not weighed yet, the oldest first."""
    rows = list(Report.objects.filter(weighed_at=None).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    for pk in rows:
        _weigh(pk)
    if len(rows) == AT_ONCE:
        weigh.enqueue()


@every(minutes=5, queue="now")
def weigh_the_rest() -> None:
    """Weigh reports of letters that a fault left behind."""
    weigh()


@every(days=1)
def forget_reports() -> None:
    """Delete reports of letters ninety days after they came: they hold addresses. What followed from them stays."""
    Report.objects.filter(heard_at__lt=clock.now() - Report.KEPT).delete()


@transaction.atomic
def _weigh(pk: int) -> None:
    report = Report.objects.select_for_update().filter(pk=pk, weighed_at=None).first()
    if report is None:
        return
    delivery = origins.delivery_of(report.message_id)
    if delivery is not None and delivery.address:
        report.address = delivery.address  # whatever forwarding made of it: this is where we sent it
        report.at = max(report.at, delivery.sent_at or report.at)  # their clock may be slow
    holder = _holder(report, delivery)
    report.weighed_at = clock.now()
    if holder is None:  # nobody has this address any more: there is nothing to stop, and no reason to keep it
        report.address = report.detail = ""
    report.save(update_fields=["address", "detail", "at", "weighed_at"])
    if holder is None or report.kind in SAYS_NOTHING:
        return
    if report.kind in (Kind.COMPLAINED, Kind.LEFT):
        _leave(holder, report, delivery)
    if report.kind != Kind.LEFT:
        _judge(report.address, holder)


def _holder(report: Report, delivery: Delivery | None) -> Reader | None:
    """The reader whose address this is: who had it when it happened, and has it still.

    Who leaves by a letter is whom it went to, also when the address is another by now or was forgotten.
    """
    if report.kind == Kind.LEFT and delivery is not None:
        reader = delivery.reader
        return reader if reader is not None and reader.erased_at is None else None
    holder = accounts.reader_at(report.address) if report.address else None
    if holder is None or holder.confirmed_at > report.at:
        return None
    return None if delivery is not None and delivery.reader_id not in (None, holder.pk) else holder


def _leave(reader: Reader, report: Report, delivery: Delivery | None) -> None:
    """Take the reader off the list that it is about, or off all where nobody knows which; not one joined since."""
    how = Left.COMPLAINT if report.kind == Kind.COMPLAINED else Left.ONE_CLICK
    of_all = LetterList.objects.all()
    for letters in of_all.filter(issues__mailing=delivery.mailing_id) if delivery is not None else of_all:
        if letters.subscriptions.standing().filter(reader=reader, joined_at__gt=report.at).exists():
            continue
        subscribing.leave(reader, letters, how)


def _judge(address: str, holder: Reader) -> None:
    """Make the suppression of `address` what follows from all that was heard since it was lifted or proved."""
    row = Suppression.objects.select_for_update().filter(address=address).first()
    begins = max(moment for moment in (holder.confirmed_at, row.lifted_at if row else None) if moment)
    reports = list(Report.objects.filter(address=address, at__gte=begins).order_by("at", "source", "event_id"))
    found = verdict(reports, arrived=_arrived(address, reports))
    if found is not None:
        report = found.report
        _suppress(
            address, row, found.reason, by=_who(report.source), source=report.source, detail=report.detail,
            since=report.at,
        )  # fmt: skip
    elif row is not None and row.stands and row.reason == Reason.BOUNCED and row.since > clock.now() - SOFT_DAYS:
        audit.record("letters.suppression_withdrawn", row, by=Actor.system("returns"))
        row.delete()


def verdict(reports: Sequence[Report], *, arrived: Iterable[datetime] = ()) -> Verdict | None:
    """What follows from `reports`, in the order in which things happened; `arrived` are moments of silent success."""
    for kind, reason in ((Kind.COMPLAINED, Reason.COMPLAINED), (Kind.INVALID, Reason.INVALID)):
        if first := next((report for report in reports if report.kind == kind), None):
            return Verdict(reason, first)
    good = sorted([*arrived, *(report.at for report in reports if report.kind == Kind.DELIVERED)])
    row: list[Report] = []
    for report in _once_a_letter(report for report in reports if report.kind == Kind.SOFT):
        row = [one for one in row if report.at - one.at <= SOFT_DAYS]
        if row and any(row[-1].at < moment <= report.at for moment in good):
            row = []
        row.append(report)
        if len(row) == SOFT_BOUNCES:
            return Verdict(Reason.BOUNCED, report)
    return None


def _once_a_letter(reports: Iterable[Report]) -> list[Report]:
    """One letter may be reported twice, by a provider and by mail: it came back once."""
    first: dict[object, Report] = {}
    for report in reports:
        letter = identities.read(report.message_id) or report.message_id or (report.source, report.event_id)
        first.setdefault(letter, report)
    return list(first.values())


def _arrived(address: str, reports: Sequence[Report]) -> list[datetime]:
    """When letters were sent to `address` that nobody reported as failed: they must have arrived."""
    soft = [report for report in reports if report.kind == Kind.SOFT]
    if len(soft) < SOFT_BOUNCES:
        return []
    failed = [report for report in reports if report.kind in FAILURES]
    named = {identities.read(report.message_id) for report in failed}
    unnamed = [report.at for report in failed if identities.read(report.message_id) is None]
    sent = Delivery.objects.filter(address=address, state=DeliveryState.SENT, sent_at__range=(soft[0].at, soft[-1].at))
    return [
        delivery.sent_at
        for delivery in sent
        if delivery.sent_at
        and (delivery.mailing_id, delivery.reader_id) not in named
        and not any(delivery.sent_at <= at <= delivery.sent_at + COMES_BACK_WITHIN for at in unnamed)
    ]


def _suppress(
    address: str, row: Suppression | None, reason: Reason, *, by: Actor, source: str, detail: str, since: datetime
) -> Suppression:
    """Write the row, unless a weightier reason stands; say so in the audit log when letters stop by it."""
    fields: dict[str, Any] = {"reason": reason, "since": since, "source": source, "detail": detail[:300]}
    if row is None:
        row = Suppression.objects.create(address=address, **fields)
    else:
        if row.stands and WEIGHT[Reason(row.reason)] > WEIGHT[reason]:
            return row
        changes = not row.stands or row.reason != reason
        for name, value in {**fields, "lifted_at": None, "lifted_by": "", "lifted_why": ""}.items():
            setattr(row, name, value)
        row.save()
        if not changes:
            return row
    audit.record("letters.suppressed", row, by=by, reason=reason.value, source=source)
    return row


def _row(report: Heard, now: datetime) -> Report:
    event_id = report.event_id if len(report.event_id) <= 80 else hashlib.sha256(report.event_id.encode()).hexdigest()
    return Report(
        source=report.source[:20],
        event_id=event_id,
        kind=report.kind,
        address=addresses.normalise(report.address)[:254],
        message_id=report.message_id.strip().strip("<>")[:250],
        status=report.status[:12],
        detail=" ".join(report.detail.replace("\0", "").split())[:300],
        at=min(report.at or now, now),
        heard_at=now,
    )


def _who(source: str) -> Actor:
    return Actor.system("returns") if source in ("mailbox", "sending") else Actor.provider(source)


# --- Privacy ----------------------------------------------------------------------------------------------


def _export(reader: Reader) -> dict[str, Any]:
    return {
        "stopped": [
            {"why": row.reason, "since": row.since.isoformat(), "lifted": row.lifted_at and row.lifted_at.isoformat()}
            for row in Suppression.objects.filter(address=reader.email)
        ],
        "reports": [
            {"what": report.kind, "at": report.at.isoformat(), "said": report.detail}
            for report in Report.objects.filter(address=reader.email)
        ],
    }


def _erase(reader: Reader) -> None:
    Suppression.objects.filter(address=reader.email).delete()
    Report.objects.filter(address=reader.email).update(address="", detail="")


privacy.register("letters that came back", export=_export, erase=_erase)
