"""What the desk shows of membership."""

from django.urls import URLPattern, path
from wagtail import hooks

from . import desk


@hooks.register("register_admin_viewset")
def membership() -> desk.Membership:
    """Tiers, courtesies, grants."""
    return desk.Membership()


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    """Giving and ending a courtesy."""
    return [
        path("courtesies/give/", desk.give_courtesy, name="give_courtesy"),
        path("courtesies/<int:pk>/end/", desk.end_courtesy, name="end_courtesy"),
    ]
