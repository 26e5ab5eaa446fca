"""What providers told, as the desk lists it, with the ways to have it looked at once more."""

from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.views.generic import IndexView, InspectView
from wagtail.admin.widgets.button import Button, HeaderButton

MOVES = "money.move_money"


class ListOfEvents(IndexView):
    """The list; above it the way for all that its filters show, beside each event that for it alone."""

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        buttons: list[HeaderButton] = super().header_buttons
        if self.request.user.has_perm(MOVES):
            url = f"{reverse('replay_events')}?{self.request.GET.urlencode()}"
            buttons.append(HeaderButton(_("Look at these once more"), url=url, icon_name="resubmit"))
        return buttons

    def get_list_more_buttons(self, instance: Any) -> list[Any]:
        buttons: list[Any] = super().get_list_more_buttons(instance)
        if self.request.user.has_perm(MOVES):
            buttons.append(MenuItem(_("Look at it once more"), _address(instance), icon_name="resubmit", priority=30))
        return buttons


class InspectEvent(InspectView):
    """An event, with the way to have it looked at once more."""

    @property
    def header_more_buttons(self) -> list[Any]:
        buttons: list[Any] = list(super().header_more_buttons)
        if self.request.user.has_perm(MOVES):
            buttons.append(Button(_("Look at it once more"), url=_address(self.object), icon_name="resubmit"))
        return buttons


def _address(event: Any) -> str:
    return f"{reverse('replay_events')}?event={event.pk}"
