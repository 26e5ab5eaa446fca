"""Choosing and leaving by the signed links of a letter: nobody is signed in by them, and no name or address is shown.

Both links get forwarded with the letter, so each changes letters alone.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from masthead.letters import links, subscribing
from masthead.letters.models import Left
from masthead.letters.views.answers import over, secret
from masthead.readers import addresses
from masthead.readers.accounts import sign_in_address

ACCOUNT = "/account/"
ONE_CLICK = ("List-Unsubscribe", "One-Click")
"""What a mail program's own button posts: RFC 8058, 3.1."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Leave one list: a page with a button, or a bare POST without sign-in or Origin. GET never unsubscribes."""
    try:
        reader, letters = links.leaver(token)
    except links.LinkOver as refusal:
        return over(request, refusal)
    if request.method == "POST":
        name, value = ONE_CLICK
        how = Left.ONE_CLICK if request.POST.get(name) == value else Left.LINK
        subscribing.leave(reader, letters, how)
        # No link of preferences: whoever was forwarded this one would have it, and another with each press.
        context = {"list": letters, "sign_in": sign_in_address(ACCOUNT)}
        return secret(request, "letters/left.html", context)
    return secret(request, "letters/unsubscribe.html", {"list": letters})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, token: str) -> HttpResponse:
    """Tick the letters that one wants."""
    try:
        reader = links.chooser(token)
    except links.LinkOver as refusal:
        return over(request, refusal)
    if request.method == "POST":
        wanted = [] if "none" in request.POST else request.POST.getlist("list")
        subscribing.choose(reader, wanted, page="/letters/choose/")
        response = redirect("letters-choose", token)
        response["Location"] += "?saved"
        return response
    context = {
        "choices": subscribing.choices_for(reader),
        "address": addresses.masked(reader.email or ""),
        "words": subscribing.WORDS[subscribing.CHOICE_WORDS],
        "saved": "saved" in request.GET,
    }
    return secret(request, "letters/choose.html", context)
