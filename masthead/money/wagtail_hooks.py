"""What the desk shows of the money."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.model import ModelViewSetGroup

from . import bookkeeping, desk_defences, desk_differences
from .desk import Books, TheMoney

OF_OUR_OWN = ("see_money", "move_money", "close_month")


class _TheMoney(TheMoney):
    items = (*TheMoney.items, desk_differences.DifferenceViewSet, desk_differences.ComparisonViewSet)


@hooks.register("register_admin_viewset")
def the_money() -> ModelViewSetGroup:
    """Payments, what providers told, and where our books differ from the providers'."""
    return _TheMoney()


@hooks.register("register_admin_urls")
def addresses_of_differences() -> list[URLPattern]:
    """One difference, and each thing that can be done about it."""
    one = "money/differences/<int:pk>/"
    return [
        path(one, desk_differences.show, name="money_difference"),
        path(f"{one}fetch/", desk_differences.fetch, name="money_difference_fetch"),
        path(f"{one}post/", desk_differences.post, name="money_difference_post"),
        path(f"{one}explain/", desk_differences.explain, name="money_difference_explain"),
        path(f"{one}open/", desk_differences.open_again, name="money_difference_open"),
    ]


@hooks.register("construct_homepage_panels")
def books_not_compared(request: HttpRequest, panels: list[Any]) -> None:
    """For who may see money."""
    if request.user.has_perm(desk_differences.MAY_SEE):
        panels.append(desk_differences.BooksNotCompared())


@hooks.register("register_admin_viewset")
def the_defences() -> desk_defences.TheDefences:
    """What is held, and who began to pay."""
    return desk_defences.TheDefences()


@hooks.register("register_admin_urls")
def addresses_of_the_defences() -> list[URLPattern]:
    """The page of the defences, its switches, the queue's decision, and events once more."""
    return [
        path("money/defences/", desk_defences.the_defences, name="defences"),
        path("money/defences/least/", desk_defences.least_amount, name="least_amount"),
        path("money/ways/<slug:provider>/<slug:method>/", desk_defences.way_to_pay, name="way_to_pay"),
        path("money/held/<int:pk>/", desk_defences.decide_hold, name="decide_hold"),
        path("money/events/once-more/", desk_defences.replay_events, name="replay_events"),
    ]


@hooks.register("construct_homepage_panels")
def say_what_is_held(request: HttpRequest, panels: list[Component]) -> None:
    """For who may decide."""
    if request.user.has_perm(desk_defences.MOVES):
        panels.append(desk_defences.WaitsForADecision())


@hooks.register("register_admin_viewset")
def the_books() -> Books:
    """The income statement, accounts, months, receipts."""
    return Books()


@hooks.register("register_admin_urls")
def addresses_of_the_books() -> list[URLPattern]:
    """Pages of the books."""
    return [
        path("books/", bookkeeping.books, name="books"),
        path("books/accounts/", bookkeeping.accounts, name="accounts"),
        path("books/lines/", bookkeeping.lines, name="lines_of_the_books"),
        path("books/months/", bookkeeping.all_months, name="months"),
        path("books/months/<str:month>/", bookkeeping.month, name="month"),
        path("books/months/<str:month>/close/", bookkeeping.close_month, name="close_month"),
        path("books/months/<str:month>/reopen/", bookkeeping.reopen_month, name="reopen_month"),
        path("books/issuer/", bookkeeping.issuer, name="issuer"),
    ]


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    """Looking at the money is a permission of its own, apart from editing; so are moving it and closing a month."""
    own = Q(codename__startswith="view_") | Q(codename__in=OF_OUR_OWN)
    return Permission.objects.filter(own, content_type__app_label="money")
