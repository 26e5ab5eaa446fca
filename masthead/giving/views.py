"""Giving, and the giver's own controls. GET changes nothing, but that the thank-you page asks the provider once."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.models import Page

from masthead.core import fillins, limits
from masthead.core.networks import network_of
from masthead.core.refusals import Refusal, Trouble
from masthead.money import checkouts, defences, papers, providers, setups
from masthead.money import receipts as numbered
from masthead.money.amounts import Money
from masthead.money.defences import Visitor
from masthead.money.models import Checkout, Setup
from masthead.money.states import SetupState
from masthead.newsroom.menu import paper
from masthead.press.parameters import Kind
from masthead.press.policy import allow_forms_to
from masthead.press.printed import one_of, printed, whole_number
from masthead.press.recording import made_of
from masthead.readers import devices
from masthead.readers.accounts import reader_required, sign_in_address
from masthead.readers.models import Device, Reader
from masthead.readers.requests import ReadersRequest, Request

from . import gifts, leaving, means, notices, pledges, previews, promises, receipts, refunds, remarks, terms
from .forms import AddressForm, ChangeForm, DayForm, EndForm, PauseForm, SeenForm, SupportForm, initial_amounts
from .models import Gift, InstalmentState, Interval, Offer, Pledge, Rhythm
from .origins import PLACEMENTS, Origin
from .refusals import NothingNew, NothingToGiveBack
from .states import GiftState, State

MEANS_BY_NETWORK = limits.define("giving.means-by-network", times=30, per=3600)
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
        visitor = Visitor.of(request, is_known=has_paid(request, form.cleaned_data["email"]))
        defences.admit(visitor, form.cleaned_data["email"])
        if device is None:
            device, token = devices.open_device(label=devices.label_of(request.headers.get("User-Agent", "")))
        checkout = _begin(request, form, device, visitor)
    except Refusal as refusal:
        form.add_error(None, refusal.for_people)
        response = _support_page(request, form)
    except Trouble:
        form.add_error(None, BANK_IS_AWAY)
        response = _support_page(request, form)
        response.status_code = 503
    else:
        where = checkout.pay_url or reverse("thanks", args=[checkout.reference])  # held: the page there says so
        response = HttpResponseRedirect(where, status=303)
    if device and token:  # the session by which the device that pays is known again when it comes back
        devices.use_here(request, response, device, token)
    return response


def has_paid(request: Request, email: str) -> bool:
    """Whether the signed-in reader gives for themselves, and has given before."""
    reader = request.reader if request.reader and request.reader.email == email else None
    if reader is None:
        return False
    return Pledge.objects.filter(reader=reader).begun().exists() or Gift.objects.filter(reader=reader).given().exists()


def _begin(request: Request, form: SupportForm, device: Device, visitor: Visitor) -> Checkout:
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
        "visitor": visitor,
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
    if checkout.is_held or checkout.is_refused:
        return render(request, "giving/held.html", {"checkout": checkout, "order": order, "often": _often(order)})
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


def for_own_pledge(view: Callable[[Request, Pledge], HttpResponse]) -> Callable[..., HttpResponse]:
    """Find the pledge by person. The addresses stand in mails: who isn't signed in does that first."""

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def found(request: Request, reference: str) -> HttpResponse:
        mine = Pledge.objects.of(request.reader, request.device).begun().filter(reference=reference)
        pledge = mine.select_related("mandate").first()
        if pledge is None and request.reader is None:
            return redirect(sign_in_address(request.path))
        if pledge is None:
            raise Http404
        return view(request, pledge)

    return found


@for_own_pledge
def change(request: Request, pledge: Pledge) -> HttpResponse:
    """Another amount, or another interval, from the next collection on: shown before it is done."""
    if not pledge.live:
        return _not_now(request, pledge)
    form = ChangeForm.of(pledge, _posted(request), instead=_whole(request.GET.get("amount")))
    if form.is_valid():
        facts = {"amount": form.cleaned_data["amount"], "interval": form.interval}
        try:
            if form.cleaned_data["sure"]:
                pledges.change(pledge, by=request.actor, seen=form.cleaned_data["seen"], **facts)
                return _done("changed")
            if facts == {"amount": pledge.amount, "interval": pledge.interval}:
                raise NothingNew
            pledges.must_be_as_seen(pledge, form.cleaned_data["seen"])
        except Refusal as refusal:
            form.add_error(None, refusal.for_people)
        else:
            preview = previews.of_change(pledge, **facts)
            carried = {"often": form.interval, "own": str(facts["amount"].decimal), "currency": pledge.currency}
            return _preview_page(request, "pledge-change", pledge, preview, carried)
    return _form_page(request, "giving/change.html", pledge, form)


@for_own_pledge
def move_date(request: Request, pledge: Pledge) -> HttpResponse:
    """Another day of the month: shown before it is done."""
    if pledge.state not in (State.ACTIVE, State.OVERDUE):
        return _not_now(request, pledge)
    form = DayForm(pledge, _posted(request))
    if form.is_valid():
        day = form.cleaned_data["day"]
        try:
            if form.cleaned_data["sure"]:
                pledges.move_date(pledge, day=day, by=request.actor, seen=form.cleaned_data["seen"])
                return _done("day")
            if day == pledge.anchor_day:
                raise NothingNew
            pledges.must_be_as_seen(pledge, form.cleaned_data["seen"])
        except Refusal as refusal:
            form.add_error(None, refusal.for_people)
        else:
            return _preview_page(request, "pledge-day", pledge, previews.of_day(pledge, day), {"day": str(day)})
    return _form_page(request, "giving/day.html", pledge, form)


@for_own_pledge
def pause(request: Request, pledge: Pledge) -> HttpResponse:
    """Nothing is collected for one, two or three months."""
    form = PauseForm(pledge, _posted(request))
    is_valid = form.is_valid()
    if pledge.state == State.PAUSED and is_valid and form.cleaned_data["until"] == pledge.paused_until:
        return _done("paused")  # a second click
    if pledge.state != State.ACTIVE:
        return _not_now(request, pledge)
    if is_valid:
        try:
            until, seen = form.cleaned_data["until"], form.cleaned_data["seen"]
            pledges.pause(pledge, until=until, by=request.actor, seen=seen)
        except Refusal as refusal:
            form.add_error("until", refusal.for_people)
        else:
            return _done("paused")
    return _form_page(request, "giving/pause.html", pledge, form, stays=terms.in_force().keeps_while_paused)


@for_own_pledge
def resume(request: Request, pledge: Pledge) -> HttpResponse:
    """Go on before the pause is over."""
    if request.method == "POST" and pledge.state == State.ACTIVE:
        return _done("resumed")  # a second click
    if pledge.state != State.PAUSED:
        return _not_now(request, pledge)
    form = SeenForm(_posted(request))
    if form.is_valid():
        try:
            pledges.resume(pledge, by=request.actor, seen=form.cleaned_data["seen"])
        except Refusal as refusal:
            form.add_error(None, refusal.for_people)
        else:
            return _done("resumed")
    when = notices.day_if_told_today(pledge, pledges.day_when_resumed(pledge))
    return _form_page(request, "giving/resume.html", pledge, form, next=when)


@for_own_pledge
def means_of(request: Request, pledge: Pledge) -> HttpResponse:
    """Another card or account for all that is given again and again: leads to the provider's page."""
    if not pledge.live:
        return _not_now(request, pledge)
    refusal, status = "", 200
    if request.method == "POST":
        try:
            limits.hit(MEANS_BY_NETWORK, network_of(request))
            setup = means.begin(pledge, provider=request.POST.get("way", ""))
            return HttpResponseRedirect(setup.pay_url, status=303)
        except Refusal as refused:
            refusal, status = refused.for_people, WRONG
        except Trouble:
            refusal, status = MEANS_NOT_CHANGED, 503
    let_forms_lead_to_pay()
    context = {"pledge": pledge, "refusal": refusal, "ways": means.ways(pledge), "standing": previews.now(pledge)}
    return render(request, "giving/means.html", context, status=status)


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
def name_to_print(request: Request) -> HttpResponse:
    """Under which names somebody may be printed, and a button that withdraws them."""
    if request.reader is None and request.device is None:
        return redirect(sign_in_address(request.path))
    if request.method == "POST":
        remarks.withdraw_names(request.reader, request.device, by=request.actor)
        return _done("unnamed")
    return render(request, "giving/name.html", {"names": remarks.names_of(request.reader, request.device)})


@for_own_pledge
def end(request: Request, pledge: Pledge) -> HttpResponse:
    """One page that says what it means, with one question and one offer at most, and one button."""
    if request.method == "POST" and pledge.state == State.ENDED:
        return _done("ended")  # a second click
    if not pledge.live:
        return _not_now(request, pledge)
    shares = refunds.owed(pledge)
    cooling_off = refunds.cooling_off_until(pledge)
    goes_back = bool(shares) and (cooling_off is not None or terms.in_force().refunds_unused)
    form = EndForm(leaving.reasons(pledge), _posted(request))
    if form.is_valid():
        try:
            return _done(_end(request, pledge, form, may_refund=goes_back))
        except Refusal as refusal:
            form.add_error(None, refusal.for_people)
    offer = leaving.offer_for(pledge)
    lower = leaving.lower_amount(pledge)
    context = {
        "back": refunds.total(shares, pledge.currency) if goes_back else None,
        "cooling_off": cooling_off,
        "waits": any(share.instalment.state == InstalmentState.PROMISED for share in shares),
        "offer": offer,
        "lower": Money(lower, pledge.currency) if lower and offer == Offer.LOWER else None,
    }
    return _form_page(request, "giving/end.html", pledge, form, **context)


@transaction.atomic
def _end(request: Request, pledge: Pledge, form: EndForm, *, may_refund: bool) -> str:
    """End it as the form says, and keep what it says of why. Returns what is said after it."""
    said = form.cleaned_data
    if said["at_once"] and not may_refund:
        raise NothingToGiveBack
    if said["at_once"]:
        pledges.end_with_refund(pledge, by=request.actor, seen=said["seen"])
    else:
        pledges.end(pledge, by=request.actor, seen=said["seen"])
    why = {name: said[name] for name in ("reason", "words", "offer")}
    leaving.tell(pledge, with_refund=said["at_once"], **why)
    return "refunded" if said["at_once"] else "ended"


def _form_page(request: Request, template: str, pledge: Pledge, form: Any, **facts: Any) -> HttpResponse:
    if form.errors:
        pledge.refresh_from_db()
    context = {"pledge": pledge, "form": form, "standing": previews.now(pledge), "seen": pledge.newest_move, **facts}
    return render(request, template, context, status=WRONG if form.errors else 200)


def _preview_page(
    request: Request, address: str, pledge: Pledge, preview: previews.Preview, carried: dict[str, str]
) -> HttpResponse:
    before, after = preview.before, preview.after
    context = {
        "pledge": pledge,
        "preview": preview,
        "carried": [*carried.items(), ("seen", str(pledge.newest_move)), ("sure", "yes")],
        "address": reverse(address, args=[pledge.reference]),
        "frees_before": promises.frees(before.amount, before.interval),
        "frees_after": promises.frees(after.amount, after.interval),
    }
    return render(request, "giving/sure.html", context)


def _not_now(request: Request, pledge: Pledge) -> HttpResponse:
    """It can't be done as it stands now: an old page, an old mail, or somebody typed the address."""
    return render(request, "giving/not_now.html", {"pledge": pledge}, status=WRONG if request.method == "POST" else 200)


def _posted(request: Request) -> Any:
    return request.POST if request.method == "POST" else None


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < len(str(LARGEST)) else None


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
