"""The verbs of a mailing: schedule, send, stop, go on, test; how far it is; and the clock's part in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from masthead.core import audit, clock
from masthead.core.actors import Actor
from masthead.core.jobs import every, job
from masthead.core.refusals import Refusal, Trouble
from masthead.letters import issues, rendering
from masthead.letters.models import Delivery, DeliveryState, Issue, Mailing, MailingState, Proof
from masthead.letters.sending import batches, carriers, freezing, pace, stencils
from masthead.readers import addresses

audit.register("letters.mailing_scheduled", "{by} scheduled {subject} for {at}")
audit.register("letters.mailing_sent", "{by} had {subject} sent")
audit.register("letters.mailing_unscheduled", "{by} took {subject} off the schedule")
audit.register("letters.mailing_stopped", "{by} stopped {subject} after {sent} letters")
audit.register("letters.mailing_went_on", "{by} let {subject} go on")
audit.register("letters.proof_sent", "{by} sent a test of {subject}")

ADDRESSES_KEPT = timedelta(days=90)
PROOFS_KEPT = timedelta(days=7)
MEASURED = timedelta(minutes=1)  # over which the rate is taken


class InThePast(Refusal):
    for_people_text = "That moment is past. Choose a later one, or send the letter now. Nothing has been scheduled."


class UnderWay(Refusal):
    for_people_text = "This letter is being sent already. Nothing has been changed."


class NotUnderWay(Refusal):
    for_people_text = "Nothing is being sent, so there is nothing to stop. Nothing has been changed."


class NotStopped(Refusal):
    for_people_text = "This letter was not stopped, so there is nothing to go on with. Nothing has been changed."


@dataclass(frozen=True)
class Progress:
    """How far a mailing is. `rate` is a minute's worth, measured; `left` is None when nobody can honestly say."""

    total: int
    sent: int
    waiting: int
    later: int  # of those waiting, the ones whose next try has a time of its own
    refused: int
    failed: int
    excluded: int
    repeats: int
    rate: float
    left: timedelta | None


def schedule(issue: Issue, at: datetime, by: Actor) -> Mailing:
    """Have `issue` sent at `at`, a moment by our clock; asked again before that, at another.

    Raises InThePast, NotReady, AlreadySent or UnderWay.
    """
    if at < clock.now():
        raise InThePast
    mailing = _ask(issue, at, by)
    audit.record("letters.mailing_scheduled", mailing, by=by, at=at.isoformat())
    return mailing


def send(issue: Issue, by: Actor) -> Mailing:
    """Have `issue` sent now. Raises NotReady, AlreadySent or UnderWay."""
    with transaction.atomic():
        mailing = _ask(issue, clock.now(), by)
        audit.record("letters.mailing_sent", mailing, by=by)
        _begin(mailing)
    return mailing


def _ask(issue: Issue, at: datetime, by: Actor) -> Mailing:
    issues.check_ready(issue)
    with transaction.atomic():
        mailing = Mailing.objects.select_for_update().filter(issue=issue).first() or Mailing(issue=issue)
        if mailing.freezing_at is not None or mailing.state not in (MailingState.SCHEDULED, MailingState.STOPPED):
            raise UnderWay
        mailing.state, mailing.send_at, mailing.stopped_at, mailing.says = MailingState.SCHEDULED, at, None, ""
        mailing.asked_by, mailing.asked_at = str(by), clock.now()
        mailing.save()
    return mailing


def _begin(mailing: Mailing) -> None:
    """Move a scheduled mailing whose time has come to writing down who gets it. Twice changes nothing."""
    scheduled = Mailing.objects.filter(pk=mailing.pk, state=MailingState.SCHEDULED)
    if scheduled.update(state=MailingState.FREEZING, freezing_at=clock.now()):
        mailing.refresh_from_db()
        freezing.freeze.enqueue(mailing.pk)


def stop(mailing: Mailing, by: Actor) -> Mailing:
    """Send no further message; one that is being handed over still goes. Raises NotUnderWay."""
    with transaction.atomic():
        mailing = Mailing.objects.select_for_update().get(pk=mailing.pk)
        if mailing.state in (MailingState.STOPPED, MailingState.DONE):
            raise NotUnderWay
        if mailing.state == MailingState.SCHEDULED:
            audit.record("letters.mailing_unscheduled", mailing, by=by)
        else:
            sent = mailing.deliveries.filter(state=DeliveryState.SENT).count()
            audit.record("letters.mailing_stopped", mailing, by=by, sent=sent)
        mailing.state, mailing.stopped_at, mailing.says = MailingState.STOPPED, clock.now(), ""
        mailing.save(update_fields=["state", "stopped_at", "says"])
    return mailing


def go_on(mailing: Mailing, by: Actor) -> Mailing:
    """Send the rest, or have what was taken off the schedule sent at its time. Raises NotStopped or NotReady."""
    with transaction.atomic():
        mailing = Mailing.objects.select_for_update().get(pk=mailing.pk)
        if mailing.state != MailingState.STOPPED:
            raise NotStopped
        mailing.stopped_at, mailing.says, mailing.troubles, mailing.resume_at = None, "", 0, None
        if mailing.freezing_at is None:
            mailing.state = MailingState.SCHEDULED
        else:
            mailing.state = MailingState.SENDING if mailing.begun_at else MailingState.FREEZING
        mailing.save(update_fields=["state", "stopped_at", "says", "troubles", "resume_at"])
        audit.record("letters.mailing_went_on", mailing, by=by)
        _push(mailing)
    return mailing


def _push(mailing: Mailing) -> None:
    """Have done what is next for a mailing, if its time has come. Raises NotReady: much can change while it waits."""
    if mailing.state == MailingState.SCHEDULED and mailing.send_at <= clock.now():
        issues.check_ready(mailing.issue)
        _begin(mailing)
    elif mailing.state in (MailingState.FREEZING, MailingState.WAITING):
        freezing.freeze.enqueue(mailing.pk)
    elif mailing.state == MailingState.SENDING:
        batches.wake(mailing)


@every(minutes=1)
def keep_going() -> None:
    """Begin what is due, ask again whether what waits may go, and wake lanes that have something to do."""
    for mailing in Mailing.objects.under_way().select_related("issue__list").order_by("send_at"):
        try:
            _push(mailing)
        except Refusal as refusal:
            _hold(mailing, refusal)
    pace.forget()


def _hold(mailing: Mailing, refusal: Refusal) -> None:
    with transaction.atomic():
        scheduled = Mailing.objects.select_for_update().filter(pk=mailing.pk, state=MailingState.SCHEDULED).first()
        if scheduled is not None:
            freezing.hold(scheduled, refusal)


@every(days=1)
def forget() -> None:
    """Erase addresses ninety days after their mailing ended, and tests after a week. The numbers stay."""
    old = Mailing.objects.filter(finished_at__lt=clock.now() - ADDRESSES_KEPT)
    Delivery.objects.filter(mailing__in=old).kept().update(address="", domain="", says="")
    Proof.objects.filter(asked_at__lt=clock.now() - PROOFS_KEPT).delete()


# --- How far -----------------------------------------------------------------------------------------------


def progress(mailing: Mailing) -> Progress:
    """Count how far it is, from the deliveries themselves."""
    now = clock.now()
    rows = mailing.deliveries.order_by()
    counted = dict(rows.values_list("state").annotate(count=Count("pk")))
    waiting = counted.get(DeliveryState.WAITING, 0) + counted.get(DeliveryState.SENDING, 0)
    later = rows.filter(state=DeliveryState.WAITING, next_try_at__gt=now).count() if waiting else 0
    rate = _rate(mailing, now) if mailing.state == MailingState.SENDING else 0.0
    left = None
    if rate and waiting > later and (mailing.resume_at is None or mailing.resume_at <= now):
        left = max(timedelta(minutes=(waiting - later) / rate), pace.slowest(mailing))
    return Progress(
        total=mailing.total,
        sent=counted.get(DeliveryState.SENT, 0),
        waiting=waiting,
        later=later,
        refused=counted.get(DeliveryState.REFUSED, 0),
        failed=counted.get(DeliveryState.FAILED, 0),
        excluded=counted.get(DeliveryState.EXCLUDED, 0),
        repeats=mailing.repeats,
        rate=rate,
        left=left,
    )


def _rate(mailing: Mailing, now: datetime) -> float:
    """Letters a minute over the last minute, or since it began when that is less; none within five seconds."""
    since = max(now - MEASURED, mailing.begun_at or now)
    if now - since < timedelta(seconds=5):
        return 0.0
    return mailing.deliveries.filter(sent_at__gt=since).count() * (timedelta(minutes=1) / (now - since))


def exclusions(mailing: Mailing) -> list[tuple[str, str, int]]:
    """Why people were left out, when it was frozen or just before they were written to: code, sentence, how many."""
    rows = mailing.deliveries.filter(state=DeliveryState.EXCLUDED).order_by()
    counted = rows.values_list("reason").annotate(count=Count("pk"))
    return sorted((code, freezing.EXCLUSIONS.get(code, code), count) for code, count in counted)


# --- Tests ---------------------------------------------------------------------------------------------------


def test(issue: Issue, to: str, edition: str, by: Actor) -> Proof:
    """Send one copy of `issue` as it is now, marked as a test, to an address of the newsroom's choice.

    Raises TooLarge, or BadAddress when `to` is none.
    """
    address = addresses.checked(to)
    if edition not in rendering.EDITIONS:
        raise ValueError(edition)
    rendering.render(issue, edition)
    with transaction.atomic():
        proof = Proof.objects.create(issue=issue, to=address, edition=edition, asked_by=str(by))
        audit.record("letters.proof_sent", issue, by=by)
        send_proof.enqueue(proof.pk)
    return proof


@job(queue="now", tries=3)
def send_proof(pk: int) -> None:
    """Hand a test over. Its links lead to the list, not to anybody's choices. Raises Trouble when nobody takes it."""
    proof = Proof.objects.select_related("issue__list").filter(pk=pk, sent_at=None).first()
    if proof is None:
        return
    said = rendering.render(proof.issue, proof.edition)  # type: ignore[arg-type]
    said = rendering.Rendered(f"[Test] {said.subject}", said.html, said.text)
    here = settings.SITE_ADDRESS + proof.issue.list.path
    post = stencils.Post.of(proof.issue.list)
    stencil = stencils.Stencil(post, said, online=settings.SITE_ADDRESS + proof.issue.path, key=f"test-{proof.pk}")
    identity = f"test.{proof.pk}.{int(proof.asked_at.timestamp())}@{post.address.rpartition('@')[2]}"
    mail = stencil.mail(proof.to, identity=identity, unsubscribe=here, preferences=here, at=clock.now())
    try:
        with carriers.opened() as carrier:
            answer = carrier.hand_over(mail)
    except carriers.Broken as broken:
        Proof.objects.filter(pk=pk).update(error=broken.says[:300])
        raise Trouble(f"test {pk} of a letter was not taken") from broken
    if answer.outcome is carriers.Outcome.TAKEN:
        Proof.objects.filter(pk=pk).update(sent_at=clock.now(), error="")
    else:
        Proof.objects.filter(pk=pk).update(error=str(answer)[:300])
