"""Pledges and gifts: what was promised or given, by whom, and what became of it."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from babel.numbers import get_currency_symbol
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils import translation
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from masthead.core import clock, fillins
from masthead.money import failures
from masthead.money.amounts import Money
from masthead.money.models import Payment
from masthead.press.models import OnPages

from . import references
from .states import Cause, GiftState, State

if TYPE_CHECKING:
    from masthead.readers.models import Device, Reader


class Rhythm(models.TextChoices):
    """How often somebody gives."""

    MONTH = "month", "every month"
    YEAR = "year", "every year"
    ONCE = "once", "once"


class Interval(models.TextChoices):
    """How often a pledge is collected."""

    MONTH = "month", "every month"
    YEAR = "year", "every year"


MONTHS = {Interval.MONTH: 1, Interval.YEAR: 12}


class Owned(models.QuerySet[Any]):
    """Rows that belong to a reader, or to a device until its address is confirmed."""

    def of(self, reader: "Reader | None", device: "Device | None" = None) -> Self:
        """What this person may see and change: the reader's own, and those made on this very device."""
        mine = Q(pk__in=[])
        if reader is not None:
            mine |= Q(reader=reader)
        if device is not None:
            mine |= Q(device=device, reader__isnull=True)
        return self.filter(mine)

    def locked(self, pk: int) -> Any:
        """The row, fresh and locked until the transaction ends."""
        return self.select_for_update(of=("self",)).get(pk=pk)

    def locked_by(self, reference: str) -> Any:
        """The same, by the reference that people and order keys use."""
        return self.select_for_update(of=("self",)).get(reference=reference)

    def from_story(self, page_id: int) -> Self:
        """Those that came from this story."""
        return self.filter(origin_story=page_id)


class PledgeQuerySet(Owned):
    """Questions about many pledges."""

    def live(self) -> Self:
        """Begun and not ended: active, overdue or paused."""
        return self.filter(state__in=(State.ACTIVE, State.OVERDUE, State.PAUSED))

    def due_by(self, day: date) -> Self:
        """Active, and to be collected on or before `day`."""
        return self.filter(state=State.ACTIVE, next_on__lte=day)

    def begun(self) -> Self:
        """Those for which a payment was made or promised at least once."""
        return self.filter(started_on__isnull=False)


class CameFrom(models.Model):
    """The story, placement and appeal that somebody came from, carried by the form."""

    origin_story = models.PositiveBigIntegerField("story", null=True, blank=True, db_index=True)
    origin_address = models.CharField("address of the story", max_length=255, blank=True)
    origin_placement = models.CharField("placement", max_length=20, blank=True)
    origin_appeal = models.PositiveBigIntegerField("appeal", null=True, blank=True)

    class Meta:
        abstract = True


class Pledge(CameFrom):
    """A promise to give `amount_minor` minor units of `currency` every `interval`, until it is ended."""

    reference = models.CharField(max_length=9, unique=True, default=references.new, editable=False)
    reader = models.ForeignKey(
        "readers.Reader", null=True, blank=True, on_delete=models.SET_NULL, related_name="pledges"
    )
    device = models.ForeignKey(
        "readers.Device", null=True, blank=True, on_delete=models.SET_NULL, related_name="pledges"
    )
    email = models.EmailField("e-mail address", blank=True, db_index=True)
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    interval = models.CharField(max_length=5, choices=Interval.choices)
    state = models.CharField(max_length=7, choices=State.choices, default=State.PENDING, db_index=True)
    anchor_day = models.PositiveSmallIntegerField("day of the month on which it is collected")
    mandate = models.ForeignKey("money.Mandate", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    started_on = models.DateField("first paid on", null=True, blank=True)
    next_on = models.DateField("to be collected next on", null=True, blank=True, db_index=True)
    paid_until = models.DateField("paid until, that day not included", null=True, blank=True)
    paused_until = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    told_of_card_until = models.DateField("told that its card ends on", null=True, blank=True)

    objects = PledgeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        permissions = [("view_income", "Can see what a story brought in, without names")]
        constraints = [
            CheckConstraint(name="pledge_gives_something", condition=Q(amount_minor__gt=0)),
            CheckConstraint(name="pledge_is_collected_on_a_day", condition=Q(anchor_day__range=(1, 31))),
            CheckConstraint(
                name="pledge_has_a_pause_end_only_while_paused",
                condition=Q(state=State.PAUSED, paused_until__isnull=False)
                | (~Q(state=State.PAUSED) & Q(paused_until__isnull=True)),
            ),
            CheckConstraint(
                name="pledge_ended_at_only_when_ended",
                condition=Q(state=State.ENDED, ended_at__isnull=False)
                | (~Q(state=State.ENDED) & Q(ended_at__isnull=True)),
            ),
            CheckConstraint(
                name="pledge_that_lives_has_begun_and_goes_on",
                condition=Q(state__in=(State.PENDING, State.ENDED))
                | Q(started_on__isnull=False, next_on__isnull=False, paid_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Pledge {self.reference}"

    @property
    def amount(self) -> Money:
        """What is given each time."""
        return Money(self.amount_minor, self.currency)

    @property
    def live(self) -> bool:
        """Begun and not ended."""
        return self.state in (State.ACTIVE, State.OVERDUE, State.PAUSED)

    @property
    def has_paid_time(self) -> bool:
        """Whether what was paid for goes on, whatever becomes of the pledge."""
        return self.paid_until is not None and self.paid_until > clock.today()

    @property
    def last_paid(self) -> "Instalment | None":
        """The newest instalment that is paid or promised: what the paid time was paid with."""
        return self.instalments.filter(state__in=PAID).order_by("-number").first()

    @property
    def failing(self) -> "Instalment | None":
        """The instalment that made it overdue, and is not let go."""
        return self.instalments.filter(failed_on__isnull=False, state__in=OPEN).order_by("-number").first()

    @property
    def approve_at(self) -> str:
        """Where the giver may approve the failing payment, if their bank wants that; else nothing."""
        failing = self.failing if self.state == State.OVERDUE else None
        if failing is None or failing.state != InstalmentState.WAITING:
            return ""
        payment = Payment.objects.filter(reference=failing.payment_reference).first()
        return payment.approval_url if payment else ""


class Move(models.Model):
    """One change of a pledge: from where to where, who or what caused it, and when. Never changed."""

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="moves")
    was = models.CharField(max_length=7, choices=State.choices)
    now = models.CharField(max_length=7, choices=State.choices)
    by = models.CharField(max_length=60)
    cause = models.CharField(max_length=12, choices=Cause.choices)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.pledge_id}: {self.was} → {self.now} ({self.cause})"


class InstalmentState(models.TextChoices):
    """Where one collection of a pledge stands."""

    ASKED = "asked", "asked for"
    PROMISED = "promised", "promised by the bank"
    COLLECTED = "collected", "paid"
    FAILED = "failed", "failed"
    WAITING = "waiting", "waiting for an approval"
    ABANDONED = "abandoned", "not paid"
    RETURNED = "returned", "claimed back"
    REFUNDED = "refunded", "refunded"


PAID = (InstalmentState.PROMISED, InstalmentState.COLLECTED)
OPEN = (InstalmentState.ASKED, InstalmentState.FAILED, InstalmentState.WAITING)


class Instalment(models.Model):
    """One time that a pledge is collected; the row stands before the provider is asked."""

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="instalments")
    number = models.PositiveIntegerField()
    due_on = models.DateField()
    covers_until = models.DateField("pays until, that day not included")
    amount_minor = models.PositiveBigIntegerField()
    interval = models.CharField(max_length=5, choices=Interval.choices)
    state = models.CharField(max_length=9, choices=InstalmentState.choices, default=InstalmentState.ASKED)
    tries = models.PositiveSmallIntegerField(default=1)
    failed_on = models.DateField("first failed on", null=True, blank=True)
    grace_until = models.DateField("benefits stay until, that day not included", null=True, blank=True)
    reminded_on = models.DateField("reminded of it on", null=True, blank=True)
    try_again_on = models.DateField(null=True, blank=True, db_index=True)
    payment_reference = models.CharField(max_length=64, blank=True, db_index=True)
    paid_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["pledge", "number"]
        constraints = [
            UniqueConstraint(name="instalment_once_per_number", fields=["pledge", "number"]),
            CheckConstraint(name="instalment_asks_for_something", condition=Q(amount_minor__gt=0)),
            CheckConstraint(
                name="instalment_that_failed_has_a_grace",
                condition=Q(failed_on__isnull=True, grace_until__isnull=True)
                | Q(failed_on__isnull=False, grace_until__gt=models.F("failed_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pledge_id}: {self.number}"

    @property
    def amount(self) -> Money:
        """What was asked for."""
        return Money(self.amount_minor, self.pledge.currency)

    @property
    def failure(self) -> str:
        """Why it is not paid, as a code of money.failures; empty when nobody has said no."""
        if self.failed_on is None or self.state in PAID:
            return ""
        payment = Payment.objects.filter(reference=self.payment_reference).first()
        return payment.why if payment else "no_mandate"

    @property
    def why(self) -> str:
        """The same as a sentence."""
        return failures.sentence(self.failure)

    @property
    def order_key(self) -> str:
        """The key of the payment of this try: another try is another payment."""
        first = f"pledge:{self.pledge.reference}:{self.number}"
        return first if self.tries == 1 else f"{first}:{self.tries}"


class GiftQuerySet(Owned):
    """Questions about many gifts."""

    def given(self) -> Self:
        """Those that were paid or promised, and not taken back."""
        return self.filter(state=GiftState.GIVEN)


class Gift(CameFrom):
    """Money given once."""

    reference = models.CharField(max_length=9, unique=True, default=references.new, editable=False)
    reader = models.ForeignKey("readers.Reader", null=True, blank=True, on_delete=models.SET_NULL, related_name="gifts")
    device = models.ForeignKey("readers.Device", null=True, blank=True, on_delete=models.SET_NULL, related_name="gifts")
    email = models.EmailField("e-mail address", blank=True, db_index=True)
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=GiftState.choices, default=GiftState.PENDING, db_index=True)
    created_at = models.DateTimeField(default=clock.now)
    given_at = models.DateTimeField(null=True, blank=True)
    payment_reference = models.CharField(max_length=64, blank=True, db_index=True)

    objects = GiftQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            CheckConstraint(name="gift_gives_something", condition=Q(amount_minor__gt=0)),
            CheckConstraint(
                name="gift_has_a_moment_when_given",
                condition=~Q(state=GiftState.GIVEN) | Q(given_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Gift {self.reference}"

    @property
    def amount(self) -> Money:
        """What was given."""
        return Money(self.amount_minor, self.currency)

    @property
    def order_key(self) -> str:
        """The key of its one payment."""
        return f"gift:{self.reference}"


GRACE_DAYS = (7, 60)  # least and most
GRACE_SAYS = "A grace lasts from 7 to 60 days."


def _monthly() -> list[int]:
    return [300, 600, 1200, 2500]


def _yearly() -> list[int]:
    return [3600, 7200, 14400, 30000]


def _once() -> list[int]:
    return [1000, 2500, 5000, 10000]


@register_setting(icon="form", order=300)
class GivingTerms(OnPages, BaseGenericSetting):
    """What the support page suggests and takes: amounts in minor units of one currency."""

    currency = models.CharField(max_length=3, default="GBP", help_text="Three letters, such as GBP or EUR.")
    month_minor = models.JSONField(default=_monthly)
    year_minor = models.JSONField(default=_yearly)
    once_minor = models.JSONField(default=_once)
    grace_days = models.PositiveSmallIntegerField(
        default=14,
        help_text="For so many days after a payment has failed every benefit stays; then the support ends. "
        "From 7 to 60; who is within a grace already keeps the day that they were told.",
    )
    least_minor = models.PositiveBigIntegerField(default=100)
    most_minor = models.PositiveBigIntegerField(default=500_000)
    standfirst = models.CharField(
        "line under the heading",
        max_length=200,
        blank=True,
        default="Readers pay for this paper, so that everybody can read it.",
    )
    where_it_goes = models.TextField(
        blank=True,
        default="To the people who report, film, edit and check. The rest is rent, printing, servers and bank fees.",
    )

    class Meta:
        verbose_name = "amounts of support"
        constraints = [
            CheckConstraint(
                name="terms_leave_room",
                condition=Q(least_minor__gt=0) & Q(most_minor__gte=models.F("least_minor")),
            ),
            CheckConstraint(
                name="terms_give_a_grace", condition=Q(grace_days__range=GRACE_DAYS), violation_error_message=GRACE_SAYS
            ),
        ]

    def clean(self) -> None:
        """Nothing unknown to fill in."""
        super().clean()
        said = {field: fillins.wrong_in(getattr(self, field)) for field in ("standfirst", "where_it_goes")}
        if wrong := {field: says for field, says in said.items() if says}:
            raise ValidationError(wrong)

    def suggested(self, often: str) -> list[Money]:
        """The amounts to choose from, least first."""
        return [Money(minor, self.currency) for minor in getattr(self, f"{Rhythm(often).value}_minor")]

    def money(self, minor: int) -> Money:
        """An amount in this currency."""
        return Money(minor, self.currency)

    @property
    def grace(self) -> timedelta:
        """How long every benefit stays after a payment has failed."""
        return timedelta(days=self.grace_days)

    @property
    def sign(self) -> str:
        """What stands before an amount, such as £."""
        return get_currency_symbol(self.currency, locale=translation.to_locale(translation.get_language() or "en"))

    @property
    def least(self) -> Money:
        """Less than this is not taken."""
        return Money(self.least_minor, self.currency)

    @property
    def most(self) -> Money:
        """More than this is not taken without a word with the newsroom."""
        return Money(self.most_minor, self.currency)
