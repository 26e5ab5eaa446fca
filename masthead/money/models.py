"""What was asked for, what the providers said, and the books."""

from django.db import models
from django.db.models import CheckConstraint, F, Q

from masthead.core import clock
from masthead.money import references
from masthead.money.amounts import Money
from masthead.money.hints import LastFour
from masthead.money.states import (
    CheckoutState,
    ComparisonStage,
    DifferenceKind,
    DifferenceState,
    EventState,
    HeldBecause,
    HoldState,
    MandateState,
    MovementKind,
    NoticeKind,
    OfflineMethod,
    PaymentState,
    ReceiptKind,
    SetupState,
)


class PaymentQuerySet(models.QuerySet["Payment"]):
    """Payments, by adjective."""

    def unsent(self) -> "PaymentQuerySet":
        """Collections on a mandate that the provider hasn't answered yet; what is paid on its page is none."""
        is_asked_for_by_us = Q(checkout__isnull=True) | Q(checkout__permission_first=True)
        return self.filter(is_asked_for_by_us, state=PaymentState.CREATED, mandate__isnull=False, sent_at__isnull=True)

    def open_to_withdrawal(self) -> "PaymentQuerySet":
        """Collections on a mandate for which nothing has been taken or promised."""
        return self.unsent() | self.filter(state=PaymentState.NEEDS_APPROVAL, mandate__isnull=False)

    def locked(self, pk: int) -> "Payment":
        """This payment, for the transaction that changes it."""
        return self.select_for_update().get(pk=pk)


class Mandate(models.Model):
    """The permission to collect, kept by the provider."""

    reference = models.CharField(max_length=32, unique=True, default=references.new, editable=False)
    provider = models.CharField(max_length=40)
    provider_ref = models.CharField("provider's reference", max_length=120)
    order_key = models.CharField(max_length=120, db_index=True, help_text="What it was first given for.")
    state = models.CharField(max_length=20, choices=MandateState.choices, default=MandateState.ACTIVE)
    method = models.CharField(max_length=20, help_text="card or debit")
    hint = models.CharField(max_length=80, help_text="Such as 'card ending 4242'.")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    expires_on = models.DateField("last day", null=True, blank=True, db_index=True)
    replaced_by = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Given in its place.",
    )

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(LastFour("hint"), name="mandate_by_last_four"),
            models.Index(fields=["provider_ref"], name="mandate_by_providers_ref"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["provider", "provider_ref"], name="mandate_is_known_once"),
        ]

    def __str__(self) -> str:
        return f"{self.hint} ({self.reference})"


class Notice(models.Model):
    """That who pays was told of one collection: how much, from which day on, in which way. Never changed.

    `told_by` is the key of the mail that said it, or the page.
    """

    order_key = models.CharField(max_length=120, db_index=True)
    kind = models.CharField(max_length=10, choices=NoticeKind.choices)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    day = models.DateField("to be collected on")
    method = models.CharField(max_length=20, blank=True)
    told_at = models.DateTimeField()
    told_by = models.CharField(max_length=200)
    not_before = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            CheckConstraint(name="notice_is_of_something", condition=Q(amount_minor__gt=0)),
            CheckConstraint(name="notice_comes_before", condition=Q(not_before__gte=F("told_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.order_key}: {self.amount} on {self.day}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class Payment(models.Model):
    """One collection of `amount_minor` minor units. Its `*_at` fields are facts, each set once; its state follows.

    So the order in which facts arrive doesn't matter. See states.of_payment.
    """

    reference = models.CharField(max_length=32, unique=True, default=references.new, editable=False)
    order_key = models.CharField(max_length=120, unique=True, help_text="What it is for, such as pledge:7Q4K22M9:3.")
    provider = models.CharField(max_length=40)
    provider_ref = models.CharField("provider's reference", max_length=120, blank=True, db_index=True)
    mandate = models.ForeignKey(Mandate, null=True, blank=True, on_delete=models.PROTECT, related_name="payments")
    notice = models.OneToOneField(
        Notice,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="payment",
        help_text="What told of it.",
    )
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    description = models.CharField(max_length=200)
    income_account = models.CharField(max_length=60)
    state = models.CharField(max_length=20, choices=PaymentState.choices, default=PaymentState.CREATED, db_index=True)
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    looked_up_at = models.DateTimeField(null=True, blank=True, help_text="When we last asked why it takes so long.")
    promised_at = models.DateTimeField(null=True, blank=True)
    approval_asked_at = models.DateTimeField(null=True, blank=True)
    approval_url = models.CharField(max_length=500, blank=True)
    collected_at = models.DateTimeField(null=True, blank=True)
    collected_on = models.DateField(null=True, blank=True, help_text="The day of the books.")
    method = models.CharField(
        max_length=20, blank=True, default="", help_text="card, debit, transfer, cheque, cash: once it is known."
    )
    sale_minor = models.BigIntegerField(default=0, help_text="The part of the price that is a sale, its VAT in it.")
    vat_hundredths = models.PositiveIntegerField(default=0, help_text="The rate of VAT on it: 2000 is 20 %.")
    vat_minor = models.BigIntegerField(default=0, help_text="The VAT in it.")
    fee_minor = models.BigIntegerField(default=0)
    later_fee_minor = models.BigIntegerField(default=0, help_text="What was taken for it after it was collected.")
    refunded_minor = models.BigIntegerField(default=0)
    failed_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=40, blank=True)
    abandoned_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_minor = models.BigIntegerField(default=0)
    return_fee_minor = models.BigIntegerField(default=0)
    reinstated_at = models.DateTimeField(null=True, blank=True, help_text="When a claim through the bank was undone.")
    reinstated_minor = models.BigIntegerField(default=0)
    reinstated_fee_minor = models.BigIntegerField(default=0)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        permissions = [
            ("see_money", "Can see who pays what, and why a payment failed"),
            ("move_money", "Can refund, stop and change what people pay"),
        ]
        indexes = [
            models.Index(fields=["amount_minor", "created_at"], name="payment_by_amount"),
            models.Index(fields=["collected_on"], name="payment_by_day"),
            models.Index(fields=["created_at"], name="payment_by_moment"),
        ]
        constraints = [
            CheckConstraint(name="payment_asks_for_something", condition=Q(amount_minor__gt=0)),
            CheckConstraint(name="payment_costs_nothing_or_more", condition=Q(fee_minor__gte=0)),
            CheckConstraint(
                name="payment_has_its_vat_in_what_is_sold",
                condition=Q(vat_minor__gte=0, vat_minor__lte=F("sale_minor"), sale_minor__lte=F("amount_minor")),
            ),
            CheckConstraint(
                name="payment_gives_back_at_most_itself",
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("amount_minor")),
            ),
            CheckConstraint(
                name="payment_has_a_day_in_the_books_when_collected",
                condition=Q(collected_at__isnull=True, collected_on__isnull=True)
                | Q(collected_at__isnull=False, collected_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.amount}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def fee(self) -> Money:
        return Money(self.fee_minor, self.currency)

    @property
    def way(self) -> str:
        """How it was paid, as reports know it: card, debit, transfer, cheque, cash; empty when nobody has said."""
        return self.method or (self.mandate.method if self.mandate else "")

    @property
    def why(self) -> str:
        """Why nothing came of it yet, as a code of failures; empty when nobody has said no."""
        return "needs_approval" if self.state == PaymentState.NEEDS_APPROVAL else self.failure

    @property
    def refunded(self) -> Money:
        return Money(self.refunded_minor, self.currency)


class Refund(models.Model):
    """Money that goes back to who paid: asked for by us, or heard of when the provider's own desk made it."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    reference = models.CharField(max_length=120, unique=True, default=references.new, editable=False)
    provider_ref = models.CharField("provider's reference", max_length=120, blank=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=200, blank=True)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=40, blank=True)
    fee_minor = models.BigIntegerField(default=0, help_text="What it cost; below zero where some of a fee came back.")
    failed_fee_minor = models.BigIntegerField(default=0, help_text="What it cost that it came back.")
    vat_minor = models.BigIntegerField(null=True, blank=True, help_text="The VAT in it, once it is in the books.")

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["provider_ref"], name="refund_by_providers_ref")]
        constraints = [CheckConstraint(name="refund_gives_something", condition=Q(amount_minor__gt=0))]

    def __str__(self) -> str:
        return f"{self.reference} {self.amount}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class Dispute(models.Model):
    """One claim of a payment through the giver's bank: what it took with the fee for it, and what of that came back.

    Its reference names it in the books: the provider's, or the payment's own where the provider has none.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    reference = models.CharField(max_length=120, unique=True)
    provider_ref = models.CharField("provider's reference", max_length=120, blank=True, db_index=True)
    taken_at = models.DateTimeField()
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    vat_minor = models.BigIntegerField(null=True, blank=True, help_text="The VAT in it, once it is in the books.")
    back_at = models.DateTimeField(null=True, blank=True)
    back_minor = models.BigIntegerField(default=0)
    back_fee_minor = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["taken_at", "pk"]

    def __str__(self) -> str:
        return f"{self.reference} of {self.payment}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.payment.currency)

    @property
    def back(self) -> Money:
        """What came back of it."""
        return Money(self.back_minor, self.payment.currency)


class Checkout(models.Model):
    """One visit to a provider's pay page. Its reference is unguessable: who knows it may ask what became of it."""

    reference = models.CharField(max_length=32, unique=True, default=references.unguessable, editable=False)
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="checkout")
    mandate = models.ForeignKey(Mandate, null=True, blank=True, on_delete=models.PROTECT, related_name="checkouts")
    keeps_mandate = models.BooleanField()
    permission_first = models.BooleanField(
        default=False, help_text="Its page takes a permission to collect; the payment is asked for after that."
    )
    email = models.EmailField(max_length=254, blank=True)
    return_path = models.CharField(max_length=500)
    provider_ref = models.CharField("provider's reference", max_length=120, blank=True)
    pay_url = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=20, choices=CheckoutState.choices, default=CheckoutState.OPEN)
    failure = models.CharField(max_length=40, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    asked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.payment} ({self.state})"

    @property
    def order_key(self) -> str:
        return self.payment.order_key

    @property
    def provider(self) -> str:
        return self.payment.provider

    @property
    def description(self) -> str:
        return self.payment.description

    @property
    def amount(self) -> Money:
        return self.payment.amount

    @property
    def is_settled(self) -> bool:
        """Whether the provider has said its last word on this visit (on its payment it may say more)."""
        return self.state != CheckoutState.OPEN

    @property
    def is_paid(self) -> bool:
        """Whether something was earned by it: a paid card, or a promised debit."""
        return self.state in (CheckoutState.COLLECTED, CheckoutState.PROMISED)

    @property
    def is_held(self) -> bool:
        """Whether it is looked at before the provider hears of it."""
        return self._was_held_as(HoldState.WAITING)

    @property
    def is_refused(self) -> bool:
        """Whether it was looked at and not taken."""
        return self._was_held_as(HoldState.REFUSED)

    def _was_held_as(self, state: HoldState) -> bool:
        hold = Hold.objects.filter(checkout=self).first()
        return hold is not None and hold.state == state


class Attempt(models.Model):
    """That somebody began a visit to a pay page: from where and for whom, as hashes alone. Deleted after a month."""

    checkout = models.OneToOneField(Checkout, on_delete=models.PROTECT, related_name="attempt")
    at = models.DateTimeField("begun", default=clock.now, db_index=True)
    address_key = models.CharField("address", max_length=64, db_index=True)
    network_key = models.CharField("network", max_length=64)
    email_key = models.CharField("e-mail address", max_length=64, db_index=True)
    card_key = models.CharField("card", max_length=64, blank=True)
    given_back_at = models.DateTimeField("paid, so not counted", null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "beginning to pay"
        verbose_name_plural = "beginnings to pay"

    def __str__(self) -> str:
        return f"attempt {self.pk}"


class Hold(models.Model):
    """A payment that was begun and is looked at before the provider hears of it."""

    checkout = models.OneToOneField(Checkout, on_delete=models.PROTECT, related_name="hold")
    state = models.CharField(max_length=10, choices=HoldState.choices, default=HoldState.WAITING, db_index=True)
    because = models.CharField("why", max_length=10, choices=HeldBecause.choices)
    held_at = models.DateTimeField("held since", default=clock.now)
    decided_at = models.DateTimeField("decided", null=True, blank=True)
    decided_by = models.CharField("by", max_length=80, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "held payment"
        constraints = [
            CheckConstraint(
                name="hold_waits_until_it_is_decided",
                condition=Q(state=HoldState.WAITING, decided_at__isnull=True)
                | (~Q(state=HoldState.WAITING) & Q(decided_at__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.checkout.payment.reference} ({self.get_state_display()})"


class Alert(models.Model):
    """A time in which the least amount is raised, or kept down by staff, until a moment that may be moved on."""

    is_raised = models.BooleanField()
    by = models.CharField(max_length=80)
    began_at = models.DateTimeField(default=clock.now)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, db_index=True)
    tried = models.PositiveIntegerField("first payments that had ended", default=0)
    declined = models.PositiveIntegerField("of them declined", default=0)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_raised"], condition=Q(is_raised=True, ended_at__isnull=True), name="alert_is_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{'raised' if self.is_raised else 'kept down'} from {self.began_at} until {self.until}"


class MethodOff(models.Model):
    """A way to pay that the newsroom has switched off for payments to come."""

    provider = models.CharField(max_length=40)
    method = models.CharField(max_length=40)
    by = models.CharField(max_length=80)
    since = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["provider", "method"]
        constraints = [models.UniqueConstraint(fields=["provider", "method"], name="method_is_off_once")]

    def __str__(self) -> str:
        return f"{self.provider}: {self.method}"


class Setup(models.Model):
    """One visit to a provider's page where a card or account is given, and nothing is paid.

    Its reference is unguessable. Its customer hears of it by the move of the mandate that came of it.
    """

    reference = models.CharField(max_length=32, unique=True, default=references.unguessable, editable=False)
    order_key = models.CharField(max_length=120, db_index=True, help_text="What it is for.")
    provider = models.CharField(max_length=40)
    provider_ref = models.CharField("provider's reference", max_length=120, blank=True)
    pay_url = models.CharField("page", max_length=500, blank=True)
    currency = models.CharField(max_length=3, help_text="In which is to be collected.")
    description = models.CharField(max_length=200)
    email = models.EmailField(max_length=254, blank=True)
    return_path = models.CharField(max_length=500)
    mandate = models.ForeignKey(Mandate, null=True, blank=True, on_delete=models.PROTECT, related_name="setups")
    state = models.CharField(max_length=20, choices=SetupState.choices, default=SetupState.OPEN)
    failure = models.CharField(max_length=40, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    asked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.order_key} ({self.state})"

    @property
    def is_settled(self) -> bool:
        """Whether the provider has said its last word on it."""
        return self.state != SetupState.OPEN


class Approval(models.Model):
    """A collection that the giver's bank wants approved: the address of our page for it, and the pages that it opened.

    Its reference is unguessable: who knows it may see the amount and pay it.
    """

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="approval")
    reference = models.CharField(max_length=32, unique=True, default=references.unguessable, editable=False)
    number = models.PositiveIntegerField(default=1, help_text="Of the page at the provider; a page over makes another.")
    provider_ref = models.CharField("provider's reference", max_length=120, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"approval of {self.payment}"


class OfflineReceipt(models.Model):
    """Money that came without a provider, as somebody at the desk entered it. A mistake is reversed, not edited.

    `bank_reference` is what the bank's statement calls it; while an entry stands, no second one bears the same.
    """

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="offline")
    method = models.CharField(max_length=10, choices=OfflineMethod.choices)
    bank_reference = models.CharField("bank's reference", max_length=80, blank=True)
    received_on = models.DateField()
    entered_by = models.CharField(max_length=80)
    entered_at = models.DateTimeField(default=clock.now)
    reversed_at = models.DateTimeField(null=True, blank=True)
    reversed_by = models.CharField(max_length=80, blank=True)
    reason = models.CharField("why it was reversed", max_length=200, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["bank_reference"],
                condition=Q(reversed_at__isnull=True) & ~Q(bank_reference=""),
                name="offline_receipt_is_entered_once",
            ),
            CheckConstraint(
                name="offline_receipt_without_a_bank_is_cash",
                condition=Q(method=OfflineMethod.CASH) | ~Q(bank_reference=""),
            ),
            CheckConstraint(
                name="offline_receipt_is_reversed_with_a_reason",
                condition=Q(reversed_at__isnull=True, reason="") | (Q(reversed_at__isnull=False) & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.bank_reference or self.payment.reference}"


class Delivery(models.Model):
    """The bytes of one webhook, as they came; erased after 90 days, their hash stays."""

    provider = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    body = models.BinaryField(null=True)
    size = models.PositiveIntegerField()
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["provider", "digest"], name="delivery_is_kept_once")]


class Event(models.Model):
    """One thing that a provider told us, as it told it."""

    provider = models.CharField(max_length=40)
    event_id = models.CharField("event", max_length=120)
    kind = models.CharField(max_length=80)
    subject = models.CharField("reference", max_length=120, blank=True, db_index=True)
    body = models.JSONField()
    delivery = models.ForeignKey(Delivery, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    state = models.CharField(max_length=20, choices=EventState.choices, default=EventState.KEPT, db_index=True)
    received_at = models.DateTimeField(default=clock.now)
    processed_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="event_is_kept_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class OwnName(models.Model):
    """What this newsroom calls itself on everything that it has a provider make, so that it knows its own there."""

    name = models.CharField(max_length=32, unique=True, default=references.new, editable=False)

    def __str__(self) -> str:
        return self.name


class Refused(models.Model):
    """How many webhooks of a day were not what they claimed to be. They are counted, not kept."""

    provider = models.CharField(max_length=40)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "day"], name="refused_are_counted_by_day")]


class PaymentMove(models.Model):
    """What became of a payment, a checkout or a mandate: the row by which its customer above is told, once."""

    order_key = models.CharField(max_length=120, db_index=True)
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="moves")
    checkout = models.ForeignKey(Checkout, null=True, on_delete=models.PROTECT, related_name="moves")
    mandate = models.ForeignKey(Mandate, null=True, on_delete=models.PROTECT, related_name="moves")
    was = models.CharField(max_length=20)
    now = models.CharField(max_length=20)
    at = models.DateTimeField(default=clock.now)
    told_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["id"], condition=Q(told_at__isnull=True), name="moves_untold")]
        constraints = [
            CheckConstraint(
                name="move_is_of_one_thing",
                condition=Q(payment__isnull=False, checkout__isnull=True, mandate__isnull=True)
                | Q(payment__isnull=True, checkout__isnull=False, mandate__isnull=True)
                | Q(payment__isnull=True, checkout__isnull=True, mandate__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_key}: {self.was} → {self.now}"


class Transaction(models.Model):
    """One entry of the books: its lines sum to zero in each currency. The database refuses any that doesn't.

    Its key names the provider's own record, so that nothing posts twice. Lines are written before it (see guards).
    """

    key = models.CharField(max_length=160, primary_key=True)
    on = models.DateField(db_index=True, help_text="The day of the books.")
    provider = models.CharField(max_length=40, blank=True, default="", help_text="Who holds or held the money.")
    income = models.CharField(
        max_length=60, blank=True, default="", help_text="The income that it is about: a refund's is what was refunded."
    )
    method = models.CharField(max_length=20, blank=True, default="", help_text="How it was paid.")
    happened_on = models.DateField(
        null=True, blank=True, help_text="Its own day, where that lies in a month that was closed before it was posted."
    )
    posted_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-posted_at", "-key"]

    def __str__(self) -> str:
        return self.key


class Line(models.Model):
    """One side of an entry: above zero is debit, below is credit."""

    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="lines")
    account = models.CharField(max_length=60)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    on = models.DateField(help_text="The day of its entry: here too, so that a month of an account is found at once.")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["account", "currency", "on", "id"], name="lines_of_account_by_day")]
        constraints = [CheckConstraint(name="line_moves_something", condition=~Q(amount_minor=0))]

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class Turnover(models.Model):
    """What one account took in (above zero) or gave in a month, apart by provider, way of paying and income.

    Added to by `ledger.post` in the transaction of the entry; `ledger.miscounted` compares it with the lines.
    """

    month = models.DateField(help_text="Its first day.")
    provider = models.CharField(max_length=40, blank=True)
    income = models.CharField(max_length=60, blank=True)
    method = models.CharField(max_length=20, blank=True, default="")
    account = models.CharField(max_length=60)
    currency = models.CharField(max_length=3)
    minor = models.BigIntegerField()

    class Meta:
        ordering = ["month", "provider", "income", "method", "account", "currency"]
        constraints = [
            models.UniqueConstraint(
                fields=["month", "provider", "income", "method", "account", "currency"], name="turnover_is_summed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.account} {Money(self.minor, self.currency)}"


class ProviderLine(models.Model):
    """One line of a provider's own books, as it was fetched: once, whatever is fetched again.

    `entry` is the key of the entry of our books that says the same, or what was done with it otherwise.
    """

    provider = models.CharField(max_length=40)
    provider_ref = models.CharField("provider's reference", max_length=160)
    kind = models.CharField(max_length=20, choices=MovementKind.choices)
    payment = models.CharField("payment", max_length=120, blank=True, help_text="Our reference of it.")
    payment_ref = models.CharField(max_length=120, blank=True, help_text="The provider's reference of the payment.")
    thing = models.CharField(max_length=120, blank=True, help_text="The refund, dispute or payout it is about.")
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    entry = models.CharField("entry of our books", max_length=160, blank=True, db_index=True)
    seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["provider", "id"], condition=Q(entry=""), name="lines_not_in_our_books")]
        constraints = [models.UniqueConstraint(fields=["provider", "provider_ref"], name="provider_line_is_kept_once")]

    def __str__(self) -> str:
        return f"{self.provider_ref}: {self.get_kind_display()}"

    @property
    def net(self) -> Money:
        """What it changed at the provider."""
        return Money(self.amount_minor - self.fee_minor, self.currency)

    @property
    def fee(self) -> Money:
        return Money(self.fee_minor, self.currency)


class Comparison(models.Model):
    """One comparison of a provider's own books with ours, from `first` to `last`; where it stands while it goes on."""

    provider = models.CharField(max_length=40)
    first = models.DateField("from")
    last = models.DateField("to")
    until = models.DateTimeField(help_text="The moment up to which it fetches.")
    by = models.CharField(max_length=80)
    stage = models.CharField(max_length=20, choices=ComparisonStage.choices, default=ComparisonStage.FETCH)
    day = models.DateField("day being fetched")
    place = models.CharField(max_length=200, blank=True, help_text="Where to go on.")
    lines = models.PositiveIntegerField("lines fetched", default=0)
    of_others = models.PositiveIntegerField("not ours", default=0)
    asked = models.PositiveIntegerField("asked for again", default=0)
    waiting = models.PositiveIntegerField("not listed there yet", default=0, help_text="They are given some days.")
    found = models.PositiveIntegerField("differences found", default=0)
    trouble = models.CharField(max_length=300, blank=True)
    begun_at = models.DateTimeField(default=clock.now)
    touched_at = models.DateTimeField(default=clock.now, db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.provider}, {self.first} to {self.last}"


class Difference(models.Model):
    """Where a provider's own books and ours do not agree: it stays until somebody resolves it, or it vanishes.

    `subject` is the provider's line or our entry that it is about. Amounts are what each side says that the provider
    holds for us because of it; a side that says nothing has none.
    """

    provider = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, choices=DifferenceKind.choices)
    subject = models.CharField("about", max_length=160)
    payment = models.ForeignKey(Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="differences")
    currency = models.CharField(max_length=3)
    theirs_minor = models.BigIntegerField("theirs", null=True, blank=True)
    ours_minor = models.BigIntegerField("ours", null=True, blank=True)
    day = models.DateField()
    detail = models.CharField(max_length=300, blank=True)
    state = models.CharField(
        max_length=20, choices=DifferenceState.choices, default=DifferenceState.OPEN, db_index=True
    )
    found_at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField("last seen", default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    entry = models.CharField("entry posted", max_length=160, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "kind", "subject"],
                condition=Q(state=DifferenceState.OPEN),
                name="difference_is_open_once",
            ),
            CheckConstraint(
                name="difference_is_closed_with_a_moment",
                condition=Q(state=DifferenceState.OPEN, closed_at__isnull=True)
                | (~Q(state=DifferenceState.OPEN) & Q(closed_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["provider", "subject"], name="differences_of_subject")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject}"

    @property
    def theirs(self) -> Money | None:
        return None if self.theirs_minor is None else Money(self.theirs_minor, self.currency)

    @property
    def ours(self) -> Money | None:
        return None if self.ours_minor is None else Money(self.ours_minor, self.currency)

    @property
    def gap(self) -> Money:
        """What is missing in our books, below zero where it is too much."""
        return Money((self.theirs_minor or 0) - (self.ours_minor or 0), self.currency)

    @property
    def is_open(self) -> bool:
        return self.state == DifferenceState.OPEN


class MonthClose(models.Model):
    """That a month of the books was closed: its figures as they were, and from then on nothing posts into it.

    `figures` are the monthly sums, each [provider, income, method, account, currency, minor]; `digest` is the SHA-256
    of them together with the digest of the close before. A month that was opened again keeps its row, with the reason.
    """

    month = models.DateField(help_text="Its first day.")
    last_on = models.DateField(help_text="Its last day.")
    figures = models.JSONField()
    entries = models.PositiveIntegerField(help_text="How many entries it holds.")
    before = models.CharField(max_length=64, blank=True, help_text="The digest of the close before.")
    digest = models.CharField(max_length=64)
    closed_at = models.DateTimeField(default=clock.now)
    closed_by = models.CharField(max_length=80)
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=500, blank=True, help_text="Why it was opened again.")

    class Meta:
        ordering = ["-month", "-pk"]
        permissions = [("close_month", "Can close a month of the books, and open it again")]
        constraints = [
            models.UniqueConstraint(fields=["month"], condition=Q(reopened_at=None), name="month_is_closed_once"),
            CheckConstraint(
                name="month_is_opened_again_with_a_reason",
                condition=Q(reopened_at=None, reason="") | (Q(reopened_at__isnull=False) & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Issuer(models.Model):
    """Who gives receipts: the newsroom's name in law, its address and tax number. The newest row is in force.

    A change is another row, so that a receipt always says what it said.
    """

    name = models.CharField("name in law", max_length=160, blank=True)
    address = models.TextField(max_length=400, blank=True, help_text="As it stands on a letter.")
    tax_number = models.CharField("tax or VAT number", max_length=60, blank=True)
    note = models.TextField(
        max_length=400, blank=True, help_text="A sentence that each receipt ends with, as your adviser words it."
    )
    since = models.DateTimeField(default=clock.now)
    by = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name or "the newsroom"


class Receipt(models.Model):
    """A paper about one payment: that it was paid, or how it stands after something went back.

    Numbered without gaps in a year; the number is drawn in the transaction that makes it, and the database refuses
    any other. `cause` says what made it, so that each thing makes one. Amounts are those after all that happened so
    far: what was paid, what went back of it, and of what is left the part that is a sale and the VAT in it.
    """

    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="receipts")
    kind = models.CharField(max_length=12, choices=ReceiptKind.choices)
    cause = models.CharField(max_length=160, unique=True, help_text="The key of the entry that it is about.")
    issued_on = models.DateField()
    happened_on = models.DateField()
    paid_minor = models.BigIntegerField()
    back_minor = models.BigIntegerField(default=0)
    sale_minor = models.BigIntegerField(default=0)
    vat_hundredths = models.PositiveIntegerField(default=0)
    vat_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    issuer = models.ForeignKey(Issuer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="receipt_has_its_own_number"),
            CheckConstraint(name="receipt_is_of_something", condition=Q(paid_minor__gt=0, number__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.number:06}"

    @property
    def paid(self) -> Money:
        """What was paid at first."""
        return Money(self.paid_minor, self.currency)

    @property
    def back(self) -> Money:
        """What went back of it, until this paper."""
        return Money(self.back_minor, self.currency)

    @property
    def left(self) -> Money:
        """What stays paid."""
        return self.paid - self.back

    @property
    def sale(self) -> Money:
        """Of what stays paid, the part that is a sale, its VAT in it."""
        return Money(self.sale_minor, self.currency)

    @property
    def vat(self) -> Money:
        """The VAT in it."""
        return Money(self.vat_minor, self.currency)

    @property
    def given(self) -> Money:
        """Of what stays paid, the part that is no sale."""
        return self.left - self.sale

    @property
    def rate(self) -> str:
        """The rate of VAT, such as 20 % or 5.5 %."""
        whole, rest = divmod(self.vat_hundredths, 100)
        return f"{whole}.{rest:02}".rstrip("0").rstrip(".") + " %"


class ReceiptYear(models.Model):
    """How many receipts of a year there are: the row at which those who draw a number queue."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"
