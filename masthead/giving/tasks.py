"""The clock's rules: rows by key, a verb for each; one pledge that fails doesn't hold up the others."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F

from masthead.core import clock
from masthead.core.jobs import every, job
from masthead.core.models import Message

from . import collecting, mails, notices, pledges, present_mails, presents, schedule
from .models import Instalment, Pledge, Present
from .states import Cause, State

EXPIRY_TOLD_BEFORE = timedelta(days=30)
AT_ONCE = 500  # of a first of the month: the rest ten minutes later, so that sign-in codes need not wait
LINKS_KEPT = timedelta(days=7)  # longer than a mail is tried for
NEVER_PAID_AFTER = timedelta(days=30)
"""A pay page is closed long before; a promised debit may take weeks to be told."""


@every(minutes=10, queue="now")
def keep_pledges() -> None:
    """End pauses and graces, remind, collect what is due, try again what failed: a job for each pledge."""
    with transaction.atomic():  # one commit for all of them, so that hundreds stay within the two seconds
        _enqueue_all()


def _enqueue_all() -> None:
    today = clock.today()
    for pk in Pledge.objects.filter(state=State.PAUSED, paused_until__lte=today).values_list("pk", flat=True):
        end_pause.enqueue(pk)
    for pk in Instalment.objects.filter(try_again_on__lte=today).values_list("pk", flat=True):
        try_again.enqueue(pk)
    overdue = Pledge.objects.filter(state=State.OVERDUE)
    for pk in overdue.filter(instalments__grace_until__lte=today).distinct().values_list("pk", flat=True):
        end_grace.enqueue(pk)
    soon = {"instalments__grace_until__lte": today + schedule.REMIND_BEFORE, "instalments__reminded_on__isnull": True}
    for pk in overdue.filter(instalments__grace_until__gt=today, **soon).distinct().values_list("pk", flat=True):
        remind.enqueue(pk)
    for pk in Pledge.objects.due_by(today).order_by("next_on").values_list("pk", flat=True)[:AT_ONCE]:
        collect_due.enqueue(pk)


@every(days=1)
def announce_what_comes() -> None:
    """Tell in a letter of its own of what is collected in a fortnight, where nothing else has told of it."""
    with transaction.atomic():
        for pk in notices.lacking(clock.today()):
            announce.enqueue(pk)


@every(days=1)
def tell_of_cards_that_end() -> None:
    """A word to the giver about a month before the card that is collected from expires."""
    today = clock.today()
    ending = {"mandate__expires_on__range": (today, today + EXPIRY_TOLD_BEFORE), "mandate__ended_at": None}
    untold = Pledge.objects.live().filter(**ending).exclude(told_of_card_until=F("mandate__expires_on"))
    for pledge in untold.select_related("mandate").order_by("pk"):
        if pledge.mandate and pledge.mandate.expires_on:
            with transaction.atomic():
                mails.expiring(pledge, pledge.mandate, pledge.mandate.expires_on)
                Pledge.objects.filter(pk=pledge.pk).update(told_of_card_until=pledge.mandate.expires_on)


@every(hours=6)
def forget_never_paid() -> None:
    """End pledges whose first payment never came."""
    latest = clock.now() - NEVER_PAID_AFTER
    for pledge in Pledge.objects.filter(state=State.PENDING, created_at__lt=latest):
        pledges.end(pledge, by=collecting.BY, cause=Cause.NEVER_PAID)


@every(minutes=10, queue="now")
def deliver_presents() -> None:
    """Mail the presents whose morning has come: a job for each."""
    due = Present.objects.unclaimed().filter(deliver_on__lte=clock.today(), delivered_at=None)
    with transaction.atomic():
        for pk, day in due.order_by("deliver_on").values_list("pk", "deliver_on")[:AT_ONCE]:
            if day is not None and presents.moment_of(day) <= clock.now():
                deliver_present.enqueue(pk)


@every(days=1)
def keep_presents() -> None:
    """End what nobody claimed, with a word to the giver before; a word to the receiver before a present ends."""
    today = clock.today()
    for present in Present.objects.unclaimed().filter(claim_until__lt=today):
        presents.end_unclaimed(present)
    soon = Present.objects.unclaimed().filter(claim_until__lte=today + presents.TELL_GIVER_BEFORE)
    for present in soon.filter(told_unclaimed_on=None):
        presents.tell_giver(present)
    ending = Present.objects.claimed().filter(ends_on__gt=today, ends_on__lte=today + presents.TELL_RECEIVER_BEFORE)
    for present in ending.filter(told_of_end_on=None):
        presents.tell_receiver(present)


@every(days=1)
def forget_presents() -> None:
    """Forget the mails in which a link stands, and what was written on presents that nobody can have any more."""
    Message.objects.filter(key__startswith=present_mails.LINKS, queued_at__lt=clock.now() - LINKS_KEPT).delete()
    gone = Present.objects.filter(state__in=presents.GONE, created_at__lt=clock.now() - NEVER_PAID_AFTER)
    gone.update(**presents.NOTHING_WRITTEN)


@job("now")
def deliver_present(pk: int) -> None:
    """See presents.deliver."""
    presents.deliver(Present.objects.get(pk=pk))


@job("now")
def collect_due(pk: int) -> None:
    """See collecting.collect_due."""
    collecting.collect_due(Pledge.objects.get(pk=pk))


@job("later")
def announce(pk: int) -> None:
    """See collecting.announce."""
    collecting.announce(Pledge.objects.get(pk=pk))


@job("now")
def try_again(pk: int) -> None:
    """See collecting.try_again."""
    collecting.try_again(Instalment.objects.get(pk=pk))


@job("now")
def end_pause(pk: int) -> None:
    """See collecting.end_pause; what is due on that day is collected on it."""
    pledge = Pledge.objects.get(pk=pk)
    collecting.end_pause(pledge)
    collecting.collect_due(pledge)


@job("now")
def remind(pk: int) -> None:
    """See collecting.remind."""
    collecting.remind(Pledge.objects.get(pk=pk))


@job("now")
def end_grace(pk: int) -> None:
    """See collecting.end_grace."""
    collecting.end_grace(Pledge.objects.get(pk=pk))
