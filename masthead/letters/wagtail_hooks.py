"""The desk's menu of letters. A viewset or a menu item joins it by the hook `register_letters_menu_item`."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, SubmenuMenuItem

MENU = Menu(register_hook_name="register_letters_menu_item", construct_hook_name="construct_letters_menu")


@hooks.register("register_admin_menu_item")
def letters() -> SubmenuMenuItem:
    """Lists, issues, mailings, suppressions: a viewset with `menu_hook = "register_letters_menu_item"` stands in it."""
    return SubmenuMenuItem(_("Letters"), MENU, name="letters", icon_name="mail", order=320)
