"""What every page of the paper shows: its name, its sections, its menus."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject


def paper(request: HttpRequest) -> dict[str, Any]:
    """`edition`; `here`, the path of this page; and, read only when a template asks: `paper`, once a request, and
    `for_supporters`, the next call and the latest letter."""
    return {
        "paper": SimpleLazyObject(lambda: _read_once(request)),
        "edition": getattr(request, "edition", "public"),
        "here": request.path,
        "for_supporters": SimpleLazyObject(_for_supporters),
    }


def _read_once(request: HttpRequest) -> Any:
    from masthead.web import shell

    if not hasattr(request, "_paper"):
        request._paper = shell.of_the_paper()  # type: ignore[attr-defined]
    return request._paper  # type: ignore[attr-defined]


def _for_supporters() -> Any:
    from masthead.web import extras

    return extras.now()
