"""The link in an invitation by which its reader gets no more of them: it signs nobody in and shows no name."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from . import invitations
from .refusals import NoSuchInvitation


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, key: str) -> HttpResponse:
    """A page with a button, or a bare POST without sign-in or Origin (RFC 8058). GET changes nothing."""
    try:
        reader = invitations.behind(key)
    except NoSuchInvitation as refusal:
        return _secret(request, {"refusal": refusal.for_people}, status=410)
    if request.method == "POST":
        change = invitations.want if "again" in request.POST else invitations.decline
        change(reader)
    return _secret(request, {"declined": invitations.are_declined(reader), "done": request.method == "POST"})


def _secret(request: HttpRequest, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    response = render(request, "calls/invitations.html", context, status=status)
    response["Referrer-Policy"] = "strict-origin"  # the address is told to nobody, and its form still has an Origin
    response["X-Robots-Tag"] = "noindex"
    return response
