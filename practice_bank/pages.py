"""What who pays sees. Plain pages, no script: another house, and on purpose not the paper's hand."""

from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from practice_bank import cards

STYLE = (Path(__file__).parent / "bank.css").read_bytes()
SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$"}
NO_MINOR_UNIT = {"JPY", "KRW", "CLP", "ISK", "VND"}


def money(amount: int, currency: str) -> str:
    """An amount as it is written."""
    digits = f"{amount:,}" if currency in NO_MINOR_UNIT else f"{amount // 100:,}.{amount % 100:02}"
    return f"{SYMBOLS[currency]}{digits}" if currency in SYMBOLS else f"{digits} {currency}"


def day(moment: float) -> str:
    """A day as it is written: 24 September 2026."""
    return f"{datetime.fromtimestamp(moment, UTC):%-d %B %Y}"


def page(title: str, body: str) -> str:
    """A page of the bank."""
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<title>{escape(title)} · Practice Bank</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="A page of the practice bank. No money moves.">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="stylesheet" href="/bank.css">
</head>
<body>
<header class="pretend"><div class="sheet"><strong>Practice Bank.</strong> For demonstrations and tests: no card is asked for, and no money moves.</div></header>
<main id="main" class="sheet">{body}</main>
</body>
</html>
"""  # noqa: E501


def pay(
    checkout: Any,
    *,
    now: float,
    merchant: str,
    declined: str = "",
    wrong: str = "",
    card: str = "accepts",
    number: str = "",
) -> str:
    """The pay page: what is asked for, and the test cards."""
    is_setup = checkout["amount"] == 0
    amount = "nothing" if is_setup else money(checkout["amount"], checkout["currency"])
    go = "Use this for later payments" if is_setup else f"Pay {amount}"
    if is_setup:
        checkout = {**dict(checkout), "payment_reference": checkout["reference"][:8]}
    again = " and allow later payments" if checkout["keeps_mandate"] and not is_setup else ""
    who = escape(merchant or "The newsroom")
    alert = ""
    if declined:
        alert = f"""<div class="alert" role="alert"><h2>Nothing was paid</h2>
<p>{escape(cards.sentence(declined))} No money was taken. Choose another card, or leave without paying.</p></div>"""
    if wrong:
        alert = f"""<div class="alert" role="alert"><h2>Nothing was paid</h2>
<p><a href="#number">{escape(wrong)}</a></p></div>"""
    receipts = f"<dt>Receipts go to</dt><dd>{escape(checkout['email'])}</dd>" if checkout["email"] else ""
    later = "<dt>Later payments</dt><dd>as you agreed</dd>" if checkout["keeps_mandate"] else ""
    return page(
        go,
        f"""<div class="till">
<div>
<h1>{who}</h1>
<p class="quiet">{"asks how you pay from now on; today you pay" if is_setup else "asks you for a payment of"}</p>
<p class="due">{amount}</p>
<dl>
<dt>For</dt><dd>{escape(checkout["description"])}</dd>
<dt>Today, {day(now)}</dt><dd>{amount}</dd>
{later}{receipts}<dt>Reference</dt><dd>{escape(checkout["payment_reference"])}</dd>
</dl>
</div>
<div class="counter">
{alert}<form method="post" action="/pay/{escape(checkout["id"])}">
<fieldset>
<legend>Choose a test card</legend>
<div class="cards">{"".join(_choice(one, one.code == card) for one in cards.CARDS)}</div>
</fieldset>
<div class="field{" wrong" if wrong else ""}">
<label for="number">Or type the number of a test card</label>
<p class="hint" id="number-hint">Never a real one: it would be worth nothing here. Leave it empty to pay with the card chosen above.</p>
{f'<p class="error" id="number-error">{escape(wrong)}</p>' if wrong else ""}<input id="number" name="number" class="input" inputmode="numeric" autocomplete="off" maxlength="40" value="{escape(number)}" aria-describedby="number-hint{" number-error" if wrong else ""}"{' aria-invalid="true"' if wrong else ""}>
</div>
<button class="go" type="submit">{go}{again}</button>
</form>
<form class="leave" method="post" action="/leave/{escape(checkout["id"])}"><button class="link" type="submit">Leave without {"a change" if is_setup else "paying"}</button></form>
</div>
</div>""",  # noqa: E501
    )


def approve(payment: Any, *, merchant: str) -> str:
    """The second page of a card that wants approval."""
    amount = money(payment["amount"], payment["currency"])
    return page(
        f"Approve {amount}",
        f"""<div class="counter alone">
<h1>Is this you?</h1>
<p>{escape(merchant or "The newsroom")} asks for <strong>{amount}</strong>: {escape(payment["description"])}.</p>
<form method="post" action="/approve/{escape(payment["id"])}">
<button class="go" type="submit" name="answer" value="yes">Yes, approve {amount}</button>
<button class="do" type="submit" name="answer" value="no">No, this is not me</button>
</form>
</div>""",
    )


def said(title: str, words: str, *, back: str = "") -> str:
    """A page that says one thing."""
    link = f'<p><a class="go" href="{escape(back)}">Back to the newsroom</a></p>' if back else ""
    return page(title, f'<div class="counter alone"><h1>{escape(title)}</h1><p>{escape(words)}</p>{link}</div>')


def counter(payments: list[dict[str, Any]]) -> str:
    """The bank's own counter: the latest payments, and what who paid could do at their own bank."""
    lines = "".join(_line(payment) for payment in payments)
    table = f"""<div class="scroll" tabindex="0" role="region" aria-label="Latest payments"><table>
<thead><tr><th scope="col">Reference</th><th scope="col">Amount</th><th scope="col">State</th><th scope="col">As the one who paid</th></tr></thead>
<tbody>{lines}</tbody></table></div>"""  # noqa: E501
    return page("Latest payments", f"<h1>Latest payments</h1>{table if payments else '<p>Nothing was paid yet.</p>'}")


def _choice(card: cards.Card, chosen: bool) -> str:
    kind = "Account" if card.method == "debit" else "Card"
    return f"""<label class="choice"><input type="radio" name="card" value="{card.code}"{" checked" if chosen else ""}>
<span>{escape(card.name)} <small>{kind} ending {card.number[-4:]}. {escape(card.says)}</small></span></label>"""


def _line(payment: dict[str, Any]) -> str:
    state = payment["history"][-1]["state"]
    mandate = payment["mandate"]
    acts = []
    if state == "paid":
        acts.append(f'<button class="do" name="claim" value="{escape(payment["id"])}">Claim the money back</button>')
    if mandate and not mandate["ended_at"]:
        acts.append(f'<button class="do" name="end" value="{escape(mandate["id"])}">End the permission</button>')
    form = f'<form method="post" action="/">{"".join(acts)}</form>' if acts else ""
    amount = money(payment["amount"], payment["currency"])
    words = escape(state.replace("_", " "))
    return f"<tr><td>{escape(payment['reference'])}</td><td>{amount}</td><td>{words}</td><td>{form}</td></tr>"
