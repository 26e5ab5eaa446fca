"""The personal way in: one page that asks who comes, and the button that leads into the room."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from masthead.core.refusals import Refusal
from masthead.readers.accounts import sign_in_address
from masthead.readers.requests import Request

from . import joining, providers
from .asking import SeeOther
from .joining import Stands, WayIn
from .models import Call
from .providers import Redirect, Role
from .questions import LONGEST_NAME

ANSWERS = {Stands.NOT_COVERED: 403, Stands.OVER: 410, Stands.CANCELLED: 410}
SHUT = 503


class NameForm(forms.Form):
    """The name that the room shows, where the room is told one."""

    name = forms.CharField(
        label="Your name, as others in the room see it",
        max_length=LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: Request, slug: str) -> HttpResponse:
    """Who holds this link is asked of the session, not of the link: without a sign-in it says nothing about anybody."""
    call = get_object_or_404(Call, slug=slug)
    if request.reader is None or request.device is None:
        return redirect(sign_in_address(f"{call.path}join/"))
    if request.method != "POST":
        return _page(request, joining.way_in(call, request.reader, request.device))
    form = NameForm(request.POST)
    name = form.cleaned_data["name"] if form.is_valid() else ""
    try:
        led = joining.enter(call, request.reader, request.device, name=name)
    except joining.NotIn:
        return _page(request, joining.way_in(call, request.reader, request.device))
    except joining.RoomIsShut as refusal:
        return _page(request, joining.way_in(call, request.reader, request.device), refusal.for_people, SHUT)
    except Refusal as refusal:
        return _page(request, joining.way_in(call, request.reader, request.device), refusal.for_people, 429)
    return into(led)


def into(led: providers.Join) -> HttpResponse:
    """Lead the browser into the room: nothing on the way keeps the address or passes it on."""
    if not isinstance(led, Redirect):
        raise TypeError("no page carries a stage yet")
    answer = SeeOther(led.url)
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "no-store"
    return answer


def _page(request: Request, way: WayIn, wrong: str = "", status: int | None = None) -> HttpResponse:
    """The page; only while the way is open does its policy name where the button leads."""
    provider = providers.PROVIDERS.get(way.call.provider)
    context = {
        "call": way.call,
        "way": way,
        "wrong": wrong,
        "form": NameForm(initial={"name": request.reader.name}) if request.reader else None,
        "takes_name": provider is not None and provider.takes_name,
    }
    if way.is_open and provider is not None:
        lead_forms_to(request, provider.origin(way.call, Role.AUDIENCE))
    return render(request, "calls/join.html", context, status=status or ANSWERS.get(way.stands, 200))


def lead_forms_to(request: HttpRequest, origin: str) -> None:
    """Let the forms of this answer's page lead on to a room: browsers hold the policy against redirects as well."""
    if origin:
        request.forms_to = (origin,)  # type: ignore[attr-defined]
