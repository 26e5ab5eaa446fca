"""Giving a membership, the giver's controls of it, and claiming it. GET changes nothing.

The address of a present is a secret until it is claimed: it goes neither into a log nor into a Referer, and while its
receiver signs in the browser holds it in a cookie.
"""

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from masthead.core import limits
from masthead.core.networks import network_of
from masthead.core.refusals import Refusal, Trouble
from masthead.money import checkouts, defences, providers
from masthead.money.defences import Visitor
from masthead.money.models import Checkout
from masthead.press.printed import printed
from masthead.press.recording import made_of
from masthead.readers import devices
from masthead.readers.accounts import sign_in_address
from masthead.readers.requests import Request

from . import presents, terms
from .models import Present, Rhythm
from .present_forms import ClaimForm, PresentForm, SendForm
from .refusals import NoSuchLink, PresentClaimed, PresentOver, PresentTakenBack
from .states import PresentState
from .views import (
    BANK_IS_AWAY,
    NOT_HERE_YET,
    WRONG,
    has_paid,
    let_forms_lead_to_pay,
    of_money,
)

OPENING = "__Host-present" if settings.CONFIG.secure else "present"
OPENING_LIVES = 3600  # seconds; time to sign in
WRONG_LINKS = limits.define("presents.wrong-links-of-network", times=60, per=3600)
PAGE_OF = {  # what stands in the way of a claim → the state that its page speaks of
    NoSuchLink: "unknown",
    PresentClaimed: "claimed",
    PresentTakenBack: "taken_back",
    PresentOver: "over",
}


# --- Giving ----------------------------------------------------------------------------------------------


@printed(currency=of_money())
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: Request) -> HttpResponse:
    """The shop window, printed; posting goes on to the provider's pay page."""
    asked = request.POST if request.method == "POST" else request.GET
    currency = terms.offered(asked.get("currency", "")).currency
    form = PresentForm(request.POST if request.method == "POST" else None, currency=currency)
    return _go_to_pay(request, form) if request.method == "POST" else _shop(request, form)


def _shop(request: Request, form: PresentForm, *, status: int = 200) -> HttpResponse:
    made_of("giving")
    let_forms_lead_to_pay()
    currency = form.chosen_currency
    context = {
        "form": form,
        "level": presents.level(currency),
        "currency": currency,
        "currencies": terms.choices(currency),
        "can_be_taken": providers.can_take_support() and bool(form.ways),
    }
    return render(request, "giving/presents.html", context, status=WRONG if form.errors and status == 200 else status)


def _go_to_pay(request: Request, form: PresentForm) -> HttpResponse:
    if not form.is_valid():
        return _shop(request, form)
    if not providers.can_take_support():
        form.add_error(None, NOT_HERE_YET)
        return _shop(request, form)
    device, token = request.device, ""
    try:
        visitor = Visitor.of(request, is_known=has_paid(request, form.cleaned_data["email"]))
        defences.admit(visitor, form.cleaned_data["email"])
        if device is None:
            device, token = devices.open_device(label=devices.label_of(request.headers.get("User-Agent", "")))
        reader = request.reader if request.reader and request.reader.email == form.cleaned_data["email"] else None
        by = device.actor if reader is None else reader.actor
        checkout = presents.start(**form.facts, device=device, reader=reader, by=by, visitor=visitor)
        where = checkout.pay_url or reverse("present-thanks", args=[checkout.reference])  # held: the page there says so
        response: HttpResponse = HttpResponseRedirect(where, status=303)
    except Refusal as refusal:
        form.add_error(None, refusal.for_people)
        response = _shop(request, form)
    except Trouble:
        form.add_error(None, BANK_IS_AWAY)
        response = _shop(request, form, status=503)
    if device and token:  # the session by which the device that pays is known again when it comes back
        devices.use_here(request, response, device, token)
    return response


@never_cache
@require_safe
def thanks(request: Request, reference: str) -> HttpResponse:
    """Where the provider sends the giver back to. Coming here proves nothing: the provider is asked."""
    checkout = Checkout.objects.select_related("payment").filter(reference=reference).first()
    if checkout is None or not checkout.order_key.startswith("present:"):
        raise Http404
    own = Present.objects.filter(reference=checkout.order_key.split(":")[1], device=request.device)
    present = own.first() if request.device else None
    if present is None:
        return render(request, "giving/elsewhere.html")
    checkout = checkouts.ask(checkout.reference)
    present.refresh_from_db()
    if present.bought_at and present.state not in (PresentState.FAILED, PresentState.PENDING):
        return redirect("present-given", present.reference)
    if checkout.is_held or checkout.is_refused:
        return render(request, "giving/held.html", {"checkout": checkout, "order": present, "often": Rhythm.ONCE})
    let_forms_lead_to_pay()
    context = {"checkout": checkout, "present": present, "is_open": checkout.state == "open"}
    return render(request, "giving/present_not_paid.html", context)


# --- The giver's controls --------------------------------------------------------------------------------


@never_cache
@require_safe
def given(request: Request, reference: str) -> HttpResponse:
    """What became of a present, and what its giver can do. Its address stands in mails: one signs in first."""
    if (present := _own(request, reference)) is None:
        return _sign_in_or_404(request)
    return _given_page(request, present)


@never_cache
@require_POST
def send_again(request: Request, reference: str) -> HttpResponse:
    """Mail it now, with a new link."""
    present = _own(request, reference)
    if present is None:
        return _sign_in_or_404(request)
    form = SendForm(request.POST, auto_id="%s")
    if form.is_valid():
        try:
            presents.send_again(present, email=form.cleaned_data["email"], by=request.actor)
        except Refusal as refusal:
            form.add_error("email", refusal.for_people)
        else:
            return _done(present, "sent")
    return _given_page(request, present, form=form)


@never_cache
@require_POST
def link(request: Request, reference: str) -> HttpResponse:
    """A new link on a page to be printed or copied. It is shown in this one answer, since we keep only its hash."""
    present = _own(request, reference)
    if present is None:
        return _sign_in_or_404(request)
    try:
        address = presents.make_link(present, by=request.actor)
    except Refusal as refusal:
        return _given_page(request, present, refusal=refusal.for_people)
    present.refresh_from_db()
    response = render(request, "giving/present_to_print.html", {"present": present, "link": address})
    response["Referrer-Policy"] = "strict-origin"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def give_back(request: Request, reference: str) -> HttpResponse:
    """Says what it means; the button does it."""
    present = _own(request, reference)
    if present is None:
        return _sign_in_or_404(request)
    refusal = ""
    if request.method == "POST":
        try:
            presents.give_back(present, by=request.actor)
        except Refusal as refused:
            refusal = refused.for_people
        else:
            return _done(present, "given-back")
    context = {"present": present, "refusal": refusal, "until": presents.refund_until(present)}
    return render(request, "giving/present_give_back.html", context, status=WRONG if refusal else 200)


def _given_page(request: Request, present: Present, *, form: SendForm | None = None, refusal: str = "") -> HttpResponse:
    context = {
        "present": present,
        "form": form or SendForm(initial={"email": present.receiver_email}, auto_id="%s"),
        "refund_until": presents.refund_until(present),
        "refusal": refusal,
        "done": request.GET.get("done", ""),
    }
    is_wrong = bool(refusal) or bool(form and form.errors)
    return render(request, "giving/present_given.html", context, status=WRONG if is_wrong else 200)


def _own(request: Request, reference: str) -> Present | None:
    found: Present | None = (
        Present.objects.of(request.reader, request.device).bought().filter(reference=reference).first()
    )
    return found


def _sign_in_or_404(request: Request) -> HttpResponse:
    if request.reader is None:
        return redirect(sign_in_address(request.path if request.method in ("GET", "HEAD") else ""))
    raise Http404


def _done(present: Present, what: str) -> HttpResponse:
    response = redirect("present-given", present.reference)
    response["Location"] += f"?done={what}"
    return response


# --- Claiming --------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_present(request: Request, token: str) -> HttpResponse:
    """What the link opens: from whom, what, and a button. Who isn't signed in does that first, and comes back."""
    return _open(request, token)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def yours(request: Request) -> HttpResponse:
    """The same for who has signed in meanwhile, with the link that this browser holds."""
    token = request.COOKIES.get(OPENING, "")
    if not token:
        return render(request, "giving/present_open_again.html")
    return _open(request, token)


def _open(request: Request, token: str) -> HttpResponse:
    try:
        present = presents.behind_or_own(token, request.reader)
        if request.method == "POST" and request.reader is None:
            return _sign_in_with(token)
        if request.method == "POST":
            return _claim(request, token)
        response = _present_page(request, present, token)
    except NoSuchLink:
        response = _count_wrong(request)
    except Refusal as refusal:
        response = _in_the_way(request, refusal)
    # Not "no-referrer": then browsers hide the Origin of its form as well.
    response["Referrer-Policy"] = "strict-origin"
    return response


def _present_page(request: Request, present: Present, token: str) -> HttpResponse:
    if present.state == PresentState.CLAIMED:  # by this very reader
        return render(request, "giving/present_yours.html", {"present": present})
    reader = request.reader
    context = {
        "present": present,
        "level": presents.level(present.currency),
        "reader": reader,
        "pause_until": presents.pause_offered(reader, present) if reader else None,
    }
    return render(request, "giving/present_open.html", context)


def _sign_in_with(token: str) -> HttpResponse:
    """Sign in first; the link waits in this browser, so that it need not stand in an address or a row of ours."""
    response = redirect(sign_in_address("/presents/yours/"))
    _set_opening(response, token, lives=OPENING_LIVES)
    return response


def _claim(request: Request, token: str) -> HttpResponse:
    assert request.reader is not None  # asked by the caller
    form = ClaimForm(request.POST)
    pause = bool(form.is_valid() and form.cleaned_data["pause"] == "yes")
    present = presents.claim(token, reader=request.reader, pause=pause, by=request.actor)
    response = render(request, "giving/present_yours.html", {"present": present, "is_new": True})
    _set_opening(response, "", lives=0)
    return response


def _in_the_way(request: Request, refusal: Refusal) -> HttpResponse:
    kind = next((says for which, says in PAGE_OF.items() if isinstance(refusal, which)), "unknown")
    return render(request, "giving/present_closed.html", {"kind": kind, "says": refusal.for_people}, status=410)


def _count_wrong(request: Request) -> HttpResponse:
    try:
        limits.hit(WRONG_LINKS, network_of(request))
    except limits.TooMany as refusal:
        return render(
            request, "giving/present_closed.html", {"kind": "unknown", "says": refusal.for_people}, status=429
        )
    return _in_the_way(request, NoSuchLink())


def _set_opening(response: HttpResponse, token: str, *, lives: int) -> None:
    response.set_cookie(
        OPENING, token, max_age=lives, path="/", secure=settings.CONFIG.secure, httponly=True, samesite="Lax"
    )
