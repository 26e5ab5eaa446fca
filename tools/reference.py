"""Writes docs/reference/ from the code, so that it can't go stale. `--check` compares and changes nothing."""

import argparse
import ast
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SHELF = ROOT / "docs" / "reference"
HOUSE = ROOT / "masthead"
sys.path.insert(0, str(ROOT))

CONTRACT = {
    "data-edition": "on `<html>`: `public`, `thanked` or `supporter`, the edition that this page was printed for",
    "data-slot": "an advert's room, with its reserved space; absent from the supporter edition",
    "data-appeal": "an appeal: `top`, `middle` or `end`; absent from the thanked and the supporter edition",
    "data-read-on": "the link to the next story in the matter",
    "data-join": "the way in to a call, from 15 minutes before it begins until it is over: on `/calls/` for all, "
    "on the call's page and on that of the way in for who has a seat",
    "data-count": "in the open books: `stories`, `films`, `letters`, `calls` or `corrections`, and how many there were",
}
HOOKS = CONTRACT | {
    "data-weight": "on a creative's `<template>`: how often it is chosen, against the others of its slot",
    "data-read": "on the desk: an inline script that `desk.js` has read already",
    "data-options": "on the desk: what a panel needs to know, as JSON",
    "data-config": "on the desk: what a chooser of days or times needs to know, as JSON",
    "data-for": "on the desk: the field that a chooser belongs to",
    "data-embed": "something from elsewhere, not loaded; its address",
    "data-embed-door": "the button that loads an embed",
    "data-embed-words": "what stands in an embed's place until it is loaded",
    "data-embed-title": "the title that the frame of an embed gets",
    "data-fresh": "a part of a page that is fetched again every so many seconds while it is looked at",
    "data-fresh-as": "the state of such a part; when another is found, the page is loaded anew",
    "data-chapters": "a list of the questions in a recording, and the id of its film",
    "data-fee": "a form whose giver may cover the fee: where its script asks for the sum",
    "data-fee-says": "where that sum stands",
    "data-second": "the second of the film that a link in such a list leads to",
    "data-desk-panel": "on the desk: the kind of panel that `desk.js` wakes",
    "data-passkey": "on the desk: where `passkeys.js` asks the browser for a passkey (`get`) or to make one (`create`)",
    "data-passkey-button": "the button that asks it",
    "data-passkey-answer": "the field that takes what it answers",
    "data-passkey-trouble": "what is said when it gives nothing",
    "data-desk-chooser": "on the desk: the chooser of days or times that `desk.js` wakes",
}
PATHS = {
    "/": "the front page",
    "/support/": "the support page: amounts, often, e-mail; works without JavaScript",
    "/presents/": "give a membership to somebody else; works without JavaScript",
    "/presents/open/<token>/": "the link of a present: GET shows it, the button claims it, once",
    "/account/": "a reader's own page: what is given and what is got, receipts, letters, devices, privacy",
    "/account/sign-in/": "sign-in by code or link",
    "/account/pledges/<reference>/amount/": "another amount or rhythm; shown before and after, then done",
    "/account/pledges/<reference>/day/": "another day of the month; likewise",
    "/account/address/<token>/": "in a mail: another address of an account, confirmed or stopped by a button",
    "/account/pledges/<reference>/means/": "another card or account for all that one gives",
    "/account/pledges/<reference>/end/": "the end, with the button that does it; the way in from every mail",
    "/letters/": "all letters, and how to get each",
    "/letters/<list>/<slug>/": "one issue of a letter; a supporters' one behind sign-in",
    "/letters/unsubscribe/<token>/": "in each letter: GET shows a button, a bare POST leaves the list (RFC 8058)",
    "/calls/invitations/<key>/": "in each invitation to a call: the same, for getting no more of them",
    "/calls/": "the next call, with `[data-join]` while its way in is open, and those that were",
    "/open-books/": "the counts and the money, with `[data-count]`; each table at `/open-books/<table>.csv`",
    "/desk/": "the newsroom's own side",
    "/films/": "all films",
    "/search/?q=": "search over headlines and bodies",
    "/feeds/all.rss": "the feed of the whole paper",
    "/hooks/<provider>/": "where a provider's webhooks arrive",
    "/approve/<reference>/": "a payment whose bank wants its giver's word: says which, and leads to the provider",
    "/pay/<reference>/": "a payment that was looked at and released: says which, and leads to the provider",
    "/healthz/live": "200 while the process answers; the press's own answer",
    "/healthz/ready": "200 when database, migrations and workers are well, else 503 with a line for each lack",
}


def stand_up() -> None:
    """Load Django in a folder of its own."""
    home = tempfile.mkdtemp(prefix="masthead-reference-")
    os.environ.update(MASTHEAD_HOME=home, MASTHEAD_SECRET="x" * 40, DJANGO_SETTINGS_MODULE="masthead.web.settings")
    os.environ["MASTHEAD_ADDRESS"] = "http://127.0.0.1:8000"
    from masthead.web import workers

    workers.prepare()


# --- pages --------------------------------------------------------------------------------------------------


def settings_page() -> str:
    from pydantic_core import PydanticUndefined

    from masthead.core.config import PREFIX, SECRETS, Config

    rows = []
    for name, field in Config.model_fields.items():
        missing = field.default is PydanticUndefined
        default = "–" if missing or name in SECRETS else f"`{_plain(field.default)}`"
        where = "environment alone" if name in SECRETS else "file or environment"
        rows.append((f"`{name}`", f"`{PREFIX}{name.upper()}`", default, where, field.description or ""))
    return _page(
        "Settings",
        "Read once, at the start, from the environment and from `masthead.toml` in the newsroom's folder; the "
        "environment wins. A bad one stops the start with one line that names it. Secrets come from the environment or "
        "from `secrets.env` beside the file, which `masthead` reads into the environment. What an editor may want to "
        "change is not here but on the desk.",
        _table(("in the file", "in the environment", "default", "from", "meaning"), rows),
    )


def commands() -> dict[str, argparse.ArgumentParser]:
    """Every word that may follow `masthead`."""
    from masthead.__main__ import parser

    [of_all] = [action for action in parser()._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(of_all.choices)


def commands_page() -> str:
    parts = ["Before the command: `--home DIR` names the newsroom's folder (default: `MASTHEAD_HOME`, else here)."]
    for name, sub in commands().items():
        rows = [
            (f"`{' '.join(action.option_strings) or action.metavar or action.dest}`", action.help or "")
            for action in sub._actions
            if action.dest != "help"
        ]
        parts += [f"## masthead {name}", sub.description or "", _table(("word", "meaning"), rows)]
    parts.append("Status 0: done. 1: refused or wrong, with one line that says why. 2: a word was not understood.")
    return _page("Commands", "`masthead`, also `python -m masthead`.", "\n\n".join(filter(None, parts)))


def signals_page() -> str:
    rows = [(f"`{room}.{name}`", told) for room, name, told in signals()]
    return _page(
        "Signals",
        "Declared by a lower floor, heard by higher ones, and for nothing else. Where money or a pledge moves only "
        "`membership` hears it inside the transaction; everyone else hears after the commit, from a stored row.",
        _table(("signal", "told with it"), rows),
    )


def signals() -> Iterator[tuple[str, str, str]]:
    """Every signal of the house: room, name, what stands beside it in the source."""
    for path in sorted(HOUSE.glob("*/signals.py")):
        source = path.read_text()
        lines, nodes = source.splitlines(), ast.parse(source).body
        for node, after in zip(nodes, [*nodes[1:], None], strict=True):
            if not (isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("Signal(")):
                continue
            told = ""
            if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
                told = " ".join(str(after.value.value).split())
            else:
                above = node.lineno - 2
                comment = []
                while above >= 0 and lines[above].startswith("#"):
                    comment.insert(0, lines[above].lstrip("# "))
                    above -= 1
                told = " ".join(comment)
            yield path.parent.name, ast.unparse(node.targets[0]), told


def audit_page() -> str:
    from masthead.core import audit

    rows = [(f"`{action}`", sentence) for action, sentence in sorted(audit.SENTENCES.items())]
    return _page(
        "Audit actions",
        "Who did what to what. Rows keep references, dates and numbers; never names, addresses or what people wrote.",
        _table(("action", "shown as"), rows),
    )


def paths_page() -> str:
    rows = [(f"`{path}`", meaning) for path, meaning in PATHS.items()]
    every = [(f"`{path}`", f"`{name}`") for path, name in patterns()]
    hooks = [(f"`{name}`", meaning) for name, meaning in CONTRACT.items()]
    return _page(
        "Public paths, and the contract for checks",
        "These stay: whoever checks, scripts or links may rely on them.",
        _table(("path", "what it is"), rows)
        + "\n\n## In the markup\n\n"
        + _table(("hook", "meaning"), [*hooks, ("`figcaption .credit`", "who made a picture and which agency sent it")])
        + "\n\n## Every address\n\nPrinted from the table of addresses; the desk's own are Wagtail's.\n\n"
        + _table(("address", "name"), every),
    )


def patterns() -> list[tuple[str, str]]:
    """Every address that is not the desk's, with its name."""
    from django.urls import URLPattern, get_resolver

    def walk(found: Iterable[Any], before: str) -> Iterator[tuple[str, str]]:
        for pattern in found:
            here = before + str(pattern.pattern).lstrip("^").rstrip("$")
            if isinstance(pattern, URLPattern):
                yield "/" + here, pattern.name or ""
            elif not here.startswith("desk/"):
                yield from walk(pattern.url_patterns, here)

    return sorted(set(walk(get_resolver().url_patterns, "")))


def hooks_page() -> str:
    rows = [(f"`{name}`", meaning) for name, meaning in sorted(HOOKS.items())]
    return _page(
        "Hooks in the markup",
        "Each `data-` attribute of ours and what it says. Those under *Public paths* are kept stable.",
        _table(("attribute", "meaning"), rows),
    )


def hooks_in_use() -> set[str]:
    """Every `data-` attribute that a template or a script of ours names."""
    files = [*HOUSE.glob("*/templates/**/*.html"), *HOUSE.glob("*/static/js/**/*.js")]
    found = {name for path in files for name in re.findall(r"\bdata-[a-z][a-z-]*[a-z]", path.read_text())}
    stimulus = ("data-controller", "data-action", "data-w-")  # the desk's own library
    return {name for name in found if not name.startswith(stimulus)}


def accounts_page() -> str:
    from masthead.money import bookkeeping, guards, journal, reports
    from masthead.money.ledger import Account

    names = {name: value for name, value in vars(Account).items() if name.isupper()}
    rows = [(f"`{value}`", f"`Account.{name}`", reports.meaning_of(value)) for name, value in names.items()]
    rows.append(("`owed_by:<provider>`", "`Account.owed_by(provider)`", "What a provider holds until it pays it out"))
    others = "What others have at an account that we share"
    rows.append(("`others:<provider>`", "`Account.of_others(provider)`", others))
    entries = [
        (f"`{name}`", (getattr(journal, name).__doc__ or "").splitlines()[0])
        for name in dir(journal)
        if name.startswith("post_") and name != "post_all"
    ]
    guarded = sorted(guards.RULES)
    text = (
        _table(("account", "in the code", "what for"), rows)
        + "\n\n## What is posted\n\n"
        + _table(("entry", "meaning"), entries)
    )
    text += "\n\n## Columns of the files\n\n" + _table(("file", "columns, in their order"), [
        (name, ", ".join(f"`{column}`" for column in columns)) for name, columns in bookkeeping.FILES.items()
    ])  # fmt: skip
    if guarded:
        text += "\n\n## What the database refuses\n\n" + "\n".join(f"- `{name}`" for name in guarded)
    return _page("Accounts of the ledger", "Debit stands above zero, credit below; each entry sums to zero.", text)


def states_page() -> str:
    from masthead.giving import states as giving
    from masthead.money import states as money
    from masthead.money.providers.practice import states as practice

    parts = [
        "## A pledge",
        _table(("from", "to"), _moves(giving.MOVES)),
        "### What a giver, or the desk for them, changes about it",
        "Each is a row of the pledge's moves, with this in `act` and every fact that differs in `changed`, before and "
        "after: `amount_minor`, `interval`, `anchor_day` (the day of the month), `next_on`, `paid_until`, `rests_from` "
        "(from when benefits rest until it is collected) and `mandate`.",
        _table(("act", "means"), [(f"`{c.value}`", str(c.label)) for c in giving.Act]),
        "## A gift",
        _table(("from", "to"), _moves(giving.GIFT_MOVES)),
        "## A present",
        _table(("from", "to"), _moves(giving.PRESENT_MOVES)),
    ]
    for title, choices in (
        ("A payment", money.PaymentState),
        ("A visit to the pay page", money.CheckoutState),
        ("A visit to give another card or account", money.SetupState),
        ("A mandate", money.MandateState),
        ("A notice before money", money.NoticeKind),
        ("An event of a provider", money.EventState),
        ("A line of a provider's own books", money.MovementKind),
        ("A comparison with a provider's own books", money.ComparisonStage),
        ("A difference, by kind", money.DifferenceKind),
        ("A difference, by what became of it", money.DifferenceState),
    ):
        parts += [f"## {title}", _table(("state", "means"), [(f"`{c.value}`", str(c.label)) for c in choices])]
    parts += [
        "## The practice bank's words and ours",
        _table(
            ("its state of a payment", "the fact that it tells"),
            [(f"`{a}`", f"`{b}`") for a, b in practice.PAYMENT.items()],
        ),
        _table(("its reason", "ours"), [(f"`{a}`", f"`{b}`") for a, b in practice.FAILURES.items()]),
    ]
    return _page("States", "Printed from the tables in the code.", "\n\n".join(parts))


def stripe_page() -> str:
    from masthead.money.providers.stripe import calls, states

    tables = [
        ("Status of a payment intent", states.INTENT),
        ("Status of a charge", states.CHARGE),
        ("Status of a visit to Checkout", states.SESSION),
        ("Payment status of a visit", states.PAID),
        ("Status of a setup intent", states.SETUP),
        ("Status of a refund", states.REFUND),
        ("Status of a dispute", states.DISPUTE),
        ("Status of a debit's mandate", states.MANDATE),
        ("Status of a payout", states.PAYOUT),
        ("Type of a line of its balance", states.BALANCE),
        ("Status of a subscription of other software", states.SUBSCRIPTION),
        ("Why an issuer said no (`decline_code`)", states.DECLINES),
        ("Why a payment failed otherwise (`code`)", states.ERRORS),
        ("Why a refund failed", states.REFUND_FAILURES),
    ]
    methods = [(f"`{theirs}`", f"`{ours}`, '{name}'") for theirs, (ours, name) in states.METHODS.items()]
    parts = [
        f"We speak version `{calls.API_VERSION}` of its API, whatever the account's own is.",
        "## The calls that we make",
        _table(("call", "what for"), [(f"`{call}`", what) for call, what in calls.CALLS.items()]),
        "## The events that a webhook must send",
        "\n".join(f"- `{kind}`" for kind in states.EVENTS),
        "## Its words and ours",
        "What is missing in a table counts as nothing yet; a reason that is missing counts as a plain no.",
    ]
    for title, table in tables:
        parts += [f"### {title}", _table(("Stripe's", "ours"), _pairs(table))]
    parts += ["### Type of a payment method", _table(("Stripe's", "ours"), methods)]
    return _page("Stripe", "What passes between a newsroom and Stripe.", "\n\n".join(parts))


def gocardless_page() -> str:
    from masthead.money.providers.gocardless import calls, states

    tables = [
        ("Status of a billing request", states.REQUEST),
        ("Status of a mandate", states.MANDATE),
        ("Status of a payment", states.PAYMENT),
        ("Action of a payment's event", states.STEPS),
        ("Status of a refund", states.REFUND),
        ("Status of a payout", states.PAYOUT),
        ("Type of an item of a payout", states.ITEM),
        ("Scheme of a currency", states.SCHEMES),
        ("Status of a subscription of other software", states.SUBSCRIPTION),
        ("Why a payment failed (`cause`)", states.FAILURES),
        ("Why a refund failed", states.REFUND_FAILURES),
    ]
    asked_about = [kind for kind, about in states.KINDS.items() if about not in ("answer", "noted")]
    parts = [
        f"We speak version `{calls.API_VERSION}` of its API.",
        "## The calls that we make",
        _table(("call", "what for"), [(f"`{call}`", what) for call, what in calls.CALLS.items()]),
        "## The events that we act on",
        "GoCardless sends all its events to a webhook. At these we ask for what they are about; others are noted.",
        "\n".join(f"- `{kind}`" for kind in asked_about),
        "## Its words and ours",
        "What is missing in a table counts as nothing yet; a reason that is missing counts as a plain no.",
    ]
    for title, table in tables:
        parts += [f"### {title}", _table(("GoCardless'", "ours"), _pairs(dict(table)))]
    return _page("GoCardless", "What passes between a newsroom and GoCardless.", "\n\n".join(parts))


def failures_page() -> str:
    from masthead.giving import schedule
    from masthead.money import failures, lateness, notices

    return _page(
        "Why money did not move",
        "The sentences that givers and the desk read; each provider's codes lead to one of them.",
        "\n\n".join(
            [
                "## A payment",
                _table(
                    ("why", "sentence", "what the giver is asked", "what is done"),
                    [(f"`{why}`", str(f.sentence), str(f.step), f.then.value) for why, f in failures.FAILURES.items()],
                ),
                f"Our calendar: tried again {' and '.join(str(after.days) for after in schedule.TRY_AGAIN_AFTER)} days "
                "after the first failure, as long as that is within the grace. One reminder at most goes out, "
                f"{schedule.REMIND_BEFORE.days} days before the grace is over.",
                "## How long before a collection it is told",
                _table(
                    ("method", "working days at least", "late after"),
                    [
                        (f"`{m}`", str(days), f"{lateness.USUAL[m].days} days")
                        for m, days in notices.WORKING_DAYS.items()
                    ],
                ),
                "## A refund",
                _table(("why", "sentence"), [(f"`{w}`", str(said)) for w, said in failures.REFUND_SENTENCES.items()]),
            ]
        ),
    )


def _pairs(table: dict[str, str | None]) -> list[tuple[str, str]]:
    return [(f"`{theirs}`", f"`{ours}`" if ours else "nothing yet") for theirs, ours in table.items()]


def _moves(table: dict[Any, set[Any]]) -> list[tuple[str, str]]:
    order = list(table)
    return [
        (f"`{_value(was)}`", ", ".join(f"`{_value(to)}`" for to in order if to in table[was]) or "nothing")
        for was in order
    ]


def rules_page() -> str:
    from masthead.core import fillins, limits
    from masthead.core.jobs import RULES

    rules = [
        (f"`{name.removeprefix('masthead.')}`", _span(period), _first(job))
        for name, (period, job) in sorted(RULES.items())
    ]
    tries = [(f"`{name}`", f"{limit.times} in {_seconds(limit.per)}") for name, limit in sorted(limits.LIMITS.items())]
    words = [(f"`{{{name}}}`",) for name in sorted(fillins.WORDS)]
    return _page(
        "Rules of the clock, limits, fill-in words",
        "What happens by itself, what may not be tried too often, and the words that stand for a figure.",
        "\n\n".join([
            "## The clock", _table(("rule", "every", "does"), rules),
            "## Limits", "Other figures are set in `masthead.toml`, under `[limits]`: `\"name\" = \"40/15 minutes\"`.",
            _table(("limit", "at most"), tries),
            "## Fill-in words", _table(("word",), words),
        ]),
    )  # fmt: skip


def roles_page() -> str:
    from masthead.readers import guarded
    from masthead.web.roles import ADMINISTRATORS, ADMINISTRATORS_DO, ROLES

    def factor(needed: bool) -> str:
        return "needed" if needed else "offered"

    short = [(name, role.does, role.never, factor(guarded.any_guarded(role.rights))) for name, role in ROLES.items()]
    short.append((ADMINISTRATORS, ADMINISTRATORS_DO, " ", factor(True)))
    rights = [
        (name, ", ".join(f"`{right}`{' *' if guarded.is_guarded(right) else ''}" for right in sorted(role.rights)))
        for name, role in ROLES.items()
    ]
    return _page(
        "Roles and rights",
        "Who may do what at the desk. One person may have several roles; a newsroom can make more under *Settings*, "
        "*Groups*. Editors and Reporters also have Wagtail's rights on pages and pictures.",
        "\n\n".join([
            _table(("role", "does", "not", "second factor"), short),
            "## The rights",
            "Those with a star are given only in a session in which a second factor was proved; an administrator's "
            "likewise.",
            _table(("role", "rights"), rights),
        ]),
    )  # fmt: skip


def kept() -> dict[str, tuple[str, str]]:
    """Every table that holds something of people: what it holds, and for how long."""
    from masthead.calls import afterwards
    from masthead.core import mail
    from masthead.giving import takeovers, tasks
    from masthead.letters import links, subscribing
    from masthead.letters.models import Report
    from masthead.letters.sending import mailings
    from masthead.membership import reasons
    from masthead.money import defences, inbox
    from masthead.readers import address_change, desk_sessions, devices, sign_in

    desk = "until somebody at the desk removes it"
    account, law = "until the account is erased", "as long as accounting law wants it"
    after_call = f"{_long(afterwards.KNOWN_FOR)} after the call; then numbers alone"
    webhook = f"{_long(inbox.BODIES_KEPT)} after it came; that it came, and its hash, stay"
    return {
        "readers.Reader": ("address and name of an account", f"{account}; a bare reference stays"),
        "readers.Device": (
            "a browser that is signed in, or paid: a label, days of first and last use, the hash of its session",
            f"its session ends {_long(devices.UNUSED_FOR)} after the last use; the row goes {_long(devices.ENDED_FOR)} "
            "after the end of one that owns nothing, and with the account",
        ),
        "readers.SignInCode": ("an address, hashes of a code and of a link", _long(sign_in.KEPT)),
        "readers.Confirmation": ("that an address was confirmed", f"{_long(sign_in.KEPT)} after it was told to others"),
        "readers.StaffUser": ("address and name of staff", desk),
        "readers.Factor": (
            "a second factor of staff: the sealed secret of an app, or the public half of a passkey",
            "until it is removed, and with the user",
        ),
        "readers.RecoveryCode": ("hashes of codes for a lost factor", "until new ones are made, and with the factor"),
        "readers.DeskSession": (
            "where staff are signed in: the kind of browser, days of first and last use",
            f"{_long(desk_sessions.KEPT)} after its end or the last use",
        ),
        "core.Message": (
            "a mail: address and words",
            f"{_long(mail.KEPT)} after it was sent; with a code or link in it {_long(sign_in.KEPT)}, "
            f"with the link of a present {_long(tasks.LINKS_KEPT)}",
        ),
        "core.AuditRecord": ("who did what to what: references, dates and numbers", "for good"),
        "readers.CareNote": ("what staff wrote about a person: notes, and why they did something", account),
        "readers.AddressChange": (
            "another address of an account, asked for at the desk", f"{_long(address_change.KEPT)}, or {account}"
        ),
        "core.Hit": ("how often something was tried: the hash of an address or a network", "until the window ends"),
        "giving.Pledge": ("address, amount, states; where it came from", f"{law}; the address {account}"),
        "giving.Leaving": (
            "why somebody ended, with the month and no name; perhaps in their own words",
            "the words a year; what was ticked, for good",
        ),
        "giving.Gift": ("the same of a gift", f"{law}; the address {account}"),
        "giving.Present": (
            "the same of a present, and what the giver wrote on it: names, words, the receiver's address",
            f"{law}; the receiver's address until it is claimed, the words until an account is erased; "
            f"{_long(tasks.NEVER_PAID_AFTER)} where nobody can have it any more",
        ),
        "giving.Remark": ("a note to the newsroom, a name that may be printed", f"{account}; the name until withdrawn"),
        "money.Checkout": (
            "a visit to a pay page; the address only until the provider has it",
            f"{law}; an address of a page that was never made {_long(inbox.BODIES_KEPT)}",
        ),
        "money.Attempt": (
            "that somebody began to pay: hashes of address, network, e-mail address and card",
            _long(defences.KEPT),
        ),
        "money.Hold": ("a payment that is looked at first, and what staff wrote about it", law),
        "giving.TakeoverLine": (
            "a line of a file of supporters to take over: name, address, the provider's names",
            f"{_long(takeovers.LINES_KEPT)}; with the account, at once",
        ),
        "money.Setup": (
            "a visit to give another card or account; the address only until the provider has it",
            f"{law}; an address of a page that was never made {_long(inbox.BODIES_KEPT)}",
        ),
        "money.Difference": ("where a provider's books and ours differ, and why it was resolved so", law),
        "money.Receipt": ("the number of a paper, amounts and days; of whom, the payment's own rows say", law),
        "money.Delivery": ("what a provider wrote", webhook),
        "money.Event": ("what a provider told", webhook),
        "membership.Grant": (
            "who may have what, from when, until when", "for good; without a name once the account is erased"
        ),
        "membership.Courtesy": (
            "a membership that the newsroom gave, and why",
            f"{account} (thanks for a gift last {_long(reasons.THANKED_FOR)})",
        ),
        "letters.LetterList": ("the address that answers go to", desk),
        "letters.SignUp": ("an address typed into a form", _long(subscribing.KEPT)),
        "letters.Consent": ("the proof that somebody asked for a list", account),
        "letters.Subscription": ("what somebody decided about a list", account),
        "letters.Delivery": (
            "one copy to one address",
            f"the address {_long(mailings.ADDRESSES_KEPT)} after the mailing ended; the row, for good",
        ),
        "letters.Proof": ("a test copy to an address that staff typed", _long(mailings.PROOFS_KEPT)),
        "letters.Report": ("what was heard about a letter to an address", _long(Report.KEPT)),
        "letters.Suppression": ("an address that gets no letters", "until the desk lifts that"),
        "letters.LinkKey": ("the keys of links in letters", f"as long as the links work: {_long(links.LIVES)}"),
        "calls.Seat": ("who has a seat, and came", after_call),
        "calls.Invitation": ("who was invited", after_call),
        "calls.NoInvitations": ("who wants no invitations", account),
        "calls.Vote": ("who voted for a question", after_call),
        "calls.Question": (
            "what was asked, and by whom",
            f"{_long(afterwards.KNOWN_FOR)} after the call; then those that were answered, without a name",
        ),
        "newsroom.Person": ("name, picture and address of somebody who writes", desk),
        "adverts.Advertiser": ("name and address of who books adverts", desk),
    }  # fmt: skip


def holds_people() -> set[str]:
    """Every table of ours with an address in it, or somebody's key."""
    from django.apps import apps
    from django.db.models import EmailField

    from masthead.readers.models import Device, Reader

    models = [model for model in apps.get_models() if model.__module__.startswith("masthead.")]
    return {
        model._meta.label
        for model in models
        for field in model._meta.concrete_fields
        if isinstance(field, EmailField) or field.related_model in (Reader, Device)
    }


def stored_in_browsers() -> list[tuple[str, str, str, str]]:
    """The module that gives it; its name, for what, for how long."""
    from django.conf import settings

    from masthead.giving import present_views
    from masthead.press import passes
    from masthead.press.passing import passes as ours
    from masthead.readers import devices, views

    return [
        ("press/passing.py", ours().cookie_name,
         "a supporter's, or who is thanked: which edition of a page comes; names nobody and opens nothing",
         f"a supporter's for {_one(passes.SUPPORTER_SECONDS)}, renewed beside a session; thanks as long as they last; "
         f"either {_one(passes.RENEW_UNTIL_PAST)} more, in which it can be renewed"),
        ("readers/devices.py", devices.COOKIE, "a device that is signed in, or paid: a random number",
         f"{_long(devices.UNUSED_FOR)} after the last use"),
        ("readers/views.py", views.ASKING, "who asks for a code to sign in: binds the code to this browser",
         _one(views.ASKING_LIVES)),
        ("giving/present_views.py", present_views.OPENING,
         "who opens a present and signs in for that: its link, so that it stands in no address",
         _one(present_views.OPENING_LIVES)),
        ("web/settings.py", settings.SESSION_COOKIE_NAME, "staff at the desk: a random number",
         _one(settings.SESSION_COOKIE_AGE)),
        ("web/settings.py", settings.CSRF_COOKIE_NAME, "staff at the desk: guards its forms",
         _one(settings.CSRF_COOKIE_AGE)),
        ("web/templates/parts/fresh.html", "localStorage: edition",
         "a browser that has met another edition than the public one: which, so that a page that the back button "
         "brings is loaded anew after paying", "until the browser clears it"),
    ]  # fmt: skip


def storing_in_browsers() -> set[str]:
    """Every module, template or script of ours that gives a browser something to keep."""
    words = re.compile(r"\.set_cookie\(|_COOKIE_NAME = |\b(?:local|session)Storage\b|\bindexedDB\b|document\.cookie")
    files = [path for kind in ("py", "html", "js") for path in HOUSE.glob(f"*/**/*.{kind}")]
    return {str(path.relative_to(HOUSE)) for path in files if words.search(path.read_text())}


def kept_page() -> str:
    rows = [(f"`{table}`", what, how_long) for table, (what, how_long) in kept().items()]
    browser = [(f"`{name}`", purpose, lives) for _where, name, purpose, lives in stored_in_browsers()]
    return _page(
        "What is kept, and for how long",
        "Every table that holds something of people, and everything that a browser is given to keep. The spans are "
        "those of the code; the [rules of the clock](rules.md) keep them. What is not here holds nothing of people.",
        "\n\n".join([
            "## In the database", _table(("table", "what of people", "for how long"), rows),
            "## In browsers",
            "Who only reads is given nothing. By https the names of cookies begin with `__Host-`. All of them are "
            "`HttpOnly` and `SameSite=Lax`, and none is for another site.",
            _table(("name", "given to, and what for", "for how long"), browser),
        ]),
    )  # fmt: skip


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "commands.md": commands_page,
    "signals.md": signals_page,
    "audit.md": audit_page,
    "paths.md": paths_page,
    "hooks.md": hooks_page,
    "accounts.md": accounts_page,
    "states.md": states_page,
    "rules.md": rules_page,
    "roles.md": roles_page,
    "stripe.md": stripe_page,
    "gocardless.md": gocardless_page,
    "failures.md": failures_page,
    "kept.md": kept_page,
}


# --- words and tables ----------------------------------------------------------------------------------------


def _page(title: str, introduction: str, body: str) -> str:
    made = "<!-- Written by tools/reference.py (make docs) from the code. -->"
    return f"# {title}\n\n{made}\n\n{introduction}\n\n{body.strip()}\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) if len(lines) > 2 else ""


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value) if value not in ("", None) else " "


def _value(choice: Any) -> str:
    return str(getattr(choice, "value", choice))


def _first(job: Any) -> str:
    return (job.function.__doc__ or "").strip().splitlines()[0] if job.function.__doc__ else ""


def _span(period: Any) -> str:
    return _seconds(int(period.total_seconds()))


def _long(period: Any) -> str:
    return _one(int(period.total_seconds()))


def _one(seconds: int) -> str:
    """'a day', 'an hour', '90 days'."""
    said = _seconds(seconds)
    return said if said[0].isdigit() else f"{'an' if said[0] == 'h' else 'a'} {said}"


def _seconds(seconds: int) -> str:
    for length, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds % length == 0:
            return name if seconds == length else f"{seconds // length} {name}s"
    return f"{seconds} seconds"


def stale() -> list[str]:
    """The pages that are not as the code says."""
    return [
        name for name, write in PAGES.items() if not (SHELF / name).exists() or (SHELF / name).read_text() != write()
    ]


def main() -> int:
    stand_up()
    if "--check" in sys.argv:
        found = stale()
        print(f"stale: {', '.join(found)}: run `make docs`" if found else "docs/reference/ is as the code says")
        return 1 if found else 0
    SHELF.mkdir(parents=True, exist_ok=True)
    for name, write in PAGES.items():
        (SHELF / name).write_text(write())
    print(f"{len(PAGES)} pages written to {SHELF.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
