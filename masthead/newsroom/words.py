"""Rich text as readers get it."""

import re
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from wagtail.rich_text import expand_db_html

from masthead.press.recording import made_of

TAGS = {"p", "b", "strong", "i", "em", "a", "br", "ul", "ol", "li", "sub", "sup"}
_PAGE_LINK = re.compile(r'<a\b[^>]*linktype="page"[^>]*\bid="(\d+)"|<a\b[^>]*\bid="(\d+)"[^>]*linktype="page"')


def html(value: Any) -> SafeString:
    """A paragraph's HTML: links to our pages lead to where they stand now; nothing but plain marks is let through."""
    source = getattr(value, "source", value) or ""
    made_of(*(f"page:{first or second}" for first, second in _PAGE_LINK.findall(source)))
    clean = nh3.clean(
        expand_db_html(source),
        tags=TAGS,
        attributes={"a": {"href", "hreflang"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    return mark_safe(clean)  # noqa: S308  (cleaned in the line above)


def inline(value: Any) -> SafeString:
    """The same without the paragraph around it, where it holds one paragraph only."""
    text = html(value)
    inside = text.removeprefix("<p>").removesuffix("</p>")
    return mark_safe(inside) if "<p" not in inside else text  # noqa: S308  (cleaned by html)
