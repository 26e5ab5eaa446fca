"""The desk's menu of letters. A viewset or a menu item joins it by the hook `register_letters_menu_item`."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.viewsets.base import ViewSet
from wagtail.snippets.models import register_snippet

from masthead.letters.desk import copies, issues, lists, returns, sending

MENU = Menu(register_hook_name="register_letters_menu_item", construct_hook_name="construct_letters_menu")

register_snippet(issues.IssueViewSet)


@hooks.register("register_admin_menu_item")
def letters() -> SubmenuMenuItem:
    """Lists, issues, mailings, suppressions: a viewset with `menu_hook = "register_letters_menu_item"` stands in it."""
    return SubmenuMenuItem(_("Letters"), MENU, name="letters", icon_name="mail", order=320)


@hooks.register("register_admin_viewset")
def lists_and_people() -> list[ViewSet]:
    """Lists, who joined and left, sign-ups."""
    return [lists.LetterListViewSet(), lists.SubscriptionViewSet(), lists.SignUpViewSet()]


@hooks.register("register_admin_urls")
def addresses_of_lists() -> list[URLPattern]:
    """Who gets a list's letters, and taking somebody off."""
    people = "letters/lists/<int:pk>/people/"
    return [
        path(people, lists.PeopleOnList.as_view(), name="letter_list_people"),
        path(f"{people}results/", lists.PeopleOnList.as_view(results_only=True), name="letter_list_people_results"),
        path(f"{people}<int:reader_pk>/take-off/", lists.take_off, name="letter_take_off"),
    ]


@hooks.register("register_admin_urls")
def addresses_of_issues() -> list[URLPattern]:
    """Beginning an issue, and taking it out of the archive."""
    return [
        path("letters/begin/", issues.begin, name="letter_issue_begin"),
        path("letters/issues/<int:pk>/archive/", issues.withdraw, name="letter_issue_withdraw"),
        path("letters/issues/<int:pk>/sending/", sending.show, name="letter_issue_sending"),
        path("letters/issues/<int:pk>/sending/send/", sending.send, name="letter_issue_send"),
        path("letters/issues/<int:pk>/sending/schedule/", sending.schedule, name="letter_issue_schedule"),
        path("letters/issues/<int:pk>/sending/stop/", sending.stop, name="letter_issue_stop"),
        path("letters/issues/<int:pk>/sending/go-on/", sending.go_on, name="letter_issue_go_on"),
        path("letters/issues/<int:pk>/sending/test/", sending.test, name="letter_issue_test"),
    ]


@hooks.register("register_admin_viewset")
def copies_of_letters() -> copies.DeliveryViewSet:
    """What became of each copy."""
    return copies.DeliveryViewSet()


@hooks.register("register_admin_viewset")
def not_written_to() -> returns.SuppressionViewSet:
    """Addresses that get no letters."""
    return returns.SuppressionViewSet()


@hooks.register("register_letters_menu_item")
def standing() -> MenuItem:
    """Whether mailbox providers believe us; shown to all who may see letters, and its page says who may do what."""
    return OnlyForWhoMayLook(_("Standing"), reverse_lazy("letters_standing"), icon_name="globe", order=70)


class OnlyForWhoMayLook(MenuItem):
    """Shown to whom its page opens."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("letters.view_examination"))


@hooks.register("register_permissions")
def permissions_of_standing() -> QuerySet[Permission]:
    """Looking at our standing, and overruling it, for groups to be given."""
    return Permission.objects.filter(
        content_type__app_label="letters", codename__in=("view_examination", "add_overrule")
    )


@hooks.register("construct_homepage_panels")
def letters_owed(request: HttpRequest, panels: list[Any]) -> None:
    """For those who write letters."""
    if request.user.has_perm("letters.add_issue"):
        panels.append(returns.LettersOwed())


@hooks.register("register_admin_urls")
def addresses_of_returns() -> list[URLPattern]:
    """Stopping and lifting, our standing and its overrule."""
    return [
        path("letters/not-written-to/stop/", returns.suppress, name="letters_suppress"),
        path("letters/not-written-to/<int:pk>/lift/", returns.lift, name="letters_lift"),
        path("letters/standing/", returns.show_standing, name="letters_standing"),
        path("letters/standing/look/", returns.look_again, name="letters_look_again"),
        path("letters/standing/overrule/", returns.overrule, name="letters_overrule"),
    ]
