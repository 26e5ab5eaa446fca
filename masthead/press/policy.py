"""The content security policy of a page: our own host alone, and the inline scripts that stand in it, by hash."""

import base64
import hashlib
import re
from collections.abc import Iterable

# Only templates of our own write scripts; what people write is escaped or cleaned, so no parser is needed here.
_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
_TYPE = re.compile(r"""\btype\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_FRAME = re.compile(r"""\bdata-embed="(https://[\w.-]+)/""")
_SOURCE = re.compile(r"\bsrc\s*=", re.IGNORECASE)
_RUN = ("", "module", "text/javascript", "application/javascript", "speculationrules", "importmap")

NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""For what is no page: feeds, plain text."""

_form_targets: set[str] = set()


def allow_forms_to(origin: str) -> None:
    """Let forms lead to this origin: browsers hold `form-action` also against where a form's answer redirects."""
    _form_targets.add(origin)


def policy_for(html: str, *, forms_to: Iterable[str] = (), frames: str = "'none'") -> str:
    """The policy under which `html` may run."""
    scripts = " ".join(["'self'", *(f"'sha256-{hashed}'" for hashed in inline_scripts(html))])
    forms = " ".join(["'self'", *sorted(_form_targets | set(forms_to))])
    inside = " ".join(["'self'", *sorted(set(_FRAME.findall(html)))])  # what a reader may ask to see from elsewhere
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"media-src 'self'; connect-src 'self'; manifest-src 'self'; frame-src {inside}; "
        f"form-action {forms}; frame-ancestors {frames}; base-uri 'none'"
    )


def inline_scripts(html: str) -> list[str]:
    """The hashes of the scripts that stand in a page and run; JSON-LD and other data do not run."""
    hashes: dict[str, None] = {}
    for attributes, script in _SCRIPT.findall(html):
        kind = _TYPE.search(attributes)
        if not _SOURCE.search(attributes) and (kind.group(1).lower() if kind else "") in _RUN:
            hashes[base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()] = None
    return list(hashes)
