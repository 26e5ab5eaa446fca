"""Clicks, as totals: a list may count how often each link of its letters is followed. Opens are never counted.

The address is the same in every copy, so that nothing can tell who followed it. A list counts only when somebody at
the desk has turned that on.
"""

import html
import re
import secrets

from django.conf import settings
from django.db.models import F
from django.urls import reverse

from masthead.letters.models import Link, Mailing
from masthead.letters.rendering import Rendered

_HREF = re.compile(r'(?<=href=")https?://[^"]+(?=")')
LONGEST = 2000  # characters of an address; a longer one is left as it is


def lead_through(mailing: Mailing, rendered: Rendered) -> Rendered:
    """`rendered` with its links leading by way of us, if the mailing's list counts. Asked again, by the same way.

    The text part keeps plain addresses: whoever reads it sees where a link leads.
    """
    if not mailing.issue.list.counts_clicks:
        return rendered

    def through(found: re.Match[str]) -> str:
        address = html.unescape(found[0])
        if len(address) > LONGEST:
            return found[0]
        link, _ = Link.objects.get_or_create(
            mailing=mailing, address=address, defaults={"key": secrets.token_urlsafe(15)}
        )
        return settings.SITE_ADDRESS + reverse("letters-go", args=[link.key])

    return Rendered(rendered.subject, _HREF.sub(through, rendered.html), rendered.text)


def follow(key: str) -> str:
    """Count one click, and say where it leads. Raises Link.DoesNotExist for a link that no letter has."""
    link = Link.objects.get(key=key)
    Link.objects.filter(pk=link.pk).update(clicks=F("clicks") + 1)
    return link.address
