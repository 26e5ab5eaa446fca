"""Defences on the desk: what is held, who tried what, the least amount, switches, limits; and events once more."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import menu, messages
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSetGroup
from wagtail.permissions import ModelPermissionPolicy

from masthead.core import config, limits
from masthead.core.refusals import Refusal
from masthead.money import defences, holds, inbox, methods, providers
from masthead.money.desk import EventViewSet, RowsToLookAt
from masthead.money.models import Attempt, Event, Hold
from masthead.money.states import HoldState
from masthead.readers.desk_guard import recently_confirmed

SEES, MOVES = "money.see_money", "money.move_money"
AT_MOST_SHOWN = 12  # digits of a hash: enough to tell one from another
LONGEST = 18  # digits that a database's whole number can hold
WORDS = {86400: "day", 3600: "hour", 60: "minute", 1: "second"}


class ForWhoSeesMoney(ModelPermissionPolicy):
    """Looked at by who may see money; added, edited and deleted by nobody."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and bool(user.has_perm(SEES) or user.has_perm(MOVES))

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return "view" in actions and self.user_has_permission(user, "view")


class ListOfHolds(IndexView):
    """The queue, with what can be decided about each."""

    def get_list_more_buttons(self, instance: Hold) -> list[Any]:
        buttons: list[Any] = super().get_list_more_buttons(instance)
        if instance.state == HoldState.WAITING and self.request.user.has_perm(MOVES):
            buttons.append(
                MenuItem(_("Decide"), reverse("decide_hold", args=[instance.pk]), icon_name="check", priority=5)
            )
        return buttons


class HoldViewSet(RowsToLookAt):
    """Payments that are looked at before the provider hears of them."""

    model = Hold
    icon = "lock"
    menu_label = gettext_lazy("Held payments")
    index_view_class = ListOfHolds
    joined = ("checkout__payment",)
    search_fields = ["checkout__payment__reference", "checkout__email", "checkout__payment__order_key"]
    list_display = [
        "held_at",
        Column("checkout.payment.reference", label=gettext_lazy("Payment")),
        Column("amount", label=gettext_lazy("Amount"), accessor=lambda hold: hold.checkout.amount),
        Column("email", label=gettext_lazy("For"), accessor=lambda hold: hold.checkout.email),
        "because",
        "state",
        "reason",
    ]
    list_filter = ["state", "because", "held_at"]
    list_export = [
        "checkout.payment.reference",
        "checkout.payment.amount_minor",
        "checkout.payment.currency",
        "checkout.payment.provider",
        "because",
        "held_at",
        "state",
        "decided_at",
        "decided_by",
        "reason",
    ]
    inspect_view_fields = ["checkout", "because", "held_at", "state", "decided_at", "decided_by", "reason"]

    @property
    def permission_policy(self) -> ForWhoSeesMoney:
        return ForWhoSeesMoney(self.model)


class AttemptViewSet(RowsToLookAt):
    """Who began to pay, as hashes: the same letters are the same address, network or card; nobody can undo them."""

    model = Attempt
    icon = "history"
    menu_label = gettext_lazy("Who began to pay")
    joined = ("checkout__payment",)
    search_fields = ["address_key", "network_key", "email_key", "card_key", "checkout__payment__reference"]
    list_display = [
        "at",
        Column("amount", label=gettext_lazy("Amount"), accessor=lambda attempt: attempt.checkout.amount),
        Column(
            "ended", label=gettext_lazy("How it ended"), accessor=lambda attempt: attempt.checkout.get_state_display()
        ),
        Column("address", label=gettext_lazy("Address"), accessor=lambda attempt: attempt.address_key[:AT_MOST_SHOWN]),
        Column("network", label=gettext_lazy("Network"), accessor=lambda attempt: attempt.network_key[:AT_MOST_SHOWN]),
        Column("email", label=gettext_lazy("E-mail"), accessor=lambda attempt: attempt.email_key[:AT_MOST_SHOWN]),
        Column("card", label=gettext_lazy("Card"), accessor=lambda attempt: attempt.card_key[:AT_MOST_SHOWN]),
        Column("checkout.payment.reference", label=gettext_lazy("Payment")),
    ]
    list_filter = ["at", "checkout__state", "checkout__payment__provider"]
    list_export = [
        "at",
        "checkout.payment.reference",
        "checkout.payment.amount_minor",
        "checkout.payment.currency",
        "checkout.payment.provider",
        "checkout.state",
        "address_key",
        "network_key",
        "email_key",
        "card_key",
        "given_back_at",
    ]
    inspect_view_fields = ["checkout", "at", "address_key", "network_key", "email_key", "card_key", "given_back_at"]

    @property
    def permission_policy(self) -> ForWhoSeesMoney:
        return ForWhoSeesMoney(self.model)


class DefencesItem(menu.MenuItem):
    """The page of the defences, for who may see money."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(SEES) or request.user.has_perm(MOVES))


class TheDefences(ModelViewSetGroup):
    """The menu entry; the page on which it all stands comes first."""

    menu_label = gettext_lazy("Defences")
    menu_icon = "lock"
    menu_order = 412
    items = (HoldViewSet, AttemptViewSet)

    def get_submenu_items(self) -> list[Any]:
        return [
            DefencesItem(_("How it stands"), reverse("defences"), icon_name="lock", order=0),
            *super().get_submenu_items(),
        ]


class WaitsForADecision(Component):
    """On the desk's first page, for who may decide: that payments are held, or that the least amount is raised."""

    name = "held_payments"
    template_name = "money/desk_home.html"
    order = 15

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        alert = defences.alert_now()
        return {
            "held": Hold.objects.filter(state=HoldState.WAITING).count(),
            "is_raised": alert is not None and alert.is_raised,
        }


# --- What is held --------------------------------------------------------------------------------------------


class DecisionForm(forms.Form):
    """Released, or refused and why."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is refused"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("For whoever looks at it later. The giver does not read it."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MOVES, raise_exception=True)
@recently_confirmed
def decide_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """What is known of a payment that is held, and the two buttons."""
    hold = get_object_or_404(Hold.objects.select_related("checkout__payment", "checkout__attempt"), pk=pk)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by = request.user.actor  # type: ignore[union-attr]
        try:
            if "release" in request.POST:
                holds.release(hold, by=by)
                messages.success(request, _("Released. The giver gets a mail with a link."))
            else:
                holds.refuse(hold, by=by, reason=form.cleaned_data["reason"])
                messages.success(request, _("Refused. The giver gets a mail that says so."))
            return redirect("hold:index")
        except holds.NeedsReason as refusal:
            form.add_error("reason", refusal.for_people)
        except Refusal as refusal:
            messages.error(request, refusal.for_people)
            return redirect("hold:index")
    context = {"hold": hold, "form": form, "near": defences.near(hold.checkout)}
    return render(request, "money/desk_hold.html", context, status=422 if form.errors else 200)


# --- The least amount, the switches, the limits --------------------------------------------------------------


@require_http_methods(["GET", "HEAD"])
@permission_required(SEES, raise_exception=True)
def the_defences(request: HttpRequest) -> HttpResponse:
    """How it stands, on one page."""
    settings = config.load()
    alert = defences.alert_now()
    context = {
        "lately": defences.lately(),
        "settings": settings,
        "alert": alert,
        "is_forced": alert is not None and alert.by != "system:clock",
        "held": Hold.objects.filter(state=HoldState.WAITING).count(),
        "ways": list(_ways()),
        "limits": list(_limits()),
        "may_change": request.user.has_perm(MOVES),
    }
    return render(request, "money/desk_defences.html", context)


def _ways() -> Iterator[dict[str, Any]]:
    off = methods.all_off()
    for name in providers.FINDERS:
        if provider := providers.find(name):
            for method, label in provider.methods.items():
                is_off = method in off.get(name, frozenset())
                yield {"provider": name, "way": provider.way, "method": method, "label": label, "is_off": is_off}


def _limits() -> Iterator[dict[str, Any]]:
    said = config.load().limits
    for name in sorted(limits.LIMITS, key=lambda name: (not name.startswith("money."), name)):
        limit = limits.in_force(name)
        yield {
            "name": name,
            "times": limit.times,
            "per": _span(limit.per),
            "is_own": name in said,
            "past": limits.past_now(name),
        }


def _span(seconds: int) -> str:
    """15 minutes; an hour is 'hour'."""
    unit = next(unit for unit in WORDS if seconds % unit == 0)
    count = seconds // unit
    return WORDS[unit] if count == 1 else f"{count} {WORDS[unit]}s"


@require_POST
@permission_required(MOVES, raise_exception=True)
def least_amount(request: HttpRequest) -> HttpResponse:
    """Raise the least amount for a day, keep it down for a day, or let it go by itself."""
    by = request.user.actor  # type: ignore[union-attr]
    wanted = request.POST.get("least")
    if wanted in ("raised", "down"):
        defences.force(is_raised=wanted == "raised", by=by)
    else:
        defences.let_go(by=by)
    messages.success(
        request,
        {"raised": _("The least amount is raised for a day."), "down": _("The least amount stays down for a day.")}.get(
            wanted or "", _("The least amount goes by itself again.")
        ),
    )
    return redirect("defences")


@require_POST
@permission_required(MOVES, raise_exception=True)
def way_to_pay(request: HttpRequest, provider: str, method: str) -> HttpResponse:
    """Switch one off, or on again."""
    found = providers.find(provider)
    if found is None or method not in found.methods:
        raise Http404
    by, label = request.user.actor, found.methods[method]  # type: ignore[union-attr]
    if request.POST.get("is") == "off":
        methods.switch_off(provider, method, by=by)
        messages.success(request, _("%(way)s: off for new payments. What was given before goes on.") % {"way": label})
    else:
        methods.switch_on(provider, method, by=by)
        messages.success(request, _("%(way)s: on.") % {"way": label})
    return redirect("defences")


# --- Events, once more ------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MOVES, raise_exception=True)
def replay_events(request: HttpRequest) -> HttpResponse:
    """Asks, then has one event looked at once more, or all that the list's filters and search show."""
    events = _named(request)
    refusal = ""
    if request.method == "POST":
        try:
            count = inbox.replay(events, by=request.user.actor)  # type: ignore[union-attr]
        except Refusal as refused:
            refusal = refused.for_people
        else:
            messages.success(request, _("%(count)s will be looked at once more, in a moment.") % {"count": count})
            return redirect("event:index")
    count = inbox.replayable(events).count()
    context = {"count": count, "named": events.count(), "refusal": refusal, "query": request.GET.urlencode()}
    return render(request, "money/desk_replay.html", context, status=422 if refusal else 200)


def _named(request: HttpRequest) -> QuerySet[Event]:
    """One event, or those of the list as its own filters and search show it."""
    one = request.GET.get("event", "")
    if one:
        return Event.objects.filter(pk=int(one) if one.isascii() and one.isdigit() and len(one) <= LONGEST else 0)
    index = EventViewSet().index_view
    shown = index.view_class(**index.view_initkwargs)
    shown.setup(request)
    found: QuerySet[Event] = shown.get_queryset()
    return found
