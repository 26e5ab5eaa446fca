"""What the views of letters share: a page, and one whose address is a secret."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from masthead.core.refusals import Refusal


def secret(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page reached by a signed link: its address is told to nobody, and no search engine keeps it."""
    response = render(request, template, context, status=status)
    # Not "no-referrer": then browsers hide the Origin of its form as well.
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def over(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A link that works no longer: why, and what to do."""
    return secret(request, "letters/link_over.html", {"refusal": refusal.for_people}, status=410)
