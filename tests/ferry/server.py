"""Ferry over HTTP: visits, payments, refunds, passes; news of them, signed. Everything is in memory."""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

Thing = dict[str, Any]
FEE = 25
PURSES = {"full": "", "empty": "purse_empty"}


class Ferry:
    """One account there, known by `key`."""

    def __init__(self, clock: Callable[[], float], key: str) -> None:
        self.clock, self.key = clock, key
        self.things: dict[str, Thing] = {}
        self.asked: dict[str, str] = {}  # what was asked for under our reference → the id of what was made
        self.log: list[Thing] = []
        self.news: list[Thing] = []
        ferry = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                ferry._answer(self, {})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                is_page = self.path.startswith("/board/")
                ferry._answer(self, dict(parse_qsl(body.decode())) if is_page else json.loads(body or b"{}"))

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()

    def _answer(self, request: BaseHTTPRequestHandler, asked: Thing) -> None:
        _, kind, *rest = request.path.partition("?")[0].split("/")
        if kind == "board":
            return self._board(request, self.things[rest[0]], asked.get("purse", "full"))
        if request.headers.get("X-Ferry-Key") != self.key:
            return _send(request, 401, {"why": "another's key"})
        if request.command == "GET" and kind == "log":
            return _send(request, 200, {"log": self.log})
        if request.command == "GET":
            found = self.things.get(self.asked.get(f"{kind}/{rest[0]}", rest[0]))
            return _send(request, 200 if found else 404, found or {"why": "nothing is called so"})
        if kind == "passes":
            self.things[rest[0]]["void_at"] = self.things[rest[0]]["void_at"] or self.clock()
            return _send(request, 200, self.things[rest[0]])
        named = f"{kind}/{asked['our_name']}"
        if named not in self.asked:
            made = {"visits": self._visit, "payments": self._payment, "refunds": self._refund}[kind](asked)
            self.asked[named] = made["id"]
        return _send(request, 200, self.things[self.asked[named]])

    def _new(self, kind: str, **facts: Any) -> Thing:
        made = {"id": f"{kind}-{len(self.things) + 1}", "at": self.clock(), **facts}
        self.things[made["id"]] = made
        return made

    def _visit(self, asked: Thing) -> Thing:
        return self._new("visit", **asked, payment=None, sunk_at=None, why="")

    def _board(self, request: BaseHTTPRequestHandler, visit: Thing, purse: str) -> None:
        """The page: who comes with an empty purse may come again."""
        if why := PURSES[purse]:
            visit |= {"sunk_at": self.clock(), "why": why}
            self._tell("visit", visit)
            return _send(request, 402, {"why": why})
        if visit["payment"] is None:
            held = self._new("pass", visit=visit["our_name"], void_at=None) if visit["wants_pass"] else None
            payment = self._land({**visit, "our_name": visit["for_payment"], "pass": held and held["id"]}, "")
            visit["payment"] = payment["id"]
            self._tell("payment", payment)
        request.send_response(303)
        request.send_header("Location", visit["back_to"])
        request.send_header("Content-Length", "0")
        return request.end_headers()

    def _payment(self, asked: Thing) -> Thing:
        void = self.things[asked["pass"]]["void_at"] is not None
        payment = self._land(asked, "pass_void" if void else "")
        self._tell("payment", payment)
        return payment

    def _land(self, asked: Thing, why: str) -> Thing:
        payment = self._new(
            "payment", our_name=asked["our_name"], pennies=asked["pennies"], money=asked["money"], why=why,
            state="sunk" if why else "landed", toll=0 if why else FEE, refunds=[],
        )  # fmt: skip
        payment["pass"] = dict(self.things[asked["pass"]]) if asked["pass"] else None
        if not why:
            self._log(payment, "payment", payment["pennies"], FEE)
        return payment

    def _refund(self, asked: Thing) -> Thing:
        payment = self.things[asked["payment"]]
        refund = self._new("refund", our_name=asked["our_name"], pennies=asked["pennies"])
        payment["refunds"].append(refund)
        self._log(payment, "refund", -refund["pennies"], 0)
        self._tell("payment", payment)
        return payment

    def _log(self, payment: Thing, kind: str, pennies: int, toll: int) -> None:
        number = f"log-{len(self.log) + 1}"
        line = {"id": number, "kind": kind, "our_name": payment["our_name"], "money": payment["money"]}
        self.log.append(line | {"pennies": pennies, "toll": toll, "at": self.clock()})

    def _tell(self, kind: str, thing: Thing) -> None:
        self.news.append({"no": len(self.news) + 1, "of": kind, "thing": json.loads(json.dumps(thing))})

    def delivery(self, *news: Thing) -> tuple[bytes, dict[str, str]]:
        """News as it is sent: its bytes and headers."""
        body = json.dumps({"news": news}).encode()
        return body, {"Ferry-Seal": hmac.new(self.key.encode(), body, hashlib.sha256).hexdigest()}


@contextmanager
def open_ferry(clock: Callable[[], float], *, key: str) -> Iterator[Ferry]:
    """A Ferry that is there until the block ends."""
    ferry = Ferry(clock, key)
    try:
        yield ferry
    finally:
        ferry.close()


def _send(request: BaseHTTPRequestHandler, status: int, answer: Thing) -> None:
    body = json.dumps(answer).encode()
    request.send_response(status)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
