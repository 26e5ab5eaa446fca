"""Pages of a demonstration: its mailbox, its clock, its ways into the desk. In a real newsroom none exists."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from masthead.core import clock, jobs
from masthead.core.models import Message, Rule
from masthead.readers import desk_sign_in
from masthead.readers.models import StaffUser
from masthead.web.demo import COLLEAGUES, Colleague

PER_PAGE = 50
STEPS = {"day": _("A day"), "week": _("A week"), "month": _("A month"), "year": _("A year")}


def only_in_a_demonstration(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """As if the page did not exist, unless this is a demonstration on the loopback address."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.CONFIG.demo:
            raise Http404
        return never_cache(view)(request, *args, **kwargs)

    return guarded


def ways_in() -> list[tuple[str, Colleague]]:
    """As whom one may enter the desk without a password: nobody, unless this is a demonstration on loopback."""
    return list(COLLEAGUES.items()) if settings.CONFIG.demo else []


@only_in_a_demonstration
@require_POST
def enter_as(request: HttpRequest, who: str) -> HttpResponse:
    """One button, and one is somebody of the invented paper."""
    if who not in COLLEAGUES:
        raise Http404
    person = get_object_or_404(StaffUser, email=COLLEAGUES[who].email, is_active=True)
    return desk_sign_in.enter(
        request, person, how="a button of the demonstration", remember=True, then=reverse("wagtailadmin_home")
    )


@only_in_a_demonstration
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Every mail that the newsroom sent, newest first; those to one address alone with ?to=."""
    to = request.GET.get("to", "").strip()
    messages = Message.objects.filter(to__icontains=to) if to else Message.objects.all()
    page = Paginator(messages.order_by("-queued_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "demo/mailbox.html", {"messages": page.object_list, "pager": _pager(page, to), "to": to})


@only_in_a_demonstration
@require_safe
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail, as its receiver reads it."""
    return render(request, "demo/message.html", {"message": get_object_or_404(Message, pk=pk)})


@only_in_a_demonstration
@require_http_methods(["GET", "HEAD", "POST"])
def the_clock(request: HttpRequest) -> HttpResponse:
    """What time it is in the demonstration, what is due next, and buttons that move on; never back."""
    if request.method == "POST":
        step = request.POST.get("step", "")
        if step in STEPS:
            clock.move_to(clock.offset() + _seconds(step))
            jobs.tick()
        return redirect(reverse("demo-clock") + f"?moved={step}" if step in STEPS else "demo-clock")
    rules = [{"name": _name(rule.name), "due_at": rule.due_at} for rule in Rule.objects.order_by("due_at", "name")]
    moved = STEPS.get(request.GET.get("moved", ""))
    ahead = timedelta(seconds=clock.offset())
    context = {"now": clock.now(), "ahead_days": ahead.days, "steps": STEPS.items(), "rules": rules, "moved": moved}
    return render(request, "demo/clock.html", context)


def _seconds(step: str) -> int:
    """From now to the same time of day a day, a week, a month or a year later in the newsroom's zone."""
    here = clock.now().astimezone(clock.zone())
    day = {
        "day": here.date() + timedelta(days=1),
        "week": here.date() + timedelta(days=7),
        "month": clock.add_months(here.date(), 1),
        "year": clock.add_months(here.date(), 12),
    }[step]
    there = datetime.combine(day, here.time(), tzinfo=clock.zone())
    return round(there.timestamp() - here.timestamp())


def _name(path: str) -> str:
    """'masthead.giving.tasks.collect_due' as 'giving: collect due'."""
    parts = path.removeprefix("masthead.").split(".")
    return f"{parts[0]}: {parts[-1].replace('_', ' ')}"


def _pager(page: Any, to: str) -> dict[str, str | None]:
    def address(number: int) -> str:
        return "?" + urlencode({"page": number, "to": to} if to else {"page": number})

    return {
        "says": f"Page {page.number} of {page.paginator.num_pages}",
        "newer": address(page.number - 1) if page.has_previous() else None,
        "older": address(page.number + 1) if page.has_next() else None,
    }
