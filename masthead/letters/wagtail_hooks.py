"""The desk's menu of letters. A viewset or a menu item joins it by the hook `register_letters_menu_item`."""

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, SubmenuMenuItem
from wagtail.admin.viewsets.base import ViewSet
from wagtail.snippets.models import register_snippet

from masthead.letters.desk import issues, lists

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
    ]
