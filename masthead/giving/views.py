"""Giving, and the giver's own controls. GET changes nothing, but that the thank-you page asks the provider once."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.models import Page

from masthead.core import fillins, limits
from masthead.core.networks import network_of
from masthead.core.refusals import Refusal, Trouble
from masthead.money import checkouts, providers, setups
from masthead.money.amounts import Money
from masthead.money.models import Checkout, Setup
from masthead.money.states import SetupState
from masthead.press.parameters import Kind
from masthead.press.policy import allow_forms_to
from masthead.press.printed import one_of, printed, whole_number
from masthead.press.recording import made_of
from masthead.readers import devices
from masthead.readers.accounts import sign_in_address
from masthead.readers.models import Device
from masthead.readers.requests import Request

from . import gifts, means, pledges, promises, receipts, remarks, terms
from .forms import AddressForm, ChangeForm, PauseForm, SupportForm, initial_amounts
from .models import Gift, Interval, Pledge, Rhythm
from .origins import PLACEMENTS, Origin
from .states import GiftState, State

BEGUN_BY_NETWORK = limits.define("giving.begun-by-network", times=30, per=3600)
BEGUN_FOR_ADDRESS = limits.define("giving.begun-for-address", times=12, per=3600)
READDRESSED_BY_DEVICE = limits.define("giving.readdressed-by-device", times=6, per=3600)
LARGEST = 10**12
WRONG = 422
NOT_HERE_YET = "Support can’t be taken here yet, so nothing has been taken and nothing was kept."
BANK_IS_AWAY = (
    "The bank does not answer at the moment, so nothing has been taken. "
    "What you typed is still here: try again in a few minutes."
)

MEANS_NOT_CHANGED = "The bank does not answer at the moment. Nothing has been changed: try again in a few minutes."


def of_money() -> Kind:
    """The parameter of a printed page that says a currency: one of those that may be offered, or none."""
    return one_of(*terms.MAY_BE_OFFERED)


# --- Giving --------------------------------------------------------------------------------------------


@printed(
    **{"from": whole_number(1, LARGEST)},
    placement=one_of(*PLACEMENTS),
    appeal=whole_number(1, LARGEST),
    amount=whole_number(1, LARGEST),
    often=one_of(*Rhythm.values, default=Rhythm.MONTH.value),
    currency=of_money(),
)
@require_http_methods(["GET", "HEAD", "POST"])
def support(request: Request) -> HttpResponse:
    """The support page, printed; posting goes on to the provider's pay page."""
    asked = request.POST if request.method == "POST" else request.GET
    giving_terms = terms.offered(asked.get("currency", ""))
    if request.method == "POST":
        return _go_to_pay(request, SupportForm(request.POST, giving_terms=giving_terms))
    amount = int(asked["amount"]) if "amount" in asked else None
    initial = {name: asked.get(name, "") for name in ("from", "placement", "appeal")}
    initial |= initial_amounts(amount, asked.get("often", Rhythm.MONTH.value), giving_terms)
    return _support_page(request, SupportForm(initial=initial, giving_terms=giving_terms))


def _support_page(request: Request, form: SupportForm, *, together: Money | None = None) -> HttpResponse:
    """The page; with what would be paid, once the giver covers the fee and has not seen the sum yet."""
    made_of("giving")
    let_forms_lead_to_pay()
    said = terms.in_force()
    levels = [level for level in promises.levels() if level.floor.currency == form.terms.currency]
    context = {
        "form": form,
        "terms": form.terms,
        "currencies": terms.choices(form.terms.currency),
        "together": together,
        "standfirst": fillins.fill(said.standfirst, made_of),
        "where_it_goes": fillins.fill(said.where_it_goes, made_of),
        "levels": levels,
        "can_be_taken": providers.can_take_support(),
    }
    return render(request, "giving/support.html", context, status=WRONG if form.errors else 200)


def _go_to_pay(request: Request, form: SupportForm) -> HttpResponse:
    if not form.is_valid():
        return _support_page(request, form)
    if not providers.can_take_support():
        form.add_error(None, NOT_HERE_YET)
        return _support_page(request, form)
    if not form.was_shown:
        return _support_page(request, form, together=form.together)
    device, token = request.device, ""
    try:
        limits.hit(BEGUN_BY_NETWORK, network_of(request))
        limits.hit(BEGUN_FOR_ADDRESS, form.cleaned_data["email"])
        if device is None:
            device, token = devices.open_device(label=devices.label_of(request.headers.get("User-Agent", "")))
        checkout = _begin(request, form, device)
    except Refusal as refusal:
        form.add_error(None, refusal.for_people)
        response = _support_page(request, form)
    except Trouble:
        form.add_error(None, BANK_IS_AWAY)
        response = _support_page(request, form)
        response.status_code = 503
    else:
        response = HttpResponseRedirect(checkout.pay_url, status=303)
    if device and token:  # the session by which the device that pays is known again when it comes back
        devices.use_here(request, response, device, token)
    return response


def _begin(request: Request, form: SupportForm, device: Device) -> Checkout:
    email, often = form.cleaned_data["email"], form.cleaned_data["often"]
    reader = request.reader if request.reader and request.reader.email == email else None
    facts: dict[str, Any] = {
        "amount": form.cleaned_data["amount"],
        "email": email,
        "device": device,
        "reader": reader,
        "by": device.actor if reader is None else reader.actor,
        "origin": _existing(form.origin),
        "provider": form.cleaned_data["way"],
        "cover_fee": form.cleaned_data["cover"],
        "said": form.said,
    }
    return gifts.start(**facts) if often == Rhythm.ONCE else pledges.start(interval=Interval(often), **facts)


@never_cache
@require_safe
def fee(request: Request) -> HttpResponse:
    """What would be paid with the fee, for the form as it stands: what its script shows while it is filled in."""
    form = SupportForm(request.GET, giving_terms=terms.offered(request.GET.get("currency", "")))
    form.is_valid()
    together, amount = form.together, form.cleaned_data.get("amount")
    if together is None or together == amount:
        return JsonResponse({"sum": "", "says": ""})
    return JsonResponse({"sum": str(together.minor), "says": f"{amount} and the fee: {together} together."})


def let_forms_lead_to_pay() -> None:
    """The form's answer leads to a provider's page, and browsers hold the page's policy against that as well."""
    for origin in providers.origins():
        allow_forms_to(origin)


def _existing(origin: Origin) -> Origin:
    """With the story's address, if there is such a page; a made-up number counts for no story."""
    page = Page.objects.live().filter(pk=origin.story).first() if origin.story else None
    if page is None:
        return Origin(placement=origin.placement, appeal=origin.appeal)
    return Origin(page.pk, page.specific.url or "", origin.placement, origin.appeal)


# --- Coming back ---------------------------------------------------------------------------------------


@never_cache
@require_safe
def thanks(request: Request, reference: str) -> HttpResponse:
    """Where the provider sends the giver back to. Coming here proves nothing: the provider is asked.

    Only the device that began gets to see what became of it; who else types the address sees no more than that.
    """
    checkout, order = _checkout_of(request, reference)
    if order is None:
        return render(request, "giving/elsewhere.html")
    checkout = checkouts.ask(checkout.reference)
    order.refresh_from_db()
    if isinstance(order, Pledge) and order.state == State.ENDED and order.started_on:
        return redirect("account")  # the thanks are over
    took_back = isinstance(order, Gift) and order.state == GiftState.FAILED
    if checkout.is_paid and not took_back:
        return _thanks_page(request, checkout, order, AddressForm(initial={"email": order.email}, auto_id="%s"))
    let_forms_lead_to_pay()
    context = {"checkout": checkout, "order": order, "often": _often(order), "is_open": checkout.state == "open"}
    context["said_no"] = took_back or checkout.state == "failed"
    return render(request, "giving/not_paid.html", context)


@never_cache
@require_http_methods(["POST"])
def correct_address(request: Request, reference: str) -> HttpResponse:
    """On the paying device a mistyped address can be corrected until it is confirmed."""
    checkout, order = _checkout_of(request, reference)
    if order is None or not checkout.is_paid:
        raise Http404
    form = AddressForm(request.POST, auto_id="%s")
    if form.is_valid():
        try:
            limits.hit(READDRESSED_BY_DEVICE, str(order.device_id))
            verbs = pledges if isinstance(order, Pledge) else gifts
            verbs.correct_address(order, email=form.cleaned_data["email"], by=request.actor)
        except Refusal as refusal:
            form.add_error("email", refusal.for_people)
        else:
            response = redirect("thanks", reference)
            response["Location"] += "?sent=again"
            return response
    return _thanks_page(request, checkout, order, form)


def _thanks_page(request: Request, checkout: Checkout, order: Pledge | Gift, address_form: AddressForm) -> HttpResponse:
    context = {
        "checkout": checkout,
        "payment": checkout.payment,
        "order": order,
        "is_pledge": isinstance(order, Pledge),
        "level": promises.level_of(order.amount, _often(order)),
        "frees": promises.frees(order.amount, _often(order)),
        "form": address_form,
        "sent_again": request.GET.get("sent") == "again",
        "is_promise": checkout.payment.collected_at is None,
    }
    return render(request, "giving/thanks.html", context, status=WRONG if address_form.errors else 200)


def _checkout_of(request: Request, reference: str) -> tuple[Checkout, Pledge | Gift | None]:
    """The checkout, and its order if this device began it. Raises Http404 for a reference that was never given."""
    checkout = get_object_or_404(Checkout.objects.select_related("payment", "mandate"), reference=reference)
    kind, own_reference = checkout.order_key.split(":")[:2]
    rows: QuerySet[Any] | None = {"pledge": Pledge.objects.all(), "gift": Gift.objects.all()}.get(kind)
    if rows is None or request.device is None:
        return checkout, None
    return checkout, rows.filter(reference=own_reference, device=request.device).first()


def _often(order: Pledge | Gift) -> str:
    return str(order.interval) if isinstance(order, Pledge) else Rhythm.ONCE.value


# --- The giver's own controls ------------------------------------------------------------------------------


@never_cache
@require_safe
def receipt(request: Request, reference: str) -> HttpResponse:
    """One receipt, to be printed."""
    found = receipts.one(reference, request.reader, request.device)
    if found is None:
        if request.reader is None:
            return redirect(sign_in_address(request.path))
        raise Http404
    row, payment = found
    return render(request, "giving/receipt.html", {"receipt": row, "payment": payment})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, reference: str) -> HttpResponse:
    """Another amount, or another interval, from the next collection on."""
    pledge = _own_pledge(request, reference)
    form = ChangeForm.of(pledge, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            pledges.change(pledge, amount=form.cleaned_data["amount"], interval=form.interval, by=request.actor)
        except Refusal as refusal:
            form.add_error(None, refusal.for_people)
        else:
            return _done("changed")
    return _form_page(request, "giving/change.html", pledge, form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: Request, reference: str) -> HttpResponse:
    """Nothing is collected for one, two or three months."""
    pledge = _own_pledge(request, reference)
    form = PauseForm(pledge, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            pledges.pause(pledge, until=form.cleaned_data["until"], by=request.actor)
        except Refusal as refusal:
            form.add_error("until", refusal.for_people)
        else:
            return _done("paused")
    return _form_page(request, "giving/pause.html", pledge, form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: Request, reference: str) -> HttpResponse:
    """Go on before the pause is over."""
    pledge = _own_pledge(request, reference)
    return _button_page(request, "resume", pledge, pledges.resume, next=pledges.day_when_resumed(pledge))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def means_of(request: Request, reference: str) -> HttpResponse:
    """Another card or account for all that is given again and again: leads to the provider's page.

    The address stands in mails: who isn't signed in does that first.
    """
    mine = Pledge.objects.of(request.reader, request.device).live().filter(reference=reference)
    pledge = mine.select_related("mandate").first()
    if pledge is None and request.reader is None:
        return redirect(sign_in_address(request.path))
    if pledge is None:
        raise Http404
    refusal, status = "", 200
    if request.method == "POST":
        try:
            limits.hit(BEGUN_BY_NETWORK, network_of(request))
            return HttpResponseRedirect(means.begin(pledge).pay_url, status=303)
        except Refusal as refused:
            refusal, status = refused.for_people, WRONG
        except Trouble:
            refusal, status = MEANS_NOT_CHANGED, 503
    let_forms_lead_to_pay()
    return render(request, "giving/means.html", {"pledge": pledge, "refusal": refusal}, status=status)


@never_cache
@require_safe
def means_given(request: Request, reference: str) -> HttpResponse:
    """Where the provider sends the giver back to. Coming here proves nothing: the provider is asked."""
    setup = get_object_or_404(Setup, reference=reference)
    pledge = means.pledge_of(setup)
    if not Pledge.objects.of(request.reader, request.device).filter(pk=pledge.pk).exists():
        return render(request, "giving/elsewhere.html")
    setup = setups.ask(reference)
    if setup.state == SetupState.DONE:
        return _done("means")
    let_forms_lead_to_pay()
    return render(request, "giving/means_given.html", {"setup": setup, "pledge": pledge})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: Request, reference: str) -> HttpResponse:
    """One page that says what it means, one button."""
    return _button_page(request, "end", _own_pledge(request, reference), pledges.end)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def name_to_print(request: Request) -> HttpResponse:
    """Under which names somebody may be printed, and a button that withdraws them."""
    if request.reader is None and request.device is None:
        return redirect(sign_in_address(request.path))
    if request.method == "POST":
        remarks.withdraw_names(request.reader, request.device, by=request.actor)
        return _done("unnamed")
    return render(request, "giving/name.html", {"names": remarks.names_of(request.reader, request.device)})


def _button_page(request: Request, name: str, pledge: Pledge, verb: Any, **facts: Any) -> HttpResponse:
    refusal = ""
    if request.method == "POST":
        try:
            verb(pledge, by=request.actor)
        except Refusal as refused:
            refusal = refused.for_people
        else:
            return _done({"resume": "resumed", "end": "ended"}[name])
    context = {"pledge": pledge, "refusal": refusal, **facts}
    return render(request, f"giving/{name}.html", context, status=WRONG if refusal else 200)


def _form_page(request: Request, template: str, pledge: Pledge, form: Any) -> HttpResponse:
    return render(request, template, {"pledge": pledge, "form": form}, status=WRONG if form.errors else 200)


def _own_pledge(request: Request, reference: str) -> Pledge:
    mine = Pledge.objects.of(request.reader, request.device).begun()
    pledge: Pledge = get_object_or_404(mine, reference=reference)
    return pledge


def _done(what: str) -> HttpResponse:
    response = redirect("account")
    response["Location"] += f"?done={what}"
    return response
