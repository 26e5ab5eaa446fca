"""Where providers knock, and where a giver approves a payment whose bank wants that."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from masthead.core import limits
from masthead.core.networks import network_of
from masthead.core.refusals import Refusal, Trouble
from masthead.money import approvals, checkouts, inbox, providers
from masthead.money.models import Approval, Checkout
from masthead.money.providers.base import NotGenuine
from masthead.press.policy import allow_forms_to

APPROVED_BY_NETWORK = limits.define("money.approved-by-network", times=30, per=3600)
WRONG = 422
BANK_IS_AWAY = "The bank does not answer at the moment, so nothing has been taken. Try again in a few minutes."


@require_POST
def hook(request: HttpRequest, provider: str) -> HttpResponse:
    """Take a webhook: its size is looked at before it is read, its signature before it is kept; then 204."""
    if providers.find(provider) is None:
        raise Http404
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > inbox.LARGEST:
        return HttpResponse("A webhook has at most 1 MB.\n", status=413, content_type="text/plain")
    body = request.read(inbox.LARGEST + 1)
    if len(body) > inbox.LARGEST:
        return HttpResponse("A webhook has at most 1 MB.\n", status=413, content_type="text/plain")
    try:
        inbox.keep(provider, body, request.headers)
    except NotGenuine:
        inbox.count_refused(provider)
        return HttpResponse("This is not signed as it should be.\n", status=400, content_type="text/plain")
    return HttpResponse(status=204)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, reference: str) -> HttpResponse:
    """Says what waits for the giver; the button leads to the provider's page, where their bank asks them.

    Whoever has the address may approve: it came by mail, and what is on the other side is the giver's bank.
    """
    approval = get_object_or_404(Approval.objects.select_related("payment__mandate"), reference=reference)
    refusal, status = "", 200
    if request.method == "POST":
        try:
            limits.hit(APPROVED_BY_NETWORK, network_of(request))
            return HttpResponseRedirect(approvals.open_page(approval), status=303)
        except Refusal as refused:
            refusal, status = refused.for_people, WRONG
        except Trouble:
            refusal, status = BANK_IS_AWAY, 503
    for origin in providers.origins():  # browsers hold the page's policy against where a form's answer leads, too
        allow_forms_to(origin)
    context = {"approval": approval, "payment": approval.payment, "refusal": refusal, "back": "back" in request.GET}
    return render(request, "money/approve.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def go_on(request: HttpRequest, reference: str) -> HttpResponse:
    """A payment that was looked at and released: says what is paid; the button leads to the provider's page."""
    checkout = get_object_or_404(Checkout.objects.select_related("payment"), reference=reference, hold__isnull=False)
    refusal, status = "", 200
    if request.method == "POST":
        try:
            limits.hit(APPROVED_BY_NETWORK, network_of(request))
            return HttpResponseRedirect(checkouts.go_on(reference).pay_url, status=303)
        except Refusal as refused:
            refusal, status = refused.for_people, WRONG
        except Trouble:
            refusal, status = BANK_IS_AWAY, 503
    for origin in providers.origins():
        allow_forms_to(origin)
    return render(request, "money/go_on.html", {"checkout": checkout, "refusal": refusal}, status=status)
