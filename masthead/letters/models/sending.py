"""Mailings and deliveries: one issue to all who are due it, one copy to one person."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from masthead.core import clock

__all__ = [
    "Delivery",
    "DeliveryQuerySet",
    "DeliveryState",
    "Lane",
    "Link",
    "Mailing",
    "MailingQuerySet",
    "MailingState",
    "MailingText",
    "Pace",
    "Proof",
]


class MailingState(models.TextChoices):
    """How far a mailing is."""

    SCHEDULED = "scheduled", "scheduled"
    FREEZING = "freezing", "writing down who gets it"
    WAITING = "waiting", "waiting until sending is allowed"
    SENDING = "sending", "sending"
    STOPPED = "stopped", "stopped"
    DONE = "done", "sent"


class MailingQuerySet(models.QuerySet["Mailing"]):
    """Questions about many mailings."""

    def under_way(self) -> "MailingQuerySet":
        """Those that the clock still has something to do with."""
        return self.exclude(state__in=(MailingState.STOPPED, MailingState.DONE))

    def due(self, moment: datetime) -> "MailingQuerySet":
        """Those whose time has come."""
        return self.filter(state=MailingState.SCHEDULED, send_at__lte=moment)


class Mailing(models.Model):
    """The sending of one issue: asked for once, its recipients frozen and counted before the first message."""

    issue = models.OneToOneField("letters.Issue", on_delete=models.PROTECT, related_name="mailing")
    state = models.CharField(max_length=12, choices=MailingState.choices, default=MailingState.SCHEDULED)
    send_at = models.DateTimeField("to be sent")
    asked_by = models.CharField(max_length=80, help_text="an Actor as text")
    asked_at = models.DateTimeField(default=clock.now)
    freezing_at = models.DateTimeField(null=True, blank=True, help_text="when it began to write down who gets it")
    frozen_to = models.BigIntegerField(default=0, help_text="the last reader whom freezing has looked at")
    frozen_at = models.DateTimeField("counted", null=True, blank=True)
    total = models.PositiveIntegerField("recipients", default=0)
    excluded = models.JSONField(default=dict, help_text="how many were left out when it was frozen, by reason")
    begun_at = models.DateTimeField("begun", null=True, blank=True, help_text="when the first message was allowed")
    finished_at = models.DateTimeField("finished", null=True, blank=True)
    stopped_at = models.DateTimeField("stopped", null=True, blank=True)
    repeats = models.PositiveIntegerField(
        default=0, help_text="messages given over again because nobody knows whether the first was taken"
    )
    says = models.CharField(max_length=500, blank=True, help_text="what it waits for, or why it stopped")
    troubles = models.PositiveSmallIntegerField(default=0, help_text="how often in a row the transport failed")
    resume_at = models.DateTimeField(null=True, blank=True, help_text="not before, after such a failure")
    through = models.CharField(max_length=20, blank=True, help_text="the transport in use")

    objects = MailingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-send_at", "-pk"]
        constraints: ClassVar = [
            CheckConstraint(
                name="mailing_counts_before_it_begins",
                condition=Q(begun_at__isnull=True) | Q(frozen_at__isnull=False),
            ),
            CheckConstraint(
                name="mailing_says_when_it_finished",
                condition=Q(state="done", finished_at__isnull=False) | (~Q(state="done") & Q(finished_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"sending of {self.issue}"

    @property
    def is_off(self) -> bool:
        """Whether it was taken off the schedule before anything was done: then its issue is a draft again."""
        return self.state == MailingState.STOPPED and self.freezing_at is None


class MailingText(models.Model):
    """What one edition of a mailing says: rendered once, when it begins, so that all get the same."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="texts")
    edition = models.CharField(max_length=10)
    subject = models.CharField(max_length=300)
    html = models.TextField()
    text = models.TextField()

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(name="mailing_has_one_text_an_edition", fields=["mailing", "edition"])
        ]


class Link(models.Model):
    """One address that a mailing leads to, and how often it was followed in all. Who followed it, nobody knows."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="links")
    key = models.CharField(max_length=24, unique=True, help_text="the same in every copy")
    address = models.CharField(max_length=2000)
    clicks = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-clicks", "pk"]
        constraints: ClassVar = [UniqueConstraint(name="link_once_in_a_mailing", fields=["mailing", "address"])]


class DeliveryState(models.TextChoices):
    """What became of one person's copy."""

    EXCLUDED = "excluded", "left out"
    WAITING = "waiting", "waiting"
    SENDING = "sending", "being handed over"
    SENT = "sent", "taken by the mail server"
    REFUSED = "refused", "refused by the mail server"
    FAILED = "failed", "given up"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Questions about many deliveries."""

    def open(self) -> "DeliveryQuerySet":
        """Those of which something is still to come."""
        return self.filter(state__in=(DeliveryState.WAITING, DeliveryState.SENDING))

    def kept(self) -> "DeliveryQuerySet":
        """Those that still hold an address."""
        return self.exclude(address="")


class Delivery(models.Model):
    """One copy of one mailing to one person. The address goes after ninety days; the row stays, as a number."""

    mailing = models.ForeignKey(Mailing, on_delete=models.PROTECT, related_name="deliveries")
    reader = models.ForeignKey("readers.Reader", null=True, on_delete=models.SET_NULL, related_name="+")
    address = models.CharField(max_length=254, blank=True, db_index=True)
    domain = models.CharField(max_length=253, blank=True)
    edition = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    reason = models.CharField(max_length=30, blank=True, help_text="why it was left out or what refused it")
    says = models.CharField(max_length=300, blank=True, help_text="the mail server's words; they go with the address")
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    held_by = models.CharField(max_length=32, blank=True, help_text="the run of a lane that has it in hand")
    through = models.CharField(max_length=20, blank=True, help_text="the transport that took it, or may have")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("copy")
        verbose_name_plural = _("copies")
        constraints: ClassVar = [
            UniqueConstraint(name="delivery_once_for_a_reader", fields=["mailing", "reader"]),
            UniqueConstraint(
                name="delivery_once_for_an_address", fields=["mailing", "address"], condition=~Q(address="")
            ),
            CheckConstraint(
                name="delivery_says_when_it_was_sent", condition=~Q(state="sent") | Q(sent_at__isnull=False)
            ),
            CheckConstraint(name="delivery_says_why_it_was_left_out", condition=~Q(state="excluded") | ~Q(reason="")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["mailing", "state", "id"], name="delivery_by_state"),
            models.Index(fields=["held_by"], name="delivery_in_hand", condition=~Q(held_by="")),
            models.Index(fields=["mailing", "sent_at"], name="delivery_by_moment"),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"


class Lane(models.Model):
    """One chain of batches: at any moment exactly one turn of it is valid, so no two workers have a row in hand."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="lanes")
    number = models.PositiveSmallIntegerField()
    turn = models.CharField(max_length=32, blank=True, help_text="the job that may run next; empty while it rests")
    holder = models.CharField(max_length=32, blank=True, help_text="the run that has rows in hand")
    seen_at = models.DateTimeField(null=True, help_text="by the wall: when it was last heard of, or is to run")
    boot = models.CharField(max_length=40, blank=True, help_text="of the machine that has rows in hand")

    class Meta:
        constraints: ClassVar = [UniqueConstraint(name="lane_has_its_number", fields=["mailing", "number"])]


class Pace(models.Model):
    """How fast one receiving domain is written to, by all mailings together."""

    domain = models.CharField(max_length=253, unique=True)
    free_at = models.DateTimeField(help_text="the moment up to which its share is used")
    pauses = models.PositiveSmallIntegerField(default=0, help_text="how often in a row it asked us to come later")
    paused_until = models.DateTimeField(null=True, blank=True)


class Proof(models.Model):
    """A test copy to an address that staff typed. Forgotten after seven days."""

    issue = models.ForeignKey("letters.Issue", on_delete=models.CASCADE, related_name="proofs")
    to = models.EmailField(max_length=254)
    edition = models.CharField(max_length=10)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField(default=clock.now, db_index=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-asked_at", "-pk"]
