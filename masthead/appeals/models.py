"""Asks for support: rows, and when they stand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail.fields import RichTextField
from wagtail.models import PreviewableMixin

from masthead.core import fillins
from masthead.press.models import OnPages

MOST_AIMS = 6
LONGEST_AIM = 120

# Where fill-ins may stand; the editor's form checks each of them.
WORDED = ("top_line", "middle_line", "headline", "why", "money", "again", "aims")


class AppealQuerySet(models.QuerySet["Appeal"]):
    def standing_at(self, moment: datetime) -> "AppealQuerySet":
        """Switched on, begun and not ended."""
        return self.filter(Q(starts_at__isnull=True) | Q(starts_at__lte=moment), live=True).filter(
            Q(ends_at__isnull=True) | Q(ends_at__gt=moment)
        )

    def next_change_after(self, moment: datetime) -> datetime | None:
        """When one that is switched on begins or ends next."""
        upcoming = [
            *self.filter(live=True, starts_at__gt=moment).values_list("starts_at", flat=True),
            *self.filter(live=True, ends_at__gt=moment).values_list("ends_at", flat=True),
        ]
        return min(upcoming, default=None)


class Appeal(PreviewableMixin, OnPages):
    """An ask for support in one wording: a line at the top and in the middle, the long form at the end."""

    name = models.CharField(max_length=80, unique=True, help_text="For the desk; readers never see it.")
    live = models.BooleanField("switched on", default=True)
    starts_at = models.DateTimeField("from", null=True, blank=True, help_text="Empty: at once.")
    ends_at = models.DateTimeField("until", null=True, blank=True, help_text="Empty: until it is switched off.")
    sections = models.ManyToManyField(
        "newsroom.SectionPage",
        blank=True,
        related_name="+",
        help_text="None chosen: everywhere. An appeal for a section goes before one for everywhere.",
    )

    top_line = models.CharField("line above a story", max_length=60, default="Support us and go ad-free", blank=True)
    middle_line = models.CharField("line in the middle", max_length=60, default="Support us and go ad-free", blank=True)

    headline = models.CharField("headline of the long form", max_length=160, blank=True)
    why = RichTextField(
        "what the paper does, and why",
        features=["bold", "italic", "link"],
        blank=True,
        validators=[MaxLengthValidator(3000)],
    )
    signed = models.CharField("signed by", max_length=80, blank=True)
    again = models.CharField(
        "below the counts", max_length=120, default="With your help we’ll do it again in the next.", blank=True
    )
    money = models.TextField("where the money goes", max_length=400, blank=True)
    aims = models.TextField(
        "with your help we can continue", blank=True, help_text=f"One aim a line, {MOST_AIMS} at most."
    )

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-live", "-starts_at", "name"]
        constraints: ClassVar = [
            CheckConstraint(
                name="appeal_ends_after_it_starts",
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("An appeal has to end after it starts."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Nothing unknown to fill in, nothing too long: said at the field where it stands."""
        super().clean()
        wrong: dict[str, str] = {}
        for field in WORDED:
            if says := fillins.wrong_in(getattr(self, field)):
                wrong[field] = says
        if len(self.list_of_aims) > MOST_AIMS:
            wrong["aims"] = _("Name %(most)s aims at most; these are %(now)s.") % {
                "most": MOST_AIMS,
                "now": len(self.list_of_aims),
            }
        if any(len(aim) > LONGEST_AIM for aim in self.list_of_aims):
            wrong["aims"] = _("Keep each aim under %(longest)s letters.") % {"longest": LONGEST_AIM}
        if wrong:
            raise ValidationError(wrong)

    @property
    def list_of_aims(self) -> list[str]:
        """The aims, one a line."""
        return [aim.strip() for aim in self.aims.splitlines() if aim.strip()]

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        """How the desk may look at it."""
        return [("", str(_("All three")))]

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "appeals/preview.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        from masthead.appeals import placements

        return {"appeals": placements.of(self), "edition": "public"}


@dataclass(frozen=True)
class Ask:
    """An appeal's line, at the `top` or in the `middle`."""

    placement: str
    words: str
    note: str  # 'from £3 a month', or nothing
    url: str  # the support page, with where the giver came from


@dataclass(frozen=True)
class Count:
    """A figure of this year in words: 'nearly 2,000', 'stories this year'."""

    figure: str
    of_what: str


@dataclass(frozen=True)
class Plea:
    """The long form at the `end`."""

    headline: str
    why: SafeString
    signed: str
    sets: list[dict[str, Any]]  # the monthly amounts, for parts/amounts.html
    origin: dict[str, str]  # hidden fields: where the giver came from
    url: str
    note: str
    counts: list[Count]
    again: str
    benefits: list[str]
    money: str
    aims: list[str]
    currencies: list[tuple[str, str]]  # others than the one of the amounts: sign and code, and where they are chosen
