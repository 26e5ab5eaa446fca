"""The few scripts that have to run before the first paint stand in the page itself; the policy knows them by hash."""

import re
from functools import lru_cache
from pathlib import Path

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

SCRIPTS = Path(__file__).parent.parent / "static" / "js"


@register.simple_tag
def inlined(name: str) -> SafeString:
    """The script `js/<name>`, inline, without its indentation and comments: the same bytes on every page."""
    return _element(name)


@lru_cache(maxsize=32)
def _element(name: str) -> SafeString:
    code = Path(f"{SCRIPTS}/{name}").read_text()
    lines = (re.sub(r"^//.*", "", line.strip()) for line in code.splitlines())
    script = "\n".join(line for line in lines if line)
    return mark_safe(f"<script>{script}</script>")  # noqa: S308 (our own file)
