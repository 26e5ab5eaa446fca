"""A second, naive model of what should be the case, made of the providers' own books and the letters that went out.

It knows nothing of the product's code. From the database it takes plain rows: which payment is of which order, what
was posted, who may have what, which letter told of which collection.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.chaos.givers import Giver
from tests.chaos.world import Newsroom, Post, Providers

LONDON = ZoneInfo("Europe/London")
GRACE = timedelta(days=14)
NOTICE_HOLDS = timedelta(days=7 + 4)  # after the day that it names; a provider may be away meanwhile
HEARD_AFTER = timedelta(days=14)  # at most, until a first payment is known of whose giver never came back
KNOWN_AFTER = timedelta(days=50)  # at most, until what nobody told of is known: GoCardless lists by payouts alone


@dataclass
class Charge:
    """One attempt to collect, as its provider knows it."""

    payment: str
    at: datetime
    amount: int
    method: str
    state: str  # 'paid', 'promised', 'failed' (or not yet approved)
    failed_at: datetime | None = None
    refunded: int = 0
    claimed_at: datetime | None = None
    claimed: int = 0
    is_on_page: bool = False

    @property
    def is_good(self) -> bool:
        """Whether its money is, or will be, ours for all that is known."""
        is_kept = self.claimed_at is None and self.refunded < self.amount
        return self.state in ("paid", "promised") and is_kept


@dataclass
class View:
    """What is true at one moment, by pledge and number."""

    now: datetime
    charges: list[Charge]
    order_of: dict[str, tuple[str, int]]  # payment → pledge, number
    rows: dict[str, dict[str, Any]]  # payment → row
    covers: dict[tuple[str, int], tuple[date, date]]
    wrong: list[str] = field(default_factory=list)


def moment(value: Any) -> datetime:
    """As either database gives it, aware."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def day_of(at: datetime) -> date:
    return at.astimezone(LONDON).date()


def day(value: Any) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def working_days_between(start: date, end: date) -> int:
    """Those after `start`, `end` included."""
    return sum((start + timedelta(days=n)).weekday() < 5 for n in range(1, (end - start).days + 1))


# --- what the providers say ----------------------------------------------------------------------------------


def charges_at(providers: Providers) -> list[Charge]:
    """Every attempt that was made at any of them."""
    return [*_at_stripe(providers), *_at_gocardless(providers), *_at_practice(providers)]


def _at_stripe(providers: Providers) -> Iterator[Charge]:
    book = providers.stripe.book
    claims = {dispute["charge"]: dispute for dispute in book.of_kind("dispute")}
    failed_at = {
        event["data"]["object"]["id"]: event["created"] for event in book.events if event["type"] == "charge.failed"
    }
    states = {"succeeded": "paid", "pending": "promised", "failed": "failed"}
    for charge in book.of_kind("charge"):
        names, claim = charge["metadata"], claims.get(charge["id"])
        yield Charge(
            payment=names["payment"],
            at=datetime.fromtimestamp(charge["created"], UTC),
            amount=charge["amount"],
            method="debit" if charge["payment_method_details"]["type"] == "bacs_debit" else "card",
            state=states[charge["status"]],
            failed_at=_at(failed_at.get(charge["id"])),
            refunded=charge["amount_refunded"],
            claimed_at=_at(claim["created"]) if claim else None,
            claimed=claim["amount"] if claim and claim["status"] != "won" else 0,
            is_on_page=names["made_by"] != "collection",
        )


def _at_gocardless(providers: Providers) -> Iterator[Charge]:
    book = providers.gocardless.book
    told = {(event["links"].get("payment"), event["action"]): event["created_at"] for event in book.events}
    states = {"confirmed": "paid", "paid_out": "paid", "charged_back": "paid", "pending_submission": "promised"}
    for payment in book.of_kind("payments"):
        ref, status = payment["id"], payment["status"]
        failed, confirmed = told.get((ref, "failed")), told.get((ref, "confirmed"))
        ended = failed or told.get((ref, "cancelled"))
        is_late = bool(failed and confirmed)  # the bank sent back what it had paid
        claimed = told.get((ref, "charged_back")) or (failed if is_late else None)
        yield Charge(
            payment=payment["metadata"]["payment"],
            at=moment(payment["created_at"]),
            amount=payment["amount"],
            method="debit",
            state="paid" if is_late else states.get(status, "promised" if status == "submitted" else "failed"),
            failed_at=moment(ended) if ended else None,
            refunded=payment["amount_refunded"],
            claimed_at=moment(claimed) if claimed else None,
            claimed=payment["amount"] if status in ("charged_back", "failed") and claimed else 0,
        )


def _at_practice(providers: Providers) -> Iterator[Charge]:
    book = providers.bank.book
    steps: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for row in book.rows("SELECT payment, state, at FROM step ORDER BY rowid"):
        steps[row["payment"]].append((row["state"], row["at"]))
    given = dict(map(tuple, book.rows("SELECT payment, SUM(amount) FROM refund GROUP BY payment")))
    debits = {row["id"] for row in book.rows("SELECT id FROM payment WHERE card IN ('debit', 'bounces')")}
    for row in book.rows("SELECT * FROM payment"):
        passed = dict(steps[row["id"]])
        last = steps[row["id"]][-1][0]
        if row["checkout"] and last in ("asked", "wants_approval"):
            continue  # somebody is at the pay page
        yield Charge(
            payment=row["reference"],
            at=datetime.fromtimestamp(steps[row["id"]][0][1], UTC),
            amount=row["amount"],
            method="debit" if row["id"] in debits else "card",
            state={"claimed_back": "paid", "wants_approval": "failed"}.get(last, last),
            failed_at=_at(passed.get("failed", passed.get("wants_approval"))),
            refunded=given.get(row["id"], 0),
            claimed_at=_at(passed.get("claimed_back")),
            claimed=row["claimed_amount"] or 0,
            is_on_page=bool(row["checkout"]),
        )


def _at(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def held_by(providers: Providers) -> dict[str, int]:
    """What each provider took in for us, less what it gave back and took for itself; payouts left out."""
    lines = providers.stripe.book.of_kind("balance_transaction")
    return {
        "stripe": sum(line["net"] for line in lines if line["type"] != "payout"),
        "gocardless": providers.gocardless.book.paid_out,
        "practice": sum(line["amount"] - line["fee"] for line in providers.bank.book.movements(0, float("inf"))),
    }


# --- what the newsroom's rows say ------------------------------------------------------------------------------


def look(newsroom: Newsroom) -> View:
    """All that is compared, as it stands now."""
    names = "reference order_key provider amount state made failure told_by day kind noticed_method"
    rows = newsroom.sql(
        "SELECT p.reference, p.order_key, p.provider, p.amount_minor, p.state, p.created_at, p.failure, n.told_by,"
        " n.day, n.kind, n.method FROM money_payment p LEFT JOIN money_notice n ON n.id = p.notice_id"
    )
    payments = {row[0]: dict(zip(names.split(), row, strict=True)) for row in rows}
    orders = {ref: row["order_key"].split(":") for ref, row in payments.items()}
    covers = newsroom.sql(
        "SELECT p.reference, i.number, i.due_on, i.covers_until FROM giving_instalment i"
        " JOIN giving_pledge p ON p.id = i.pledge_id"
    )
    return View(
        now=newsroom.now,
        charges=charges_at(newsroom.providers),
        order_of={ref: (order[1], int(order[2])) for ref, order in orders.items()},
        rows=payments,
        covers={(ref, number): (day(due), day(until)) for ref, number, due, until in covers},
    )


# --- what must hold at any moment ---------------------------------------------------------------------------------


def wrongs(newsroom: Newsroom, givers: list[Giver], post: Post, *, is_over: bool = False) -> list[str]:
    """Everything that is not as it should be, in words. `is_over`: all has been heard and done, so nothing may lag."""
    view = look(newsroom)
    known = [charge for charge in view.charges if charge.payment in view.rows]
    if strangers := len(view.charges) - len(known):
        view.wrong.append(f"{strangers} charges at providers are of no payment of ours")
    _books(newsroom, view, is_over)
    _once(newsroom, view, is_over)
    _noticed(newsroom, view, givers, post)
    _kept(newsroom, view, givers, is_over)
    _periods(view)
    return view.wrong


def _books(newsroom: Newsroom, view: View, is_over: bool) -> None:
    uneven = newsroom.sql(
        "SELECT transaction_id, SUM(amount_minor) FROM money_line GROUP BY 1 HAVING SUM(amount_minor) <> 0"
    )
    view.wrong += [f"{key} sums to {minor}" for key, minor in uneven]
    posted = _posted(newsroom)
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for charge in view.charges:
        told[charge.payment] += Counter(
            collected=charge.amount * (charge.state == "paid"), refunded=charge.refunded, returned=charge.claimed
        )
    for ref in told.keys() | posted.keys():
        for what in ("collected", "refunded", "returned"):
            there, here = told[ref][what], posted[ref][what]
            if is_over and here != there:
                view.wrong.append(f"{_name(view, ref)}: {what} {here} in our books, {there} at the provider")
            elif what == "collected" and here > there:
                view.wrong.append(f"{_name(view, ref)}: {here} posted, {there} taken")
    if is_over:
        sums = newsroom.sql(
            "SELECT t.provider, SUM(l.amount_minor) FROM money_line l JOIN money_transaction t"
            " ON t.key = l.transaction_id WHERE SUBSTR(l.account, 1, 8) <> 'owed_by:' AND l.account <> 'bank'"
            " GROUP BY 1 HAVING SUM(l.amount_minor) <> 0"
        )
        ours, theirs = {name: -int(minor) for name, minor in sums}, held_by(newsroom.providers)
        if ours != theirs:
            view.wrong.append(f"our books say {ours}, the providers' {theirs}")


def _posted(newsroom: Newsroom) -> dict[str, Counter[str]]:
    """By payment, what the books say was collected, refunded and returned."""
    payment_of = dict(
        newsroom.sql("SELECT r.reference, p.reference FROM money_refund r JOIN money_payment p ON p.id = r.payment_id")
        + newsroom.sql(
            "SELECT d.reference, p.reference FROM money_dispute d JOIN money_payment p ON p.id = d.payment_id"
        )
    )
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for key, account, minor in newsroom.sql("SELECT transaction_id, account, amount_minor FROM money_line"):
        named, _, what = key.partition(":")[2].removesuffix(":reversed").rpartition(":")
        ref = payment_of.get(named, named)
        if what == "collected" and account.startswith("income:"):
            found[ref]["collected"] -= int(minor)
        elif account in ("refunds", "returned"):
            found[ref][account.replace("refunds", "refunded")] += int(minor)
    return found


def _once(newsroom: Newsroom, view: View, is_over: bool) -> None:
    """Nobody pays twice for one period: of several that came about all but one go back."""
    asked_back = {row[0] for row in newsroom.sql(
        "SELECT p.reference FROM money_refund r JOIN money_payment p ON p.id = r.payment_id"
    )}  # fmt: skip
    kept: dict[tuple[str, int], list[str]] = defaultdict(list)
    for charge in view.charges:
        is_kept = charge.state == "paid" and charge.claimed_at is None and charge.refunded == 0
        if is_kept and (is_over or charge.payment not in asked_back):
            kept[view.order_of[charge.payment]].append(charge.payment)
    view.wrong += [f"{order} was charged {len(refs)} times" for order, refs in kept.items() if len(refs) > 1]
    tries = Counter(charge.payment for charge in view.charges if charge.state != "failed" and not charge.is_on_page)
    view.wrong += [f"{_name(view, ref)} was collected {count} times" for ref, count in tries.items() if count > 1]


def _noticed(newsroom: Newsroom, view: View, givers: list[Giver], post: Post) -> None:
    """Each collection was told of before: its amount, its day, its method, by a letter that really left."""
    of = {giver.reference: giver for giver in givers}
    for charge in view.charges:
        row = view.rows[charge.payment]
        pledge, _ = view.order_of[charge.payment]
        giver, name = of.get(pledge), _name(view, charge.payment)
        if charge.amount != row["amount"]:
            view.wrong.append(f"{name}: {charge.amount} was taken in place of {row['amount']}")
        if giver is None or charge.is_on_page or row["kind"] == "page":
            continue
        if charge.at > giver.ended_at:
            view.wrong.append(f"{name}: asked for at {charge.at}, though its giver had ended it at {giver.ended_at}")
        if charge.amount not in giver.amounts_at(moment(row["made"])):
            view.wrong.append(f"{name}: {charge.amount} is not what is given: {giver.amounts}")
        digest = hashlib.sha256(f"{newsroom.address}:{row['told_by']}".encode()).hexdigest()[:32]
        letter = post.letters.get(f"<{digest}@localhost>")
        if letter is None:
            view.wrong.append(f"{name}: no letter told of it ({row['told_by']})")
            continue
        told_day, on = day(row["day"]), day_of(charge.at)
        said = f"{told_day.day} {told_day:%B %Y}" in letter.text or (
            "today" in letter.text and day_of(letter.at) == told_day
        )
        if letter.to != giver.email or f"£{charge.amount / 100:.2f}" not in letter.text or not said:
            view.wrong.append(f"{name}: the letter {row['told_by']} does not say {charge.amount} on {told_day}")
        if not told_day <= on <= told_day + NOTICE_HOLDS or letter.at > charge.at:
            view.wrong.append(
                f"{name}: {told_day} was told at {letter.at} by {row['told_by']}, and it was on {charge.at}"
            )
        if row["noticed_method"] != charge.method:
            view.wrong.append(f"{name}: told of a {row['noticed_method']}, collected by {charge.method}")
        if charge.method == "debit" and working_days_between(day_of(letter.at), on) < 3:
            view.wrong.append(f"{name}: a debit of {on} was told of on {letter.at}")


def _kept(newsroom: Newsroom, view: View, givers: list[Giver], is_over: bool) -> None:
    """Who paid, or is within a grace, has what was promised; whose support is over has it no more."""
    grants: dict[str, bool] = defaultdict(bool)
    for ref, *spans in newsroom.sql(
        "SELECT reason_ref, from_at, until_at, grace_until, ended_at FROM membership_grant"
        " WHERE reason_kind = 'pledge' AND benefit = 'ad-free'"
    ):
        begun, *ends = [moment(span) if span else None for span in spans]
        grants[ref] |= begun is not None and begun <= view.now and all(end is None or end > view.now for end in ends)
    asked_for = {charge.payment for charge in view.charges}
    in_vain = [  # for which no provider was asked, since the permission had ended
        Charge(ref, moment(row["made"]), row["amount"], "", "failed", moment(row["made"]))
        for ref, row in view.rows.items()
        if ref not in asked_for and row["failure"] == "mandate_ended"
    ]
    for giver in givers:
        mine = sorted(
            (c for c in [*view.charges, *in_vain] if view.order_of[c.payment][0] == giver.reference), key=lambda c: c.at
        )
        has, must = grants[giver.reference], _must(view, giver, mine, is_over)
        if must is not None and has is not must:
            story = [
                (view.rows[c.payment]["order_key"], c.at.isoformat()[:10], c.state, str(c.claimed_at)[:10])
                for c in mine
            ]
            wrong = "is cut off" if must else "is kept on"
            view.wrong.append(
                f"{giver.email} {giver.reference} {wrong} at {view.now:%Y-%m-%d}: {story} {giver.story()}"
            )


def _must(view: View, giver: Giver, mine: list[Charge], is_over: bool) -> bool | None:
    """Whether somebody must have what was promised, or must not; None where either may be."""
    today, lag = day_of(view.now), timedelta(days=1) if is_over else KNOWN_AFTER
    covered = [(charge, view.covers[view.order_of[charge.payment]][1]) for charge in mine if charge.is_good]
    if covering := [charge for charge, until in covered if today < until]:
        known = [charge for charge in covering if view.rows[charge.payment]["state"] in ("promised", "collected")]
        return True if known or any(view.now - charge.at > HEARD_AFTER for charge in covering) else None
    may_be_over = all(today > until + timedelta(days=1) for _, until in covered)
    stops = [charge.claimed_at for charge in mine if charge.claimed_at]
    stops += [giver.ended_at] if giver.has_ended else []
    stops += [giver.paused_at] if giver.paused_at < view.now and today < giver.paused_until else []
    if stops:
        return False if may_be_over and view.now - min(stops) > lag else None
    if not any(charge.state in ("paid", "promised") for charge in mine):
        return False if is_over or not mine else None  # a promise broken before it was heard of gives a grace as well
    return _must_go_on(view, mine, lag, may_be_over)


def _must_go_on(view: View, mine: list[Charge], lag: timedelta, may_be_over: bool) -> bool | None:
    """The same for who has begun, has stopped nothing, and whose paid time is over: it is due, or it failed."""
    newest = max(view.order_of[charge.payment][1] for charge in mine)
    tries = [charge for charge in mine if view.order_of[charge.payment][1] == newest]
    if any(charge.state != "failed" for charge in tries):
        return None if any(charge.refunded for charge in tries) else True
    failures = [charge.failed_at or charge.at for charge in tries]
    if view.now < min(failures) + GRACE:
        return True
    return False if may_be_over and view.now > max(failures) + GRACE + lag else None


def _periods(view: View) -> None:
    """What is paid for follows on what was paid for before, a month or a year at a time."""
    of: dict[str, list[tuple[int, date, date]]] = defaultdict(list)
    paid = {view.order_of[charge.payment] for charge in view.charges if charge.is_good}
    for (pledge, number), (due, until) in view.covers.items():
        if (pledge, number) in paid:
            of[pledge].append((number, due, until))
            if not (27 <= (until - due).days <= 31 or 364 <= (until - due).days <= 366):
                view.wrong.append(f"{pledge}:{number} is for {(until - due).days} days")
    for pledge, periods in of.items():
        for (_, _, until), (number, due, _) in zip(sorted(periods), sorted(periods)[1:], strict=False):
            if due < until:
                view.wrong.append(f"{pledge}:{number} is due on {due}, and paid until {until}")


def _name(view: View, ref: str) -> str:
    row = view.rows.get(ref)
    return f"{row['order_key']} at {row['provider']}" if row else ref
