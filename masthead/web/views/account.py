"""My Masthead: the one page of a reader's own, made of what each floor has to say. Never printed."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from masthead.giving import promises, statements
from masthead.readers.accounts import sign_in_address
from masthead.readers.requests import Request


@never_cache
@require_safe
def page(request: Request) -> HttpResponse:
    """What one gives and gets; also for the device that paid and has not confirmed its address."""
    gives = statements.of(request.reader, request.device)
    if request.reader is None and gives.unconfirmed is None:
        return redirect(sign_in_address("/account/"))
    context = {
        "reader": request.reader,
        "gives": gives,
        "kept": promises.kept_for(request.reader, request.device),
        "done": statements.DONE.get(request.GET.get("done", ""), ""),
    }
    return render(request, "account/page.html", context)
