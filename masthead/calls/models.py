"""Group video calls for supporters: their series, dates, seats and questions."""

from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.core.validators import FileExtensionValidator, MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _
from wagtail.fields import RichTextField

from masthead.core import clock
from masthead.newsroom import films
from masthead.newsroom.models import FilmPage
from masthead.press.models import OnPages
from masthead.readers.models import Device, Reader, new_reference

BENEFIT = "call"
OPENS_BEFORE = timedelta(minutes=15)
LONGEST_QUESTION = 280
LAST_WEEK = 5


class Provider(models.TextChoices):
    """Where a call happens; the code of each is a module in `providers`."""

    LINK = "link", _("A link to another service (Zoom, Meet, Teams …)")
    JITSI = "jitsi", _("Jitsi, with signed tokens")


class Every(models.IntegerChoices):
    """How often a series has a call, in months; each divides the year."""

    MONTH = 1, _("month")
    TWO_MONTHS = 2, _("two months")
    QUARTER = 3, _("quarter")
    THIRD = 4, _("four months")
    HALF = 6, _("half-year")
    YEAR = 12, _("year")


class Week(models.IntegerChoices):
    """Which one in the month."""

    FIRST = 1, _("first")
    SECOND = 2, _("second")
    THIRD = 3, _("third")
    FOURTH = 4, _("fourth")
    LAST = LAST_WEEK, _("last")


class Weekday(models.IntegerChoices):
    """Days as Python counts them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class Series(OnPages):
    """A promise of calls by a rule: such as the first Thursday of each quarter, 19:00 in the newsroom's zone."""

    name = models.CharField(
        _("title of each call"),
        max_length=120,
        default="The call with the editor-in-chief",
        help_text=_("For readers."),
    )
    standfirst = models.CharField(
        _("standfirst"),
        max_length=240,
        blank=True,
        default="Once a quarter, one hour, for supporters. You ask, we answer, nobody sells anything.",
    )
    host_name = models.CharField(_("who answers"), max_length=80, blank=True)
    week = models.PositiveSmallIntegerField(_("which"), choices=Week.choices, default=Week.FIRST)
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday.choices, default=Weekday.THURSDAY)
    every_months = models.PositiveSmallIntegerField(_("of each"), choices=Every.choices, default=Every.QUARTER)
    month = models.PositiveSmallIntegerField(
        _("in its month"),
        default=1,
        help_text=_("1 is the first: January, April, July and October for a quarter."),
        validators=[MinValueValidator(1), MaxValueValidator(12)],
    )
    at = models.TimeField(_("at"), default=time(19), help_text=_("In the newsroom’s time zone."))
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=60, validators=[MinValueValidator(5), MaxValueValidator(600)]
    )
    capacity = models.PositiveIntegerField(_("seats"), default=120, validators=[MinValueValidator(1)])
    invite_days = models.PositiveSmallIntegerField(
        _("supporters are invited"),
        default=21,
        help_text=_("Days before the call."),
        validators=[MinValueValidator(1), MaxValueValidator(90)],
    )
    provider = models.CharField(_("where it happens"), max_length=20, choices=Provider.choices, default=Provider.LINK)
    place = models.JSONField(default=dict, blank=True, editable=False)
    benefit = models.CharField(max_length=20, default=BENEFIT, editable=False)
    is_active = models.BooleanField(_("goes on"), default=True, help_text=_("Off: no further call is made by itself."))
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["-is_active", "pk"]
        verbose_name = _("series of calls")
        verbose_name_plural = _("series of calls")
        constraints = [
            CheckConstraint(name="series_has_seats_and_minutes", condition=Q(capacity__gt=0, minutes__gt=0)),
            CheckConstraint(
                name="series_has_a_month_of_its_period",
                condition=Q(month__gte=1, month__lte=models.F("every_months")),
                violation_error_message=_("Choose a month within the period: 1, 2 or 3 for a quarter."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rule(self) -> str:
        """As people say it: 'the first Thursday of each quarter, 19:00'."""
        day = f"{Week(self.week).label} {Weekday(self.weekday).label}"
        return f"the {day} of each {Every(self.every_months).label}, {self.at:%H:%M}"


class CallState(models.TextChoices):
    """How it stands."""

    PLANNED = "planned", _("planned")
    CANCELLED = "cancelled", _("cancelled")
    HELD = "held", _("held")


def new_uid() -> str:
    """What calendars know a call by, for as long as it exists (RFC 5545, 3.8.4.7)."""
    host = settings.SITE_ADDRESS.partition("://")[2].partition(":")[0]
    return f"call-{new_reference()}@{host}"


class CallQuerySet(models.QuerySet["Call"]):
    """Questions about many calls."""

    def planned(self) -> "CallQuerySet":
        return self.filter(state=CallState.PLANNED)

    def held(self) -> "CallQuerySet":
        return self.filter(state=CallState.HELD)

    def coming(self, moment: datetime | None = None) -> "CallQuerySet":
        """Planned and not over at `moment`, by default now; the next one first."""
        now = moment or clock.now()
        return self.planned().filter(ends_at__gt=now).order_by("starts_at", "pk")

    def locked(self, pk: int) -> "Call":
        """One call, for this transaction alone: whoever changes it or its seats holds this lock."""
        return self.select_for_update().get(pk=pk)


class Call(OnPages):
    """One group call: when, how long, how many seats, where; and the numbers that are kept of it."""

    series = models.ForeignKey(
        Series, verbose_name=_("series"), null=True, blank=True, on_delete=models.PROTECT, related_name="calls"
    )
    slug = models.SlugField(_("name in the address"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=120)
    standfirst = models.CharField(_("standfirst"), max_length=240, blank=True)
    host_name = models.CharField(_("who answers"), max_length=80, blank=True)
    slot = models.DateField(null=True, blank=True, editable=False)  # the day that the rule of its series had named
    starts_at = models.DateTimeField(_("begins"), db_index=True)
    ends_at = models.DateTimeField(_("ends"), editable=False)
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=60, validators=[MinValueValidator(5), MaxValueValidator(600)]
    )
    capacity = models.PositiveIntegerField(_("seats"), default=120, validators=[MinValueValidator(1)])
    benefit = models.CharField(max_length=20, default=BENEFIT, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=CallState.choices, default=CallState.PLANNED)
    uid = models.CharField(max_length=200, unique=True, default=new_uid, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    provider = models.CharField(_("where it happens"), max_length=20, choices=Provider.choices, default=Provider.LINK)
    place = models.JSONField(default=dict, blank=True, editable=False)

    invite_at = models.DateTimeField(_("supporters are invited"), null=True, blank=True)

    film = models.ForeignKey(
        FilmPage,
        verbose_name=_("film for everybody"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="calls",
    )
    notes = RichTextField(
        _("notes"), blank=True, features=["bold", "italic", "link", "ul", "ol"], validators=[MaxLengthValidator(20_000)]
    )

    reserved_count = models.PositiveIntegerField(_("reserved"), default=0, editable=False)
    came_count = models.PositiveIntegerField(_("came"), default=0, editable=False)
    asked_count = models.PositiveIntegerField(_("asked"), default=0, editable=False)

    forgotten_at = models.DateTimeField(null=True, blank=True, editable=False)  # when who came and asked was erased

    made_at = models.DateTimeField(default=clock.now, editable=False)
    made_by = models.CharField(max_length=60, editable=False, default="system:clock")
    changed_at = models.DateTimeField(default=clock.now, editable=False)

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        constraints = [
            CheckConstraint(name="call_has_seats_and_minutes", condition=Q(capacity__gt=0, minutes__gt=0)),
            UniqueConstraint(name="call_once_for_a_day_of_its_series", fields=["series", "slot"]),
            CheckConstraint(name="call_ends_after_it_begins", condition=Q(ends_at__gt=models.F("starts_at"))),
            CheckConstraint(
                name="call_gives_no_more_seats_than_it_has",
                condition=Q(reserved_count__lte=models.F("capacity")),
                violation_error_message=_("More seats are reserved already."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The end is stored beside the beginning, since databases differ in adding minutes to a moment."""
        self.ends_at = self.starts_at + timedelta(minutes=self.minutes)
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "ends_at"}
        super().save(*args, **kwargs)

    @property
    def path(self) -> str:
        """Its address on our site."""
        return f"/calls/{self.slug}/"

    @property
    def opens_at(self) -> datetime:
        """From when on the way in is open."""
        return self.starts_at - OPENS_BEFORE

    @property
    def is_full(self) -> bool:
        """Whether who asks now has to wait."""
        return self.reserved_count >= self.capacity

    @property
    def is_planned(self) -> bool:
        """Whether it stands: neither cancelled nor held."""
        return self.state == CallState.PLANNED

    @property
    def is_over(self) -> bool:
        """Whether its last minute has passed."""
        return clock.now() >= self.ends_at


class SeatState(models.TextChoices):
    """How a seat stands. 'ended': it went because the support had, or the call was cancelled."""

    RESERVED = "reserved", _("reserved")
    WAITING = "waiting", _("waiting")
    GIVEN_BACK = "given_back", _("given back")
    ENDED = "ended", _("ended")


class SeatQuerySet(models.QuerySet["Seat"]):
    """Questions about many seats."""

    def reserved(self) -> "SeatQuerySet":
        return self.filter(state=SeatState.RESERVED)

    def waiting(self) -> "SeatQuerySet":
        """Who waits, the longest wait first."""
        return self.filter(state=SeatState.WAITING).order_by("asked_at", "pk")

    def held_by(self, reader: Reader) -> "SeatQuerySet":
        """Seats, or places in the waiting list, that this reader has."""
        return self.filter(reader=reader, state__in=[SeatState.RESERVED, SeatState.WAITING])


class Seat(models.Model):
    """One reader's seat at one call, or the place in its waiting list.

    `live_device` is the one device from which the reader is in the call, since `live_at`.
    """

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="seats")
    reader = models.ForeignKey(Reader, on_delete=models.CASCADE, related_name="seats")
    state = models.CharField(_("state"), max_length=10, choices=SeatState.choices)
    turn = models.PositiveIntegerField(default=1)  # who gives it back and asks again is told again
    asked_at = models.DateTimeField(_("asked"), default=clock.now)
    reserved_at = models.DateTimeField(_("reserved"), null=True, blank=True)
    left_at = models.DateTimeField(_("given back"), null=True, blank=True)
    reminded_day_at = models.DateTimeField(null=True, blank=True)
    reminded_hour_at = models.DateTimeField(null=True, blank=True)
    came_at = models.DateTimeField(_("came"), null=True, blank=True)
    live_device = models.ForeignKey(Device, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    live_at = models.DateTimeField(null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        verbose_name = _("seat")
        indexes = [models.Index(fields=["call", "state", "asked_at"], name="seat_by_turn")]
        constraints = [
            UniqueConstraint(name="seat_once_for_a_reader", fields=["call", "reader"]),
            CheckConstraint(
                name="seat_reserved_since_a_moment",
                condition=~Q(state=SeatState.RESERVED) | Q(reserved_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}, seat {self.pk}"

    @property
    def is_reserved(self) -> bool:
        return self.state == SeatState.RESERVED

    @property
    def is_waiting(self) -> bool:
        return self.state == SeatState.WAITING


class Invitation(models.Model):
    """One reader was invited to one call; the row is written with the mail, so that nobody is invited twice.

    Without `key_hash` no mail went: they had a seat, or the address gets no mail to many.
    """

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="invitations")
    reader = models.ForeignKey(Reader, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)
    key_hash = models.CharField(
        max_length=64, blank=True, db_index=True, help_text="of the link by which its reader declines all invitations"
    )

    class Meta:
        constraints = [UniqueConstraint(name="invitation_once_for_a_reader", fields=["call", "reader"])]

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class NoInvitations(models.Model):
    """A reader who wants no invitations to calls. Seats, and what is said of them by mail, are as for anybody."""

    reader = models.OneToOneField(Reader, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"no invitations to {self.reader_id}"


class QuestionState(models.TextChoices):
    """How a question stands."""

    WAITING = "waiting", _("waiting")
    HIDDEN = "hidden", _("hidden")
    ANSWERED = "answered", _("answered")


class Question(models.Model):
    """What somebody wants to ask at a call. Who asked stays known to the newsroom; readers see `name_shown`, if any.

    `position`: the host's order, before that of the votes. `second`: where the recording answers it.
    """

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="questions")
    reader = models.ForeignKey(Reader, null=True, on_delete=models.SET_NULL, related_name="questions")
    text = models.CharField(_("question"), max_length=LONGEST_QUESTION)
    is_anonymous = models.BooleanField(_("without a name"), default=False)
    name_shown = models.CharField(_("name"), max_length=80, blank=True)
    position = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=QuestionState.choices, default=QuestionState.WAITING)
    vote_count = models.PositiveIntegerField(_("votes"), default=0, editable=False)
    asked_at = models.DateTimeField(_("asked"), default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    hidden_why = models.CharField(max_length=200, blank=True)
    second = models.PositiveIntegerField(_("second in the recording"), null=True, blank=True)

    class Meta:
        ordering = ["-vote_count", "asked_at", "pk"]
        verbose_name = _("question")
        indexes = [models.Index(fields=["call", "state", "-vote_count"], name="question_by_votes")]
        constraints = [
            CheckConstraint(name="question_asks_something", condition=~Q(text="")),
            CheckConstraint(
                name="question_without_a_name_shows_none", condition=Q(is_anonymous=False) | Q(name_shown="")
            ),
            CheckConstraint(
                name="question_answered_at_a_moment",
                condition=~Q(state=QuestionState.ANSWERED) | Q(answered_at__isnull=False),
            ),
            CheckConstraint(
                name="question_hidden_for_a_reason", condition=~Q(state=QuestionState.HIDDEN) | ~Q(hidden_why="")
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Vote(models.Model):
    """One reader wants one question answered."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="votes")
    reader = models.ForeignKey(Reader, on_delete=models.CASCADE, related_name="votes")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [UniqueConstraint(name="vote_once_for_a_reader", fields=["question", "reader"])]

    def __str__(self) -> str:
        return f"vote {self.pk}"


def kept_apart() -> Storage:
    """Where recordings lie: outside the folder that anyone may fetch from; one view gives them out."""
    return storages["originals"]


class Recording(OnPages):
    """The film of a call, for those who may be at calls: the questions answered are its chapters.

    Not a FilmPage, whose file anyone may fetch. `published_at` empty: seen at the desk alone.
    """

    call = models.OneToOneField(Call, on_delete=models.CASCADE, related_name="recording")
    file = models.FileField(
        _("film"),
        upload_to="recordings",
        storage=kept_apart,
        max_length=200,
        validators=[FileExtensionValidator(["mp4", "webm"]), films.is_a_film],
    )
    captions = models.FileField(
        _("captions"),
        upload_to="recordings",
        storage=kept_apart,
        max_length=200,
        validators=[FileExtensionValidator(["vtt"]), films.is_captions],
    )
    seconds = models.PositiveIntegerField(_("length in seconds"), validators=[MinValueValidator(1)])
    published_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("recording")
        constraints = [CheckConstraint(name="recording_lasts", condition=Q(seconds__gt=0))]

    def __str__(self) -> str:
        return f"recording of call {self.call_id}"
