"""What givers, their banks and the desk do in fourteen months, by chance."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx

from masthead.money.providers.stripe.states import EVENTS as HEARD_FROM_STRIPE
from practice_bank import cards as of_bank
from practice_bank.book import No as BankNo
from tests.chaos.world import PATIENCE, Newsroom, Providers
from tests.gocardless_server import accounts as of_gocardless
from tests.gocardless_server.book import No as GoCardlessNo
from tests.stripe_server.book import No as StripeNo
from tests.stripe_server.cards import BY_NUMBER, GOOD
from tests.worlds.money import wait_for, webhook

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
DEBIT = "00012345"
NEVER_LOST = ("setup_intent.", "mandate.")  # that another card was given can't be seen from what moved
CARD_FATES = {  # what becomes of collections on a card: at Stripe, at the practice bank
    "ok": (GOOD, "ok"),
    "empty": ("4000000000000010", "insufficient_funds"),
    "no": ("4000000000000341", "declined"),
    "expired": ("4000000000000036", "expired_card"),
    "stolen": ("4000000000000044", "stolen_card"),
    "asks": ("4000002760003184", "approval"),
}
DEBIT_FATES = {  # of a debit at Stripe, of one at GoCardless
    "ok": (DEBIT, of_gocardless.GOOD),
    "empty": ("22222227", of_gocardless.EMPTY),
    "closed": ("11111116", of_gocardless.EMPTY),
    "late": ("22222227", of_gocardless.LATE),
    "back": (DEBIT, of_gocardless.BACK),
}


@dataclass
class Giver:
    """Somebody who promises something, in their own browser."""

    number: int
    provider: str
    is_debit: bool
    interval: str
    amount: int
    begins: date
    cookies: dict[str, str] = field(default_factory=dict)
    reference: str = ""
    pay_url: str = ""
    amounts: list[tuple[datetime, int]] = field(default_factory=list)
    ended_at: datetime = NEVER
    paused_at: datetime = NEVER
    paused_until: date = date.max
    did: list[str] = field(default_factory=list)

    @property
    def email(self) -> str:
        return f"giver-{self.number}@example.org"

    @property
    def has_ended(self) -> bool:
        return self.ended_at != NEVER

    def amounts_at(self, moment: datetime) -> set[int]:
        """What was promised then; within a minute of a change either will do."""
        around = timedelta(minutes=1)
        before = [amount for at, amount in self.amounts if at <= moment - around][-1:]
        return {*before, *(amount for at, amount in self.amounts if abs(at - moment) < around)}

    def story(self) -> str:
        return f"{self.provider} {self.interval} {self.did}"


class Chaos:
    """Fourteen months of a newsroom in which nothing goes as it should, until it does."""

    def __init__(self, newsroom: Newsroom, givers: list[Giver], chance: random.Random) -> None:
        self.newsroom, self.givers, self.chance = newsroom, givers, chance
        self.providers: Providers = newsroom.providers
        self.waiting: list[tuple[int, str, Any]] = []  # news that is on its way: the step in which it arrives
        self.lost: list[tuple[str, Any]] = []
        self.step = 0
        self.count: Counter[str] = Counter()
        self.open_disputes: list[tuple[int, str, Any]] = []
        self.browser = httpx.Client(trust_env=False, timeout=30)
        self.couriers = ThreadPoolExecutor(3)

    def close(self) -> None:
        self.browser.close()
        self.couriers.shutdown()

    # --- a step of time -----------------------------------------------------------------------------------------

    def live(self, until: datetime, *, power_cut: bool = False) -> None:
        """One step: the weather, the clock, what is due, the news of it, what people do."""
        self.step += 1
        self._weather()
        self.newsroom.move_to(until, power_cut=power_cut)
        self.deliver_news()
        self._fates()
        self._banks()
        self._people()
        self._desk()
        self.newsroom.settle()

    def calm(self, until: datetime) -> None:
        """The same, and nothing goes wrong any more."""
        self.step += 1
        self.providers.clear_up()
        self.newsroom.move_to(until)
        self.deliver_news(is_calm=True)

    def _weather(self) -> None:
        for name, weather in self.providers.weather.items():
            weather.badness = self.chance.choice([0.25, 0.5, 0.9]) if self.chance.random() < 0.1 else 0.0
            door = self.providers.doors[name]
            door.open()
            if self.chance.random() < 0.02:
                door.shut()
                self.count["refused"] += 1
            self.count["outages"] += weather.badness > 0

    # --- news ---------------------------------------------------------------------------------------------------

    def deliver_news(self, *, is_calm: bool = False) -> None:
        """Some twice, some late, some not at all, in any order; until each that is on its way was taken."""
        for name, kind, event in self._news():
            fate = 1.0 if is_calm else self.chance.random()
            if fate < 0.06 and not kind.startswith(NEVER_LOST):
                self.lost.append((name, event))
                self.count["lost"] += 1
                continue
            late = self.chance.randint(1, 3) if fate < 0.2 else 0
            self.count["late"] += late > 0
            self.waiting.append((self.step + late, name, event))
            if 0.2 <= fate < 0.32:
                self.waiting.append((self.step + self.chance.randint(0, 2), name, event))
                self.count["twice"] += 1
        arriving = [one for one in self.waiting if is_calm or one[0] <= self.step]
        self.waiting = [one for one in self.waiting if not is_calm and one[0] > self.step]
        self.chance.shuffle(arriving)
        self.count["delivered"] += len(arriving)
        sent = [self.couriers.submit(self.newsroom.deliver, *one) for one in self._bundled(arriving)]
        for one in sent:
            one.result()
        self.newsroom.settle()

    def _news(self) -> list[tuple[str, str, Any]]:
        self.providers.pass_time()
        return [
            *(("stripe", e["type"], e) for e in self.providers.stripe.news() if e["type"] in HEARD_FROM_STRIPE),
            *(("gocardless", f"{e['resource_type']}.{e['action']}", e) for e in self.providers.gocardless.news()),
            *(("practice", e["kind"], e) for e in self.providers.news_of_the_bank()),
        ]

    def _bundled(self, arriving: list[tuple[int, str, Any]]) -> list[tuple[str, bytes, dict[str, str]]]:
        """As the providers send them: Stripe one at a time, the others several."""
        made: list[tuple[str, bytes, dict[str, str]]] = []
        for _, name, event in arriving:
            if name == "stripe":
                body, signature = self.providers.stripe.delivery(event)
                made.append(("/hooks/stripe/", body, {"Stripe-Signature": signature}))
        for name in ("gocardless", "practice"):
            events = [event for _, whose, event in arriving if whose == name]
            while events:
                size = self.chance.randint(1, 12)
                some, events = events[:size], events[size:]
                if name == "gocardless":
                    body, signature = self.providers.gocardless.delivery(*some)
                    made.append(("/hooks/gocardless/", body, {"Webhook-Signature": signature}))
                else:
                    told = [{k: e[k] for k in ("id", "kind", "at", "object")} for e in some]
                    made.append(("/hooks/practice/", *webhook(told, at=self.providers.clock.time())))
        self.chance.shuffle(made)
        return made

    # --- banks --------------------------------------------------------------------------------------------------

    def _fates(self) -> None:
        """Cards run out of money, or are stolen; some are well again."""
        means = {
            ref: (provider_ref, state, near)
            for ref, provider_ref, state, near in self.newsroom.sql(
                "SELECT p.reference, m.provider_ref, p.state, p.next_on FROM giving_pledge p"
                " JOIN money_mandate m ON m.id = p.mandate_id WHERE p.state IN ('active', 'overdue')"
            )
        }
        soon = (self.newsroom.now + timedelta(days=3)).date().isoformat()
        for giver in self.givers:
            if giver.reference not in means:
                continue
            mandate, state, near = means[giver.reference]
            if state == "overdue" and self.chance.random() < 0.25:
                self._play(giver, mandate, "ok")
            elif state == "active" and str(near) <= soon and self.chance.random() < 0.13:
                fates = DEBIT_FATES if giver.is_debit else CARD_FATES
                self._play(giver, mandate, self.chance.choice(list(fates)))

    def _play(self, giver: Giver, mandate: str, fate: str) -> None:
        which = (DEBIT_FATES if giver.is_debit else CARD_FATES)[fate]
        giver.did.append(fate)
        if giver.provider == "stripe":
            self.providers.stripe.book.means[mandate] = BY_NUMBER[which[0]]
        elif giver.provider == "gocardless":
            book = self.providers.gocardless.book
            bank = book.get("mandates", mandate)["links"]["customer_bank_account"]
            book.accounts[bank] = of_gocardless.BY_NUMBER[which[1]]
        else:
            later = {"ok": "promise"}.get(fate, "account_closed") if giver.is_debit else which[1]
            self.providers.bank.book.play(mandate, later)

    def _banks(self) -> None:
        """Claims through the bank, some of which are undone; refunds at the provider's own desk; payouts."""
        for due, name, what in list(self.open_disputes):
            if due <= self.step:
                self.open_disputes.remove((due, name, what))
                self._decide(name, what)
        if self.chance.random() < 0.04:
            self._claim()
        if self.chance.random() < 0.04:
            self._refund_there()
        if self.step % 12 == 0:
            self.pay_out()

    def pay_out(self) -> None:
        """As providers do every now and then."""
        with self.providers.stripe.lock:
            self.providers.stripe.book.pay_out()
        with self.providers.gocardless.lock:
            self.providers.gocardless.book.pay_out()

    def _claim(self) -> None:
        name = self.chance.choice(["stripe", "gocardless", "practice"])
        if name == "stripe":
            with self.providers.stripe.lock:
                book = self.providers.stripe.book
                paid = [
                    c for c in book.of_kind("charge", status="succeeded") if not c["disputed"] and not c["refunded"]
                ]
                if paid and paid[0]["amount_refunded"] == 0:
                    dispute = book.dispute(self.chance.choice([c for c in paid if not c["amount_refunded"]])["id"])
                    self.open_disputes.append((self.step + self.chance.randint(2, 20), name, dispute["id"]))
                    self.count["disputes"] += 1
        elif name == "gocardless":
            with self.providers.gocardless.lock:
                book_there = self.providers.gocardless.book
                there = [
                    p for p in book_there.of_kind("payments") if p["status"] == "paid_out" and not p["amount_refunded"]
                ]
                if there:
                    payment = self.chance.choice(there)
                    book_there.charge_back(payment)
                    self.open_disputes.append((self.step + self.chance.randint(2, 20), name, payment["id"]))
                    self.count["disputes"] += 1
        else:
            rows = self.providers.bank.book.rows("SELECT id FROM payment ORDER BY rowid DESC LIMIT 40")
            if rows:
                try:
                    self.providers.bank.book.claim_back(self.chance.choice(rows)["id"])
                    self.count["disputes"] += 1
                except BankNo:
                    pass

    def _decide(self, name: str, ref: str) -> None:
        is_won = self.chance.random() < 0.4
        self.count["won"] += is_won
        if name == "stripe":
            with self.providers.stripe.lock:
                self.providers.stripe.book.close_dispute(ref, "won" if is_won else "lost")
        elif is_won:
            with self.providers.gocardless.lock:
                book = self.providers.gocardless.book
                book.win_back(book.get("payments", ref))

    def _refund_there(self) -> None:
        name, share = self.chance.choice(["stripe", "gocardless", "practice"]), self.chance.choice([1, 2])
        try:
            if name == "stripe":
                with self.providers.stripe.lock:
                    charge = self.chance.choice(self.providers.stripe.book.of_kind("charge", status="succeeded"))
                    amount = charge["amount"] // share
                    self.providers.stripe.book.refund({"payment_intent": charge["payment_intent"], "amount": amount})
            elif name == "gocardless":
                with self.providers.gocardless.lock:
                    payment = self.chance.choice(self.providers.gocardless.book.of_kind("payments"))
                    amount = payment["amount"] // share
                    total = payment["amount_refunded"] + amount
                    asked = {"amount": amount, "total_amount_confirmation": total, "links": {"payment": payment["id"]}}
                    self.providers.gocardless.book.refund(asked)
            else:
                row = self.chance.choice(self.providers.bank.book.rows("SELECT id, amount FROM payment"))
                self.providers.bank.book.refund({"payment": row["id"], "amount": row["amount"] // share})
            self.count["refunds"] += 1
        except (StripeNo, GoCardlessNo, BankNo, IndexError):
            pass

    # --- the desk -------------------------------------------------------------------------------------------------

    def _desk(self) -> None:
        if self.chance.random() > 0.08:
            return
        rows = self.newsroom.sql(
            "SELECT reference, amount_minor FROM money_payment WHERE state = 'collected'"
            " ORDER BY collected_at DESC LIMIT 30"
        )
        if rows:
            payment, amount = self.chance.choice(rows)
            if not self._may_be_refunded(payment):
                return
            asked = [{"payment": payment, "amount": amount // self.chance.choice([1, 1, 3])}]
            done = self.newsroom.tell_about("act", asked)
            self.count["refunds"] += "refused" not in done[0]

    def _may_be_refunded(self, payment: str) -> bool:
        """The practice bank's no to a refund that can't be made leaves it to be tried again, for ever."""
        found = self.providers.bank.book.rows("SELECT id FROM payment WHERE reference = ?", payment)
        known = self.providers.bank.book.payment(found[0]["id"]) if found else None
        return known is None or (not known["refunds"] and not known["claimed_back"])

    # --- people ---------------------------------------------------------------------------------------------------

    def _people(self) -> None:
        today = self.newsroom.now.date()
        for giver in self.givers:
            if giver.begins <= today and not giver.reference:
                self._begin(giver)
        self._approve()
        for giver in self.givers:
            if giver.reference and not giver.has_ended and self.chance.random() < 0.006:
                self._change_something(giver)

    def ask(self, giver: Giver, method: str, path: str, typed: dict[str, str] | None = None) -> httpx.Response:
        """Something in their own browser; somebody whose request got no answer tries again."""
        headers = {
            "Origin": self.newsroom.address,
            "X-Forwarded-For": f"10.{giver.number // 250}.{giver.number % 250}.7",
            "Cookie": "; ".join(f"{name}={value}" for name, value in giver.cookies.items()),
        }
        answers: list[httpx.Response] = []

        def answered() -> bool:
            try:
                answers.append(self.browser.request(method, self.newsroom.address + path, data=typed, headers=headers))
            except httpx.TransportError:
                return False
            return True

        wait_for(answered, seconds=PATIENCE)
        self.browser.cookies.clear()
        answer = answers[0]
        for cookie in answer.cookies.jar:
            giver.cookies[cookie.name] = cookie.value or ""
        self.count["acts"] += 1
        return answer

    def _begin(self, giver: Giver) -> None:
        typed = {
            "often": giver.interval, "own": f"{giver.amount / 100:.2f}", "currency": "GBP", "email": giver.email,
            "way": giver.provider,
        }  # fmt: skip
        answer = self.ask(giver, "POST", "/support/", typed)
        if answer.status_code == 503:
            return  # they come back another day
        assert answer.status_code == 303, (answer.status_code, answer.text[-2000:])
        url = answer.headers["location"]
        if url.startswith("/"):
            giver.did.append("was held")
        (giver.reference,) = self.newsroom.sql(
            "SELECT reference FROM giving_pledge WHERE email = ? ORDER BY id DESC LIMIT 1", giver.email
        )[0]
        giver.amounts.append((self.newsroom.now, giver.amount))
        self.count["began"] += 1
        if self.chance.random() < 0.06 or url.startswith("/"):
            giver.did.append("left without paying")
            return
        back = self._pay(giver, url)
        if back and self.chance.random() < 0.7:
            self.ask(giver, "GET", back)

    def _pay(self, giver: Giver, url: str, *, answer: str = "yes") -> str:
        """Pay, agree or give a card on a provider's page; gives the path that leads back."""
        ref = url.rstrip("/").rpartition("/")[2]
        where = {self.providers.stripe.address: "stripe", self.providers.gocardless.address: "gocardless"}
        provider = where.get("/".join(url.split("/")[:3]), "practice")
        if provider != giver.provider:  # whose permission we had not heard of, and who now gives another one
            giver.provider, giver.is_debit = provider, False
        if provider == "stripe":
            with self.providers.stripe.lock:
                book = self.providers.stripe.book
                book.pass_time()
                number = DEBIT if giver.is_debit else self.chance.choice([GOOD, GOOD, "4000002500003155"])
                if book.get(ref)["status"] == "open" and book.pay(ref, number) == "3ds":
                    book.answer_bank(ref, answer)
                back = book.get(ref)["success_url"]
        elif provider == "gocardless":
            with self.providers.gocardless.lock:
                there = self.providers.gocardless.book
                flow = there.get("billing_request_flows", ref)
                there.fulfil(flow, of_gocardless.GOOD)
                back = flow["redirect_uri"]
        else:
            bank = self.providers.bank.book
            code = self.chance.choice(["debit", "debit", "bounces"]) if giver.is_debit else "accepts"
            bank.pay(ref, of_bank.BY_CODE[code])
            back = bank.row("checkout", id=ref)["return_to"]
        return back.removeprefix(self.newsroom.address)

    def _approve(self) -> None:
        """Some whose bank wants a word give it, some say no, some read no mail."""
        of = {giver.reference: giver for giver in self.givers}
        for order_key, url in self.newsroom.sql(
            "SELECT order_key, approval_url FROM money_payment"
            " WHERE state = 'needs_approval' AND mandate_id IS NOT NULL"
        ):
            giver = of.get(order_key.split(":")[1])
            if giver is None or self.chance.random() > 0.3:
                continue
            yes = self.chance.random() < 0.8
            if giver.provider == "practice":
                self.providers.bank.book.approve(url.rpartition("/")[2], yes=yes)
            else:
                answer = self.ask(giver, "POST", url.removeprefix(self.newsroom.address))
                if answer.status_code != 303:
                    continue
                self._pay(giver, answer.headers["location"], answer="yes" if yes else "no")
            self.count["approved"] += yes

    def _change_something(self, giver: Giver) -> None:
        row = self.newsroom.sql("SELECT state, next_on FROM giving_pledge WHERE reference = ?", giver.reference)
        state, next_on = row[0]
        base, act = (
            f"/account/pledges/{giver.reference}",
            self.chance.choice(["amount", "amount", "pause", "end", "means"]),
        )
        if state == "paused":
            act = self.chance.choice(["resume", "end", "amount"])
        typed: dict[str, str] = {}
        now = self.newsroom.now
        if act == "amount":
            amount = giver.amount + self.chance.choice([50, 100, 250])
            typed = {"often": giver.interval, "own": f"{amount / 100:.2f}", "currency": "GBP", "sure": "on"}
        if act == "pause":
            if next_on is None:
                return
            first = date.fromisoformat(str(next_on))
            typed = {"until": (first + timedelta(days=self.chance.choice([20, 40, 80]))).isoformat()}
        answer = self.ask(giver, "POST", f"{base}/{act}/", typed)
        is_done = answer.status_code == 303 if act == "means" else "?done=" in answer.headers.get("location", "")
        if not is_done:
            return
        giver.did.append(f"{act} on {now:%Y-%m-%d}")
        if act == "amount":
            giver.amount = amount
            giver.amounts.append((now, amount))
        elif act == "end":
            giver.ended_at = self.newsroom.now
        elif act == "pause":
            ((until,),) = self.newsroom.sql("SELECT next_on FROM giving_pledge WHERE reference = ?", giver.reference)
            giver.paused_at, giver.paused_until = now, date.fromisoformat(str(until))
        elif act == "resume":
            giver.paused_at = NEVER
        elif act == "means":
            back = self._pay(giver, answer.headers["location"])
            if self.chance.random() < 0.5:
                self.ask(giver, "GET", back)
