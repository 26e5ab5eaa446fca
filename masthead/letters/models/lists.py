"""Lists of letters, who is on them, and the proof that each of these people asked for it."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from masthead.core import clock
from masthead.press.models import OnPages

__all__ = ["Consent", "Left", "LetterList", "LetterListQuerySet", "LinkKey", "Rhythm", "SignUp", "Subscription"]

OUR_OWN_WORDS = frozenset({"sign-up", "confirm", "choose", "unsubscribe", "go"})
"""Addresses below /letters/ that no list can have, because something else answers there."""


class Rhythm(models.TextChoices):
    """How often a list's letter is promised; a week or month without one is a promise broken."""

    NONE = "", "no rhythm promised"
    WEEK = "week", "every week"
    MONTH = "month", "every month"


class Left(models.TextChoices):
    """How somebody left a list, or opted out of it."""

    LINK = "link", "by the link in a letter"
    ONE_CLICK = "one-click", "by the mail program’s own button"
    PREFERENCES = "preferences", "on the page of preferences"
    ACCOUNT = "account", "in the account"
    COMPLAINT = "complaint", "by complaining to their mail provider"
    DESK = "desk", "by the desk, on request"


class LetterListQuerySet(models.QuerySet["LetterList"]):
    """Questions about many lists."""

    def free(self) -> "LetterListQuerySet":
        """Those that anybody may be on."""
        return self.filter(benefit="")

    def for_supporters(self) -> "LetterListQuerySet":
        """Those that a grant decides."""
        return self.exclude(benefit="")

    def taking_sign_ups(self) -> "LetterListQuerySet":
        """Free ones that new people may join."""
        return self.free().filter(is_open=True)


class LetterList(OnPages):
    """A letter that people get: free to whoever asks, or a supporters' one, which the grants ledger decides."""

    name = models.CharField(max_length=80, help_text="What readers call this letter, such as ‘The week’.")
    slug = models.SlugField("address", max_length=60, unique=True, help_text="The last part of /letters/…/.")
    sentence = models.CharField(max_length=200, help_text="One sentence for readers: what is in it, and when it comes.")
    benefit = models.CharField(
        "who may have it",
        max_length=20,
        blank=True,
        help_text="Empty: anybody who signs up. A benefit of membership: every supporter who has that benefit.",
    )
    rhythm = models.CharField(
        "promised",
        max_length=5,
        blank=True,
        choices=Rhythm.choices,
        help_text="A week or a month without its letter shows on the desk as a broken promise.",
    )
    sender_name = models.CharField(
        max_length=80, blank=True, help_text="Who the letter is from, as mail programs show it. Empty: the paper."
    )
    reply_to = models.EmailField("answers go to", blank=True, help_text="Empty: the paper’s own address.")
    is_open = models.BooleanField("takes sign-ups", default=True)
    counts_clicks = models.BooleanField(
        "count clicks",
        default=False,
        help_text="How often each link is followed, in all; by whom is not kept. Mail scanners count too.",
    )
    position = models.PositiveSmallIntegerField(default=0)

    objects = LetterListQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        verbose_name = "list"

    def __str__(self) -> str:
        return self.name

    @property
    def is_free(self) -> bool:
        """Whether anybody may be on it."""
        return not self.benefit

    @property
    def path(self) -> str:
        """Where its letters can be read."""
        return f"/letters/{self.slug}/"

    def clean(self) -> None:
        super().clean()
        if self.slug in OUR_OWN_WORDS:
            raise ValidationError({"slug": f"‘{self.slug}’ is an address that letters need. Choose another."})


class Consent(models.Model):
    """The proof that somebody asked for a list: the words that they saw, where, when, and when they confirmed it.

    Without `confirmed_at` it was ticked on the page behind a link in a letter: by its reader, or by whoever had it.
    """

    reader = models.ForeignKey("readers.Reader", on_delete=models.CASCADE, related_name="letter_consents")
    list = models.ForeignKey(LetterList, on_delete=models.CASCADE, related_name="consents")
    words = models.TextField(help_text="The sentence that stood at the button.")
    page = models.CharField(max_length=500, help_text="The path of the page on which it stood.")
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="Empty: ticked behind a link in a letter, which anybody may have had."
    )

    class Meta:
        ordering: ClassVar = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.reader_id} to {self.list_id}, {self.asked_at:%Y-%m-%d %H:%M}"


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Questions about many subscriptions."""

    def standing(self) -> "SubscriptionQuerySet":
        """Those that nobody has left."""
        return self.filter(left_at__isnull=True)

    def left(self) -> "SubscriptionQuerySet":
        """Those that were left."""
        return self.filter(left_at__isnull=False)


class Subscription(models.Model):
    """What one reader decided about one list.

    On a free list somebody is on it while the row stands without `left_at`. On a supporters' list the grants ledger
    decides who may be on it: there `left_at` means 'opted out', and no row means 'gets it'.
    """

    list = models.ForeignKey(LetterList, on_delete=models.CASCADE, related_name="subscriptions")
    reader = models.ForeignKey("readers.Reader", on_delete=models.CASCADE, related_name="subscriptions")
    joined_at = models.DateTimeField(default=clock.now)
    consent = models.ForeignKey(Consent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    left_at = models.DateTimeField(null=True, blank=True)
    left_how = models.CharField(max_length=12, blank=True, choices=Left.choices)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-joined_at", "-pk"]
        constraints: ClassVar = [
            UniqueConstraint(name="subscription_once_for_a_reader", fields=["list", "reader"]),
            CheckConstraint(
                name="subscription_says_how_it_was_left",
                condition=Q(left_at__isnull=True, left_how="") | (Q(left_at__isnull=False) & ~Q(left_how="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reader} on {self.list}"


class SignUp(models.Model):
    """Somebody typed an address into a form: nothing comes of it unless its owner confirms. Kept for seven days."""

    email = models.EmailField(max_length=254, db_index=True)
    lists = models.ManyToManyField(LetterList, related_name="+")
    words = models.TextField()
    page = models.CharField(max_length=500)
    token_hash = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField(default=clock.now, db_index=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"sign-up of {self.asked_at:%Y-%m-%d %H:%M}"


class LinkKey(models.Model):
    """A key that links in letters were signed with, kept so that they outlive the rotation of the newsroom's secret.

    It is derived from the secret one way, for letters' links alone: it opens nothing else, and gives nothing back.
    """

    key_id = models.CharField(max_length=8, unique=True)
    key = models.CharField(max_length=64, help_text="Hexadecimal.")
    last_signed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key_id
