"""The bank's doors: a pay page for people, an API for the newsroom. Loopback only."""

import hmac
import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from practice_bank import cards, hooks, pages
from practice_bank.book import Book, No

LARGEST = 64 * 1024
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
HTML, JSON, CSS = "text/html; charset=utf-8", "application/json", "text/css; charset=utf-8"


class Bank(ThreadingHTTPServer):
    """The bank, open on one port of this machine."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, book: Book, port: int, secret: str, merchant: str) -> None:
        self.book, self.secret, self.merchant = book, secret, merchant
        super().__init__(("127.0.0.1", port), Teller)
        self.address = book.address = f"http://127.0.0.1:{self.server_address[1]}"

    def keep_time(self) -> None:
        """Do what time makes due, while the bank runs."""

        def tick() -> None:
            while True:
                self.book.tick()
                threading.Event().wait(0.2)

        threading.Thread(target=tick, name="time", daemon=True).start()


class Teller(BaseHTTPRequestHandler):
    """Answers one request."""

    server: Bank
    server_version = "PracticeBank"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        """Pages and questions."""
        self._answer("GET")

    def do_POST(self) -> None:
        """Acts."""
        self._answer("POST")

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: addresses of pay pages are secrets."""

    def _answer(self, method: str) -> None:
        address = urlsplit(self.path)
        try:
            if self.headers.get("Host", "").rpartition(":")[0] not in LOOPBACK:
                raise No(421, "this bank is somewhere else")
            body = self._body() if method == "POST" else b""
            for known, pattern, answer in DOORS:
                found = re.fullmatch(pattern, address.path)
                if known == method and found:
                    answer(self, *found.groups(), *([body] if method == "POST" else []))
                    return
            raise No(404, "nothing is here")
        except No as no:
            if address.path.startswith("/v1/"):
                self._send(no.status, JSON, json.dumps({"error": no.says}))
            else:
                self._send(no.status, HTML, pages.said("That did not work", no.says))

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST:
            self.close_connection = True
            raise No(413, "too much was sent")
        return self.rfile.read(int(length))

    def _form(self, body: bytes) -> dict[str, str]:
        """A form that was sent from a page of ours."""
        origin = self.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != self.headers["Host"]:
            raise No(403, "this form was not sent from a page of the bank")
        try:
            return {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
        except UnicodeDecodeError:
            raise No(400, "this is no form") from None

    def _send(self, status: int, kind: str, content: str | bytes, *, leads_to: str = "", **headers: str) -> None:
        sent = content.encode() if isinstance(content, str) else content
        form_action = f"'self' {leads_to}".strip()
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(sent)),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; "
            f"frame-ancestors 'none'; form-action {form_action}",
            **headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(sent)

    def _go(self, url: str) -> None:
        self._send(303, HTML, "", Location=url)

    # --- For people ----------------------------------------------------------------------------------------

    def style(self) -> None:
        """The bank's style sheet."""
        self._send(200, CSS, pages.STYLE)

    def counter(self) -> None:
        """The latest payments."""
        rows = self.server.book.rows("SELECT id FROM payment ORDER BY rowid DESC LIMIT 50")
        self._send(200, HTML, pages.counter([self.server.book.payment(row["id"]) for row in rows]))

    def act_at_counter(self, body: bytes) -> None:
        """What who paid can do at their own bank."""
        form = self._form(body)
        if "claim" in form:
            self.server.book.claim_back(form["claim"])
        if "end" in form:
            self.server.book.end_mandate(form["end"])
        self._go("/")

    def pay_page(self, checkout_id: str) -> None:
        """What is asked for, and the cards."""
        checkout = self.server.book.row("checkout", id=checkout_id)
        if checkout["state"] != "open":
            words = "This page has done its work." if checkout["state"] == "done" else "Nothing was paid here."
            self._send(200, HTML, pages.said("This payment is closed", words, back=checkout["return_to"]))
            return
        self._show(checkout, 200, declined="not_approved" if checkout["declined_reason"] == "not_approved" else "")

    def pay(self, checkout_id: str, body: bytes) -> None:
        """Pay with a card."""
        form = self._form(body)
        checkout = self.server.book.row("checkout", id=checkout_id)
        chosen, number = form.get("card", ""), form.get("number", "")
        card = cards.find(chosen, number)
        if card is None:
            wrong = "This is no test card. Choose one of the list, or type its number."
            self._show(checkout, 422, wrong=wrong, card=chosen)  # what was typed may be a real card: it isn't kept
            return
        outcome = self.server.book.pay(checkout_id, card)
        if outcome == "approval":
            payment = self.server.book.row("payment", checkout=checkout_id)
            self._go(f"/approve/{payment['id']}")
        elif outcome:
            self._show(checkout, 422, declined=outcome, card=card.code)
        else:
            self._go(checkout["return_to"])

    def leave(self, checkout_id: str, body: bytes) -> None:
        """Go back without paying."""
        self._form(body)
        self.server.book.leave(checkout_id)
        self._go(self.server.book.row("checkout", id=checkout_id)["return_to"])

    def approve_page(self, payment_id: str) -> None:
        """The second page."""
        payment = self.server.book.row("payment", id=payment_id)
        if self.server.book.payment(payment_id)["approval_url"] is None:
            self._send(200, HTML, pages.said("This has been answered", "There is nothing more to do here."))
            return
        self._send(
            200, HTML, pages.approve(payment, merchant=self.server.merchant), leads_to=self._return_origin(payment)
        )

    def approve(self, payment_id: str, body: bytes) -> None:
        """Its answer."""
        payment = self.server.book.approve(payment_id, yes=self._form(body).get("answer") == "yes")
        if not payment["checkout"]:
            self._send(200, HTML, pages.said("Thank you", "The newsroom hears of your answer at once."))
            return
        checkout = self.server.book.row("checkout", id=payment["checkout"])
        self._go(checkout["return_to"] if checkout["state"] == "done" else f"/pay/{checkout['id']}")

    def _show(self, checkout: Any, status: int, **shown: str) -> None:
        leads_to = _origin(checkout["return_to"])
        shown_page = pages.pay(checkout, now=self.server.book.clock.time(), merchant=self.server.merchant, **shown)
        self._send(status, HTML, shown_page, leads_to=leads_to)

    def _return_origin(self, payment: Any) -> str:
        if not payment["checkout"]:
            return ""
        return _origin(self.server.book.row("checkout", id=payment["checkout"])["return_to"])

    # --- For the newsroom ----------------------------------------------------------------------------------

    def _asked(self, body: bytes, **kinds: type) -> tuple[dict[str, Any], str]:
        """What the newsroom asks for, checked, and its words as a whole."""
        self._known()
        try:
            asked = json.loads(body)
        except ValueError:
            raise No(400, "not JSON") from None
        for name, kind in kinds.items():
            if not isinstance(asked, dict) or type(asked.get(name)) is not kind:
                raise No(400, f"{name} is missing or of the wrong kind")
        if "amount" in kinds and not 0 < asked["amount"] < 10**9:
            raise No(400, "amount is a count of minor units above zero")
        if "currency" in kinds and not re.fullmatch("[A-Z]{3}", asked["currency"]):
            raise No(400, "currency is a code of three letters")
        return {name: asked[name] for name in kinds}, json.dumps(asked, sort_keys=True)

    def _known(self) -> None:
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), self.server.secret.encode()):
            raise No(401, "the secret is missing or wrong")

    def _once(self, asked_words: str, does: Callable[[], dict[str, Any]]) -> None:
        """Do it once for each Idempotency-Key; a repeat gets the same answer."""
        key, asked = self.headers.get("Idempotency-Key", ""), f"{self.path} {asked_words}"
        with self.server.book.act():
            answer = self.server.book.once(key, asked)
            if answer is None:
                answer = does()
                self.server.book.remember(key, asked, answer)
        self._send(200, JSON, json.dumps(answer))

    def open_checkout(self, body: bytes) -> None:
        """POST /v1/checkouts"""
        text = ("reference", "payment", "currency", "description", "email", "return_to")
        asked, words = self._asked(body, amount=int, keeps_mandate=bool, **dict.fromkeys(text, str))
        if urlsplit(asked["return_to"]).scheme not in ("http", "https"):
            raise No(400, "return_to is an address")

        def does() -> dict[str, Any]:
            checkout_id = self.server.book.open_checkout(asked)
            return {"id": checkout_id, "url": f"{self.server.address}/pay/{checkout_id}"}

        self._once(words, does)

    def open_setup(self, body: bytes) -> None:
        """POST /v1/setups: a page where a card is given for later, and nothing is paid."""
        text = ("reference", "currency", "description", "email", "return_to")
        asked, words = self._asked(body, **dict.fromkeys(text, str))
        if urlsplit(asked["return_to"]).scheme not in ("http", "https"):
            raise No(400, "return_to is an address")
        asked |= {"amount": 0, "payment": f"none-{asked['reference']}", "keeps_mandate": True}

        def does() -> dict[str, Any]:
            checkout_id = self.server.book.open_checkout(asked)
            return {"id": checkout_id, "url": f"{self.server.address}/pay/{checkout_id}"}

        self._once(words, does)

    def look_up(self, reference: str) -> None:
        """GET /v1/checkouts/<reference>"""
        self._known()
        checkout = self.server.book.row("checkout", reference=reference)
        self._send(200, JSON, json.dumps(self.server.book.checkout(checkout["id"])))

    def collect(self, body: bytes) -> None:
        """POST /v1/payments"""
        text = ("reference", "mandate", "currency", "description")
        asked, words = self._asked(body, amount=int, **dict.fromkeys(text, str))
        book = self.server.book
        self._once(words, lambda: book.payment(book.collect(asked)))

    def payment(self, reference: str) -> None:
        """GET /v1/payments/<reference>, by the newsroom's own reference."""
        self._known()
        payment = self.server.book.row("payment", reference=reference)
        self._send(200, JSON, json.dumps(self.server.book.payment(payment["id"])))

    def play(self, mandate_id: str, body: bytes) -> None:
        """POST /v1/mandates/<id>/play: plays what becomes of whoever collects on it from now on."""
        asked, _ = self._asked(body, later=str)
        self.server.book.play(mandate_id, asked["later"])
        self._send(200, JSON, json.dumps(self.server.book.mandate(mandate_id)))

    def renew(self, mandate_id: str, body: bytes) -> None:
        """POST /v1/mandates/<id>/renew: plays the giver's bank, which sends another card."""
        asked, _ = self._asked(body, expires=str)
        self.server.book.renew(mandate_id, asked["expires"])
        self._send(200, JSON, json.dumps(self.server.book.mandate(mandate_id)))

    def refund(self, body: bytes) -> None:
        """POST /v1/refunds"""
        asked, words = self._asked(body, reference=str, payment=str, amount=int)
        book = self.server.book
        self._once(words, lambda: book.payment(book.refund(asked)))

    def cancel(self, mandate_id: str, body: bytes) -> None:
        """POST /v1/mandates/<id>/cancel"""
        self._known()
        self.server.book.end_mandate(mandate_id)
        self._send(200, JSON, json.dumps(self.server.book.mandate(mandate_id)))

    def claim_back(self, payment_id: str, body: bytes) -> None:
        """POST /v1/payments/<id>/claim-back: plays what who paid can do at their own bank."""
        self._known()
        self.server.book.claim_back(payment_id)
        self._send(200, JSON, json.dumps(self.server.book.payment(payment_id)))

    def movements(self) -> None:
        """GET /v1/movements?from=&to="""
        self._known()
        start, end = self._period()
        self._send(200, JSON, json.dumps({"movements": self.server.book.movements(start, end)}))

    def balance(self) -> None:
        """GET /v1/balance: what the bank holds for the newsroom, by currency."""
        self._known()
        self._send(200, JSON, json.dumps({"balance": self.server.book.balance()}))

    def pay_out(self, body: bytes) -> None:
        """POST /v1/payouts: plays the day on which the bank pays out."""
        asked, _ = self._asked(body, currency=str)
        self._send(200, JSON, json.dumps({"id": self.server.book.pay_out(asked["currency"])}))

    def send_back(self, payout_id: str, body: bytes) -> None:
        """POST /v1/payouts/<id>/send-back: plays a newsroom's own bank that doesn't take it."""
        self._known()
        self.server.book.send_back(payout_id)
        self._send(200, JSON, json.dumps({"id": payout_id}))

    def events(self) -> None:
        """GET /v1/events?from=&to=: what was told, or would have been."""
        self._known()
        rows = self.server.book.rows("SELECT * FROM event WHERE at >= ? AND at < ? ORDER BY number", *self._period())
        self._send(200, JSON, json.dumps({"events": [hooks.shown(row) for row in rows]}))

    def _period(self) -> tuple[float, float]:
        asked = parse_qs(urlsplit(self.path).query)
        try:
            return float(asked.get("from", ["0"])[0]), float(asked.get("to", ["inf"])[0])
        except ValueError:
            raise No(400, "from and to are seconds since 1970") from None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if re.fullmatch(r"[\w.:\[\]-]+", parts.netloc) else ""


DOORS: list[tuple[str, str, Callable[..., None]]] = [
    ("GET", "/", Teller.counter),
    ("POST", "/", Teller.act_at_counter),
    ("GET", "/bank.css", Teller.style),
    ("GET", "/pay/([\\w-]+)", Teller.pay_page),
    ("POST", "/pay/([\\w-]+)", Teller.pay),
    ("POST", "/leave/([\\w-]+)", Teller.leave),
    ("GET", "/approve/([\\w-]+)", Teller.approve_page),
    ("POST", "/approve/([\\w-]+)", Teller.approve),
    ("POST", "/v1/checkouts", Teller.open_checkout),
    ("GET", "/v1/checkouts/([\\w-]+)", Teller.look_up),
    ("POST", "/v1/setups", Teller.open_setup),
    ("POST", "/v1/payments", Teller.collect),
    ("GET", "/v1/payments/([\\w-]+)", Teller.payment),
    ("POST", "/v1/payments/([\\w-]+)/claim-back", Teller.claim_back),
    ("POST", "/v1/refunds", Teller.refund),
    ("POST", "/v1/mandates/([\\w-]+)/cancel", Teller.cancel),
    ("POST", "/v1/mandates/([\\w-]+)/play", Teller.play),
    ("POST", "/v1/mandates/([\\w-]+)/renew", Teller.renew),
    ("GET", "/v1/movements", Teller.movements),
    ("GET", "/v1/balance", Teller.balance),
    ("POST", "/v1/payouts", Teller.pay_out),
    ("POST", "/v1/payouts/([\\w-]+)/send-back", Teller.send_back),
    ("GET", "/v1/events", Teller.events),
]
