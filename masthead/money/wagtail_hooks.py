"""What the desk shows of the money."""

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from django.urls import URLPattern, path
from wagtail import hooks

from . import bookkeeping
from .desk import Books, TheMoney

OF_OUR_OWN = ("see_money", "move_money", "close_month")


@hooks.register("register_admin_viewset")
def the_money() -> TheMoney:
    """Payments, and what providers told."""
    return TheMoney()


@hooks.register("register_admin_viewset")
def the_books() -> Books:
    """The income statement, accounts, months, receipts."""
    return Books()


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
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
