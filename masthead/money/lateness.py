"""Nothing stays under way in silence: what takes longer than usual is asked for, and shown as late."""

from datetime import timedelta

import structlog
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from masthead.core import clock
from masthead.core.jobs import every
from masthead.core.refusals import Trouble
from masthead.money import inbox, providers
from masthead.money.models import Payment
from masthead.money.states import PaymentState

log = structlog.get_logger("masthead.money")

USUAL = {  # how long a payment may take from the call, or from the promise, until its provider knows more
    "card": timedelta(days=1),
    "wallet": timedelta(days=1),
    "debit": timedelta(days=14),  # ten working days
    "other": timedelta(days=14),
}
ASKED_AT_ONCE = 20  # in a run, those first that were not asked for the longest


def late() -> QuerySet[Payment]:
    """Collections and promised payments of which nothing was heard for longer than usual, the oldest first."""
    since = Coalesce("promised_at", "created_at")
    is_late = Q(pk__in=[])
    for method, usual in USUAL.items():
        is_late |= Q(mandate__method=method, since__lt=clock.now() - usual)
    is_late |= Q(mandate=None, since__lt=clock.now() - max(USUAL.values()))
    under_way = Q(state=PaymentState.CREATED, mandate__isnull=False) | Q(state=PaymentState.PROMISED)
    return Payment.objects.annotate(since=since).filter(under_way & is_late).order_by("since")


@every(hours=6)
def ask_about_late() -> None:
    """Ask the providers what became of what is late; the answer goes through the inbox as every webhook does."""
    heard_of = Q(sent_at__isnull=False) | Q(promised_at__isnull=False)  # the others are sent again, see payments
    for payment in late().filter(heard_of).order_by(F("looked_up_at").asc(nulls_first=True), "pk")[:ASKED_AT_ONCE]:
        Payment.objects.filter(pk=payment.pk).update(looked_up_at=clock.now())
        provider = providers.find(payment.provider)
        try:
            told = provider.look_up_payment(payment) if provider else None
        except Trouble as trouble:
            log.warning("money.not_answered", payment=payment.pk, error=type(trouble).__name__)
            continue
        if told is not None:
            inbox.process(inbox.keep_answer(payment.provider, told))
