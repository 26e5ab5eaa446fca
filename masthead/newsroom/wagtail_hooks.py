"""The newsroom's side of the desk: people, topics and running stories; scheduling; what stops a page from going out."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.models import Page
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import page_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet, SnippetViewSetGroup

from masthead.core import clock
from masthead.core.actors import Actor
from masthead.core.refusals import Refusal
from masthead.newsroom import publishing
from masthead.newsroom.models import (
    FilmIndexPage,
    Person,
    Piece,
    PlainPage,
    RunningStory,
    Schedule,
    SectionPage,
    StoryPage,
    Topic,
)

SHOWN = 5
RECENT = clock.days(7)


class People(SnippetViewSet):
    model = Person
    icon = "user"
    menu_label = gettext_lazy("People")
    list_display = ["name", "role", "email"]
    list_export = ["name", "slug", "role", "email"]
    list_per_page = 50
    copy_view_enabled = False


class RunningStories(SnippetViewSet):
    model = RunningStory
    icon = "link"
    menu_label = gettext_lazy("Running stories")
    list_display = ["name", "slug", "ended"]
    list_filter = ["ended"]
    list_export = ["name", "slug", "description", "ended"]
    list_per_page = 50
    copy_view_enabled = False


class Topics(SnippetViewSet):
    model = Topic
    icon = "tag"
    menu_label = gettext_lazy("Topics")
    list_display = ["name", "slug"]
    list_export = ["name", "slug"]
    search_fields = ["name"]
    search_backend_name = None
    list_per_page = 50
    copy_view_enabled = False


class OnlyToLookAt(ModelPermissionPolicy):
    """For rows that verbs write: whoever may publish looks at them, nobody edits them by hand."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and bool(page_permission_policy.user_has_permission(user, "publish"))

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return "view" in actions and self.user_has_permission(user, "view")


class ScheduleList(IndexView):
    """The list, with a way to withdraw each that waits."""

    def get_list_more_buttons(self, instance: Schedule) -> list[Any]:
        buttons: list[Any] = super().get_list_more_buttons(instance)
        if instance.state == Schedule.State.WAITING:
            url = reverse("withdraw_schedule", args=[instance.page_id])
            buttons.append(MenuItem(_("Withdraw it"), url=url, icon_name="cross", priority=30))
        return buttons


class Schedules(SnippetViewSet):
    """What the clock will publish, what it published, and what it could not."""

    model = Schedule
    icon = "history"
    menu_label = gettext_lazy("Scheduled")
    list_display = ["page", "at", Column("state", accessor="get_state_display"), "late_by_seconds", "reason",
                    DateColumn("ended_at")]  # fmt: skip
    list_filter = ["state"]
    list_export = ["page", "at", "state", "late_by_seconds", "reason", "ended_at"]
    search_fields = ["page__title", "reason"]
    search_backend_name = None
    ordering = ["-at"]
    list_per_page = 50
    add_to_admin_menu = False
    inspect_view_enabled = True
    copy_view_enabled = False
    index_view_class = ScheduleList

    @property
    def permission_policy(self) -> OnlyToLookAt:
        return OnlyToLookAt(self.model)


class Newsroom(SnippetViewSetGroup):
    menu_label = gettext_lazy("Newsroom")
    menu_icon = "clipboard-list"
    menu_order = 150
    add_to_admin_menu = True
    items = (People, RunningStories, Topics, Schedules)


register_snippet(Newsroom)


class ScheduleItem(ActionMenuItem):
    """The button 'Schedule', in the menu beside 'Publish'."""

    name = "action-schedule"
    label = gettext_lazy("Schedule")
    icon_name = "time"

    def is_shown(self, context: dict[str, Any]) -> bool:
        user = context["request"].user
        if context["view"] == "create":
            parent = context["parent_page"].specific
            makes_pieces = isinstance(parent, SectionPage | FilmIndexPage)
            return makes_pieces and bool(parent.permissions_for_user(user).can_publish_subpage())
        if context["locked_for_user"] or not isinstance(context["page"].specific, Piece):
            return False
        return bool(context["page"].permissions_for_user(user).can_publish())


@hooks.register("register_page_action_menu_item")
def schedule_item() -> ActionMenuItem:
    return ScheduleItem(order=55)


class WithdrawItem(ActionMenuItem):
    """Says when the clock publishes the page, and leads to the way to stop that."""

    icon_name = "cross"

    def is_shown(self, context: dict[str, Any]) -> bool:
        if (
            context["view"] == "create"
            or not context["page"].permissions_for_user(context["request"].user).can_publish()
        ):
            return False
        return publishing.waiting_for(context["page"]) is not None

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        waiting = publishing.waiting_for(parent_context["page"])
        label = _("Withdraw the schedule of %(when)s") % {"when": _local(waiting.at)} if waiting else ""
        return {**super().get_context_data(parent_context), "label": label}

    def get_url(self, parent_context: dict[str, Any]) -> str:
        return reverse("withdraw_schedule", args=[parent_context["page"].pk])


@hooks.register("register_page_action_menu_item")
def withdraw_item() -> ActionMenuItem:
    return WithdrawItem(order=56)


def withdraw_schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then keeps the clock from publishing a page: for whoever could have scheduled it."""
    page = get_object_or_404(Page, pk=pk).specific
    if not page.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    if request.method == "POST":
        if publishing.unschedule(page, by=request.user.actor):  # type: ignore[union-attr]
            messages.success(request, _("Withdrawn: the clock will not publish it. The draft is as it was."))
        else:
            messages.warning(request, _("Nothing was waiting for the clock any more."))
        return redirect("wagtailadmin_pages:edit", page.pk)
    waiting = publishing.waiting_for(page)
    when = _local(waiting.at) if waiting else ""
    return render(request, "newsroom/desk/withdraw_schedule.html", {"page": page, "when": when})


@hooks.register("register_admin_urls")
def addresses_of_schedules() -> list[URLPattern]:
    """Withdrawing what waits."""
    return [path("stories/<int:pk>/schedule/withdraw/", withdraw_schedule, name="withdraw_schedule")]


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def schedule_when_asked(request: HttpRequest, page: Page) -> HttpResponse | None:
    """The draft has just been saved; 'Schedule' hands that very revision to the clock."""
    if "action-schedule" not in request.POST or not isinstance(page, Piece):
        return None
    if not page.permissions_for_user(request.user).can_publish():
        messages.error(request, _("Only editors can schedule. The draft has been saved."))
        return redirect("wagtailadmin_pages:edit", page.pk)
    revision = page.get_latest_revision()
    draft = revision.as_object()
    try:
        made = publishing.schedule(
            page, at=draft.publish_at, by=Actor.staff(int(request.user.pk or 0)), revision=revision
        )
    except Refusal as refusal:
        messages.error(request, refusal.for_people)
        return redirect("wagtailadmin_pages:edit", page.pk)
    messages.success(request, _("Scheduled: it will be published on %(when)s.") % {"when": _local(made.at)})
    return redirect("wagtailadmin_explore", page.get_parent().pk)


@hooks.register("before_publish_page")
def say_what_is_missing(request: HttpRequest, page: Page) -> HttpResponse | None:
    """The last look before a button publishes: what the form could not know is said in a sentence."""
    if not hasattr(page, "path_now"):
        return None
    try:
        publishing.may_publish(page)
    except Refusal as refusal:
        messages.error(request, refusal.for_people)
        return redirect("wagtailadmin_pages:edit", page.pk)
    return None


@hooks.register("before_bulk_action")
def say_what_is_missing_in_bulk(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """Publishing many at once publishes none when one of them is not ready, and says which and why."""
    if action_type != "publish" or request.method != "POST":
        return None
    sentences = []
    for page in objects:
        draft = page.get_latest_revision_as_object() if isinstance(page, Page) else page
        if hasattr(draft, "path_now") and (found := publishing.lacks(draft)):
            sentences.append(f"{draft.title}: " + " ".join(lack.sentence for lack in found))
    if not sentences:
        return None
    messages.error(request, _("Nothing has been published.") + " " + " ".join(sentences))
    return redirect("wagtailadmin_explore", objects[0].get_parent().pk)


@hooks.register("before_unpublish_page")
def take_down(request: HttpRequest, page: Page) -> None:
    """'Unpublish' is our verb, which writes down who did it; Wagtail then finds nothing left to do."""
    _take_down(request, [page])


@hooks.register("before_bulk_action")
def take_down_in_bulk(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> HttpResponse | None:
    """So it is for many at once. Wagtail would save bare pages here, which no list and no press hears of."""
    if action_type != "unpublish" or request.method != "POST":
        return None
    count = _take_down(request, [page for page in objects if isinstance(page, Page)])
    said = ngettext("%(count)d page has been unpublished.", "%(count)d pages have been unpublished.", count)
    messages.success(request, said % {"count": count})
    return redirect(action.next_url)


def _take_down(request: HttpRequest, pages: list[Page]) -> int:
    """Take `pages` down, and what stands below them where the form says so: all of it or nothing. Returns how many."""
    actor = request.user.actor  # type: ignore[union-attr]
    count = 0
    with transaction.atomic():
        for page in pages:
            below = page.get_descendants().live().specific() if request.POST.get("include_descendants") else ()
            may = [each for each in below if each.permissions_for_user(request.user).can_unpublish()]
            for each in (page.specific, *may):
                publishing.take_down(each, by=actor)
            count += 1 + len(may)
    return count


@hooks.register("before_delete_page")
def keep_what_was_published(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A section with stories can't be deleted: their addresses would die with it."""
    return _refuse_to_delete(request, page) if _has_stories(page) else None


@hooks.register("before_bulk_action")
def keep_what_was_published_in_bulk(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """Nor can several pages be deleted at once when one of them is such a section."""
    if action_type != "delete" or request.method != "POST":
        return None
    kept = next((page for page in objects if isinstance(page, Page) and _has_stories(page)), None)
    return _refuse_to_delete(request, kept) if kept else None


def _has_stories(page: Page) -> bool:
    return bool(StoryPage.objects.descendant_of(page).exists())


def _refuse_to_delete(request: HttpRequest, page: Page) -> HttpResponse:
    messages.error(
        request,
        _("There are stories in ‘%(title)s’. Move them to another section first. Nothing was deleted.")
        % {"title": page.title},
    )
    return redirect("wagtailadmin_explore", page.pk)


class WhatTheClockDid(Component):
    """On the desk's first page: what waits, what came late, and what could not be published."""

    order = 90
    template_name = "newsroom/desk/schedules.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        rows = Schedule.objects.select_related("page")
        troubled = rows.filter(ended_at__gte=clock.now() - RECENT).exclude(reason="", late_by_seconds=0)
        return {
            "waiting": rows.filter(state=Schedule.State.WAITING).order_by("at")[:SHOWN],
            "troubled": troubled.order_by("-ended_at")[:SHOWN],
            "zone": clock.zone().key,
            "may_withdraw": page_permission_policy.user_has_permission(parent_context["request"].user, "publish"),
        }


@hooks.register("construct_homepage_panels")
def show_schedules(request: HttpRequest, panels: list[Component]) -> None:
    panels.append(WhatTheClockDid())


class PagesToWrite(Component):
    """On the desk's first page: the plain pages that were never published, the founding drafts among them."""

    order = 20
    template_name = "newsroom/desk/pages_to_write.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"pages": PlainPage.objects.filter(live=False, first_published_at=None).order_by("path")}


@hooks.register("construct_homepage_panels")
def show_pages_to_write(request: HttpRequest, panels: list[Component]) -> None:
    """For those who can publish them."""
    if page_permission_policy.user_has_permission(request.user, "publish"):
        panels.append(PagesToWrite())


def _local(moment: datetime) -> str:
    return moment.astimezone(clock.zone()).strftime("%d %B %Y, %H.%M")


@hooks.register("construct_main_menu")
def leave_out_what_is_not_used(request: HttpRequest, items: list[Any]) -> None:
    """Documents have no place in the paper yet, and pictures are called pictures."""
    items[:] = [item for item in items if item.name != "documents"]
    for item in items:
        if item.name == "images":
            item.label = _("Pictures")


@hooks.register("construct_homepage_summary_items")
def count_only_what_is_used(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if type(item).__name__ != "DocumentsSummaryItem"]
