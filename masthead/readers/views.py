"""Pages of sign-in, devices and privacy. GET changes nothing; nothing here tells whether an address is known."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from masthead.core.limits import TooMany
from masthead.core.networks import network_of
from masthead.core.refusals import Refusal
from masthead.press import passing
from masthead.readers import address_change, addresses, devices, privacy, sign_in
from masthead.readers.accounts import own_path, reader_required
from masthead.readers.forms import AskForm, CodeForm
from masthead.readers.models import Device
from masthead.readers.refusals import CodeTooOld, LinkOver, NothingAsked
from masthead.readers.requests import ReadersRequest, Request

ASKING = "__Host-asking" if settings.CONFIG.secure else "asking"
ASKING_LIVES = 3600  # seconds; longer than the code, so that an old one can be answered with a new one
HOME = "/account/"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: Request) -> HttpResponse:
    """Step one: the address. Every address gets the same answer."""
    next_path = own_path(request.POST.get("next", request.GET.get("next", "")))
    if request.reader and request.method != "POST":
        return redirect(next_path or HOME)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token = sign_in.new_browser_token()
        try:
            sign_in.ask(form.cleaned_data["email"], browser=_browser(request, token), next_path=next_path)
        except Refusal as refusal:
            form.add_error(None, refusal.for_people)
        else:
            response = redirect("sign-in-code")
            _set_asking(response, token)
            return response
    return _page(request, "readers/sign_in.html", {"form": form, "next": next_path})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: Request) -> HttpResponse:
    """Step two: the code, typed in the browser that asked for it."""
    browser = _browser(request)
    asked = sign_in.asked_by(browser)
    form = CodeForm(request.POST or None)
    sent_again = "sent" in request.GET
    if request.method == "POST" and form.is_valid():
        try:
            return _welcome(request, sign_in.by_code(form.cleaned_data["code"], browser=browser))
        except CodeTooOld as refusal:
            context = {"form": CodeForm(), "asked": asked, "notice": refusal.for_people}
            return _page(request, "readers/code.html", context, status=422)
        except TooMany as refusal:
            form.add_error(None, refusal.for_people)
        except Refusal as refusal:
            form.add_error("code", refusal.for_people)
    elif asked is None:
        return redirect("sign-in")
    return _page(request, "readers/code.html", {"form": form, "asked": asked, "sent_again": sent_again})


@never_cache
@require_POST
def again(request: Request) -> HttpResponse:
    """Send a new code to the address that this browser asked for last."""
    browser = _browser(request)
    try:
        sign_in.ask_again(browser=browser)
    except NothingAsked:
        return redirect("sign-in")
    except TooMany as refusal:
        context = {"form": CodeForm(), "asked": sign_in.asked_by(browser), "notice": refusal.for_people}
        return _page(request, "readers/code.html", context, status=422)
    response = redirect("sign-in-code")
    response["Location"] += "?sent"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: Request, token: str) -> HttpResponse:
    """The link in the message: a page with a button, because mail scanners open links too. It names the account."""
    browser = _browser(request)
    try:
        asked = sign_in.link_behind(token)
        if request.method == "POST":
            return _welcome(request, sign_in.by_link(token, browser=browser))
    except LinkOver:
        response = _page(request, "readers/link_over.html", {"form": AskForm()}, status=410)
    else:
        is_own = sign_in.is_by(asked, browser)
        shown = asked.email if is_own else addresses.masked(asked.email)
        response = _page(request, "readers/link.html", {"asked": asked, "address": shown, "is_own": is_own})
    # The address of this page is a secret. Not "no-referrer": then browsers hide the Origin of its form as well.
    response["Referrer-Policy"] = "strict-origin"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: Request, token: str) -> HttpResponse:
    """The link by which a new address is confirmed, or a change of it stopped: a page with a button."""
    try:
        change, confirms = address_change.behind(token)
        if request.method == "POST":
            change, said = address_change.answer(token), "done"
        else:
            said = "asks"
    except Refusal as refusal:
        response = _page(request, "readers/address.html", {"said": "over", "refusal": refusal.for_people}, status=410)
    else:
        context = {"said": said, "confirms": confirms, "new": change.email, "masked": addresses.masked(change.email)}
        response = _page(request, "readers/address.html", context)
    response["Referrer-Policy"] = "strict-origin"  # as for the link that signs in
    return response


@never_cache
@require_POST
def out(request: Request) -> HttpResponse:
    """Sign out of this browser."""
    if request.device:
        devices.end(request.device, by=request.actor)
    return _goodbye(request, redirect("/"))


@never_cache
@reader_required
@require_GET
def list_devices(request: ReadersRequest) -> HttpResponse:
    """Where the reader is signed in."""
    mine = Device.objects.of(request.reader)
    return _page(request, "readers/devices.html", {"devices": mine, "here": request.device, "done": _done(request)})


@reader_required
@require_POST
def end_device(request: ReadersRequest, pk: int) -> HttpResponse:
    """End one session; the own one too."""
    device = get_object_or_404(Device.objects.of(request.reader), pk=pk)
    devices.end(device, by=request.actor)
    if device.pk == request.device.pk:
        return _goodbye(request, redirect("/"))
    return _back_to_devices("one")


@reader_required
@require_POST
def end_others(request: ReadersRequest) -> HttpResponse:
    """End every session but this one."""
    devices.end_all(request.reader, by=request.actor, but=request.device)
    return _back_to_devices("others")


@never_cache
@reader_required
@require_GET
def your_data(request: ReadersRequest) -> HttpResponse:
    """Export and erasure."""
    return _page(request, "readers/privacy.html", {})


@never_cache
@reader_required
@require_POST
def export(request: ReadersRequest) -> HttpResponse:
    """All that is held of the reader, as a JSON file."""
    everything = privacy.export(request.reader, by=request.actor)
    response = HttpResponse(
        json.dumps(everything, ensure_ascii=False, indent=2, default=str), content_type="application/json"
    )
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@never_cache
@reader_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: ReadersRequest) -> HttpResponse:
    """Asks first, says what it means, then erases."""
    if request.method != "POST":
        told = privacy.before_erasing(request.reader)
        return _page(request, "readers/erase.html", {"reader": request.reader, "told": told})
    try:
        privacy.erase(request.reader, by=request.actor)
    except Refusal as refusal:
        context = {"reader": request.reader, "told": [], "refusal": refusal.for_people}
        return _page(request, "readers/erase.html", context, status=422)
    devices.leave(request)
    return _goodbye(request, _page(request, "readers/erased.html", {}))


# --- What the views share --------------------------------------------------------------------------------


def _browser(request: Request, token: str = "") -> sign_in.Browser:
    return sign_in.Browser(
        token=token or request.COOKIES.get(ASKING, ""),
        device=request.device,
        network=network_of(request),
        label=devices.label_of(request.headers.get("User-Agent", "")),
    )


def _page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int | None = None) -> HttpResponse:
    form = context.get("form")
    wrong = isinstance(form, AskForm | CodeForm) and bool(form.errors)
    return render(request, template, context, status=status or (422 if wrong else 200))


def _welcome(request: Request, signed_in: sign_in.SignedIn) -> HttpResponse:
    response = redirect(signed_in.next_path or HOME)
    devices.use_here(request, response, signed_in.device, signed_in.token)
    _set_asking(response, "")
    return response


def _goodbye(request: Request | ReadersRequest, response: HttpResponse) -> HttpResponse:
    devices.leave(request)
    devices.drop_session(response)
    passing.drop_pass(response)
    return response


def _set_asking(response: HttpResponse, token: str) -> None:
    response.set_cookie(
        ASKING,
        token,
        max_age=ASKING_LIVES if token else 0,
        path="/",
        secure=settings.CONFIG.secure,
        httponly=True,
        samesite="Lax",
    )


def _done(request: HttpRequest) -> str:
    done = request.GET.get("done", "")
    return done if done in ("one", "others") else ""


def _back_to_devices(done: str) -> HttpResponse:
    response = redirect("devices")
    response["Location"] += f"?done={done}"
    return response
