"""What the templates of the house need beyond Django's own."""

from typing import Any

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def styles(*parts: str) -> SafeString:
    """Links to the style sheets of these parts, in this order."""
    return format_html_join(
        "\n", '<link rel="stylesheet" href="{}">', ((static(f"css/parts/{part}.css"),) for part in parts)
    )


@register.simple_tag
def input(field: BoundField, kind: str | None = None) -> SafeString:
    """A form's field in the house's hand, with its hint and its error named to who can't see them."""
    described = [f"{field.auto_id}_helptext"] if field.help_text else []
    described += [f"{field.auto_id}_error"] if field.errors else []
    attrs: dict[str, Any] = {"class": f"input {kind}" if kind else "input"}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attrs)
