"""Levels of support, what is promised at each, and the ledger of who may have what."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from masthead.core import clock
from masthead.money.amounts import Money
from masthead.press.models import OnPages

if TYPE_CHECKING:
    from masthead.readers.models import Device, Reader

AD_FREE = "ad-free"
LETTER = "letter"
CALL = "call"
THANKED = "thanked"


class Benefit(OnPages):
    """Something promised in return for support; shown to people only once this version delivers it."""

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    sentence = models.CharField(max_length=200, blank=True, help_text="One line under the name, for readers.")
    delivered = models.BooleanField(default=False, editable=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class Tier(OnPages):
    """A level of support: who gives at least `floor_minor` a month gets its benefits."""

    name = models.CharField(max_length=80)
    floor_minor = models.PositiveBigIntegerField("from, each month")
    currency = models.CharField(max_length=3, default="GBP")
    position = models.PositiveSmallIntegerField(default=0)
    benefits = models.ManyToManyField(Benefit, related_name="tiers")
    sale_minor = models.PositiveBigIntegerField("part that is a sale, each month, its VAT in it", default=0)
    vat_hundredths = models.PositiveIntegerField("rate of VAT on it, in hundredths of a percent", default=0)

    class Meta:
        ordering = ["currency", "floor_minor"]
        constraints = [
            CheckConstraint(
                name="tier_sells_at_most_its_floor",
                condition=Q(sale_minor__lte=F("floor_minor"), vat_hundredths__lte=100_00),
            ),
            CheckConstraint(name="tier_has_a_floor", condition=Q(floor_minor__gt=0)),
            UniqueConstraint(name="tier_once_per_floor", fields=["currency", "floor_minor"]),
        ]

    def __str__(self) -> str:
        return f"{self.name}, from {self.floor} a month"

    @property
    def floor(self) -> Money:
        """The least a month that reaches it."""
        return Money(self.floor_minor, self.currency)

    @property
    def sale(self) -> Money:
        """Of each month's price the part that is a sale, its VAT in it; nothing where all of it is support."""
        return Money(self.sale_minor, self.currency)


class Reason(models.TextChoices):
    """Why somebody may have a benefit."""

    PLEDGE = "pledge", "pledge"
    GIFT = "gift", "gift"
    COURTESY = "courtesy", "courtesy"
    PRESENT = "present", "present"


class GrantQuerySet(models.QuerySet["Grant"]):
    """Questions about many grants."""

    def of(self, reader: "Reader | None", device: "Device | None") -> "GrantQuerySet":
        """What this reader, or this very device, may have."""
        mine = Q(pk__in=[])
        if reader is not None:
            mine |= Q(reader=reader)
        if device is not None:
            mine |= Q(device=device)
        return self.filter(mine)

    def at(self, moment: datetime) -> "GrantQuerySet":
        """Those that hold at `moment`: begun, not ended, neither time nor grace over."""
        return self.filter(
            Q(until_at__isnull=True) | Q(until_at__gt=moment),
            Q(grace_until__isnull=True) | Q(grace_until__gt=moment),
            Q(ended_at__isnull=True) | Q(ended_at__gt=moment),
            from_at__lte=moment,
        )

    def standing(self) -> "GrantQuerySet":
        """Those that nobody has closed; their time may still be over."""
        return self.filter(ended_at__isnull=True)

    def for_reason(self, kind: str, reference: str) -> "GrantQuerySet":
        """Those given for one pledge, gift or courtesy."""
        return self.filter(reason_kind=kind, reason_ref=reference)


class Grant(models.Model):
    """Who (a reader, or a device) may have which benefit, why, from when and until when.

    `until_at` empty: as long as the reason lasts. `grace_until`: a payment failed, and this long it costs nothing.
    `ended_at`: closed, because the reason changed; a closed row is never opened again, another follows it.
    """

    reader = models.ForeignKey("readers.Reader", null=True, blank=True, on_delete=models.CASCADE, related_name="grants")
    device = models.ForeignKey("readers.Device", null=True, blank=True, on_delete=models.CASCADE, related_name="grants")
    benefit = models.CharField(max_length=20, db_index=True)
    reason_kind = models.CharField(max_length=8, choices=Reason.choices)
    reason_ref = models.CharField(max_length=20, db_index=True)
    floor_minor = models.PositiveBigIntegerField("the floor reached, each month", null=True, blank=True)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    grace_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering = ["-from_at", "-pk"]
        constraints = [
            CheckConstraint(
                name="grant_is_for_a_reader_or_a_device",
                condition=Q(reader__isnull=False, device__isnull=True) | Q(reader__isnull=True, device__isnull=False),
            ),
            CheckConstraint(
                name="grant_ends_after_it_begins",
                condition=(Q(until_at__isnull=True) | Q(until_at__gte=F("from_at")))
                & (Q(ended_at__isnull=True) | Q(ended_at__gte=F("from_at"))),
            ),
            UniqueConstraint(
                name="grant_stands_once_for_a_reader",
                fields=["reader", "benefit", "reason_kind", "reason_ref"],
                condition=Q(ended_at__isnull=True, reader__isnull=False),
            ),
            UniqueConstraint(
                name="grant_stands_once_for_a_device",
                fields=["device", "benefit", "reason_kind", "reason_ref"],
                condition=Q(ended_at__isnull=True, device__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.benefit} for {self.reason_kind} {self.reason_ref}"

    @property
    def over_at(self) -> datetime | None:
        """When it stops by itself; None while nothing says so."""
        ends = [moment for moment in (self.until_at, self.grace_until, self.ended_at) if moment is not None]
        return min(ends, default=None)


class Courtesy(models.Model):
    """A membership that the newsroom gives: to whom, why, until when, and who decided it."""

    reader = models.ForeignKey("readers.Reader", on_delete=models.CASCADE, related_name="courtesies")
    reason = models.CharField(max_length=200, help_text="Why; seen at the desk alone.")
    until = models.DateField("until, that day included")
    by = models.CharField(max_length=60)
    created_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "courtesies"

    def __str__(self) -> str:
        return f"Courtesy {self.pk}"
