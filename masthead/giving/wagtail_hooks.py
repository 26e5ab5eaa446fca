"""What the desk shows of giving."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.widgets import Button
from wagtail.models import Page

from . import desk_takeovers
from .desk import MAY_SEE_INCOME, Giving, income, receipt_pdf, year_pdf
from .desk_offline import enter, reverse_entry

TOLD_OF = ("storypage", "filmpage")  # the pages that bear appeals


@hooks.register("register_admin_viewset")
def giving() -> Giving:
    """Pledges and gifts."""
    return Giving()


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    """What a story brought in; what came without a provider; supporters taken over; receipts and years as PDF."""
    return [
        path("stories/<int:pk>/income/", income, name="story_income"),
        path("offline/enter/", enter, name="enter_offline"),
        path("offline/<int:pk>/reverse/", reverse_entry, name="reverse_offline"),
        path("giving/take-over/", desk_takeovers.begin_takeover, name="begin_takeover"),
        path("giving/take-over/<int:pk>/", desk_takeovers.takeover, name="takeover"),
        path("giving/take-over/<int:pk>/apply/", desk_takeovers.apply_takeover, name="apply_takeover"),
        path("giving/take-over/<int:pk>/stop/", desk_takeovers.stop_takeover, name="stop_takeover"),
        path("books/receipts/<int:pk>.pdf", receipt_pdf, name="desk_receipt_pdf"),
        path("books/readers/<int:pk>/<int:year>.pdf", year_pdf, name="desk_year_pdf"),
    ]


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    """Incomes without names are a permission of their own, apart from the lists of who gave."""
    return Permission.objects.filter(content_type__app_label="giving", codename="view_income")


@hooks.register("register_page_header_buttons")
def what_it_brought_in(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """In the menu above a story's editor."""
    if page.pk and page.content_type.model in TOLD_OF and user.has_perm(MAY_SEE_INCOME):
        yield Button("What it brought in", reverse("story_income", args=[page.pk]), icon_name="rotate", priority=90)
