"""Lists of the desk whose rows are about somebody: each row leads to that person's page."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.menus import MenuItem

from masthead.readers.care.people import SEE


class WithPeople:
    """Such a list; `key_of` says whose a row is, by the key of supporter care; empty: nobody's."""

    request: HttpRequest

    def key_of(self, row: Any) -> str:
        raise NotImplementedError

    def get_list_more_buttons(self, instance: Any) -> list[Any]:
        buttons: list[Any] = super().get_list_more_buttons(instance)  # type: ignore[misc]
        if (key := self.key_of(instance)) and self.request.user.has_perm(SEE):
            url = reverse("care_person", args=[key])
            buttons.append(MenuItem(_("The person"), url=url, icon_name="user", priority=5))
        return buttons
