"""Adverts on the desk: advertisers and their bookings."""

from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from masthead.adverts.models import Advertiser, Booking


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
