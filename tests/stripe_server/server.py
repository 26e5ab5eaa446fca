"""The book over HTTP: Stripe's API, the pages of Checkout, and events delivered with real signatures."""

import hashlib
import hmac
import json
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.stripe_server import pages, shapes
from tests.stripe_server.book import API_VERSION, Book, No, Thing

LISTED = {
    "/v1/checkout/sessions": "checkout.session",
    "/v1/payment_intents": "payment_intent",
    "/v1/refunds": "refund",
    "/v1/disputes": "dispute",
    "/v1/balance_transactions": "balance_transaction",
    "/v1/webhook_endpoints": "webhook_endpoint",
    "/v1/subscriptions": "subscription",
}
ONE = {
    "/v1/checkout/sessions/{session}": "checkout.session",
    "/v1/payment_intents/{intent}": "payment_intent",
    "/v1/payment_methods/{payment_method}": "payment_method",
    "/v1/setup_intents/{intent}": "setup_intent",
    "/v1/customers/{customer}": "customer",
}
CUSTOMERS = "/v1/customers"
BALANCE = "/v1/balance"
DETACH = "/v1/payment_methods/{payment_method}/detach"
Answer = tuple[int, dict[str, Any]]


class StripeServer:
    """One account at this Stripe, known by `key`; its webhooks are signed with `secrets`."""

    def __init__(
        self, clock: Callable[[], float], *, key: str = "sk_test_tests", secrets: tuple[str, ...] = ()
    ) -> None:
        self.key, self.secrets = key, secrets
        self.lock = threading.RLock()
        self.wrong: list[str] = []  # what Stripe would not have taken, or not have answered so
        self.calls: list[str] = []  # 'POST /v1/refunds', in order
        self.faults: list[str] = []  # what becomes of the next calls: '500', '429', '401', 'lost' (done, not answered),
        self.hangs = 1.3  # 'hang' (not done, and not answered for so many seconds)
        self.answers: dict[str, tuple[str, Answer]] = {}  # idempotency key → what was asked and answered
        self.hook, self._sent = "", 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server._handle(self, b"")

            def do_POST(self) -> None:
                server._handle(self, self.rfile.read(int(self.headers.get("Content-Length") or 0)))

            def log_message(self, *_: Any) -> None:
                """Nothing: the test says what it wants to know."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.http.server_address[1]}"
        self.book = Book(clock, self.address)
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.stop_telling()
        self.http.shutdown()
        self.http.server_close()

    # --- requests ------------------------------------------------------------------------------------------------

    def _handle(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        parts = urlsplit(request.path)
        with self.lock:
            self.book.pass_time()
            if parts.path.startswith("/v1/"):
                self._api(request, parts.path, parse_qsl((body.decode() or parts.query), keep_blank_values=True))
            else:
                self._page(request, parts.path, dict(parse_qsl(body.decode())))

    def _api(self, request: BaseHTTPRequestHandler, path: str, pairs: list[tuple[str, str]]) -> None:
        template, ref = _template(path)
        asked, call = shapes.nested(pairs), f"{request.command} {template}"
        self.calls.append(call)
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "hang":
            time.sleep(self.hangs)
            request.close_connection = True
            return None
        if fault.isdigit():
            return _send(request, int(fault), {"error": {"type": "api_error", "message": "On purpose."}})
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            return _send(request, 401, {"error": {"type": "invalid_request_error", "message": "Invalid API key."}})
        if request.headers.get("Stripe-Version") != API_VERSION:
            self.wrong.append(f"{call} speaks {request.headers.get('Stripe-Version')}")
        if template not in (*LISTED, *ONE, DETACH, CUSTOMERS, BALANCE):
            return _send(request, 404, {"error": {"type": "invalid_request_error", "message": f"Unknown: {path}"}})
        complaints = shapes.wrong_with_request(request.command, template, asked)
        self.wrong += complaints
        status, answer = self._once(request, call, ref, asked)
        if status == 200:
            self.wrong += shapes.wrong_with_answer(request.command, template, answer)
        if fault == "lost":
            request.close_connection = True
            return None
        return _send(request, status, answer)

    def _once(self, request: BaseHTTPRequestHandler, call: str, ref: str, asked: Thing) -> Answer:
        """A call with a key is done once; the same key with other words is a conflict."""
        key, words = request.headers.get("Idempotency-Key"), json.dumps([call, ref, asked], sort_keys=True)
        if request.command == "POST" and not key:
            self.wrong.append(f"{call} came without a key")
        if key and key in self.answers:
            before, answer = self.answers[key]
            if before != words:
                return 400, {"error": {"type": "idempotency_error", "message": "Keys are for one call."}}
            return answer
        try:
            done: Answer = 200, self._do(call, ref, asked)
        except No as no:
            done = no.status, {"error": no.error}
        if key:
            self.answers[key] = words, json.loads(json.dumps(done))
        return done

    def _do(self, call: str, ref: str, asked: Thing) -> dict[str, Any]:
        method, template = call.split(" ")
        expand = asked.pop("expand", [])
        match call:
            case "POST /v1/checkout/sessions":
                return self._shown(self.book.open_session(asked), expand)
            case "POST /v1/customers" | "POST /v1/payment_intents" | "POST /v1/refunds":
                make = {"customers": self.book.hold, "payment_intents": self.book.collect, "refunds": self.book.refund}
                return self._shown(make[template.removeprefix("/v1/")](asked), expand)
            case "GET /v1/balance":
                return self.book.balance()
            case _ if template == DETACH and method == "POST":
                return self._shown(self.book.detach(ref), expand)
            case _ if method == "GET" and template in ONE:
                return self._shown(self._of_kind(ref, ONE[template]), expand)
            case _ if method == "GET" and template in LISTED:
                return self._list(template, asked, [path.removeprefix("data.") for path in expand])
        raise No(404, message=f"Unknown call: {call}")

    def _of_kind(self, ref: str, kind: str) -> Thing:
        thing = self.book.get(ref)
        if thing["object"] != kind:
            raise No(404, code="resource_missing", message=f"No such {kind}: {ref}")
        return thing

    def _list(self, path: str, asked: Thing, expand: list[str]) -> dict[str, Any]:
        if asked.get("status") == "all":
            del asked["status"]
        limit, after, created = int(asked.pop("limit", 10)), asked.pop("starting_after", ""), asked.pop("created", {})
        rows = self.book.of_kind(LISTED[path], **asked)
        rows = [row for row in rows if int(created.get("gte", 0)) <= row["created"] < int(created.get("lt", 10**12))]
        if after:
            rows = rows[[row["id"] for row in rows].index(after) + 1 :]
        shown = [self._shown(row, expand) for row in rows[:limit]]
        return {"object": "list", "url": path, "has_more": len(rows) > limit, "data": shown}

    def _shown(self, thing: Thing, expand: list[str]) -> Thing:
        """A copy of a thing, with the ids at the paths of `expand` replaced by what they name."""
        shown: Thing = json.loads(json.dumps(thing))
        for path in expand:
            first, _, rest = path.partition(".")
            if isinstance(shown.get(first), str):
                shown[first] = self._shown(self.book.get(shown[first]), [rest] if rest else [])
            elif isinstance(shown.get(first), dict) and rest:
                shown[first] = self._shown(shown[first], [rest])
        return shown

    # --- pages ---------------------------------------------------------------------------------------------------

    def _page(self, request: BaseHTTPRequestHandler, path: str, typed: dict[str, str]) -> None:
        found = re.fullmatch(r"/c/(pay|3ds)/(\w+)", path)
        if not found or found[2] not in self.book.things:
            return _send_page(request, 404, pages.closed())
        session = self.book.get(found[2])
        if session["status"] != "open":
            return _send_page(request, 410, pages.closed())
        if request.command == "GET":
            return _send_page(request, 200, (pages.pay if found[1] == "pay" else pages.ask_owner)(session))
        if found[1] == "3ds":
            self.book.answer_bank(session["id"], typed.get("answer", "no"))
            said = "" if session["status"] == "complete" else "payment_intent_authentication_failure"
        else:
            said = self.book.pay(session["id"], typed["means"])
        if said == "3ds":
            return _send_page(request, 200, pages.ask_owner(session))
        if session["status"] != "complete":
            return _send_page(request, 402, pages.pay(session, said=said))
        request.send_response(303)
        request.send_header("Location", session["success_url"])
        request.send_header("Content-Length", "0")
        return request.end_headers()

    # --- events ----------------------------------------------------------------------------------------------------

    def news(self) -> list[Thing]:
        """The events that were not taken from here before."""
        with self.lock:
            self.book.pass_time()
            fresh, self._sent = self.book.events[self._sent :], len(self.book.events)
            for event in fresh:
                self.wrong += shapes.wrong_with_event(event)
        return fresh

    def delivery(self, event: Thing, *, at: float | None = None, secrets: tuple[str, ...] = ()) -> tuple[bytes, str]:
        """An event as it is sent: its bytes, and the header that signs them, with each secret in force."""
        body = json.dumps(event).encode()
        stamp = int(self.book.clock() if at is None else at)
        signed = str(stamp).encode() + b"." + body
        made = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets or self.secrets]
        return body, ",".join([f"t={stamp}", *(f"v1={one}" for one in made)])

    def tell(self, hook: str) -> None:
        """Deliver events to this address from now on, as they come, until each was taken."""
        self.hook, self._stopped = hook, threading.Event()
        self._teller = threading.Thread(target=self._deliver_all, daemon=True)
        self._teller.start()

    def stop_telling(self) -> None:
        if self.hook:
            self._stopped.set()
            self._teller.join(5)
            self.hook = ""

    def _deliver_all(self) -> None:
        waiting: list[Thing] = []
        while not self._stopped.wait(0.1):
            waiting += self.news()
            waiting = [event for event in waiting if not self._delivered(event)]

    def _delivered(self, event: Thing) -> bool:
        body, signature = self.delivery(event)
        headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
        request = urllib.request.Request(self.hook, body, headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return bool(200 <= answer.status < 300)
        except (urllib.error.URLError, OSError):
            return False


@contextmanager
def open_stripe(clock: Callable[[], float], **words: Any) -> Iterator[StripeServer]:
    """A Stripe that is there until the block ends."""
    server = StripeServer(clock, **words)
    try:
        yield server
    finally:
        server.close()


def _template(path: str) -> tuple[str, str]:
    for template in (*LISTED, *ONE, DETACH, CUSTOMERS, BALANCE):
        pattern = re.sub(r"\{\w+\}", r"(\\w+)", template)
        if found := re.fullmatch(pattern, path):
            return template, found[1] if found.groups() else ""
    return path, ""


def _send(request: BaseHTTPRequestHandler, status: int, answer: dict[str, Any]) -> None:
    body = json.dumps(answer).encode()
    request.send_response(status)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


def _send_page(request: BaseHTTPRequestHandler, status: int, page: str) -> None:
    body = page.encode()
    request.send_response(status)
    request.send_header("Content-Type", "text/html; charset=utf-8")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
