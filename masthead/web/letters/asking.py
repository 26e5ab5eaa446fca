"""The appeal in a letter: the words of its own block, else those of the appeal that stands on the site."""

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from masthead.appeals import placements as appeals
from masthead.web import blocks

SUPPORT = "/support/"


@dataclass(frozen=True)
class Plea:
    """An ask for support, for those who don't support yet."""

    kind: ClassVar = "appeal"
    headline: str
    why: SafeString
    button: str
    url: str
    """Where it leads, from the root of the site, with where the giver came from."""
    note: str


def plea(headline: str, why: SafeString) -> Plea | None:
    """The appeal for the public edition; None where neither the letter nor the site has words for one."""
    stands = appeals.for_page("public")
    written = headline, why if blocks.plain_words(why) else SafeString("")
    if not any(written) and stands.end is None:
        return None
    origin = {"placement": "end", **(stands.end.origin if stands.end else {})}
    return Plea(
        headline=written[0] or (stands.end.headline if stands.end else ""),
        why=written[1] or (stands.end.why if stands.end and not any(written) else SafeString("")),
        button=stands.top.words if stands.top else _("Support us and go ad-free"),
        url=f"{SUPPORT}?{urlencode(origin)}",
        note=stands.end.note if stands.end else "",
    )
