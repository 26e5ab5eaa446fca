"""Addresses that are written to no more, and why: what was heard of them, what was looked up of our own standing."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from masthead.core import clock

__all__ = ["Examination", "Kind", "Overrule", "Reason", "RefusedReport", "Report", "ReportsBox", "Suppression"]


class Reason(models.TextChoices):
    """Why an address gets no letters, the weightiest first."""

    COMPLAINED = "complained", "its owner called a letter spam"
    STAFF = "staff", "the desk said so"
    INVALID = "invalid", "there is no such mailbox"
    BOUNCED = "bounced", "letters came back again and again"


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    """Questions about many suppressions."""

    def standing(self) -> "SuppressionQuerySet":
        """Those that nobody has lifted."""
        return self.filter(lifted_at__isnull=True)


class Suppression(models.Model):
    """An address that gets no letters, until somebody at the desk lifts that. Mail to one person still goes to it."""

    address = models.EmailField(max_length=254, unique=True, help_text="Normalised, as readers.addresses does.")
    reason = models.CharField(max_length=10, choices=Reason.choices)
    since = models.DateTimeField()
    source = models.CharField(max_length=20, help_text="Who said so: a provider, ‘mailbox’, ‘sending’ or ‘desk’.")
    detail = models.CharField(max_length=300, blank=True, help_text="What they said.")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=80, blank=True, help_text="an Actor as text")
    lifted_why = models.CharField("why it was lifted", max_length=300, blank=True)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        verbose_name = _("address not written to")
        verbose_name_plural = _("not written to")
        ordering: ClassVar = ["-since", "-pk"]
        indexes: ClassVar = [models.Index(fields=["-since"], name="suppression_by_day")]
        constraints: ClassVar = [
            CheckConstraint(
                name="suppression_says_who_lifted_it_and_why",
                condition=Q(lifted_at__isnull=True, lifted_by="", lifted_why="")
                | (Q(lifted_at__isnull=False) & ~Q(lifted_by="") & ~Q(lifted_why="")),
            ),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def stands(self) -> bool:
        """Whether it keeps letters from the address now."""
        return self.lifted_at is None


class Kind(models.TextChoices):
    """What a report says became of a letter."""

    DELIVERED = "delivered", "it arrived"
    DELAYED = "delayed", "it is late; they go on trying"
    SOFT = "soft", "it came back, for now"
    INVALID = "invalid", "there is no such mailbox"
    REFUSED = "refused", "it was refused, not because of the address"
    COMPLAINED = "complained", "its reader called it spam"
    LEFT = "left", "its reader wants no more of them"
    OTHER = "other", "something else"


class Report(models.Model):
    """One thing that was heard about one letter to one address: kept once, weighed later, forgotten in time."""

    KEPT: ClassVar = timedelta(days=90)

    source = models.CharField(max_length=20, help_text="A provider, ‘mailbox’ or ‘sending’.")
    event_id = models.CharField(max_length=80, help_text="What makes a repeat known as one.")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    address = models.EmailField(max_length=254, blank=True)
    message_id = models.CharField(max_length=250, blank=True, help_text="Of the letter, without its angle brackets.")
    status = models.CharField(max_length=12, blank=True, help_text="As RFC 3463 has it, such as 5.1.1.")
    detail = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(help_text="When it happened, as they say; never later than when it was heard.")
    heard_at = models.DateTimeField(default=clock.now)
    weighed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-heard_at", "-pk"]
        constraints: ClassVar = [
            UniqueConstraint(name="report_is_kept_once_for_a_source", fields=["source", "event_id"])
        ]
        indexes: ClassVar = [
            models.Index(fields=["address", "at"], name="report_by_address"),
            models.Index(fields=["weighed_at", "id"], name="report_not_weighed_yet"),
            models.Index(fields=["heard_at"], name="report_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.kind} {self.at:%Y-%m-%d %H:%M}"


class RefusedReport(models.Model):
    """How many reports of a source were not what they claimed to be, by day: counted, not kept."""

    source = models.CharField(max_length=20)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [UniqueConstraint(name="refused_report_is_counted_by_day", fields=["source", "day"])]


class ReportsBox(models.Model):
    """The mailbox of delivery reports, and how far it has been read; the mailbox itself is never changed."""

    name = models.CharField(max_length=250, unique=True, help_text="Where it is, without user and password.")
    validity = models.BigIntegerField(default=0, help_text="IMAP’s UIDVALIDITY: with another one numbers begin anew.")
    read_up_to = models.BigIntegerField(default=0, help_text="IMAP’s UID of the last message that was read.")
    looked_at = models.DateTimeField(null=True, help_text="When it was last read without trouble.")
    trouble = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.name


class Examination(models.Model):
    """What was found when the newsroom's standing as a sender was looked up."""

    at = models.DateTimeField(default=clock.now)
    findings = models.JSONField(default=list)
    passes = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]


class Overrule(models.Model):
    """Somebody wrote why large letters go out although something is missing. It covers what was missing then."""

    reason = models.TextField(help_text="In full sentences: why it is right to send all the same.")
    by = models.CharField(max_length=80, help_text="an Actor as text")
    at = models.DateTimeField(default=clock.now)
    missing = models.JSONField(default=list, help_text="Names of the findings that did not pass.")

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} by {self.by}"
