"""What who pays sees at this Stripe: plain pages, no script."""

from html import escape
from typing import Any

from tests.stripe_server.cards import ALL

HEAD = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body><main>"""
TAIL = "</main></body></html>"


def pay(session: dict[str, Any], *, said: str = "", saved: tuple[str, ...] = ()) -> str:
    """The pay page: what is asked for, and what one can pay with."""
    amount = f"{session['amount_total'] / 100:.2f} {session['currency'].upper()}"
    alert = f'<p role="alert">{escape(said)}</p>' if said else ""
    choices = "".join(
        f'<p><label><input type="radio" name="means" value="{means.number}"> {means.kind} {means.number}</label></p>'
        for means in (*(means for means in ALL if means.number in saved), *ALL)
    )
    return f"""{HEAD.format(title="Pay")}<h1>Pay {amount}</h1>{alert}
<form method="post">{choices}<button type="submit">Pay</button></form>
<p><a href="{escape(session["cancel_url"] or "")}">Back</a></p>{TAIL}"""


def ask_owner(session: dict[str, Any]) -> str:
    """Where a bank asks the owner of a card."""
    return f"""{HEAD.format(title="Your bank")}<h1>Is it you?</h1><form method="post" action="/c/3ds/{session["id"]}">
<button type="submit" name="answer" value="yes">Yes, approve</button>
<button type="submit" name="answer" value="no">No</button></form>{TAIL}"""


def closed() -> str:
    """A page that can't be paid at any more."""
    return f"{HEAD.format(title='Closed')}<h1>This page is closed</h1>{TAIL}"
