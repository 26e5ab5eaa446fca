"""What the desk gets from us: our colours, where to begin, and the module that stands in for inline scripts."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from masthead.readers.care.people import SEE
from masthead.web import care, desk_home


@hooks.register("insert_global_admin_js")
def desk_module() -> SafeString:
    """A module runs after Wagtail's own scripts, which it calls."""
    return format_html('<script type="module" src="{}"></script>', static("js/desk.js"))


@hooks.register("insert_global_admin_css")
def desk_styles() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("css/desk.css"))


@hooks.register("construct_homepage_panels")
def beginnings(_request: HttpRequest, panels: list[Any]) -> None:
    panels.append(desk_home.Beginnings())


class CareItem(MenuItem):
    """The menu entry of supporter care, for who may see who gives what."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(SEE))


@hooks.register("register_admin_urls")
def care_addresses() -> list[URLPattern]:
    return care.addresses()


@hooks.register("register_admin_menu_item")
def care_item() -> MenuItem:
    return CareItem("Supporter care", reverse("care"), name="care", icon_name="user", order=110)


@hooks.register("construct_homepage_panels")
def supporter_care(request: HttpRequest, panels: list[Any]) -> None:
    """The box stands on the desk's first page."""
    if request.user.has_perm(SEE):
        panels.append(desk_home.Care())
