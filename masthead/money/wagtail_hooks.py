"""What the desk shows of the money."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from wagtail import hooks
from wagtail.admin.ui.components import Component

from . import desk_defences
from .desk import TheMoney


@hooks.register("register_admin_viewset")
def the_money() -> TheMoney:
    """Payments, what providers told, and the books."""
    return TheMoney()


@hooks.register("register_admin_viewset")
def the_defences() -> desk_defences.TheDefences:
    """What is held, and who began to pay."""
    return desk_defences.TheDefences()


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
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


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    """Looking at the money is a permission of its own, apart from editing."""
    return Permission.objects.filter(content_type__app_label="money", codename__startswith="view_")
