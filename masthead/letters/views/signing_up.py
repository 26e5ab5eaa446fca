"""Signing up: the form that printed pages bear, and the link that its owner confirms by. GET changes nothing."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from masthead.core.networks import network_of
from masthead.core.refusals import Refusal
from masthead.letters import subscribing
from masthead.letters.forms import SignUpForm
from masthead.letters.views.answers import over, secret
from masthead.readers import accounts, addresses


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Take address and lists. Every address gets the same answer; what is wrong is said, and what was typed kept."""
    form = SignUpForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        page = _page_of(request, wanted["page"])
        try:
            subscribing.sign_up(
                wanted["email"],
                lists=[letters.slug for letters in wanted["list"]],
                words=wanted["words"],
                page=page,
                network=network_of(request),
            )
        except Refusal as refusal:
            form.add_error(None, refusal.for_people)
        else:
            context = {"address": wanted["email"], "lists": wanted["list"], "back": page}
            return render(request, "letters/asked.html", context)
    words = subscribing.SIGN_UP_WORDS
    context = {"form": form, "words": words, "promise": subscribing.WORDS[words]}
    return render(request, "letters/sign_up.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the message: a page with a button, because mail scanners open links too."""
    try:
        if request.method == "POST":
            return secret(request, "letters/confirmed.html", {"confirmed": subscribing.confirm(token)})
        asked = subscribing.behind(token)
    except subscribing.SignUpOver as refusal:
        return over(request, refusal)
    context = {"address": addresses.masked(asked.email), "lists": asked.lists.all()}
    return secret(request, "letters/confirm.html", context)


def _page_of(request: HttpRequest, told: str) -> str:
    """The path of the page that bore the form: as the form says, else as the browser does."""
    return accounts.own_path(told) or accounts.own_path(urlsplit(request.headers.get("Referer", "")).path)
