"""My Masthead: the one page of a reader's own, made of what each floor has to say. Never printed."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from masthead.giving import promises, statements
from masthead.letters import subscribing
from masthead.letters.models import Left
from masthead.readers.accounts import reader_required, sign_in_address
from masthead.readers.models import Device
from masthead.readers.requests import ReadersRequest, Request
from masthead.web import benefits

PATH = "/account/"
DONE = {**statements.DONE, "letters": "Saved. You get the letters that are ticked below."}


@never_cache
@require_safe
def page(request: Request) -> HttpResponse:
    """What one gives, gets and chose; also for the device that paid and has not confirmed its address."""
    reader, device = request.reader, request.device
    gives = statements.of(reader, device)
    if reader is None and gives.unconfirmed is None:
        return redirect(sign_in_address(PATH))
    mine = list(Device.objects.of(reader)) if reader else []
    context = {
        "reader": reader,
        "here": device,
        "gives": gives,
        "gets": benefits.in_use(promises.kept_for(reader, device), reader, len(mine)),
        "choices": subscribing.choices_for(reader) if reader else [],
        "devices": mine,
        "done": DONE.get(request.GET.get("done", ""), ""),
    }
    return render(request, "account/page.html", context)


@never_cache
@reader_required
@require_POST
def letters(request: ReadersRequest) -> HttpResponse:
    """Get the letters that are ticked, and no others."""
    subscribing.choose(request.reader, request.POST.getlist("list"), page=PATH, how=Left.ACCOUNT, by=request.actor)
    response = redirect("account")
    response["Location"] += "?done=letters#letters"
    return response
