"""What was spent, as it was entered or imported: facts of the day, the amount and the kind of payee; no names."""

from datetime import date

from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from masthead.core import clock
from masthead.money.amounts import Money
from masthead.press.models import OnPages


class Kind(models.TextChoices):
    """What a category is for. The share to journalism is what stands under the first two."""

    PEOPLE = "people", _("The people who make the journalism")
    JOURNALISM = "journalism", _("What journalism needs beside them: travel, pictures, checking, law")
    RUNNING = "running", _("Running costs")
    FEES = "fees", _("Post, bank and payment fees")


JOURNALISM = (Kind.PEOPLE, Kind.JOURNALISM)


class Payee(models.TextChoices):
    """Who was paid: the kind alone, never who."""

    STAFF = "staff", _("Our own people")
    FREELANCE = "freelance", _("Freelances")
    FIRM = "firm", _("Firms")
    PUBLIC = "public", _("Public bodies and taxes")
    OTHER = "other", _("Others")


class Category(OnPages):
    """What money is spent on, as readers see it."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("what for"), max_length=10, choices=Kind.choices)
    position = models.PositiveSmallIntegerField(_("position"), default=0, help_text=_("The lowest stands first."))

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.name


class Import(models.Model):
    """A file of spending that was taken in, whole."""

    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of its bytes")
    rows = models.PositiveIntegerField(_("lines"))
    by = models.CharField(_("by"), max_length=80, help_text="an Actor as text")
    at = models.DateTimeField(_("at"), default=clock.now)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}, {self.rows} lines"


class SpendingQuerySet(models.QuerySet["Spending"]):
    """Spending, by adjective."""

    def of_year(self, year: int) -> "SpendingQuerySet":
        """Of the days of a year."""
        return self.filter(on__gte=date(year, 1, 1), on__lt=date(year + 1, 1, 1))


class Spending(models.Model):
    """`amount_minor` minor units of `currency`, spent on a day. Entered, changed and removed by `spending` alone."""

    on = models.DateField(_("day"))
    category = models.ForeignKey(Category, verbose_name=_("category"), on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField(_("amount in minor units"))
    currency = models.CharField(_("currency"), max_length=3)
    payee = models.CharField(_("paid to"), max_length=10, choices=Payee.choices)
    note = models.CharField(
        _("note"), max_length=200, blank=True, help_text=_("For the desk alone; without names of people, please.")
    )
    from_file = models.ForeignKey(
        Import, verbose_name=_("from a file"), null=True, blank=True, editable=False, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    entered_at = models.DateTimeField(_("entered at"), default=clock.now, editable=False)

    objects = SpendingQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        verbose_name = _("spending")
        verbose_name_plural = _("spending")
        constraints = [CheckConstraint(name="spending_is_of_something", condition=Q(amount_minor__gt=0))]
        indexes = [models.Index(fields=["on", "category"], name="spending_by_day")]

    def __str__(self) -> str:
        return f"{self.on:%d.%m.%Y}, {self.amount}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class Spent(models.Model):
    """What was spent in a month, by category and kind of payee. Added to by `spending`, in the same transaction."""

    month = models.DateField(help_text="Its first day.")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="+")
    payee = models.CharField(max_length=10, choices=Payee.choices)
    currency = models.CharField(max_length=3)
    minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "category", "payee", "currency"], name="spent_is_summed_once")
        ]
        permissions = [("view_figures", "Can see the figures of the open books")]


class Said(models.Model):
    """The words that a figure was last told in: pages change when they do, not when the figure does."""

    name = models.CharField(max_length=60, unique=True)
    words = models.CharField(max_length=60)
