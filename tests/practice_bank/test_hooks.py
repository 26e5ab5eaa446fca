"""The bank tells what happened, signed, again and again until it is heard."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from practice_bank.hooks import pause, signature
from tests.practice_bank.test_api import VISIT
from tests.worlds.money import SECRET, Bank, wait_for


class Ear(HTTPServer):
    """Hears deliveries, and answers as it is told to."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.heard: list[tuple[str, bytes]] = []
        super().__init__(("127.0.0.1", 0), Hearing)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for _, body in self.heard for event in json.loads(body)["events"]]


class Hearing(BaseHTTPRequestHandler):
    server: Ear

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.headers["Practice-Signature"], body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def ear() -> Iterator[Ear]:
    opened = Ear()
    threading.Thread(target=opened.serve_forever, daemon=True).start()
    yield opened
    opened.shutdown()


@pytest.fixture
def bank(tmp_path: Path, ear: Ear) -> Iterator[Bank]:
    opened = Bank(tmp_path, hook=f"http://127.0.0.1:{ear.server_address[1]}/hooks/practice/")
    yield opened
    opened.close()


def pay(bank: Bank) -> None:
    bank.pay(bank.asked("POST", "/v1/checkouts", VISIT).json()["url"])


def test_several_events_come_in_one_signed_delivery(bank: Bank, ear: Ear) -> None:
    pay(bank)
    wait_for(lambda: len(ear.events) == 3)

    signed, body = ear.heard[0]
    assert signed == signature(SECRET, body, float(signed.partition(",")[0].removeprefix("t=")))
    assert [event["kind"] for event in ear.events] == ["mandate.made", "payment.paid", "checkout.done"]


def test_what_was_not_taken_comes_again(bank: Bank, ear: Ear) -> None:
    ear.answers = [500, 400]

    pay(bank)
    wait_for(lambda: len(ear.heard) >= 3)

    assert [len({event["id"] for event in ear.events}), bank.events()[0]["kind"]] == [3, "mandate.made"]


def test_what_happened_while_the_bank_was_shut_is_told_when_it_opens(bank: Bank, ear: Ear) -> None:
    ear.answers = [503] * 2
    pay(bank)
    bank.close()
    ear.heard.clear()

    bank.open()
    wait_for(lambda: len(ear.events) >= 3)

    assert {event["kind"] for event in ear.events} == {"mandate.made", "payment.paid", "checkout.done"}


def test_the_pauses_grow_from_half_a_second_to_an_hour() -> None:
    assert [pause(tries) for tries in (1, 2, 3, 14)] == [0.5, 1.0, 2.0, 3600.0]
