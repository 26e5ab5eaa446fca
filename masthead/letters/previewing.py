"""How the desk looks at an issue before it goes out: `web` draws it, and registers how here."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from masthead.letters.models import Issue

Preview = Callable[[Issue, HttpRequest, str], HttpResponse]
_PREVIEWS: list[Preview] = []


def register(preview: Preview) -> None:
    """Have `preview(issue, request, mode)` show an issue, saved or not, in one of its `preview_modes`."""
    _PREVIEWS.append(preview)


def show(issue: Issue, request: HttpRequest, mode: str) -> HttpResponse:
    """`issue` in the mode asked for."""
    return _PREVIEWS[-1](issue, request, mode)
