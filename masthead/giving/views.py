"""Giving, and the giver's own controls. GET changes nothing, but that the thank-you page asks the provider once."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.models import Page

from masthead.core import fillins, limits
from masthead.core.networks import network_of
from masthead.core.refusals import Refusal, Trouble
from masthead.money import checkouts, papers, providers, setups
from masthead.money import receipts as numbered
from masthead.money.models import Checkout, Setup
from masthead.money.states import SetupState
from masthead.newsroom.menu import paper
from masthead.press.policy import allow_forms_to
from masthead.press.printed import one_of, printed, whole_number
from masthead.press.recording import made_of
from masthead.readers import devices
from masthead.readers.accounts import reader_required, sign_in_address
from masthead.readers.models import Device, Reader
from masthead.readers.requests import ReadersRequest, Request

from . import gifts, means, pledges, promises, receipts, terms
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


# --- Giving --------------------------------------------------------------------------------------------


@printed(
    **{"from": whole_number(1, LARGEST)},
    placement=one_of(*PLACEMENTS),
    appeal=whole_number(1, LARGEST),
    amount=whole_number(1, LARGEST),
    often=one_of(*Rhythm.values, default=Rhythm.MONTH.value),
)
@require_http_methods(["GET", "HEAD", "POST"])
def support(request: Request) -> HttpResponse:
    """The support page, printed; posting goes on to the provider's pay page."""
    giving_terms = terms.in_force()
    if request.method == "POST":
        return _go_to_pay(request, SupportForm(request.POST, giving_terms=giving_terms))
    asked = request.GET
    amount = int(asked["amount"]) if "amount" in asked else None
    initial = {name: asked.get(name, "") for name in ("from", "placement", "appeal")}
    initial |= initial_amounts(amount, asked.get("often", Rhythm.MONTH.value), giving_terms)
    return _support_page(request, SupportForm(initial=initial, giving_terms=giving_terms))


def _support_page(request: Request, form: SupportForm) -> HttpResponse:
    made_of("giving")
    _let_forms_lead_to_pay()
    levels = [level for level in promises.levels() if level.floor.currency == form.terms.currency]
    context = {
        "form": form,
        "terms": form.terms,
        "standfirst": fillins.fill(form.terms.standfirst, made_of),
        "where_it_goes": fillins.fill(form.terms.where_it_goes, made_of),
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
    }
    return gifts.start(**facts) if often == Rhythm.ONCE else pledges.start(interval=Interval(often), **facts)


def _let_forms_lead_to_pay() -> None:
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
    _let_forms_lead_to_pay()
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
    made = receipts.papers_of(payment)
    context = {"receipt": row, "payment": payment, "papers": made, "now": made[0] if made else None}
    return render(request, "giving/receipt.html", context)


@never_cache
@require_safe
def receipt_pdf(request: Request, reference: str, year: int, number: int) -> HttpResponse:
    """One numbered paper of a payment of theirs, as PDF."""
    found = receipts.one(reference, request.reader, request.device)
    if found is None:
        if request.reader is None:
            return redirect(sign_in_address(request.path))
        raise Http404
    made = next((each for each in receipts.papers_of(found[1]) if (each.year, each.number) == (year, number)), None)
    if made is None:
        raise Http404
    to = whom(request.reader) if request.reader else ""
    return pdf(f"receipt-{made}", papers.of_receipt(made, paper=paper().name, to=to))


@never_cache
@require_safe
@reader_required
def receipts_of_year(request: ReadersRequest, year: int) -> HttpResponse:
    """What a reader gave in a year: payment by payment, and together."""
    found = receipts.of_year(request.reader, year)
    if not found:
        raise Http404
    return render(request, "giving/year.html", {"year": year, "found": found, "issuer": numbered.issuer()})


@never_cache
@require_safe
@reader_required
def year_pdf(request: ReadersRequest, year: int) -> HttpResponse:
    """The same as PDF."""
    found = receipts.of_year(request.reader, year)
    if not found:
        raise Http404
    made = papers.of_year(found, year, issuer=numbered.issuer(), paper=paper().name, to=whom(request.reader))
    return pdf(f"support-{year}", made)


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
    _let_forms_lead_to_pay()
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
    _let_forms_lead_to_pay()
    return render(request, "giving/means_given.html", {"setup": setup, "pledge": pledge})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: Request, reference: str) -> HttpResponse:
    """One page that says what it means, one button."""
    return _button_page(request, "end", _own_pledge(request, reference), pledges.end)


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


def pdf(name: str, content: bytes) -> HttpResponse:
    """A paper to be kept, under a name of its own."""
    answer = HttpResponse(content, content_type=papers.CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return answer


def whom(reader: Reader) -> str:
    """Whom a paper is for: by name where one was given."""
    return reader.name or reader.email or ""
