"""The book over HTTP: GoCardless' API, the page of its flow, and events delivered with real signatures."""

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

from tests.gocardless_server import pages, shapes
from tests.gocardless_server.accounts import BY_NUMBER
from tests.gocardless_server.book import Book, No, Thing

API_VERSION = "2015-07-06"
MADE_ONCE = ("billing_requests", "payments", "refunds")
ONE = re.compile(r"/(\w+)/(\w+)")
ACTION = re.compile(r"/(\w+)/(\w+)/actions/cancel")
AT_ONCE = 250  # events in a webhook
Answer = tuple[int, dict[str, Any]]


class GoCardlessServer:
    """One account at this GoCardless, known by `token`; its webhooks are signed with `secret`."""

    def __init__(self, clock: Callable[[], float], *, token: str = "sandbox_tests", secret: str = "") -> None:  # noqa: S107
        self.token, self.secret = token, secret
        self.lock = threading.RLock()
        self.wrong: list[str] = []  # what GoCardless would not have taken, or not have answered so
        self.calls: list[str] = []  # 'POST /payments', in order
        self.faults: list[str] = []  # what becomes of the next calls: '500', '429', 'garbled', 'lost' (done, not
        self.hangs = 1.3  # answered), 'hang' (not done, and not answered for so many seconds)
        self.keys: dict[tuple[str, str], str] = {}  # resource and idempotency key → what was made
        self.hook, self._sent = "", 0
        self.rows_at_once = 500
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

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
        self.book.new("creditors", "CR", name="The Haverness Courier", verification_status="successful")
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
            if parts.path.startswith("/flow/"):
                self._page(request, parts.path.removeprefix("/flow/"), dict(parse_qsl(body.decode())))
            else:
                asked = json.loads(body) if body else dict(parse_qsl(parts.query))
                self._api(request, parts.path, asked)

    def _api(self, request: BaseHTTPRequestHandler, path: str, asked: Thing) -> None:
        kind = path.split("/")[1]
        self.calls.append(f"{request.command} {'/'.join(path.split('/')[:2])}")
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "hang":
            time.sleep(self.hangs)
            request.close_connection = True
            return None
        if fault.isdigit():
            return _send(request, int(fault), {"error": {"type": "gocardless", "message": "On purpose.", "errors": []}})
        if fault == "garbled":
            return _send_page(request, 502, "<h1>Bad gateway</h1>")
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return _send(request, 401, {"error": {"type": "invalid_api_usage", "message": "Bad token.", "errors": []}})
        if request.headers.get("GoCardless-Version") != API_VERSION:
            self.wrong.append(f"{path} speaks {request.headers.get('GoCardless-Version')}")
        try:
            status, answer = self._do(request, path, kind, asked)
        except No as no:
            status, answer = no.status, {"error": no.error}
        if status < 400:
            self.wrong += shapes.wrong_with_answer(kind, answer, of_list=isinstance(answer.get(kind), list))
        if fault == "lost":
            request.close_connection = True
            return None
        return _send(request, status, answer)

    def _do(self, request: BaseHTTPRequestHandler, path: str, kind: str, asked: Thing) -> Answer:
        if request.command == "GET" and path == f"/{kind}":
            return self._list(kind, asked)
        if request.command == "GET" and (one := ONE.fullmatch(path)):
            return 200, {kind: self.book.get(kind, one[2])}
        if action := ACTION.fullmatch(path):
            end = {
                "mandates": self.book.cancel_mandate,
                "billing_requests": self.book.cancel_request,
                "payments": self.book.cancel_payment,
            }[kind]
            return 200, {kind: end(action[2])}
        makers = {
            "billing_requests": self.book.open_request,
            "billing_request_flows": self.book.open_flow,
            "payments": self.book.collect,
            "refunds": self.book.refund,
        }
        if request.command != "POST" or kind not in makers or path != f"/{kind}":
            raise No(404, "invalid_api_usage", "resource_not_found")
        self.wrong += shapes.wrong_with_request(f"POST /{kind}", asked[kind])
        return 201, {kind: self._once(kind, request.headers.get("Idempotency-Key") or "", makers[kind], asked[kind])}

    def _once(self, kind: str, key: str, make: Callable[[Thing], Thing], asked: Thing) -> Thing:
        """A key makes one thing; the same key again, with whatever words, is told which."""
        if kind not in MADE_ONCE:
            return make(asked)
        if not key:
            self.wrong.append(f"POST /{kind} came without a key")
        if made := self.keys.get((kind, key)):
            said = "A resource has already been created with this idempotency key"
            raise No(409, "invalid_state", "idempotent_creation_conflict", said, conflicting_resource_id=made)
        thing = make(asked)
        self.keys[kind, key] = thing["id"]
        return thing

    def _list(self, kind: str, asked: Thing) -> Answer:
        self.wrong += shapes.wrong_with_request(f"GET /{kind}", {name.partition("[")[0]: None for name in asked})
        limit, after = min(int(asked.pop("limit", 50)), self.rows_at_once), asked.pop("after", "")
        if kind == "payout_items":
            rows = self.book.items[asked.pop("payout")]
        else:
            since, until = asked.pop("created_at[gte]", ""), asked.pop("created_at[lt]", "9")
            rows = [row for row in self.book.of_kind(kind) if since <= row["created_at"] < until]
            rows = [row for row in rows if all(row["links"].get(name) == value for name, value in asked.items())]
        first = int(after or 0)  # a cursor is opaque, so a number will do
        more = str(first + limit) if len(rows) > first + limit else None
        cursors = {"before": after or None, "after": more}
        return 200, {kind: rows[first : first + limit], "meta": {"cursors": cursors, "limit": limit}}

    # --- the page of the flow ----------------------------------------------------------------------------------------

    def _page(self, request: BaseHTTPRequestHandler, ref: str, typed: dict[str, str]) -> None:
        flow = self.book.things.get("billing_request_flows", {}).get(ref)
        if flow is None or not self.book.is_open(flow):
            return _send_page(request, 410, pages.closed())
        asked_for = self.book.get("billing_requests", flow["links"]["billing_request"])
        if request.command == "GET":
            self.book.tell("billing_requests", "flow_visited", asked_for, origin="customer")
            return _send_page(request, 200, pages.agree(flow, asked_for))
        if typed.get("number", "") not in BY_NUMBER:
            return _send_page(request, 422, pages.agree(flow, asked_for, said="There is no such account."))
        self.book.fulfil(flow, typed["number"])
        request.send_response(303)
        request.send_header("Location", flow["redirect_uri"])
        request.send_header("Content-Length", "0")
        return request.end_headers()

    # --- events ----------------------------------------------------------------------------------------------------

    def news(self) -> list[Thing]:
        """The events that were not taken from here before."""
        with self.lock:
            self.book.pass_time()
            fresh, self._sent = self.book.events[self._sent :], len(self.book.events)
            self.wrong += shapes.wrong_with_answer("events", {"events": fresh}, of_list=True)
        return fresh

    def delivery(self, *events: Thing, secret: str = "") -> tuple[bytes, str]:
        """Events as they are sent: their bytes, and the header that signs them."""
        body = json.dumps({"events": events, "meta": {"webhook_id": f"WB{events[0]['id'] if events else ''}"}}).encode()
        return body, hmac.new((secret or self.secret).encode(), body, hashlib.sha256).hexdigest()

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
            if waiting and self._delivered(waiting[:AT_ONCE]):
                waiting = waiting[AT_ONCE:]

    def _delivered(self, events: list[Thing]) -> bool:
        body, signature = self.delivery(*events)
        headers = {"Content-Type": "application/json", "Webhook-Signature": signature}
        request = urllib.request.Request(self.hook, body, headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return bool(200 <= answer.status < 300)
        except (urllib.error.URLError, OSError):
            return False


@contextmanager
def open_gocardless(clock: Callable[[], float], **words: Any) -> Iterator[GoCardlessServer]:
    """A GoCardless that is there until the block ends."""
    server = GoCardlessServer(clock, **words)
    try:
        yield server
    finally:
        server.close()


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
