"""What the bank knows, in a file of its own, and what can be done there. Every act writes events that tell of it."""

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from practice_bank import cards
from practice_bank.clock import Clock, bank_days_after, months_after

CHECKOUT_LASTS = 24 * 3600
APPROVAL_LASTS = 7 * 24 * 3600
SETTLES_AFTER = 3  # bank days
CLAIM_FEE = 1500  # minor units

TABLES = """
CREATE TABLE IF NOT EXISTS checkout (
    id TEXT PRIMARY KEY, reference TEXT UNIQUE NOT NULL, payment_reference TEXT UNIQUE NOT NULL,
    amount INTEGER NOT NULL, currency TEXT NOT NULL, description TEXT NOT NULL, keeps_mandate INTEGER NOT NULL,
    email TEXT NOT NULL, return_to TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'open', made_at REAL NOT NULL,
    closed_at REAL, declined_at REAL, declined_reason TEXT);
CREATE TABLE IF NOT EXISTS mandate (
    id TEXT PRIMARY KEY, checkout TEXT NOT NULL, card TEXT NOT NULL, made_at REAL NOT NULL, ended_at REAL,
    later TEXT, expires TEXT);
CREATE TABLE IF NOT EXISTS payment (
    id TEXT PRIMARY KEY, reference TEXT UNIQUE NOT NULL, checkout TEXT, mandate TEXT, card TEXT NOT NULL,
    amount INTEGER NOT NULL, currency TEXT NOT NULL, description TEXT NOT NULL, fee INTEGER NOT NULL DEFAULT 0,
    failure TEXT, due_at REAL, due_state TEXT, claimed_amount INTEGER, claimed_fee INTEGER);
CREATE TABLE IF NOT EXISTS step (payment TEXT NOT NULL, state TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS step_payment ON step (payment);
CREATE TABLE IF NOT EXISTS refund (
    id TEXT PRIMARY KEY, reference TEXT, payment TEXT NOT NULL, amount INTEGER NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS payout (
    id TEXT PRIMARY KEY, amount INTEGER NOT NULL, currency TEXT NOT NULL, at REAL NOT NULL, back_at REAL);
CREATE TABLE IF NOT EXISTS event (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, kind TEXT NOT NULL, at REAL NOT NULL, object TEXT NOT NULL,
    told INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0, next_at REAL NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS answer (key TEXT PRIMARY KEY, asked TEXT NOT NULL, answer TEXT NOT NULL);
"""


class No(Exception):
    """What was asked for can't be done; `status` is the answer's."""

    def __init__(self, status: int, says: str) -> None:
        self.status, self.says = status, says
        super().__init__(says)


class Book:
    """The bank's file. One thing happens at a time: a lock stands around each act."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.clock = clock
        self.address = ""  # where its pages are, once the doors are open
        self.news = threading.Event()
        self._lock = threading.RLock()
        self._depth = 0
        self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._file.row_factory = sqlite3.Row
        self._file.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;" + TABLES)
        known = {row["name"] for row in self._file.execute("PRAGMA table_info(mandate)")}
        for column in {"later", "expires"} - known:  # a file of an older bank
            self._file.execute(f"ALTER TABLE mandate ADD COLUMN {column} TEXT")

    @contextmanager
    def act(self) -> Iterator[None]:
        """All of it or nothing, one after the other."""
        with self._lock:
            if self._depth == 0:
                self._file.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                if self._depth == 1:
                    self._file.execute("ROLLBACK")
                raise
            else:
                if self._depth == 1:
                    self._file.execute("COMMIT")
            finally:
                self._depth -= 1

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """What a question to the file gives."""
        with self._lock:
            return self._file.execute(query, values).fetchall()

    def row(self, table: str, **named: Any) -> sqlite3.Row:
        """One row by one column. Raises No 404."""
        ((column, value),) = named.items()
        found = self.rows(f"SELECT * FROM {table} WHERE {column} = ?", value)  # noqa: S608 (our own names)
        if not found:
            raise No(404, f"no such {table}")
        return found[0]

    def note_told(self, number: int, told: int, next_at: float) -> None:
        """Note how a delivery of an event went, and when to try again."""
        self._file.execute(
            "UPDATE event SET told = ?, tries = tries + 1, next_at = ? WHERE number = ?", (told, next_at, number)
        )

    # --- Answers given once --------------------------------------------------------------------------------

    def once(self, key: str, asked: str) -> Any | None:
        """What was answered to this key before. Raises No 409 when something else was asked with it."""
        found = self.rows("SELECT asked, answer FROM answer WHERE key = ?", key) if key else []
        if found and found[0]["asked"] != asked:
            raise No(409, "this Idempotency-Key was used for something else")
        return json.loads(found[0]["answer"]) if found else None

    def remember(self, key: str, asked: str, answer: Any) -> None:
        """Keep an answer under its key."""
        if key:
            self._file.execute("INSERT INTO answer VALUES (?, ?, ?)", (key, asked, json.dumps(answer)))

    # --- Pay pages -----------------------------------------------------------------------------------------

    def open_checkout(self, asked: dict[str, Any]) -> str:
        """Make a pay page; returns its id, which nobody can guess."""
        made = {**asked, "id": f"chk_{secrets.token_urlsafe(18)}", "made_at": self.clock.time()}
        made["payment_reference"] = made.pop("payment")
        try:
            self._insert("checkout", made)
        except sqlite3.IntegrityError:
            raise No(409, "there is a checkout with this reference") from None
        return str(made["id"])

    def pay(self, checkout_id: str, card: cards.Card) -> str:
        """Pay with a test card, or leave it for later where nothing is asked for now.

        Returns '' when it is done, the reason when the bank says no, or 'approval'."""
        with self.act():
            checkout = self.row("checkout", id=checkout_id)
            if checkout["state"] != "open":
                return ""
            if card.first == cards.APPROVAL and checkout["amount"]:
                self._move_payment(checkout, card, "wants_approval")
                return "approval"
            if card.first not in (cards.OK, cards.PROMISE, cards.BOUNCE, cards.APPROVAL):
                self._decline(checkout, card.first)
                return card.first
            self._finish(checkout, card, _state_of(card.first))
            return ""

    def leave(self, checkout_id: str, *, state: str = "left", at: float | None = None) -> None:
        """Leave a pay page without paying."""
        with self.act():
            checkout = self.row("checkout", id=checkout_id)
            if checkout["state"] == "open":
                self._update("checkout", checkout_id, state=state, closed_at=at or self.clock.time())
                self._tell(f"checkout.{state}", self.checkout(checkout_id), at)

    def approve(self, payment_id: str, *, yes: bool) -> sqlite3.Row:
        """Answer the bank's second page. Returns the payment."""
        with self.act():
            payment = self.row("payment", id=payment_id)
            if self._state(payment_id) != "wants_approval":
                return payment
            card = cards.BY_CODE[payment["card"]]
            if payment["checkout"] and not yes:
                self._step(payment_id, "asked")
                self._decline(self.row("checkout", id=payment["checkout"]), "not_approved")
            elif payment["checkout"]:
                self._finish(self.row("checkout", id=payment["checkout"]), card, "paid")
            else:
                self._step(payment_id, "paid" if yes else "failed", failure="" if yes else "not_approved")
            return payment

    def _finish(self, checkout: sqlite3.Row, card: cards.Card, state: str) -> None:
        mandate = ""
        if checkout["keeps_mandate"]:
            mandate, now = f"man_{secrets.token_hex(8)}", self.clock.time()
            made = {"checkout": checkout["id"], "card": card.code, "made_at": now}
            expires = months_after(now, card.lasts) if card.lasts else None
            self._insert("mandate", {"id": mandate, "expires": expires, **made})
            self._tell("mandate.made", self.mandate(mandate))
        self._update("checkout", checkout["id"], state="done")
        if checkout["amount"]:
            self._move_payment(checkout, card, state, mandate)
        self._tell("checkout.done", self.checkout(checkout["id"]))

    def _move_payment(self, checkout: sqlite3.Row, card: cards.Card, state: str, mandate: str = "") -> None:
        """A visit has one payment, whichever cards were tried for it."""
        begun = self.rows("SELECT id FROM payment WHERE checkout = ?", checkout["id"])
        if begun:
            self._update("payment", begun[0]["id"], card=card.code, mandate=mandate or None)
            self._step(begun[0]["id"], state)
        else:
            self._insert_payment(checkout["payment_reference"], card, checkout, mandate=mandate, state=state)

    def _decline(self, checkout: sqlite3.Row, reason: str) -> None:
        self._update("checkout", checkout["id"], declined_at=self.clock.time(), declined_reason=reason)
        self._tell("checkout.declined", self.checkout(checkout["id"]))

    # --- Collections ---------------------------------------------------------------------------------------

    def collect(self, asked: dict[str, Any]) -> str:
        """Collect on a mandate, without anybody there. Returns the payment's id; what failed is a payment too."""
        with self.act():
            mandate = self.row("mandate", id=asked["mandate"])
            card = cards.BY_CODE[mandate["card"]]
            if self.rows("SELECT 1 FROM payment WHERE reference = ?", asked["reference"]):
                raise No(409, "there is a payment with this reference")
            does = mandate["later"] or card.later
            if mandate["expires"] and mandate["expires"] < months_after(self.clock.time(), 0):
                does = "expired_card"
            if mandate["ended_at"]:
                does = "mandate_ended"
            state = {cards.APPROVAL: "wants_approval"}.get(does) or _state_of(does)
            failure = does if state == "failed" else ""
            return self._insert_payment(
                asked["reference"], card, asked, mandate=asked["mandate"], state=state, failure=failure
            )

    def refund(self, asked: dict[str, Any]) -> str:
        """Give back part or all of a paid payment. Returns the payment's id."""
        with self.act():
            payment = self.row("payment", id=asked["payment"])
            given = self.rows("SELECT COALESCE(SUM(amount), 0) FROM refund WHERE payment = ?", payment["id"])[0][0]
            if self._state(payment["id"]) != "paid" or given + asked["amount"] > payment["amount"]:
                raise No(409, "more than what is left of a paid payment can't be refunded")
            refund = {"id": f"ref_{secrets.token_hex(8)}", "payment": payment["id"], "at": self.clock.time()}
            self._insert("refund", {**refund, "reference": asked.get("reference"), "amount": asked["amount"]})
            self._tell("payment.refunded", self.payment(payment["id"]))
            return str(payment["id"])

    def pay_out(self, currency: str) -> str:
        """All that is held in a currency goes to the newsroom's own account."""
        with self.act():
            held = self.balance().get(currency, 0)
            if held <= 0:
                raise No(409, "there is nothing to pay out")
            payout = {"id": f"out_{secrets.token_hex(8)}", "amount": held, "currency": currency}
            self._insert("payout", {**payout, "at": self.clock.time()})
            return str(payout["id"])

    def send_back(self, payout_id: str) -> None:
        """The newsroom's own bank did not take a payout."""
        with self.act():
            if not self.row("payout", id=payout_id)["back_at"]:
                self._update("payout", payout_id, back_at=self.clock.time())

    def balance(self) -> dict[str, int]:
        """What is held for the newsroom, by currency."""
        held: dict[str, int] = {}
        for line in self.movements(0, float("inf")):
            held[line["currency"]] = held.get(line["currency"], 0) + line["amount"] - line["fee"]
        return held

    def claim_back(self, payment_id: str) -> None:
        """What who paid can do at their own bank: take a paid payment back, whatever anybody else thinks."""
        with self.act():
            payment = self.row("payment", id=payment_id)
            given = self.rows("SELECT COALESCE(SUM(amount), 0) FROM refund WHERE payment = ?", payment_id)[0][0]
            if self._state(payment_id) != "paid" or given >= payment["amount"]:
                raise No(409, "only a paid payment can be claimed back")
            self._update("payment", payment_id, claimed_amount=payment["amount"] - given, claimed_fee=CLAIM_FEE)
            self._step(payment_id, "claimed_back")

    def play(self, mandate_id: str, later: str) -> None:
        """From now on whoever collects on it meets this."""
        with self.act():
            self._update("mandate", str(self.row("mandate", id=mandate_id)["id"]), later=later)

    def renew(self, mandate_id: str, expires: str) -> None:
        """A card was sent to its owner in place of the one that expires: `expires` is its year and month, 2031-05."""
        with self.act():
            self._update("mandate", str(self.row("mandate", id=mandate_id)["id"]), expires=expires)
            self._tell("mandate.renewed", self.mandate(mandate_id))

    def end_mandate(self, mandate_id: str) -> None:
        """End a mandate; ending it again is nothing."""
        with self.act():
            if not self.row("mandate", id=mandate_id)["ended_at"]:
                self._update("mandate", mandate_id, ended_at=self.clock.time())
                self._tell("mandate.ended", self.mandate(mandate_id))

    def tick(self) -> None:
        """Do what time has made due: debits settle, pages and approvals run out, each at its own moment."""
        now = self.clock.time()
        due = self.rows("SELECT id, due_at, due_state FROM payment WHERE due_at <= ? ORDER BY due_at", now)
        old = self.rows("SELECT id, made_at FROM checkout WHERE state = 'open' AND made_at <= ?", now - CHECKOUT_LASTS)
        for payment in due:
            with self.act():
                if self.row("payment", id=payment["id"])["due_at"] == payment["due_at"]:  # nobody was faster
                    state, _, failure = payment["due_state"].partition(":")
                    self._step(payment["id"], state, failure=failure, at=payment["due_at"])
        for checkout in old:
            self.leave(checkout["id"], state="expired", at=checkout["made_at"] + CHECKOUT_LASTS)

    def movements(self, start: float, end: float) -> list[dict[str, Any]]:
        """What moved, oldest first: payments, refunds, disputes, with their fees, and payouts."""
        found = self._payouts(start, end)
        for step in self.rows(
            "SELECT s.state, s.at, p.* FROM step s JOIN payment p ON p.id = s.payment"
            " WHERE s.state IN ('paid', 'claimed_back') AND s.at >= ? AND s.at < ?",
            start,
            end,
        ):
            if step["state"] == "paid":
                moved = {"kind": "payment", "amount": step["amount"], "fee": step["fee"]}
            else:
                moved = {"kind": "dispute", "amount": -step["claimed_amount"], "fee": step["claimed_fee"]}
            found.append(_movement(step, id=step["id"], at=step["at"], **moved))
        for refund in self.rows(
            "SELECT r.id AS refund_id, r.amount AS given, r.at, p.* FROM refund r JOIN payment p ON p.id = r.payment"
            " WHERE r.at >= ? AND r.at < ?",
            start,
            end,
        ):
            moved = {"kind": "refund", "amount": -refund["given"], "fee": 0}
            found.append(_movement(refund, id=refund["refund_id"], at=refund["at"], **moved))
        return sorted(found, key=lambda line: (line["at"], line["id"]))

    def _payouts(self, start: float, end: float) -> list[dict[str, Any]]:
        found = []
        for payout in self.rows("SELECT * FROM payout"):
            line = {"id": payout["id"], "reference": "", "payment": "", "currency": payout["currency"], "fee": 0}
            found.append({**line, "kind": "payout", "amount": -payout["amount"], "at": payout["at"]})
            if payout["back_at"]:
                found.append({**line, "kind": "payout undone", "amount": payout["amount"], "at": payout["back_at"]})
        return [line for line in found if start <= line["at"] < end]

    # --- As the API shows them -----------------------------------------------------------------------------

    def checkout(self, checkout_id: str) -> dict[str, Any]:
        """A visit, with its payment when there is one."""
        row = self.row("checkout", id=checkout_id)
        payment = self.rows("SELECT id FROM payment WHERE checkout = ?", checkout_id)
        mandates = self.rows("SELECT id FROM mandate WHERE checkout = ?", checkout_id)
        declined = {"at": row["declined_at"], "reason": row["declined_reason"]} if row["declined_at"] else None
        return {
            "id": row["id"],
            "reference": row["reference"],
            "state": row["state"],
            "closed_at": row["closed_at"],
            "declined": declined,
            "payment": self.payment(payment[0]["id"]) if payment else None,
            "mandate": self.mandate(mandates[0]["id"]) if mandates else None,
        }

    def payment(self, payment_id: str) -> dict[str, Any]:
        """A payment with all that has happened to it."""
        row = self.row("payment", id=payment_id)
        steps = self.rows("SELECT state, at FROM step WHERE payment = ? ORDER BY rowid", payment_id)
        refunds = self.rows("SELECT * FROM refund WHERE payment = ? ORDER BY rowid", payment_id)
        waits = steps[-1]["state"] == "wants_approval"
        claimed = {"amount": row["claimed_amount"], "fee": row["claimed_fee"]} if row["claimed_amount"] else None
        return {
            "id": row["id"],
            "reference": row["reference"],
            "amount": row["amount"],
            "currency": row["currency"],
            "fee": row["fee"],
            "failure": row["failure"] or None,
            "mandate": self.mandate(row["mandate"]) if row["mandate"] else None,
            "history": [{"state": step["state"], "at": step["at"]} for step in steps],
            "approval_url": f"{self.address}/approve/{row['id']}" if waits else None,
            "claimed_back": claimed,
            "refunds": [
                {
                    "id": refund["id"],
                    "reference": refund["reference"],
                    "amount": refund["amount"],
                    "currency": row["currency"],
                    "at": refund["at"],
                }
                for refund in refunds
            ],
        }

    def mandate(self, mandate_id: str) -> dict[str, Any]:
        """A permission to collect; `checkout` is the newsroom's own reference of the visit that gave it."""
        row = self.row("mandate", id=mandate_id)
        card = cards.BY_CODE[row["card"]]
        return {
            "id": row["id"],
            "checkout": self.row("checkout", id=row["checkout"])["reference"],
            "method": card.method,
            "hint": card.hint,
            "made_at": row["made_at"],
            "ended_at": row["ended_at"],
            "expires": row["expires"],
        }

    # --- Below ---------------------------------------------------------------------------------------------

    def _insert_payment(
        self, reference: str, card: cards.Card, asked: Any, *, mandate: str, state: str, failure: str = ""
    ) -> str:
        payment_id = f"pay_{secrets.token_hex(12)}"
        self._insert(
            "payment",
            {
                "id": payment_id,
                "reference": reference,
                "checkout": asked["id"] if "return_to" in asked.keys() else None,  # noqa: SIM118 (a row, no dict)
                "mandate": mandate or None,
                "card": card.code,
                "amount": asked["amount"],
                "currency": asked["currency"],
                "description": asked["description"],
            },
        )
        self._step(payment_id, state, failure=failure)
        return payment_id

    def _step(self, payment_id: str, state: str, *, failure: str = "", at: float | None = None) -> None:
        payment = self.row("payment", id=payment_id)
        at = at or self.clock.time()
        self._insert("step", {"payment": payment_id, "state": state, "at": at})
        due: tuple[float | None, str] = (None, "")
        if state == "promised":
            bounces = cards.BY_CODE[payment["card"]].first == cards.BOUNCE
            due = bank_days_after(at, SETTLES_AFTER), "failed:insufficient_funds" if bounces else "paid"
        elif state == "wants_approval" and not payment["checkout"]:
            due = at + APPROVAL_LASTS, "failed:not_approved"
        changed: dict[str, Any] = {"due_at": due[0], "due_state": due[1]}
        if state == "paid":
            changed["fee"] = fee_of(payment["amount"])
        if failure:
            changed["failure"] = failure
        self._update("payment", payment_id, **changed)
        self._tell(f"payment.{state}", self.payment(payment_id), at)

    def _state(self, payment_id: str) -> str:
        return str(
            self.rows("SELECT state FROM step WHERE payment = ? ORDER BY rowid DESC LIMIT 1", payment_id)[0]["state"]
        )

    def _tell(self, kind: str, known: dict[str, Any], at: float | None = None) -> None:
        at = at or self.clock.time()
        event = {"id": f"evt_{secrets.token_hex(12)}", "kind": kind, "at": at, "object": json.dumps(known)}
        self._insert("event", event)
        self.news.set()

    def _insert(self, table: str, values: dict[str, Any]) -> None:
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        self._file.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))  # noqa: S608

    def _update(self, table: str, row_id: str, **values: Any) -> None:
        changes = ", ".join(f"{name} = ?" for name in values)
        self._file.execute(f"UPDATE {table} SET {changes} WHERE id = ?", (*values.values(), row_id))  # noqa: S608


def fee_of(amount: int) -> int:
    """1.5 % and 20, halves up; never more than the amount."""
    return min(amount, (amount * 15 + 500) // 1000 + 20)


def _state_of(does: str) -> str:
    if does == cards.OK:
        return "paid"
    return "promised" if does in (cards.PROMISE, cards.BOUNCE) else "failed"


def _movement(payment: sqlite3.Row, **line: Any) -> dict[str, Any]:
    return {**line, "reference": payment["reference"], "payment": payment["id"], "currency": payment["currency"]}
