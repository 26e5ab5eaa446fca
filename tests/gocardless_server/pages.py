"""What a giver sees at this GoCardless: plain pages, no script."""

from html import escape
from typing import Any

HEAD = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body><main>"""
TAIL = "</main></body></html>"


def agree(flow: dict[str, Any], request: dict[str, Any], *, said: str = "") -> str:
    """Where a giver types an account and agrees that it may be collected from."""
    alert = f'<p role="alert">{escape(said)}</p>' if said else ""
    email = escape((flow.get("prefilled_customer") or {}).get("email") or "")
    return f"""{HEAD.format(title="Set up a direct debit")}<h1>Set up a direct debit</h1>{alert}
<p>{escape(request["mandate_request"]["description"] or "")}, for {email}</p>
<form method="post"><p><label>Account number <input name="number" autocomplete="off"></label></p>
<button type="submit">Set up this direct debit</button></form>
<p><a href="{escape(flow.get("exit_uri") or "")}">Cancel</a></p>{TAIL}"""


def closed() -> str:
    """A page that can't be used any more."""
    return f"{HEAD.format(title='Closed')}<h1>This page is closed</h1>{TAIL}"
