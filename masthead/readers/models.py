"""Who reads and who works here: rows and what must always be true of them."""

import secrets
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.db.models.functions import Lower

from masthead.core import clock
from masthead.core.actors import Actor
from masthead.readers import guarded


class StaffManager(BaseUserManager["StaffUser"]):
    """Makes staff from an e-mail address and a password."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "StaffUser":
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save()
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "StaffUser":
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})


class StaffUser(AbstractUser):  # type: ignore[django-manager-missing]
    """Somebody who works at the desk. Signs in with an e-mail address and a password."""

    username = None  # type: ignore[assignment]
    email = models.EmailField("e-mail address", unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[StaffManager] = StaffManager()  # type: ignore[assignment]

    unproved = False
    """Set for a request whose session had no second factor yet: guarded rights are withheld then."""
    withheld = False
    """Whether one was, in this request."""
    desk_session: "DeskSession | None" = None
    """The session that the request came in."""

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's answer; but no guarded right, an administrator's neither, without a second factor."""
        may: bool = super().has_perm(perm, obj)
        if may and self.unproved and guarded.is_guarded(perm):
            self.withheld = True
            return False
        return may

    @property
    def actor(self) -> Actor:
        """This person, as changes name whoever made them."""
        return Actor.staff(self.pk)


class FactorKind(models.TextChoices):
    """What somebody has beside the password."""

    APP = "app", "authenticator app"
    PASSKEY = "passkey", "passkey"


class Factor(models.Model):
    """A second factor of a member of staff.

    Of an app `secret` is its secret, sealed, and `counter` the half minute of the last code that was taken; of a
    passkey its public half, and its own count.
    """

    person = models.ForeignKey(StaffUser, on_delete=models.CASCADE, related_name="factors")
    kind = models.CharField(max_length=10, choices=FactorKind.choices)
    name = models.CharField(max_length=80)
    secret = models.TextField()
    counter = models.BigIntegerField(default=0)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            UniqueConstraint(name="factor_app_is_one_a_person", fields=["person"], condition=Q(kind="app")),
        ]

    def __str__(self) -> str:
        return self.name


class RecoveryCode(models.Model):
    """A code on paper that stands in once for a lost factor; only its hash is kept."""

    person = models.ForeignKey(StaffUser, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    used_at = models.DateTimeField(null=True, blank=True)


class DeskSessionQuerySet(models.QuerySet["DeskSession"]):
    def live(self) -> "DeskSessionQuerySet":
        """Those that have not been ended."""
        return self.filter(ended_at__isnull=True)


class DeskSession(models.Model):
    """A browser in which a member of staff is signed in. Once it is ended, its next request is nobody's."""

    person = models.ForeignKey(StaffUser, on_delete=models.CASCADE, related_name="desk_sessions")
    label = models.CharField(max_length=80, blank=True)
    began_at = models.DateTimeField(default=clock.now, editable=False)
    last_seen_on = models.DateField(default=clock.today)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DeskSessionQuerySet.as_manager()

    class Meta:
        ordering = ("-last_seen_on", "-pk")

    def __str__(self) -> str:
        return self.label or f"session {self.pk}"


def new_reference() -> str:
    """A reference that says nothing and cannot be guessed: 60 bits."""
    return secrets.token_hex(8)


class ReaderQuerySet(models.QuerySet["Reader"]):
    def living(self) -> "ReaderQuerySet":
        """Accounts that have not been erased."""
        return self.filter(erased_at__isnull=True)


class Reader(models.Model):
    """Anyone with an account. Made only when somebody has proved that the address is theirs.

    An erased reader stays as a bare reference, because books and audit refer to it; nothing personal stays with it.
    """

    reference = models.CharField(max_length=16, unique=True, default=new_reference, editable=False)
    email = models.EmailField("e-mail address", max_length=254, unique=True, null=True, blank=True)
    name = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    confirmed_at = models.DateTimeField(default=clock.now, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="merged"
    )

    objects = ReaderQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(Lower("name"), name="reader_by_name")]
        constraints: ClassVar = [
            UniqueConstraint(Lower("email"), name="reader_has_an_address_alone_in_any_case"),
            CheckConstraint(
                name="reader_has_an_address_until_erased",
                condition=Q(erased_at__isnull=True, email__isnull=False)
                | Q(erased_at__isnull=False, email__isnull=True, name=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or f"reader {self.reference}"

    @property
    def actor(self) -> Actor:
        """This reader, as changes name whoever made them."""
        return Actor.reader(self.pk)


class DeviceQuerySet(models.QuerySet["Device"]):
    def live(self) -> "DeviceQuerySet":
        """Devices whose session has not ended."""
        return self.filter(ended_at__isnull=True)

    def of(self, reader: Reader) -> "DeviceQuerySet":
        """The devices of one reader, as that reader may see them."""
        return self.live().filter(reader=reader).order_by("-last_seen_on", "-created_at")


class Device(models.Model):
    """A browser with a session: a signed-in reader's, or one that paid and whose address is not confirmed yet."""

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    reader = models.ForeignKey(Reader, null=True, blank=True, on_delete=models.CASCADE, related_name="devices")
    label = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    last_seen_on = models.DateField(default=clock.today)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["ended_at", "last_seen_on"], name="device_by_last_use")]

    def __str__(self) -> str:
        return self.label or f"device {self.pk}"

    @property
    def actor(self) -> Actor:
        """This device, as changes name whoever made them."""
        return Actor.device(self.pk)


class Purpose(models.TextChoices):
    """Why a message with a code and a link was sent."""

    SIGN_IN = "sign-in", "sign in"
    CONFIRM = "confirm", "confirm the address given while paying"
    HELP = "help", "sign in, with a link that the desk had sent"


class SignInCode(models.Model):
    """One message with a six-digit code and a link. Only hashes of either are kept.

    The code works in the browser that asked: the one that bears `browser_hash`'s cookie, or is `device`.
    """

    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    email = models.EmailField(max_length=254)
    code_hash = models.CharField(max_length=64)
    link_hash = models.CharField(max_length=64, unique=True)
    browser_hash = models.CharField(max_length=64, blank=True, db_index=True)
    device = models.ForeignKey(Device, null=True, blank=True, on_delete=models.CASCADE, related_name="codes")
    next_path = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField(default=clock.now, db_index=True)
    code_ends_at = models.DateTimeField()
    link_ends_at = models.DateTimeField()
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    voided_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["email", "asked_at"], name="sign_in_code_by_address")]
        constraints: ClassVar = [
            CheckConstraint(
                name="sign_in_code_has_somebody_who_asked",
                condition=~Q(browser_hash="") | Q(device__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} asked {self.asked_at:%Y-%m-%d %H:%M}"

    def open_at(self, moment: datetime) -> bool:
        """Whether this is still the newest message of its address, unspent, and its link has not run out."""
        return self.voided_at is None and self.used_at is None and moment < self.link_ends_at


class Confirmation(models.Model):
    """An address was proved by whoever signed in with it: the row from which the floors above are told."""

    reader = models.ForeignKey(Reader, on_delete=models.CASCADE, related_name="confirmations")
    device = models.ForeignKey(Device, null=True, blank=True, on_delete=models.SET_NULL, related_name="confirmations")
    at = models.DateTimeField(default=clock.now)
    told_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.reader_id} at {self.at:%Y-%m-%d %H:%M}"


class CareNote(models.Model):
    """What staff wrote about a person: a note, or why they did something. The audit log names it by its number alone.

    Of a giver whose address is not confirmed yet it is kept by that address, until it joins the account. `once` is the
    number of the form that it came with: the same form sent again does nothing.
    """

    reader = models.ForeignKey(Reader, null=True, blank=True, on_delete=models.CASCADE, related_name="care_notes")
    email = models.EmailField("e-mail address", max_length=254, blank=True, db_index=True)
    act = models.CharField(max_length=20, blank=True, help_text="What was done; empty: it is a note alone.")
    subject = models.CharField("done to", max_length=120, blank=True)
    text = models.TextField()
    once = models.CharField(max_length=32, unique=True, editable=False)
    by = models.CharField(max_length=60)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            CheckConstraint(name="care_note_is_about_somebody", condition=Q(reader__isnull=False) | ~Q(email="")),
        ]

    def __str__(self) -> str:
        return f"note {self.pk}"


class AddressChange(models.Model):
    """Another address for an account, asked for at the desk. It holds once a link sent there was opened and confirmed.

    The address before gets a link that stops it. Only hashes of the links are kept.
    """

    reader = models.ForeignKey(Reader, on_delete=models.CASCADE, related_name="address_changes")
    email = models.EmailField("new address", max_length=254)
    confirm_hash = models.CharField(max_length=64, unique=True)
    stop_hash = models.CharField(max_length=64, unique=True)
    asked_by = models.CharField(max_length=60)
    asked_at = models.DateTimeField(default=clock.now, db_index=True)
    ends_at = models.DateTimeField("links work until")
    done_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"change of address {self.pk}"

    def open_at(self, moment: datetime) -> bool:
        """Whether it can still be confirmed or stopped."""
        return self.done_at is None and self.stopped_at is None and moment < self.ends_at
