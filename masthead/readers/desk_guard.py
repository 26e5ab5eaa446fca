"""What stands before the desk: sessions that ended, rights that want a second factor, acts that want a fresh one."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from wagtail.admin import messages

from masthead.core.networks import network_of
from masthead.core.refusals import Refusal
from masthead.readers import desk_sessions, factors, passkeys
from masthead.readers.models import DeskSession, StaffUser

Answer = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponse]

CHALLENGE = "desk-passkey-challenge"
ASKED_FOR = "confirm-then"  # a field of the form: whether the page itself, or what was sent to it, is waited for
OURS = ("csrfmiddlewaretoken", ASKED_FOR, "confirm-code", "confirm-passkey", "confirm-password")


def guard(get_response: Answer) -> Answer:
    """For the desk alone: sign out whose session was ended, withhold guarded rights, lead to what is missing."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return get_response(request)
        session = desk_sessions.of(request)
        if session is None:
            logout(request)
            return get_response(request)
        desk_sessions.seen(session)
        person = request.user
        person.desk_session = session
        person.unproved = not (desk_sessions.is_proved(request) or settings.CONFIG.demo)
        response = get_response(request)
        if person.withheld and _says_no(response):
            list(get_messages(request))  # 'you do not have permission' would not be true
            return _lead_to_a_factor(request)
        return response

    return middleware


def _says_no(response: HttpResponse) -> bool:
    """Wagtail answers a right that is missing by a way home."""
    return response.status_code == 403 or response.headers.get("Location") == reverse("wagtailadmin_home")


def _lead_to_a_factor(request: HttpRequest) -> HttpResponse:
    then = request.get_full_path() if request.method == "GET" else reverse("wagtailadmin_home")
    return redirect(f"{reverse('desk_second_factor')}?{urlencode({'next': then})}")


def session_of(request: HttpRequest) -> DeskSession | None:
    """The session that this request came in."""
    found: DeskSession | None = request.user.desk_session  # type: ignore[union-attr]
    return found


def recently_confirmed(view: View) -> View:
    """Let staff in only within fifteen minutes of a second factor (of the password, for who needs none); else ask.

    The question stands at the view's own address and carries on what was typed, except files. Put it below
    `permission_required`, so that nobody is asked in vain. A demonstration does not ask.
    """

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person: StaffUser = request.user  # type: ignore[assignment]
        if not _is_fresh(request) and factors.must_have_one(person) and not factors.has_one(person):
            return _lead_to_a_factor(request)
        return _only_fresh(view, request, *args, **kwargs)

    return asked


def confirmed_as_far_as_can_be(view: View) -> View:
    """The same for pages on which the first factor is set up: there the password is enough for all who have none."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _only_fresh(view, request, *args, **kwargs)

    return asked


def _is_fresh(request: HttpRequest) -> bool:
    return settings.CONFIG.demo or desk_sessions.is_fresh(request, by_password=False)


def _only_fresh(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    person: StaffUser = request.user  # type: ignore[assignment]
    if _is_fresh(request) or (not factors.has_one(person) and desk_sessions.is_fresh(request, by_password=True)):
        return view(request, *args, **kwargs)
    if request.method != "POST" or ASKED_FOR not in request.POST:
        return ask(request, person)
    try:
        prove(request, person)
    except Refusal as refusal:
        return ask(request, person, error=refusal.for_people)
    if request.POST[ASKED_FOR] == "page":
        return redirect(request.get_full_path())
    return view(request, *args, **kwargs)


def prove(request: HttpRequest, person: StaffUser) -> str:
    """Take what the form of `parts/ask_factor.html` sent, and note the proof in the session; gives how.

    Raises NotProved, limits.TooMany.
    """
    typed = factors.Typed(
        code=request.POST.get("confirm-code", "")[:100],
        passkey=request.POST.get("confirm-passkey", "")[:20_000],
        password=request.POST.get("confirm-password", "")[:1_000],
        challenge=request.session.pop(CHALLENGE, None),
    )
    how = factors.prove(person, typed, network=network_of(request))
    desk_sessions.note_proof(request, how)
    return how


def question(request: HttpRequest, person: StaffUser) -> dict[str, Any]:
    """What `parts/ask_factor.html` needs: which ways this person has, and a challenge for passkeys."""
    kinds = {factor.kind for factor in person.factors.all()} if factors.has_one(person) else set()
    asks_passkey = None
    if "passkey" in kinds and passkeys.work_here():
        asks_passkey, request.session[CHALLENGE] = passkeys.ask_for(factors.passkeys_of(person))
    return {"kinds": kinds, "asks_passkey": asks_passkey}


def ask(request: HttpRequest, person: StaffUser, *, error: str = "") -> HttpResponse:
    """The question before an act, with what was sent to it as hidden fields."""
    sent = [(name, value) for name, values in request.POST.lists() if name not in OURS for value in values]
    waits = request.POST.get(ASKED_FOR) or ("act" if request.method == "POST" and not request.FILES else "page")
    if request.FILES:
        messages.warning(request, "The file was not taken along: please choose it again afterwards.")
    context = {**question(request, person), "sent": sent, "waits": waits, "error": error}
    return render(request, "desk/confirm.html", context, status=422 if error else 200)
