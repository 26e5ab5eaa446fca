"""Who gets a mailing: written down by jobs, a thousand people a step, and counted, before the first message goes."""

import time
from collections import Counter

import structlog
from django.db import transaction

from masthead.core import audit, clock, faults
from masthead.core.actors import Actor
from masthead.core.jobs import job
from masthead.core.refusals import Refusal
from masthead.letters import audience, clicks, issues, rendering, standing
from masthead.letters.models import Delivery, DeliveryState, Mailing, MailingState, MailingText
from masthead.letters.sending import batches, pace
from masthead.readers import addresses

log = structlog.get_logger("masthead.letters")

SYSTEM = Actor.system("letters")
audit.register("letters.mailing_not_ready", "{by} stopped {subject} before it began: it was not ready")

SAME_ADDRESS = "same-address"
EXCLUSIONS = {
    **audience.EXCLUSIONS,
    SAME_ADDRESS: "Have the same address as somebody who gets a copy",
}
A_STEP = 1000  # people
SECONDS = 3.0  # of steps in one job; a step more comes on top

Excluded = tuple[int, str]  # a reader and the reason


@job(queue="later", tries=24)
def freeze(pk: int) -> None:
    """Write down the recipients for some seconds, then leave the rest to the next job. Begun again, it goes on."""
    until = time.monotonic() + SECONDS
    while _step(pk):
        if time.monotonic() > until:
            freeze.enqueue(pk)
            return
    let_begin(pk)


def _step(pk: int) -> bool:
    """One step, in one transaction; gives whether there may be more to do."""
    with transaction.atomic():
        mailing = Mailing.objects.select_for_update().select_related("issue__list").get(pk=pk)
        if mailing.state != MailingState.FREEZING or mailing.frozen_at is not None:
            return False
        people = audience.candidates(mailing.issue.list, after=mailing.frozen_to, limit=A_STEP)
        if people:
            _write_down(mailing, people)
            mailing.frozen_to = people[-1].reader_id
            mailing.save(update_fields=["frozen_to", "excluded"])
            faults.reach("letter.frozen")
            return True
        mailing.total = mailing.deliveries.exclude(state=DeliveryState.EXCLUDED).count()
        mailing.frozen_at = clock.now()
        mailing.save(update_fields=["total", "frozen_at"])
        pace.watch(mailing)
    log.info("mailing.frozen", mailing=pk, total=mailing.total)
    return False


def _write_down(mailing: Mailing, people: list[audience.Candidate]) -> None:
    """Rows for these people. Whom a row excludes is named by the reader alone, without address."""
    normal = {person.reader_id: addresses.normalise(person.email) for person in people if not person.excluded}
    taken = set(mailing.deliveries.filter(address__in=set(normal.values())).values_list("address", flat=True))
    rows = []
    for person in people:
        reason, address = person.excluded, normal.get(person.reader_id, "")
        if not reason and address in taken:
            reason = SAME_ADDRESS
        taken.add(address)
        row = Delivery(mailing=mailing, reader_id=person.reader_id)
        if reason:
            row.state, row.reason = DeliveryState.EXCLUDED, reason
        else:
            row.address, row.domain = address, address.rpartition("@")[2]
            row.edition = person.edition
        rows.append(row)
    Delivery.objects.bulk_create(rows)
    mailing.excluded = dict(Counter(mailing.excluded) + Counter(row.reason for row in rows if row.reason))


def let_begin(pk: int) -> None:
    """Let a counted mailing begin, or wait until our domain's standing allows it. Refused, it stops and says why."""
    mailing = Mailing.objects.select_related("issue__list").get(pk=pk)
    if mailing.state not in (MailingState.FREEZING, MailingState.WAITING) or mailing.frozen_at is None:
        return
    clearance = standing.clear_for(mailing.total)  # asks the DNS: outside the transaction
    with transaction.atomic():
        mailing = Mailing.objects.select_for_update().select_related("issue__list").get(pk=pk)
        if mailing.state not in (MailingState.FREEZING, MailingState.WAITING):
            return
        if not clearance.passes:
            mailing.state, mailing.says = MailingState.WAITING, clearance.says[:500]
            mailing.save(update_fields=["state", "says"])
            return
        try:
            with transaction.atomic():
                _begin(mailing)
        except Refusal as refusal:
            mailing.begun_at = None
            hold(mailing, refusal)


def hold(mailing: Mailing, refusal: Refusal) -> None:
    """Stop a mailing, locked, that can't begin; the desk shows why."""
    mailing.state, mailing.says, mailing.stopped_at = MailingState.STOPPED, refusal.for_people[:500], clock.now()
    mailing.save(update_fields=["state", "says", "stopped_at"])
    audit.record("letters.mailing_not_ready", mailing, by=SYSTEM)


def _begin(mailing: Mailing) -> None:
    """The issue is out: the archive shows it, what it says is settled, and the lanes may run.

    Raises NotReady: it may have been changed, or a picture's rights may have ended, since somebody asked for it.
    """
    issues.check_ready(mailing.issue)
    issue = issues.let_out(mailing.issue)
    for edition in rendering.EDITIONS:
        said = clicks.lead_through(mailing, rendering.render(issue, edition))
        MailingText.objects.update_or_create(
            mailing=mailing,
            edition=edition,
            defaults={"subject": said.subject, "html": said.html, "text": said.text},
        )
    mailing.state, mailing.says, mailing.begun_at = MailingState.SENDING, "", mailing.begun_at or clock.now()
    mailing.save(update_fields=["state", "says", "begun_at"])
    batches.wake(mailing)
