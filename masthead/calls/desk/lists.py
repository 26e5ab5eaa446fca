"""Calls, series and seats in lists: with search, filters, pages and CSV. What changes them are the verbs."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic import CreateView, EditView, IndexView
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.permissions import ModelPermissionPolicy

from masthead.calls import dates, seats, series, words
from masthead.calls.models import Call, CallState, Question, Seat, SeatState, Series
from masthead.core import audit
from masthead.money.desk import RowsToLookAt
from masthead.readers.desk_seen import AddressesSeen

from .forms import CallForm, SeriesForm

audit.register("calls.seats_seen", "{by} looked at who has a seat at calls ({how})")


class NotDeleted(ModelPermissionPolicy):
    """Calls are cancelled and series stopped: neither is deleted, because seats, letters and books refer to them."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action != "delete" and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


class PlannedByVerb(NotDeleted):
    """A call is planned with a form of its own, since its day is no field like others."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action != "add" and super().user_has_permission(user, action)


class ChangeCall(EditView):
    """What a call is called and where it happens, by the verbs."""

    def save_instance(self) -> Call:
        self.has_content_changes = self.form.has_changed()
        typed, by = self.form.cleaned_data, self.request.user.actor
        call = Call.objects.get(pk=self.object.pk)
        call = dates.describe(call, by=by, **{name: typed[name] for name in dates.DESCRIBED_BY})
        seats.resize(call, capacity=typed["capacity"], by=by)
        call.refresh_from_db()
        return call

    @property
    def header_more_buttons(self) -> list[Any]:
        found = acts(self.object, self.request.user)
        buttons = [Button(act.label, act.url, icon_name=act.icon, priority=act.place) for act in found]
        return [*super().header_more_buttons, *buttons]


class ListOfCalls(IndexView):
    """The calls, with what can be done to each."""

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.request.user.has_perm("calls.add_call"):
            return []
        return [HeaderButton(_("Plan a call"), url=reverse("plan_call"), icon_name="plus")]

    def get_list_more_buttons(self, instance: Call) -> list[Any]:
        found = acts(instance, self.request.user)
        buttons = [MenuItem(act.label, url=act.url, icon_name=act.icon, priority=act.place) for act in found]
        return [*super().get_list_more_buttons(instance), *buttons]


@dataclass(frozen=True)
class Act:
    """Something that may be done to a call: a button in its list and above its form."""

    label: str
    url: str
    icon: str
    place: int


def acts(call: Call, user: Any) -> list[Act]:
    """What may be done to a call as it stands."""
    if not user.has_perm("calls.change_call"):
        return []
    found = [
        ("call_host", _("Host it: questions and the way in"), "comment"),
        ("call_seats", _("Seats"), "group"),
        ("call_recording", _("Recording and notes"), "media"),
    ]
    if call.is_planned and not call.is_over:
        found += [
            ("move_call", _("Move it"), "date"),
            ("invite_to_call", _("Invite supporters now"), "mail"),
            ("cancel_call", _("Cancel it"), "cross"),
        ]
    elif call.state == CallState.HELD:
        found.append(("call_not_held", _("It did not take place"), "cross"))
    return [
        Act(str(label), reverse(name, args=[call.pk]), icon, 40 + place)
        for place, (name, label, icon) in enumerate(found)
    ]


class CallViewSet(ModelViewSet):
    """Every call that was planned, held or cancelled."""

    model = Call
    icon = "group"
    menu_label = _("Calls")
    copy_view_enabled = False
    add_to_reference_index = False
    list_per_page = 50
    list_display = [
        "title",
        Column("when", label=_("When"), accessor=words.when, sort_key="starts_at"),
        "state",
        Column("seats", label=_("Seats"), accessor=lambda call: f"{call.reserved_count} of {call.capacity}"),
        Column("asked_count", label=_("Questions"), sort_key="asked_count"),
        Column("came_count", label=_("Came"), sort_key="came_count"),
    ]
    list_export = [
        "slug",
        "title",
        "starts_at",
        "minutes",
        "state",
        "capacity",
        "reserved_count",
        "came_count",
        "asked_count",
        "host_name",
        "provider",
        "made_by",
    ]
    list_filter = {"state": ["exact"], "series": ["exact"], "starts_at": ["date__gte", "date__lte"]}
    search_fields = ["title", "host_name", "slug"]
    index_view_class = ListOfCalls
    edit_view_class = ChangeCall
    edit_handler = ObjectList(
        [
            MultiFieldPanel([FieldPanel("title"), FieldPanel("standfirst"), FieldPanel("host_name")], _("The call")),
            FieldRowPanel([FieldPanel("capacity"), FieldPanel("invite_at")], _("Seats and invitations")),
            MultiFieldPanel(
                [
                    FieldPanel("provider"),
                    FieldPanel("url"),
                    FieldPanel("host_url"),
                    FieldPanel("domain"),
                    FieldPanel("room"),
                ],
                _("Where it happens"),
            ),
        ],
        base_form_class=CallForm,
    )

    @property
    def permission_policy(self) -> PlannedByVerb:
        return PlannedByVerb(self.model)


class StartSeries(CreateView):
    """A series by any rule; its first call is planned with it."""

    def save_instance(self) -> Series:
        row = self.form.save(commit=False)
        row.place = self.form.cleaned_data["place"]
        return series.begin(row, by=self.request.user.actor)


class ChangeSeries(EditView):
    """A series' rule, for the calls that come after the one that is planned."""

    def save_instance(self) -> Series:
        self.has_content_changes = self.form.has_changed()
        row = self.form.save(commit=False)
        row.place = self.form.cleaned_data["place"]
        return series.change(row, by=self.request.user.actor)


class ListOfSeries(IndexView):
    """The series, with a button that stops one."""

    def get_list_more_buttons(self, instance: Series) -> list[Any]:
        buttons: list[Any] = super().get_list_more_buttons(instance)
        if instance.is_active and self.request.user.has_perm("calls.change_series"):
            url = reverse("stop_series", args=[instance.pk])
            buttons.append(MenuItem(_("Stop it"), url=url, icon_name="cross", priority=40))
        return buttons


class SeriesViewSet(ModelViewSet):
    """The routines: each makes its next call by itself."""

    model = Series
    icon = "rotate"
    menu_label = _("Series")
    copy_view_enabled = False
    add_to_reference_index = False
    list_per_page = 50
    list_display = ["name", Column("rule", label=_("When")), "host_name", "is_active"]
    list_export = ["name", "rule", "host_name", "minutes", "capacity", "provider", "is_active", "made_at"]
    list_filter = ["is_active"]
    search_fields = ["name", "host_name"]
    index_view_class = ListOfSeries
    add_view_class = StartSeries
    edit_view_class = ChangeSeries
    edit_handler = ObjectList(
        [
            MultiFieldPanel([FieldPanel("name"), FieldPanel("standfirst"), FieldPanel("host_name")], _("Each call")),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("week"), FieldPanel("weekday"), FieldPanel("every_months")]),
                    FieldRowPanel([FieldPanel("month"), FieldPanel("at"), FieldPanel("minutes")]),
                    FieldPanel("is_active"),
                ],
                _("When: for the calls after the one that is planned"),
            ),
            FieldRowPanel([FieldPanel("capacity"), FieldPanel("invite_days")], _("Seats and invitations")),
            MultiFieldPanel(
                [FieldPanel("provider"), FieldPanel("url"), FieldPanel("host_url"), FieldPanel("domain")],
                _("Where it happens"),
            ),
        ],
        base_form_class=SeriesForm,
    )

    @property
    def permission_policy(self) -> NotDeleted:
        return NotDeleted(self.model)


class ListOfSeats(AddressesSeen):
    """The seats of all calls, with a button that gives one back."""

    seen_as = "calls.seats_seen"

    def get_list_more_buttons(self, instance: Seat) -> list[Any]:
        buttons: list[Any] = super().get_list_more_buttons(instance)
        is_held = instance.state in (SeatState.RESERVED, SeatState.WAITING)
        if is_held and instance.call.is_planned and self.request.user.has_perm("calls.change_seat"):
            url = reverse("give_back_seat", args=[instance.pk])
            buttons.append(MenuItem(_("Give it back"), url=url, icon_name="cross", priority=40))
        return buttons


class SeatViewSet(RowsToLookAt):
    """Who has a seat, waits or gave one back; erased with who came, ninety days after the call."""

    model = Seat
    icon = "user"
    menu_label = _("Seats")
    joined = ("call", "reader")
    list_display = [
        Column("reader", label=_("Who")),
        Column("call", label=_("Call")),
        Column("on", label=_("On"), accessor=lambda seat: words.day(seat.call.starts_at)),
        "state",
        DateColumn("asked_at", label=_("Asked"), sort_key="asked_at"),
    ]
    list_export = ["call.slug", "reader.reference", "reader.email", "state", "asked_at", "reserved_at", "left_at"]
    list_filter = {"call": ["exact"], "state": ["exact"], "asked_at": ["date__gte", "date__lte"]}
    search_fields = ["reader__email", "reader__name", "call__title", "call__slug"]
    index_view_class = ListOfSeats
    inspect_view_fields = ["call", "reader", "state", "asked_at", "reserved_at", "left_at"]


class QuestionViewSet(RowsToLookAt):
    """What was asked, at every call. Names as readers see them: who asked without one is nobody's to know."""

    model = Question
    icon = "help"
    menu_label = _("Questions")
    joined = ("call",)
    list_display = [
        Column("text", label=_("Question"), sort_key="text"),
        Column("name_shown", label=_("Name"), accessor=lambda question: question.name_shown or _("without a name")),
        Column("call", label=_("Call")),
        Column("vote_count", label=_("Votes"), sort_key="vote_count"),
        "state",
        DateColumn("asked_at", label=_("Asked"), sort_key="asked_at"),
    ]
    list_export = [
        "call.slug",
        "text",
        "name_shown",
        "vote_count",
        "state",
        "asked_at",
        "answered_at",
        "second",
        "hidden_why",
    ]
    list_filter = {"call": ["exact"], "state": ["exact"], "asked_at": ["date__gte", "date__lte"]}
    search_fields = ["text", "name_shown", "call__title", "call__slug"]
    inspect_view_fields = ["call", *list_export[1:]]


class Calls(ModelViewSetGroup):
    """The menu entry."""

    menu_label = _("Calls")
    menu_icon = "group"
    menu_order = 330
    items = (CallViewSet, SeriesViewSet, SeatViewSet, QuestionViewSet)
