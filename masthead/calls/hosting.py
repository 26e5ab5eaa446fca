"""The host’s view, at the desk: questions in order, what was answered, the way in; made for a phone on the table."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from masthead.core.actors import Actor
from masthead.core.refusals import Refusal
from masthead.readers.desk_acts import actor_of

from . import afterwards, joining, providers, questions
from .entering import into, lead_forms_to
from .models import Call, Question, QuestionState
from .providers import ProviderRefused, Role

AT_ONCE = 50  # questions of one state on the page, which a phone asks for again every ten seconds
MAY = "calls.change_call"
"""Who hosts: staff who may change calls, signed in at the desk. Readers can't become hosts by any link."""

Verb = Callable[[HttpRequest, Question, Actor], None]


@never_cache
@require_safe
@permission_required(MAY, raise_exception=True)
def host(request: HttpRequest, pk: int) -> HttpResponse:
    """The questions of a call: a page of those that wait in the order of asking; the newest answered, and hidden ones.

    All of them, with search, stand in the desk's list of questions.
    """
    call = get_object_or_404(Call, pk=pk)
    waiting = Paginator(questions.for_host(call), AT_ONCE).get_page(request.GET.get("page"))
    of_call = Question.objects.filter(call=call)
    answered = of_call.filter(state=QuestionState.ANSWERED).order_by("-answered_at", "pk")[:AT_ONCE]
    provider = providers.PROVIDERS.get(call.provider)
    if provider is not None:
        lead_forms_to(request, provider.origin(call, Role.HOST))
    context = {
        "call": call,
        "waiting": waiting,
        "by_hand": of_call.filter(position__isnull=False).exists(),
        "answered": [(row, afterwards.clock_face(row.second or 0)) for row in answered],
        "hidden": of_call.filter(state=QuestionState.HIDDEN).order_by("-pk")[:AT_ONCE],
        "all_of_them": f"{reverse('question:index')}?call={call.pk}",
        "attendance": afterwards.attendance(call),
        "provider": provider,
    }
    return render(request, "calls/desk/host.html", context)


def _change(verb: Verb) -> Callable[..., HttpResponse]:
    """A button beside a question: does it, and shows the page again."""

    @require_POST
    @permission_required(MAY, raise_exception=True)
    def pressed(request: HttpRequest, pk: int, question: int) -> HttpResponse:
        row = get_object_or_404(Question.objects.select_related("call"), pk=question, call=pk)
        try:
            verb(request, row, actor_of(request))
        except Refusal as refusal:
            messages.error(request, refusal.for_people)
        return redirect(f"{reverse('call_host', args=[pk])}?{urlencode({'page': request.POST.get('page', '1')[:6]})}")

    return pressed


up = _change(lambda request, question, by: questions.move(question, up=True, by=by))
down = _change(lambda request, question, by: questions.move(question, up=False, by=by))
answered = _change(lambda request, question, by: questions.mark_answered(question, by=by))
back = _change(lambda request, question, by: questions.put_back(question, by=by))
hide = _change(lambda request, question, by: questions.hide(question, why=request.POST.get("why", ""), by=by))


@require_POST
@permission_required(MAY, raise_exception=True)
def order_by_votes(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo the order made by hand."""
    questions.order(get_object_or_404(Call, pk=pk), [], by=actor_of(request))
    return redirect("call_host", pk)


@require_POST
@permission_required(MAY, raise_exception=True)
def go_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Into the room as its host; before the day, a rehearsal."""
    call = get_object_or_404(Call, pk=pk)
    try:
        return into(joining.enter_as_host(call, by=actor_of(request), name=call.host_name or str(request.user)))
    except Refusal as refusal:
        messages.error(request, f"{refusal.for_people} {_why(call)}")
        return redirect("call_host", pk)


@require_POST
@permission_required(MAY, raise_exception=True)
def examine(request: HttpRequest, pk: int) -> HttpResponse:
    """Look whether people would get in, as far as that can be found out from here."""
    call = get_object_or_404(Call, pk=pk)
    if problems := _problems(call):
        for problem in problems:
            messages.error(request, problem)
    else:
        messages.success(request, "The place is set up and answers. Go in once yourself, a day before the call.")
    return redirect("call_host", pk)


def _problems(call: Call) -> list[str]:
    try:
        return joining.provider_of(call).health(call.place)
    except ProviderRefused as error:
        return [str(error)]


def _why(call: Call) -> str:
    """What the place lacks, without asking anything outside."""
    provider = providers.PROVIDERS.get(call.provider)
    return " ".join(provider.validate(call.place)) if provider else "No place of this kind is known."


def moments_typed(request: HttpRequest, rows: list[Question]) -> dict[int, str]:
    """What was typed beside each answered question, by its key."""
    typed: dict[str, Any] = request.POST.dict()
    return {row.pk: str(typed[f"moment-{row.pk}"]) for row in rows if f"moment-{row.pk}" in typed}
