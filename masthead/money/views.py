"""Where providers knock."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from masthead.money import inbox, providers
from masthead.money.providers.base import NotGenuine


@require_POST
def hook(request: HttpRequest, provider: str) -> HttpResponse:
    """Take a webhook: its size is looked at before it is read, its signature before it is kept; then 204."""
    if providers.find(provider) is None:
        raise Http404
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > inbox.LARGEST:
        return HttpResponse("A webhook has at most 1 MB.\n", status=413, content_type="text/plain")
    body = request.read(inbox.LARGEST + 1)
    if len(body) > inbox.LARGEST:
        return HttpResponse("A webhook has at most 1 MB.\n", status=413, content_type="text/plain")
    try:
        inbox.keep(provider, body, request.headers)
    except NotGenuine:
        inbox.count_refused(provider)
        return HttpResponse("This is not signed as it should be.\n", status=400, content_type="text/plain")
    return HttpResponse(status=204)
