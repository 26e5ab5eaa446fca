"""Readers' accounts on the desk: found by address when somebody writes in; looked at, never edited."""

from typing import Any

from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet

from masthead.core import audit
from masthead.readers.desk_people import WithPeople
from masthead.readers.desk_seen import AddressesSeen
from masthead.readers.models import Reader


class LookOnly(ModelPermissionPolicy):
    """Accounts are made, changed and erased by the readers themselves."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


audit.register("readers.seen", "{by} looked at readers’ accounts ({how})")


class ListOfReaders(AddressesSeen, WithPeople, IndexView):
    """The accounts, found by address; each leads to its person."""

    seen_as = "readers.seen"

    def key_of(self, row: Reader) -> str:
        return f"reader-{row.reference}"


class ReaderViewSet(SnippetViewSet):
    """The list of accounts."""

    model = Reader
    index_view_class = ListOfReaders
    icon = "user"
    menu_label = "Readers"
    menu_order = 330
    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_fields = ["reference", "email", "name", "created_at", "confirmed_at", "erased_at"]
    list_display = [
        Column("email", label="Address", sort_key="email"),
        "name",
        "reference",
        DateColumn("created_at", label="Since", sort_key="created_at"),
        DateColumn("erased_at", label="Erased"),
    ]
    list_filter = {"created_at": ["date__gte", "date__lte"], "erased_at": ["isnull"]}
    list_export = ["reference", "email", "name", "created_at", "erased_at"]
    search_fields = ["email", "name", "reference"]
    ordering = "-created_at"
    list_per_page = 50

    @property
    def permission_policy(self) -> LookOnly:
        return LookOnly(self.model)


register_snippet(ReaderViewSet)
