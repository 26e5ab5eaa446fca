"""Telling the newsroom what happened: signed, several events at once, again and again until it says that it heard."""

import hashlib
import hmac
import json
import sqlite3
import threading
import time as wall
import urllib.error
import urllib.request
from typing import Any

from practice_bank.book import Book

AT_ONCE = 20  # events of one delivery
GIVES_UP_AFTER = 3 * 24 * 3600  # seconds of its clock, and TRIES_AT_LEAST
TRIES_AT_LEAST = 20  # so that a clock that leaps doesn't lose what was never really tried
ANSWER_WITHIN = 10  # seconds
NOT_YET, TAKEN, GIVEN_UP = 0, 1, 2


def signature(secret: str, body: bytes, at: float) -> str:
    """What stands in Practice-Signature: the moment, and HMAC-SHA256 over it, a full stop, and the body."""
    stamp = str(int(at))
    made = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={made}"


def shown(row: sqlite3.Row) -> dict[str, Any]:
    """An event as it is told."""
    return {"id": row["id"], "kind": row["kind"], "at": row["at"], "object": json.loads(row["object"])}


class Courier(threading.Thread):
    """Carries events to the newsroom's hook while the bank runs."""

    def __init__(self, book: Book, url: str, secret: str) -> None:
        super().__init__(name="courier", daemon=True)
        self.book, self.url, self.secret = book, url, secret

    def run(self) -> None:
        """Look for what is due, whenever there is news and four times a second."""
        while True:
            self.book.news.wait(0.25)
            self.book.news.clear()
            while self.deliver_due():
                pass

    def deliver_due(self) -> bool:
        """Make one delivery of what is due. Returns whether there was any that was taken."""
        due = self.book.rows(
            "SELECT * FROM event WHERE told = 0 AND next_at <= ? ORDER BY number LIMIT ?", wall.time(), AT_ONCE
        )
        if not due:
            return False
        taken = self._post(json.dumps({"events": [shown(row) for row in due]}).encode())
        with self.book.act():
            for row in due:
                given_up = row["tries"] >= TRIES_AT_LEAST and self.book.clock.time() - row["at"] > GIVES_UP_AFTER
                told = TAKEN if taken else GIVEN_UP if given_up else NOT_YET
                self.book.note_told(row["number"], told, wall.time() + pause(row["tries"] + 1))
        return taken

    def _post(self, body: bytes) -> bool:
        headers = {
            "Content-Type": "application/json",
            "Practice-Signature": signature(self.secret, body, self.book.clock.time()),
        }
        request = urllib.request.Request(self.url, body, headers, method="POST")  # noqa: S310 (a loopback address)
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_WITHIN) as answer:  # noqa: S310
                return bool(200 <= answer.status < 300)
        except (urllib.error.URLError, OSError):
            return False


def pause(tries: int) -> float:
    """Seconds before the next try: half a second, one, two, … at most an hour."""
    return min(0.5 * 2.0 ** (tries - 1), 3600.0)
