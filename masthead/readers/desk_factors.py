"""Pages on which staff look after their own sign-in: second factors, recovery codes, where they are signed in."""

from typing import Any
from urllib.parse import quote

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages

from masthead.core import mail
from masthead.core.refusals import Refusal
from masthead.readers import desk_sessions, factors, one_time_codes, passkeys
from masthead.readers.desk_acts import actor_of, carry_out
from masthead.readers.desk_guard import confirmed_as_far_as_can_be, recently_confirmed, session_of
from masthead.readers.desk_sign_in import next_of
from masthead.readers.models import DeskSession, Factor, FactorKind, StaffUser

NEW_CHALLENGE = "desk-new-passkey-challenge"


@never_cache
def own_sign_in(request: HttpRequest) -> HttpResponse:
    """What one signs in with, and where one is signed in."""
    person = _person(request)
    found = list(person.factors.all())
    context = {
        "factors": found,
        "has_app": any(factor.kind == FactorKind.APP for factor in found),
        "passkeys_work": passkeys.work_here(),
        "codes_left": factors.recovery_codes_left(person),
        "must": factors.must_have_one(person),
        "sessions": DeskSession.objects.live().filter(person=person),
        "this": session_of(request),
    }
    return render(request, "desk/own_sign_in.html", context)


@never_cache
def second_factor(request: HttpRequest) -> HttpResponse:
    """Why one is needed, and the ways to have one; who has one goes on to where it was wanted."""
    person, then = _person(request), next_of(request)
    if factors.has_one(person) and not desk_sessions.is_proved(request):
        return _prove_first(request)
    if desk_sessions.is_proved(request):
        return redirect(then)
    context = {"must": factors.must_have_one(person), "passkeys_work": passkeys.work_here(), "next": then}
    return render(request, "desk/second_factor.html", context)


@recently_confirmed
def _prove_first(request: HttpRequest) -> HttpResponse:
    return redirect(next_of(request))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_as_far_as_can_be
def add_app(request: HttpRequest) -> HttpResponse:
    """A QR code to be read by the app, and the first code of it as a proof; then recovery codes, this once."""
    person, error, typed = _person(request), "", ""
    if request.method == "POST" and "sealed" in request.POST:
        sealed, typed = request.POST["sealed"], request.POST.get("code", "")[:20]
        try:
            factors.add_app(person, sealed=sealed, code=typed, keep=session_of(request))
        except Refusal as refusal:
            error = refusal.for_people
        else:
            return _is_set_up(request, person, how="app")
    has_app = person.factors.filter(kind=FactorKind.APP).exists()
    context = {
        **_offered(request, person),
        "error": error,
        "typed": typed,
        "has_app": has_app,
        "next": next_of(request),
    }
    return render(request, "desk/add_app.html", context, status=422 if error else 200)


def _offered(request: HttpRequest, person: StaffUser) -> dict[str, Any]:
    """The same secret again after a code that was mistyped, else a new one; as a picture and as letters."""
    try:
        sealed = request.POST.get("sealed", "")
        secret = factors.offered_secret(person, sealed)
    except Refusal:
        secret, sealed = factors.new_secret_for_app(person)
    paper = str(_paper() or request.get_host())
    address = one_time_codes.address_for_apps(secret, paper=paper, who=person.email)
    letters = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return {"sealed": sealed, "letters": letters, "qr": _drawn(address), "address": address}


def _drawn(address: str) -> SafeString:
    """A QR code as SVG: black on white in either scheme, since cameras want it so."""
    drawn = segno.make(address, error="m").svg_inline(scale=5, border=4, light="#fff", dark="#000", svgclass="desk-qr")
    return mark_safe(drawn)  # noqa: S308  (made of squares alone)


def _paper() -> str:
    return str(mail.said_in_every_mail().get("paper") or "")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_as_far_as_can_be
def add_passkey(request: HttpRequest) -> HttpResponse:
    """The browser makes one; then recovery codes, this once."""
    person, error, typed = _person(request), "", ""
    if not passkeys.work_here():
        messages.error(request, "Passkeys work only where the desk has a name and is opened by https.")
        return redirect("desk_own_sign_in")
    if request.method == "POST" and "answer" in request.POST:
        typed = request.POST.get("name", "")[:80]
        challenge = request.session.pop(NEW_CHALLENGE, None)
        answer = request.POST["answer"][:20_000]
        try:
            factors.add_passkey(person, answer=answer, challenge=challenge, name=typed, keep=session_of(request))
        except Refusal as refusal:
            error = refusal.for_people
        else:
            return _is_set_up(request, person, how="passkey")
    asks, request.session[NEW_CHALLENGE] = passkeys.ask_for_new(person, factors.passkeys_of(person), paper=_paper())
    context = {"asks": asks, "error": error, "typed": typed, "next": next_of(request)}
    return render(request, "desk/add_passkey.html", context, status=422 if error else 200)


def _is_set_up(request: HttpRequest, person: StaffUser, *, how: str) -> HttpResponse:
    """This session has proved it; who has no recovery codes yet gets them now."""
    desk_sessions.note_proof(request, how)
    if factors.recovery_codes_left(person):
        messages.success(request, "It is set up. You are asked for it from now on.")
        return redirect(next_of(request))
    return _show_codes(request, person)


@never_cache
@require_POST
@recently_confirmed
def new_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Ten new ones, in place of those before."""
    if not factors.has_one(_person(request)):
        return redirect("desk_own_sign_in")
    return _show_codes(request, _person(request))


def _show_codes(request: HttpRequest, person: StaffUser) -> HttpResponse:
    codes = factors.make_recovery_codes(person)
    paper = _paper() or request.get_host()
    text = f"Recovery codes for the desk of {paper}, {person.email}\nEach works once.\n\n" + "\n".join(codes) + "\n"
    context = {"codes": codes, "text": f"data:text/plain;charset=utf-8,{quote(text)}", "next": next_of(request)}
    return render(request, "desk/recovery_codes.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recently_confirmed
def remove_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then removes one of one's own."""
    factor = get_object_or_404(Factor, pk=pk, person=_person(request))
    if request.method == "POST" and "remove" in request.POST:
        carry_out(request, lambda: factors.remove(factor, keep=session_of(request)), f"{factor.name} is removed.")
        return redirect("desk_own_sign_in")
    return render(request, "desk/remove_factor.html", {"factor": factor})


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Signs out everywhere but here."""
    count = desk_sessions.end_all(_person(request), but=session_of(request), by=actor_of(request))
    messages.success(request, f"{count} other session{'s' if count != 1 else ''} ended.")
    return redirect("desk_own_sign_in")


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Signs out one browser."""
    session = get_object_or_404(DeskSession.objects.live(), pk=pk, person=_person(request))
    desk_sessions.end(session, by=actor_of(request))
    messages.success(request, "That session is ended.")
    return redirect("desk_own_sign_in")


def _person(request: HttpRequest) -> StaffUser:
    person: StaffUser = request.user  # type: ignore[assignment]
    return person
