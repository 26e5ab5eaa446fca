"""A link in a letter that counts: one more in a total, and on to where it leads."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from masthead.letters import clicks
from masthead.letters.models import Link


@never_cache
@require_GET
def go(request: HttpRequest, key: str) -> HttpResponse:
    """The one GET of letters that writes: a number goes up by one. It leads nowhere but where the letter said."""
    try:
        return HttpResponseRedirect(clicks.follow(key))
    except Link.DoesNotExist:
        raise Http404 from None
