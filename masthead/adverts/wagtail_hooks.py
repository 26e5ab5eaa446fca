"""Adverts on the desk: advertisers and their bookings."""

from typing import Any

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from masthead.adverts import slots
from masthead.adverts.models import Advertiser, Booking, Shape
from masthead.core import clock


class BookingViewSet(SnippetViewSet):
    """What runs, ran and will run."""

    model = Booking
    icon = "calendar-alt"
    menu_label = "Bookings"
    list_display = ["name", "advertiser", "kind", "starts_on", "ends_on", "weight", BooleanColumn("live", label="On")]
    list_filter = ["live", "kind", "advertiser", "starts_on", "ends_on"]
    list_export = ["name", "advertiser", "kind", "starts_on", "ends_on", "weight", "live"]
    search_fields = ["name", "advertiser__name", "creatives__alt", "creatives__link"]
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Booking]:
        return Booking.objects.select_related("advertiser")

    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            MultiFieldPanel([FieldPanel("kind"), FieldPanel("advertiser")], heading="Whose"),
            MultiFieldPanel(
                [
                    FieldPanel("live"),
                    FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on"), FieldPanel("weight")]),
                ],
                heading="When, and how often",
            ),
            InlinePanel(
                "creatives",
                heading="What is shown",
                label="Creative",
                min_num=1,
                panels=[FieldPanel("shape"), FieldPanel("picture"), FieldPanel("alt"), FieldPanel("link")],
            ),
        ]
    )


class AdvertiserViewSet(SnippetViewSet):
    """Who books."""

    model = Advertiser
    icon = "group"
    menu_label = "Advertisers"
    list_display = ["name", "email"]
    list_export = ["name", "email"]
    search_fields = ["name", "email"]
    list_per_page = 50
    edit_handler = ObjectList([FieldPanel("name"), FieldPanel("email")])


class AdvertsGroup(SnippetViewSetGroup):
    """Both, under one entry of the menu."""

    items = (BookingViewSet, AdvertiserViewSet)
    menu_label = "Adverts"
    menu_icon = "view"
    menu_order = 320


register_snippet(AdvertsGroup)


class WithoutRoom(Component):
    """On the desk's first page: which adverts that run today are shown nowhere, because too many are booked."""

    name = "adverts-without-room"
    template_name = "desk/adverts_without_room.html"
    order = 20

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        may = parent_context["request"].user.has_perm("adverts.change_booking")
        return {"bookings": slots.without_room(clock.today()) if may else [], "room": _room()}


@hooks.register("construct_homepage_panels")
def say_what_is_shown_nowhere(_request: HttpRequest, panels: list[Any]) -> None:
    panels.append(WithoutRoom())


@hooks.register("after_create_snippet")
@hooks.register("after_edit_snippet")
def say_what_the_saved_leaves_no_room_for(request: HttpRequest, saved: Model) -> None:
    """Beside 'saved': which bookings are shown nowhere on this one's first day, or today."""
    if not isinstance(saved, Booking):
        return
    day = max(saved.starts_on, clock.today())
    if found := slots.without_room(day):
        names = ", ".join(booking.name for booking in found)
        facts = {"day": localize(day), "names": names, "room": _room()}
        messages.warning(request, _("On %(day)s there is no room for: %(names)s. %(room)s") % facts)


def _room() -> str:
    """How much is shown at once, and who comes first."""
    boxes, wide = (slots.MOST_SLOTS[shape] * slots.MOST_IN_A_SLOT for shape in (Shape.BOX, Shape.WIDE))
    return _(
        "At most %(boxes)d boxes and %(wide)d wide adverts are shown at once: those of advertisers before our own, the "
        "heaviest first. Move the days of one, or switch it off."
    ) % {"boxes": boxes, "wide": wide}
