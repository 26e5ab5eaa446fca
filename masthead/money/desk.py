"""The money on the desk: lists to look at. Nothing here can be edited; what changes it are verbs and providers."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import IndexView, InspectView
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.permissions import ModelPermissionPolicy

from masthead.money import bookkeeping, failures, lateness, orders
from masthead.money.desk_events import InspectEvent, ListOfEvents
from masthead.money.models import Event, Line, Mandate, Notice, Payment, Receipt, Refund, Transaction
from masthead.readers.desk_rows import WithPeople


class OnlyToLookAt(ModelPermissionPolicy):
    """Nobody adds, edits or deletes such a row by hand."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return "view" in actions and self.user_has_permission(user, "view")


class ForWhoSeesMoney(OnlyToLookAt):
    """Who may see who pays what sees such rows, without a right of their own."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and bool(user.has_perm("money.see_money"))


class RowsToLookAt(ModelViewSet):
    """A list with search, filters, pages and CSV, and a page for each row; for who may view such rows."""

    inspect_view_enabled = True
    copy_view_enabled = False
    add_to_reference_index = False
    list_per_page = 50
    exclude_form_fields: list[str] = []
    joined: tuple[str, ...] = ()  # the rows that the list names beside its own, read with them

    @property
    def permission_policy(self) -> OnlyToLookAt:
        return OnlyToLookAt(self.model)

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.model._default_manager.select_related(*self.joined) if self.joined else None
        found: dict[str, Any] = super().get_index_view_kwargs(**{"queryset": rows, **kwargs})
        return found


class ListOfPayments(WithPeople, IndexView):
    """Each leads to whoever paid it."""

    def key_of(self, row: Payment) -> str:
        return orders.key_of_person(row.order_key)


class PaymentViewSet(RowsToLookAt):
    """Every collection, and why one failed."""

    model = Payment
    index_view_class = ListOfPayments
    icon = "pick"
    menu_label = _("Payments")
    search_fields = ["reference", "provider_ref", "order_key", "mandate__hint"]
    list_display = [
        "reference",
        Column("amount", label=_("Amount")),
        "state",
        Column("why", label=_("Why"), accessor=lambda payment: failures.sentence(payment.why)),
        Column("then", label=_("What is done"), accessor=lambda payment: failures.then(payment.why)),
        "created_at",
        "collected_on",
        "order_key",
    ]
    list_filter = ["state", "provider", "created_at", "collected_on", "currency", "failure"]
    list_export = [
        "reference",
        "order_key",
        "provider",
        "provider_ref",
        "amount_minor",
        "currency",
        "state",
        "failure",
        "fee_minor",
        "later_fee_minor",
        "refunded_minor",
        "returned_minor",
        "income_account",
        "created_at",
        "promised_at",
        "collected_at",
        "collected_on",
        "failed_at",
        "returned_at",
        "reinstated_at",
        "reinstated_minor",
    ]
    inspect_view_fields = [*list_export, "description", "mandate", "approval_asked_at", "abandoned_at"]


class ListOfLate(ListOfPayments):
    """Those that are late at the moment of looking, not at the start of the process."""

    def get_base_queryset(self) -> Any:
        return lateness.late()


class LatePaymentViewSet(PaymentViewSet):
    """What takes longer than it usually does: its provider is asked by itself, and who looks here knows."""

    index_view_class = ListOfLate
    icon = "time"
    menu_label = _("Late payments")
    name = "late_payment"
    url_prefix = "money/late"
    list_display = [
        "reference",
        Column("amount", label=_("Amount")),
        "state",
        "created_at",
        "promised_at",
        "looked_up_at",
    ]


class MandateViewSet(RowsToLookAt):
    """The permissions to collect."""

    model = Mandate
    icon = "key"
    menu_label = _("Permissions to collect")
    search_fields = ["reference", "provider_ref", "order_key", "hint"]
    list_display = ["reference", "hint", "method", "state", "made_at", "expires_on", "ended_at"]
    list_filter = ["state", "method", "provider", "made_at"]
    list_export = [
        "reference",
        "provider",
        "provider_ref",
        "order_key",
        "method",
        "hint",
        "state",
        "made_at",
        "expires_on",
        "ended_at",
        "replaced_by",
    ]
    inspect_view_fields = list_export


class ListOfNotices(WithPeople, IndexView):
    """Each leads to whoever was told."""

    def key_of(self, row: Notice) -> str:
        return orders.key_of_person(row.order_key)


class NoticeViewSet(RowsToLookAt):
    """What givers were told before it was collected."""

    model = Notice
    index_view_class = ListOfNotices
    icon = "info-circle"
    menu_label = _("What givers were told")
    joined = ("payment",)
    search_fields = ["order_key", "told_by"]
    list_display = ["order_key", Column("amount", label=_("Amount")), "day", "kind", "told_at", "told_by"]
    list_filter = ["kind", "method", "day", "told_at"]
    list_export = ["order_key", "amount_minor", "currency", "day", "method", "kind", "told_at", "told_by", "not_before"]
    inspect_view_fields = list_export


class ListOfRefunds(WithPeople, IndexView):
    """Each leads to whoever gets it."""

    def key_of(self, row: Refund) -> str:
        return orders.key_of_person(row.payment.order_key)


class RefundViewSet(RowsToLookAt):
    """What was given back."""

    model = Refund
    index_view_class = ListOfRefunds
    icon = "resubmit"
    menu_label = _("Refunds")
    joined = ("payment",)
    search_fields = ["reference", "provider_ref", "payment__reference"]
    list_display = [
        "reference",
        Column("amount", label=_("Amount")),
        "payment",
        "asked_at",
        "made_at",
        "failed_at",
        Column("why", label=_("Why"), accessor=lambda refund: failures.refund_sentence(refund.failure)),
    ]
    list_filter = ["asked_at", "made_at", "currency"]
    list_export = [
        "reference",
        "payment.reference",
        "amount_minor",
        "currency",
        "asked_by",
        "asked_at",
        "made_at",
        "failed_at",
        "failure",
    ]
    inspect_view_fields = [
        "reference",
        "payment",
        "amount_minor",
        "currency",
        "asked_by",
        "asked_at",
        "made_at",
        "failed_at",
        "failure",
        "reason",
    ]


class EventViewSet(RowsToLookAt):
    """What providers told us, the unknown and the failed too."""

    model = Event
    icon = "mail"
    menu_label = _("What providers told")
    index_view_class = ListOfEvents
    inspect_view_class = InspectEvent
    search_fields = ["event_id", "kind", "subject"]
    list_display = ["kind", "subject", "state", "trouble", "received_at", "processed_at", "event_id"]
    list_filter = ["state", "provider", "kind", "received_at"]
    list_export = [
        "provider",
        "event_id",
        "kind",
        "subject",
        "state",
        "trouble",
        "tries",
        "received_at",
        "processed_at",
    ]
    inspect_view_fields = list_export


class InspectEntry(InspectView):
    """An entry with its lines."""

    def get_fields_context(self) -> list[dict[str, Any]]:
        lines = [{"label": line.account, "value": str(line.amount)} for line in self.object.lines.all()]
        return [*super().get_fields_context(), *lines]


class EntryViewSet(RowsToLookAt):
    """The books, entry by entry."""

    model = Transaction
    icon = "list-ul"
    menu_label = _("Entries of the books")
    inspect_view_class = InspectEntry
    search_fields = ["key"]
    list_display = ["key", "on", "happened_on", "provider", "method", "posted_at"]
    list_filter = ["on", "posted_at", "provider", "method", "income"]
    list_export = ["key", "on", "happened_on", "provider", "method", "income", "posted_at"]
    inspect_view_fields = list_export


class LineViewSet(RowsToLookAt):
    """The books, line by line: debit above zero, credit below."""

    model = Line
    icon = "list-ol"
    menu_label = _("Lines of the books")
    joined = ("transaction",)
    search_fields = ["transaction__key", "account"]
    list_display = [
        "account",
        Column("amount", label=_("Amount")),
        "transaction",
        "on",
    ]
    list_filter = ["account", "currency", "on"]
    list_export = ["transaction.key", "on", "account", "amount_minor", "currency"]
    inspect_view_fields = ["transaction", "on", "account", "amount_minor", "currency"]


class TheMoney(ModelViewSetGroup):
    """The menu entry."""

    menu_label = _("Money")
    menu_icon = "calendar-check"
    menu_order = 410
    items: tuple[type[RowsToLookAt], ...] = (
        PaymentViewSet,
        LatePaymentViewSet,
        NoticeViewSet,
        MandateViewSet,
        RefundViewSet,
        EventViewSet,
    )


class ReceiptViewSet(RowsToLookAt):
    """Every receipt, by its number."""

    model = Receipt
    icon = "doc-full"
    menu_label = _("Receipts")
    joined = ("payment", "corrects")
    search_fields = ["payment__reference", "payment__order_key", "cause"]
    list_display = [
        Column("number", label=_("Number"), accessor=str),
        "issued_on",
        Column("kind", label=_("About"), accessor="get_kind_display"),
        Column("paid", label=_("Paid")),
        Column("back", label=_("Went back")),
        Column("left", label=_("Stays paid")),
        Column("vat", label=_("VAT in it")),
        "payment",
    ]
    list_filter = ["year", "kind", "issued_on", "currency"]
    list_export = [
        "year",
        "number",
        "issued_on",
        "happened_on",
        "kind",
        "payment.reference",
        "paid_minor",
        "back_minor",
        "sale_minor",
        "vat_hundredths",
        "vat_minor",
        "currency",
        "corrects",
    ]
    inspect_view_fields = list_export
    inspect_template_name = "money/receipt_at_the_desk.html"

    @property
    def permission_policy(self) -> ForWhoSeesMoney:
        return ForWhoSeesMoney(self.model)


class Books(bookkeeping.TheBooks):
    """With the lists of the books."""

    items = (ReceiptViewSet, EntryViewSet, LineViewSet)
