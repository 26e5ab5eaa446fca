"""What the desk sees of an issue before it goes out."""

from django.http import HttpRequest, HttpResponse

from masthead.core.refusals import Refusal
from masthead.letters import previewing, rendering
from masthead.letters.models import Issue
from masthead.web.letters import online

# A mail's styles stand in it, since no mail program fetches a style sheet; nothing in it runs.
AS_MAIL = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'; base-uri 'none'"
AS_TEXT = "default-src 'none'; frame-ancestors 'self'; base-uri 'none'"


def show(issue: Issue, request: HttpRequest, mode: str) -> HttpResponse:
    """`issue` as a mail for one of the editions, as its text, or as its page in the archive."""
    if mode == "web":
        return online.page(issue, request)
    try:
        rendered = rendering.render(issue, "supporter" if mode == "supporter" else "public")
    except Refusal as refusal:
        return _answer(refusal.for_people, "text/plain", AS_TEXT)
    if mode == "text":
        return _answer(rendered.text, "text/plain", AS_TEXT)
    return _answer(rendered.html, "text/html", AS_MAIL)


def _answer(content: str, kind: str, policy: str) -> HttpResponse:
    return HttpResponse(content, content_type=f"{kind}; charset=utf-8", headers={"Content-Security-Policy": policy})


def register() -> None:
    """Let the desk look at letters by this."""
    previewing.register(show)
