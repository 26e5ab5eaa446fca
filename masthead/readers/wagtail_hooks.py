"""Readers' accounts on the desk, found by address when somebody writes in; and how staff sign in there."""

from collections.abc import Iterator
from typing import Any

from django.urls import path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.widgets.button import Button
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet

from masthead.core import audit
from masthead.readers import desk_factors, desk_people
from masthead.readers.desk_rows import WithPeople
from masthead.readers.desk_seen import AddressesSeen
from masthead.readers.models import Reader, StaffUser


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


@hooks.register("register_admin_urls")
def sign_in_addresses() -> list[Any]:
    """One's own sign-in, and that of others."""
    own, others = desk_factors, desk_people
    return [
        path("sign-in/", own.own_sign_in, name="desk_own_sign_in"),
        path("sign-in/second-factor/", own.second_factor, name="desk_second_factor"),
        path("sign-in/app/", own.add_app, name="desk_add_app"),
        path("sign-in/passkey/", own.add_passkey, name="desk_add_passkey"),
        path("sign-in/factors/<int:pk>/remove/", own.remove_factor, name="desk_remove_factor"),
        path("sign-in/recovery-codes/", own.new_recovery_codes, name="desk_new_recovery_codes"),
        path("sign-in/sessions/end-others/", own.end_others, name="desk_end_others"),
        path("sign-in/sessions/<int:pk>/end/", own.end_session, name="desk_end_session"),
        path("users/<int:pk>/second-factor/reset/", others.reset_factor, name="desk_reset_factor"),
        path("users/<int:pk>/has-left/", others.has_left, name="desk_has_left"),
    ]


@hooks.register("register_settings_menu_item")
def own_sign_in() -> MenuItem:
    return MenuItem("Your sign-in", reverse("desk_own_sign_in"), icon_name="key", order=590)


@hooks.register("register_user_listing_buttons")
def about_somebody(user: StaffUser, request_user: StaffUser) -> Iterator[Button]:
    """For who may change others: a lost factor, a leaver."""
    if user == request_user or not user.is_active or not request_user.has_perm(desk_people.MAY):
        return
    if user.factors.all():
        address = reverse("desk_reset_factor", args=[user.pk])
        yield Button("Second factor is lost", address, icon_name="key", priority=40)
    yield Button("This person has left", reverse("desk_has_left", args=[user.pk]), icon_name="logout", priority=50)
