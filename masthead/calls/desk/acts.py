"""Acts upon calls that ask before they are done: planning, moving, cancelling, inviting, stopping a series."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from masthead.calls import dates, invitations, seats, series, words
from masthead.calls.models import Call, Seat, Series
from masthead.core.refusals import Refusal
from masthead.readers.desk_acts import actor_of, carry_out

from .forms import MoveForm, PlanForm

MAY_CHANGE = "calls.change_call"
WRONG = 422


@permission_required("calls.add_call", raise_exception=True)
def plan(request: HttpRequest) -> HttpResponse:
    """A call beside the series."""
    form = PlanForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        typed = dict(form.cleaned_data)
        try:
            call = dates.plan(typed.pop("title"), typed.pop("starts_at"), by=actor_of(request), **typed)
        except Refusal as refusal:
            form.add_error("starts_at", refusal.for_people)
        else:
            messages.success(request, _("Planned for %(when)s.") % {"when": words.when(call)})
            return redirect("call:edit", call.pk)
    return _form_page(request, form, title=_("Plan a call"), icon="plus", do=_("Plan it"))


@permission_required(MAY_CHANGE, raise_exception=True)
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Another moment; says first how many will be told."""
    call = get_object_or_404(Call, pk=pk)
    form = MoveForm(request.POST) if request.method == "POST" else MoveForm.of(call)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            call = dates.move(call, to=typed["starts_at"], minutes=typed["minutes"], by=actor_of(request))
        except Refusal as refusal:
            form.add_error("starts_at", refusal.for_people)
        else:
            messages.success(request, _("It is on %(when)s now.") % {"when": words.when(call)})
            return redirect("call:index")
    says = _("It is on %(when)s. %(told)s") % {"when": words.when(call), "told": _told(call)}
    return _form_page(request, form, title=_("Move “%s”") % call, icon="date", do=_("Move it and tell them"), says=says)


@permission_required(MAY_CHANGE, raise_exception=True)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then cancels."""
    call = get_object_or_404(Call, pk=pk)
    return _asks(
        request,
        lambda: dates.cancel(call, by=actor_of(request)),
        title=_("Cancel “%s”?") % call,
        says=_("It is on %(when)s. %(told)s This can’t be undone; plan another call instead.")
        % {"when": words.when(call), "told": _told(call)},
        do=_("Cancel it and tell them"),
        done=_("The call is cancelled, and everybody with a seat is being told."),
        icon="cross",
    )


@permission_required(MAY_CHANGE, raise_exception=True)
def not_held(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then notes that a call which counts as held did not take place."""
    call = get_object_or_404(Call, pk=pk)
    return _asks(
        request,
        lambda: dates.was_not_held(call, by=actor_of(request)),
        title=_("Did “%s” not take place?") % call,
        says=_(
            "It was on %(when)s, and counts as held. If it wasn’t, the open books stop counting it; nobody is mailed."
        )
        % {"when": words.when(call)},
        do=_("It did not take place"),
        done=_("It no longer counts as held."),
        icon="cross",
    )


@permission_required(MAY_CHANGE, raise_exception=True)
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Says how many, then invites them at once."""
    call = get_object_or_404(Call, pk=pk)
    count = invitations.to_invite(call).count()
    return _asks(
        request,
        lambda: invitations.invite_now(call, by=actor_of(request)),
        title=_("Invite supporters to “%s” now?") % call,
        says=_(
            "%(count)s of them have not been invited yet, and get one mail each. "
            "Whoever begins to support us later is invited by itself."
        )
        % {"count": count},
        do=_("Invite them"),
        done=_("The invitations are being sent."),
        icon="mail",
    )


@require_safe
@permission_required("calls.view_seat", raise_exception=True)
def seats_of(request: HttpRequest, pk: int) -> HttpResponse:
    """The list of seats, of this call alone."""
    return redirect(f"{reverse('seat:index')}?call={get_object_or_404(Call, pk=pk).pk}")


@permission_required("calls.change_seat", raise_exception=True)
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then gives a seat back for somebody who wrote or called."""
    seat = get_object_or_404(Seat.objects.select_related("call", "reader"), pk=pk)
    return _asks(
        request,
        lambda: seats.give_back_for(seat, by=actor_of(request)),
        title=_("Give this seat back?"),
        says=_("%(reader)s is told by e-mail, and whoever has waited longest moves up.") % {"reader": seat.reader},
        do=_("Give it back"),
        done=_("The seat is free again."),
        icon="cross",
        back="seat:index",
    )


@require_POST
@permission_required("calls.add_series", raise_exception=True)
def start_series(request: HttpRequest) -> HttpResponse:
    """One click: the quarterly call."""
    try:
        started = series.start(by=actor_of(request))
    except Refusal as refusal:
        messages.error(request, refusal.for_people)
        return redirect("series:index")
    messages.success(request, _("The series has started. Look whether all is as you want it."))
    return redirect("series:edit", started.pk)


@permission_required("calls.change_series", raise_exception=True)
def stop_series(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then stops it."""
    row = get_object_or_404(Series, pk=pk)
    return _asks(
        request,
        lambda: series.stop(row, by=actor_of(request)),
        title=_("Stop “%s”?") % row,
        says=_(
            "No further call is made by itself, and no alarm is raised. A call that is planned stands: cancel it apart."
        ),
        do=_("Stop it"),
        done=_("The series has stopped."),
        icon="cross",
        back="series:index",
    )


def _asks(
    request: HttpRequest,
    act: Callable[[], Any],
    *,
    title: str,
    says: str,
    do: str,
    done: str,
    icon: str,
    back: str = "call:index",
) -> HttpResponse:
    """A page that says what will happen, with one button; pressing it does it."""
    if request.method == "POST":
        carry_out(request, act, done)
        return redirect(back)
    context = {"title": title, "says": says, "do": do, "icon": icon, "back": reverse(back)}
    return render(request, "calls/desk/asks.html", context)


def _form_page(request: HttpRequest, form: Any, **words_: Any) -> HttpResponse:
    context = {"form": form, "media": form.media, "back": reverse("call:index"), **words_}
    return render(request, "calls/desk/form.html", context, status=WRONG if form.errors else 200)


def _told(call: Call) -> str:
    waiting = Seat.objects.waiting().filter(call=call).count()
    return str(
        _("Everybody concerned gets a mail: %(reserved)s with a seat, %(waiting)s in line.")
        % {"reserved": call.reserved_count, "waiting": waiting}
    )
