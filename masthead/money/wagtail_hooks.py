"""What the desk shows of the money."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSetGroup

from . import desk_differences
from .desk import TheMoney


class _TheMoney(TheMoney):
    items = (*TheMoney.items, desk_differences.DifferenceViewSet, desk_differences.ComparisonViewSet)


@hooks.register("register_admin_viewset")
def the_money() -> ModelViewSetGroup:
    """Payments, what providers told, the books, and where they differ from the providers'."""
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


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    """Looking at the money is a permission of its own, apart from editing."""
    return Permission.objects.filter(content_type__app_label="money", codename__startswith="view_")
