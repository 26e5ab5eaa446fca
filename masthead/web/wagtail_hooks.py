"""What the desk gets from us: our colours, where to begin, and the module that stands in for inline scripts."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from masthead.readers.care.people import SEE
from masthead.web import care, desk_home, desk_machine, desk_roles


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


@hooks.register("register_admin_urls")
def our_addresses() -> list[Any]:
    return [
        path("roles/", desk_roles.page, name="desk_roles"),
        path("machine/", desk_machine.page, name="desk_machine"),
    ]


@hooks.register("register_settings_menu_item")
def machine() -> MenuItem:
    return desk_machine.OnlyForTechnicalWork("Jobs and health", reverse("desk_machine"), icon_name="cogs", order=596)


@hooks.register("register_settings_menu_item")
def roles() -> MenuItem:
    """For all: who may what is no secret."""
    return MenuItem("Roles", reverse("desk_roles"), icon_name="group", order=595)


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
