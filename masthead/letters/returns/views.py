"""Where mail providers knock."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from . import hooks


@require_POST
def hook(request: HttpRequest, provider: str) -> HttpResponse:
    """Take a webhook: its size is looked at before it is read, its signature before it is kept; then 204."""
    if hooks.find(provider) is None:
        raise Http404
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > hooks.LARGEST:
        return _says("A webhook has at most 1 MB.", 413)
    body = request.read(hooks.LARGEST + 1)
    if len(body) > hooks.LARGEST:
        return _says("A webhook has at most 1 MB.", 413)
    request._body = body  # anymail reads it from here
    try:
        hooks.keep(provider, request)
    except hooks.NotGenuine:
        hooks.count_refused(provider)
        return _says("This is not signed as it should be.", 400)
    return HttpResponse(status=204)


def _says(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain")
