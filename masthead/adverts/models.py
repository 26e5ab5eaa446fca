"""Bookings of adverts: who, what, from when until when, how often."""

from datetime import date, timedelta
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable

from masthead.adverts.pictures import AdvertPicture
from masthead.press.models import OnPages


class Advertiser(models.Model):
    """Who books adverts."""

    name = models.CharField(max_length=120, unique=True)
    email = models.EmailField("e-mail address", blank=True, help_text="For the desk; readers never see it.")

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Kind(models.TextChoices):
    """Whose advert it is."""

    HOUSE = "house", _("our own")
    DIRECT = "direct", _("booked by an advertiser")


class BookingQuerySet(models.QuerySet["Booking"]):
    def running_on(self, day: date) -> "BookingQuerySet":
        """Switched on, begun and not over; days in the newsroom's zone, the last one included."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), live=True, starts_on__lte=day)

    def next_change_after(self, day: date) -> date | None:
        """The first day after `day` on which one that is switched on begins, or is over."""
        begins = self.filter(live=True, starts_on__gt=day).values_list("starts_on", flat=True)
        ends = self.filter(live=True, ends_on__gte=day).values_list("ends_on", flat=True)
        return min([*begins, *(last + timedelta(days=1) for last in ends)], default=None)


class Booking(OnPages, ClusterableModel):
    """An order: creatives that run from one day to another, more or less often than others."""

    name = models.CharField(max_length=120, help_text="For the desk; readers never see it.")
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.DIRECT)
    advertiser = models.ForeignKey(Advertiser, null=True, blank=True, on_delete=models.PROTECT, related_name="bookings")
    starts_on = models.DateField("first day")
    ends_on = models.DateField("last day", null=True, blank=True, help_text="Empty: until it is switched off.")
    weight = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="1 to 100: an advert of weight 2 is shown twice as often as one of weight 1 in the same slot.",
    )
    live = models.BooleanField("switched on", default=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-starts_on", "name"]
        constraints: ClassVar = [
            CheckConstraint(
                name="booking_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day has to be the first day, or after it."),
            ),
            CheckConstraint(
                name="booking_of_somebody_else_names_the_advertiser",
                condition=Q(kind=Kind.HOUSE, advertiser__isnull=True) | Q(kind=Kind.DIRECT, advertiser__isnull=False),
                violation_error_message=_("Name the advertiser of a booked advert, and none for our own."),
            ),
            CheckConstraint(name="booking_has_a_weight", condition=Q(weight__range=(1, 100))),
        ]

    def __str__(self) -> str:
        return self.name


class Shape(models.TextChoices):
    """The room that a creative fills."""

    BOX = "box", _("box, 300 × 250")
    WIDE = "wide", _("wide, 970 × 250")


class Creative(OnPages, Orderable):
    """What is shown: a picture, the words for those who can't see it, and where it leads."""

    booking = ParentalKey(Booking, on_delete=models.CASCADE, related_name="creatives")
    shape = models.CharField(max_length=4, choices=Shape.choices, default=Shape.BOX)
    picture = AdvertPicture(upload_to="adverts/", width_field="width", height_field="height")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    alt = models.CharField(
        "alternative text",
        max_length=200,
        help_text="What the picture says, all of its words, for readers who can't see it.",
    )
    link = models.URLField("leads to", max_length=500)

    class Meta(Orderable.Meta):
        constraints: ClassVar = [
            CheckConstraint(name="creative_has_words", condition=~Q(alt="")),
            CheckConstraint(
                name="creative_leads_to_a_web_page",
                condition=Q(link__startswith="https://") | Q(link__startswith="http://"),
                violation_error_message=_("The address has to begin with https:// or http://."),
            ),
        ]

    def __str__(self) -> str:
        return self.alt
