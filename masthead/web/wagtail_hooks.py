"""What the desk gets from us: our colours, where to begin, and the module that stands in for inline scripts."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks

from masthead.web import desk_home


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
