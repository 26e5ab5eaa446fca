"""How a page is drawn is known on a higher floor: `web` registers a renderer for each model here."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

Renderer = Callable[[Any, HttpRequest], HttpResponse]
_RENDERERS: dict[type, Renderer] = {}


def register_renderer(model: type, renderer: Renderer) -> None:
    """Have `renderer(page, request)` draw pages of `model`, for the desk's previews."""
    _RENDERERS[model] = renderer


def render(page: Any, request: HttpRequest) -> HttpResponse:
    """`page`, saved or not, as a visitor would see it. Raises KeyError when nobody draws its model."""
    return _RENDERERS[type(page)](page, request)
