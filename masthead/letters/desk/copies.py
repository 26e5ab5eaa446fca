"""Copies of letters, one a line: whether somebody got the letter, and why not."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn

from masthead.core import audit
from masthead.letters.models import Delivery
from masthead.money.desk import RowsToLookAt
from masthead.readers.desk_seen import AddressesSeen

audit.register("letters.copies_seen", "{by} looked at who got letters ({how})")


class ListOfCopies(AddressesSeen):
    """All copies of all letters."""

    seen_as = "letters.copies_seen"


class DeliveryViewSet(RowsToLookAt):
    """What became of each copy; addresses stay for ninety days after a letter went out."""

    model = Delivery
    icon = "list-ul"
    menu_label = _("Copies")
    menu_hook = "register_letters_menu_item"
    menu_order = 50
    inspect_view_enabled = False
    joined = ("mailing__issue",)
    list_display = [
        Column("address", label=_("To"), accessor=lambda row: row.address or _("nobody any more")),
        Column("issue", label=_("Letter"), accessor=lambda row: row.mailing.issue.subject),
        Column("state", label=_("What became of it"), accessor=lambda row: row.get_state_display(), sort_key="state"),
        DateColumn("sent_at", label=_("Taken"), sort_key="sent_at"),
        "reason",
        "says",
    ]
    list_filter = {"mailing": ["exact"], "state": ["exact"], "sent_at": ["date__gte", "date__lte"]}
    list_export = ["address", "mailing", "edition", "state", "reason", "says", "tries", "sent_at"]
    search_fields = ["address"]
    ordering = ["-pk"]
    index_view_class = ListOfCopies
