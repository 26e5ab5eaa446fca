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
from .states import Act, Cause, GiftState, PresentState, State

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


def a_month_of(amount: Money) -> str:
    """What an amount for a year makes each month, in words: to the penny, and 'about' where that is rounded."""
    whole, rest = divmod(amount.minor, 12)
    if not rest:
        return f"{Money(whole, amount.currency).short} a month"
    return f"about {Money((amount.minor + 6) // 12, amount.currency).short} a month"


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
    keeps_while_paused = models.BooleanField("benefits stay while it is paused", default=False)
    rests_from = models.DateField("benefits rest from this day until it is collected", null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    fee_minor = models.PositiveBigIntegerField("of the amount, to cover the fee", default=0)
    told_of_card_until = models.DateField("told that its card ends on", null=True, blank=True)

    told_on: date | None = None  # for the giver's page: the day of the next collection as they know it

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
                name="pledge_keeps_benefits_in_a_pause_only_while_paused",
                condition=Q(state=State.PAUSED) | Q(keeps_while_paused=False),
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
    def fee(self) -> Money:
        """How much of it covers the fee of the payment."""
        return Money(self.fee_minor, self.currency)

    @property
    def amount_alone(self) -> Money:
        """What is meant to arrive, without the fee."""
        return self.amount - self.fee

    @property
    def a_month(self) -> str:
        """What a yearly amount makes each month, in words; empty for a monthly one."""
        return a_month_of(self.amount) if self.interval == Interval.YEAR else ""

    @property
    def live(self) -> bool:
        """Begun and not ended."""
        return self.state in (State.ACTIVE, State.OVERDUE, State.PAUSED)

    @property
    def has_paid_time(self) -> bool:
        """Whether what was paid for goes on, whatever becomes of the pledge."""
        return self.paid_until is not None and self.paid_until > clock.today()

    @property
    def newest_move(self) -> int:
        """The key of the last thing that happened to it: by this a page tells that it was made before that."""
        return self.moves.order_by("-pk").values_list("pk", flat=True).first() or 0

    @property
    def newest_instalment(self) -> "Instalment | None":
        """The one that was asked for last, whatever became of it."""
        return self.instalments.order_by("-number").first()

    @property
    def last_paid(self) -> "Instalment | None":
        """The newest instalment that is paid or promised: what the paid time was paid with."""
        return self.instalments.filter(state__in=PAID).order_by("-number").first()

    @property
    def under_way(self) -> "list[Instalment]":
        """What the bank was asked for or has promised, and is not collected: no change reaches it any more."""
        asked = (InstalmentState.ASKED, InstalmentState.PROMISED)
        return list(self.instalments.filter(state__in=asked, try_again_on=None).order_by("number"))

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
    """One change of a pledge: from where to where, who or what caused it, and when. Never changed.

    What somebody asked for has an `act`, and in `changed` each fact that differs, before and after (states.standing).
    """

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="moves")
    was = models.CharField(max_length=7, choices=State.choices)
    now = models.CharField(max_length=7, choices=State.choices)
    by = models.CharField(max_length=60)
    cause = models.CharField(max_length=12, choices=Cause.choices)
    at = models.DateTimeField()
    act = models.CharField(max_length=8, choices=Act.choices, blank=True)
    changed = models.JSONField(default=dict, blank=True)

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
    give_back_minor = models.PositiveBigIntegerField("to be given back, at once or when it is collected", default=0)

    class Meta:
        ordering = ["pledge", "number"]
        constraints = [
            UniqueConstraint(name="instalment_once_per_number", fields=["pledge", "number"]),
            CheckConstraint(name="instalment_asks_for_something", condition=Q(amount_minor__gt=0)),
            CheckConstraint(
                name="instalment_gives_back_at_most_itself", condition=Q(give_back_minor__lte=models.F("amount_minor"))
            ),
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


class Offer(models.TextChoices):
    """What is offered, once, to who is about to end."""

    NONE = "none", "nothing"
    LOWER = "lower", "a lower amount"
    PAUSE = "pause", "a pause"


class Reason(models.TextChoices):
    """Why somebody ends, in their words."""

    MONEY = "money", "I can’t afford it at the moment"
    ELSEWHERE = "elsewhere", "I give to something else now"
    READ_LESS = "read_less", "I read it less than I did"
    COVERAGE = "coverage", "I miss subjects, or there are too few stories"
    OPINION = "opinion", "I don’t agree with what it writes"
    BENEFITS = "benefits", "I don’t use what I get for it"
    LETTERS = "letters", "Too many letters or appeals"
    TROUBLE = "trouble", "Something did not work: paying, the site, a letter"
    ONCE = "once", "I meant to give once, or for a while"
    MOVED = "moved", "I have moved away, or my life has changed"
    OTHER = "other", "Something else"


LONGEST_WORDS = 300


class Leaving(models.Model):
    """Why somebody ended, as they chose to say. No person, pledge or day stands here: a month, and how it was given."""

    month = models.DateField("month, as its first day", db_index=True)
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    words = models.CharField("in their own words", max_length=LONGEST_WORDS, blank=True)
    offer = models.CharField("was offered", max_length=5, choices=Offer.choices, default=Offer.NONE)
    interval = models.CharField(max_length=5, choices=Interval.choices)
    with_refund = models.BooleanField("ended at once, with a refund")

    class Meta:
        ordering = ["-month", "reason", "words"]
        verbose_name = "reason to end"
        verbose_name_plural = "reasons to end"

    def __str__(self) -> str:
        return self.get_reason_display() or "Nothing said"


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
    fee_minor = models.PositiveBigIntegerField("of the amount, to cover the fee", default=0)
    months = models.PositiveSmallIntegerField("months of membership that it pays for", default=0)
    covers_until = models.DateField("pays until, that day not included", null=True, blank=True)

    objects = GiftQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            CheckConstraint(name="gift_gives_something", condition=Q(amount_minor__gt=0)),
            CheckConstraint(
                name="gift_has_a_moment_when_given",
                condition=~Q(state=GiftState.GIVEN) | Q(given_at__isnull=False),
            ),
            CheckConstraint(
                name="gift_of_months_lasts_until_a_day",
                condition=Q(months=0, covers_until__isnull=True) | Q(months__gt=0, covers_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Gift {self.reference}"

    @property
    def amount(self) -> Money:
        """What was given."""
        return Money(self.amount_minor, self.currency)

    @property
    def fee(self) -> Money:
        """How much of it covers the fee of the payment."""
        return Money(self.fee_minor, self.currency)

    @property
    def amount_alone(self) -> Money:
        """What is meant to arrive, without the fee."""
        return self.amount - self.fee

    @property
    def order_key(self) -> str:
        """The key of its one payment."""
        return f"gift:{self.reference}"


class Months(models.IntegerChoices):
    """How long a membership may be that is paid for at once."""

    ONE = 1, "1 month"
    THREE = 3, "3 months"
    SIX = 6, "6 months"
    TWELVE = 12, "12 months"


class PresentQuerySet(Owned):
    """Questions about many presents."""

    def bought(self) -> Self:
        """Paid or promised at least once."""
        return self.filter(bought_at__isnull=False)

    def concerning(self, reader: "Reader | None", device: "Device | None") -> Self:
        """Those that they gave, and those that they got."""
        given = self.of(reader, device)
        return given | self.filter(receiver=reader) if reader else given

    def unclaimed(self) -> Self:
        """Bought, and nobody has it yet."""
        return self.filter(state=PresentState.BOUGHT)

    def claimed(self) -> Self:
        """Somebody has it."""
        return self.filter(state=PresentState.CLAIMED)


class Present(models.Model):
    """A membership of `months` months that somebody bought for another. `reader`, `device` and `email` are the giver's.

    Whoever holds its link may claim it, once. Of the link there is a hash alone: a new one voids the one before.
    """

    reference = models.CharField(max_length=9, unique=True, default=references.new, editable=False)
    reader = models.ForeignKey(
        "readers.Reader", null=True, blank=True, on_delete=models.SET_NULL, related_name="presents_given"
    )
    device = models.ForeignKey(
        "readers.Device", null=True, blank=True, on_delete=models.SET_NULL, related_name="presents_given"
    )
    email = models.EmailField("giver’s e-mail address", blank=True)
    giver_name = models.CharField("from", max_length=80, blank=True)
    receiver_name = models.CharField("for", max_length=80, blank=True)
    receiver_email = models.EmailField("receiver’s e-mail address", blank=True)
    message = models.CharField(max_length=300, blank=True)
    months = models.PositiveSmallIntegerField(choices=Months.choices)
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=PresentState.choices, default=PresentState.PENDING, db_index=True)
    created_at = models.DateTimeField(default=clock.now)
    bought_at = models.DateTimeField(null=True, blank=True)
    payment_reference = models.CharField(max_length=64, blank=True, db_index=True)
    deliver_on = models.DateField("to be delivered on", null=True, blank=True, db_index=True)
    delivered_at = models.DateTimeField("link made at", null=True, blank=True)
    links_made = models.PositiveSmallIntegerField(default=0)
    link_hash = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    claim_until = models.DateField("can be claimed until, that day included", null=True, blank=True)
    receiver = models.ForeignKey(
        "readers.Reader", null=True, blank=True, on_delete=models.SET_NULL, related_name="presents"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    ends_on = models.DateField("lasts until, that day not included", null=True, blank=True, db_index=True)
    told_unclaimed_on = models.DateField("giver told that nobody claimed it on", null=True, blank=True)
    told_of_end_on = models.DateField("receiver told of the end on", null=True, blank=True)

    objects = PresentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            CheckConstraint(name="present_costs_something", condition=Q(amount_minor__gt=0)),
            CheckConstraint(name="present_lasts_for_months", condition=Q(months__gt=0)),
            CheckConstraint(
                name="present_can_be_claimed_for_a_time_once_bought",
                condition=Q(bought_at__isnull=True, claim_until__isnull=True)
                | Q(bought_at__isnull=False, claim_until__isnull=False),
            ),
            CheckConstraint(
                name="present_that_is_claimed_lasts_until_a_day",
                condition=~Q(state=PresentState.CLAIMED) | Q(claimed_at__isnull=False, ends_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Present {self.reference}"

    @property
    def amount(self) -> Money:
        """What it cost."""
        return Money(self.amount_minor, self.currency)

    @property
    def a_month(self) -> Money:
        """What that makes a month."""
        return Money(self.amount_minor // self.months, self.currency)

    @property
    def order_key(self) -> str:
        """The key of its one payment."""
        return f"present:{self.reference}"

    def given_by(self, reader: "Reader | None", device: "Device | None") -> bool:
        """Whether this reader gave it, or this device, while it belongs to no account."""
        if self.reader_id is not None:
            return reader is not None and reader.pk == self.reader_id
        return device is not None and device.pk == self.device_id

    @property
    def lasts(self) -> bool:
        """Whether who claimed it has it now."""
        return self.state == PresentState.CLAIMED and self.ends_on is not None and self.ends_on > clock.today()

    @property
    def by_mail(self) -> bool:
        """Whether we deliver it; else the giver hands it over."""
        return self.deliver_on is not None


class TakeoverState(models.TextChoices):
    """Where a file of supporters to be taken over stands."""

    CHECKING = "checking", "each line is looked at"
    CHECKED = "checked", "looked at: waits for your word"
    APPLYING = "applying", "supporters are taken over"
    DONE = "done", "done"
    STOPPED = "stopped", "stopped"


class Takeover(models.Model):
    """A file of supporters whose cards and mandates were given to other software. Its lines go after a month."""

    provider = models.CharField(max_length=40)
    digest = models.CharField("hash of the file", max_length=64)
    state = models.CharField(max_length=10, choices=TakeoverState.choices, default=TakeoverState.CHECKING)
    lines_count = models.PositiveIntegerField("lines")
    taken_count = models.PositiveIntegerField("taken over", default=0)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "file of supporters"
        verbose_name_plural = "files of supporters"
        constraints = [UniqueConstraint(name="takeover_of_a_file_once", fields=["provider", "digest"])]

    def __str__(self) -> str:
        return f"{self.lines_count} lines, {self.at:%Y-%m-%d}"


class LineState(models.TextChoices):
    """What becomes of one line."""

    UNSEEN = "unseen", "not looked at yet"
    GOOD = "good", "can be taken over"
    BAD = "bad", "can't be taken over"
    TAKEN = "taken", "taken over"
    KNOWN = "known", "was taken over before"


class TakeoverLine(models.Model):
    """One supporter in such a file, as it was written, and what becomes of it."""

    takeover = models.ForeignKey(Takeover, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField("line")
    written = models.JSONField(help_text="The cells by name.")
    state = models.CharField(max_length=6, choices=LineState.choices, default=LineState.UNSEEN, db_index=True)
    says = models.CharField("why", max_length=300, blank=True)
    pledge = models.ForeignKey(Pledge, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["takeover", "number"]
        constraints = [UniqueConstraint(name="takeover_line_once", fields=["takeover", "number"])]

    def __str__(self) -> str:
        return f"line {self.number}"


GRACE_DAYS = (7, 60)  # least and most
GRACE_SAYS = "A grace lasts from 7 to 60 days."


def _monthly() -> list[int]:
    return [300, 600, 1200, 2500]


def _yearly() -> list[int]:
    return [3600, 7200, 14400, 30000]


def _once() -> list[int]:
    return [1000, 2500, 5000, 10000]


class Amounts(models.Model):
    """What is suggested and taken in one currency, in its minor units."""

    currency = models.CharField(max_length=3, default="GBP", help_text="Three letters, such as GBP or EUR.")
    month_minor = models.JSONField(default=_monthly)
    year_minor = models.JSONField(default=_yearly)
    once_minor = models.JSONField(default=_once)
    least_minor = models.PositiveBigIntegerField(default=100)
    most_minor = models.PositiveBigIntegerField(default=500_000)

    class Meta:
        abstract = True

    def suggested(self, often: str) -> list[Money]:
        """The amounts to choose from, least first."""
        return [Money(minor, self.currency) for minor in getattr(self, f"{Rhythm(often).value}_minor")]

    def money(self, minor: int) -> Money:
        """An amount in this currency."""
        return Money(minor, self.currency)

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


@register_setting(icon="form", order=300)
class GivingTerms(Amounts, OnPages, BaseGenericSetting):
    """What the support page says, suggests and takes, in the house currency: the one of reports and open books."""

    grace_days = models.PositiveSmallIntegerField(
        default=14,
        help_text="For so many days after a payment has failed every benefit stays; then the support ends. "
        "From 7 to 60; who is within a grace already keeps the day that they were told.",
    )
    keeps_while_paused = models.BooleanField(
        "benefits stay during a pause",
        default=False,
        help_text="For the one to three months of a pause, unpaid. If not, they stop when the paid time is over. "
        "Who is paused already keeps what they were told.",
    )
    refunds_unused = models.BooleanField(
        "readers may end at once, with the unused part back",
        default=True,
        help_text="Later than 14 days after the first payment; within them they may in any case, with all of it back.",
    )
    least_under_attack_minor = models.PositiveBigIntegerField(default=500)
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

    @property
    def grace(self) -> timedelta:
        """How long every benefit stays after a payment has failed."""
        return timedelta(days=self.grace_days)

    @property
    def least_under_attack(self) -> Money:
        """Less than this is not taken from who is new, while somebody tries out stolen cards here."""
        return Money(max(self.least_minor, min(self.least_under_attack_minor, self.most_minor)), self.currency)


class CurrencyTerms(Amounts, OnPages):
    """Another currency than the house's. One that is offered no more stays, for what is given in it already."""

    offered = models.BooleanField(
        "givers can choose it", default=True, help_text="Without this, what is given in it already goes on."
    )

    class Meta:
        ordering = ["currency"]
        verbose_name = "another currency"
        verbose_name_plural = "other currencies"
        constraints = [
            UniqueConstraint(name="currency_terms_once_each", fields=["currency"]),
            CheckConstraint(
                name="currency_terms_leave_room",
                condition=Q(least_minor__gt=0) & Q(most_minor__gte=models.F("least_minor")),
            ),
        ]

    def __str__(self) -> str:
        return self.currency


class FeeRate(OnPages):
    """What a provider takes for a payment by one method in one currency: a share, and so much each time."""

    provider = models.CharField(max_length=40)
    method = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    percent = models.DecimalField("of a hundred", max_digits=6, decimal_places=3)
    fixed_minor = models.PositiveBigIntegerField("and for each payment", default=0)
    most_minor = models.PositiveBigIntegerField("at most", null=True, blank=True)

    class Meta:
        ordering = ["provider", "method", "currency"]
        verbose_name = "fee of a provider"
        verbose_name_plural = "fees of providers"
        constraints = [
            UniqueConstraint(name="fee_rate_once_each", fields=["provider", "method", "currency"]),
            CheckConstraint(name="fee_rate_leaves_something", condition=Q(percent__gte=0, percent__lt=50)),
        ]

    def __str__(self) -> str:
        return f"{self.provider}, {self.method}, {self.currency}"

    @property
    def fixed(self) -> Money:
        """What is taken for each payment, beside the share."""
        return Money(self.fixed_minor, self.currency)

    @property
    def most(self) -> Money | None:
        """More than this is never taken."""
        return None if self.most_minor is None else Money(self.most_minor, self.currency)


class Remark(models.Model):
    """What a giver said along with what they gave: a note to the newsroom, and a name that may be printed."""

    pledge = models.OneToOneField(Pledge, null=True, blank=True, on_delete=models.CASCADE, related_name="remark")
    gift = models.OneToOneField(Gift, null=True, blank=True, on_delete=models.CASCADE, related_name="remark")
    note = models.CharField(max_length=500, blank=True)
    name = models.CharField("name that may be printed", max_length=80, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-at"]
        constraints = [
            CheckConstraint(
                name="remark_is_about_one_thing",
                condition=Q(pledge__isnull=False, gift__isnull=True) | Q(pledge__isnull=True, gift__isnull=False),
            ),
            CheckConstraint(name="remark_says_something", condition=~Q(note="", name="")),
        ]

    def __str__(self) -> str:
        return f"Remark {self.pk}"

    @property
    def order(self) -> Pledge | Gift:
        """What it was said with."""
        found = self.pledge or self.gift
        assert found is not None  # the constraint above
        return found
