"""Wagtail's app of users, told which pages of ours to show."""

from wagtail.users.apps import WagtailUsersAppConfig


class Users(WagtailUsersAppConfig):
    """Loaded before models are; so it names the pages instead of importing them."""

    user_viewset = "masthead.web.desk_roles.Users"
