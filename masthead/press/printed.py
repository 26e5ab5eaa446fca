"""Marking a view as printable."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict

from masthead.press.parameters import Declared, Kind, one_of, whole_number

__all__ = ["one_of", "printed", "whole_number"]

View = Callable[..., HttpResponse]


def printed(**parameters: Kind) -> Callable[[View], View]:
    """Let the press print what this view answers to GET, once for each edition and each set of declared values.

    The view sees `request.edition` and, in `request.GET`, the declared parameters alone. When the press calls it there
    is no cookie, header, user or address. Only answers of status 200 are printed; all else is answered by Django.

        @printed(page=whole_number(1, 500, default=1), order=one_of("latest", "first", default="latest"))
        def section(request, slug): …
    """
    declared = Declared(parameters)

    def mark(view: View) -> View:
        @wraps(view)
        def with_declared_values(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method in ("GET", "HEAD"):
                values = declared.read(request.META.get("QUERY_STRING", ""))
                request.GET = QueryDict(urlencode(values))
            return view(request, *args, **kwargs)

        with_declared_values.printed = declared  # type: ignore[attr-defined]
        return with_declared_values

    return mark
