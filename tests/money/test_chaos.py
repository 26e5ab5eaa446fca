"""Five hundred events for fifty promises, doubled and shuffled, while processes are killed: as if nothing had been."""

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from django_tasks_db.models import DBTaskResult

from tests.conftest import ROOT, template_database
from tests.money.killable import POINTS
from tests.worlds.money import Bank, wait_for, webhook

CARDS = [
    "accepts",
    "debit",
    "accepts",
    "bounces",
    "accepts",
    "approval",
    "empty",
    "accepts",
    "empty,accepts",
    "accepts",
]
EVENTS, RANDOM_KILLS = 500, 10
WEEK = 7 * 86400  # seconds
SEED = int(os.environ.get("CHAOS_SEED", "20261123"))


class Newsroom:
    """A folder of its own, and the processes that live there."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.struck: dict[str, int] = {}
        (home / "state").mkdir(parents=True)
        (home / "this-is-a-demo").touch()
        shutil.copy(template_database(), home / "newsroom.sqlite3")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        environment = {
            **os.environ,
            "MASTHEAD_HOME": str(home),
            "MASTHEAD_ADDRESS": self.address,
            "MASTHEAD_PORT": str(self.port),
            "MASTHEAD_LOG_LEVEL": "error",
        }

        words = [sys.executable, "-m", "tests.money.killable"]
        self.process = subprocess.Popen(
            words, cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def tell(self, *words: str) -> None:
        """Have one of killable's things done."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n", f"{words} failed"

    def learn(self, what: str) -> Any:
        """What one of killable's things finds out."""
        to = self.home / f"{what}.json"
        self.tell(what, str(to))
        return json.loads(to.read_text())

    def close(self) -> None:
        """End all that runs."""
        self.process.kill()
        self.process.wait()

    def copy_database(self, to: Path) -> None:
        """An online copy."""
        with sqlite3.connect(self.home / "newsroom.sqlite3") as here, sqlite3.connect(to) as there:
            here.backup(there)

    def restore_database(self, copy: Path) -> None:
        """The copy in place of what is there."""
        for left in self.home.glob("newsroom.sqlite3*"):
            left.unlink()
        shutil.copy(copy, self.home / "newsroom.sqlite3")

    def kill(self, name: str) -> None:
        """Cut one process's power, as soon as it has any: it may have died of another cut just now."""

        def struck() -> bool:
            pid = int((self.home / "state" / "processes" / name).read_text())
            if pid == self.struck.get(name):
                return False
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                return False
            self.struck[name] = pid
            return True

        wait_for(struck, seconds=60)

    def deliver(self, events: list[dict[str, Any]]) -> None:
        """Deliver as a provider does: again and again until it was taken."""
        until = time.monotonic() + 120
        while True:
            body, headers = webhook(events, at=time.time() + WEEK)
            try:
                answer = httpx.post(f"{self.address}/hooks/practice/", content=body, headers=headers, trust_env=False)
                if answer.status_code == 204:
                    return
                assert answer.status_code >= 500, answer.text
            except httpx.HTTPError:
                pass
            assert time.monotonic() < until, "the webhook was never taken"
            time.sleep(0.1)

    def undone(self) -> int:
        """How much is still to do."""
        count = f"SELECT COUNT(*) FROM {DBTaskResult._meta.db_table} WHERE status IN ('READY', 'RUNNING')"
        with contextlib.closing(sqlite3.connect(self.home / "newsroom.sqlite3", timeout=10)) as database:
            return int(database.execute(count).fetchone()[0])


@pytest.fixture
def lives(tmp_path: Path) -> Iterator[tuple[Newsroom, list[dict[str, Any]]]]:
    """Fifty promises, and all that happened to them at the bank; the newsroom has heard nothing of it yet."""
    newsroom = Newsroom(tmp_path / "home")
    bank = Bank(newsroom.home)
    try:
        pay_urls = newsroom.learn("pledge")
        assert len(pay_urls) == 50
        pay_all(bank, pay_urls)
        happen(bank)
        yield newsroom, bank.events()
    finally:
        newsroom.close()
        bank.close()


def pay_all(bank: Bank, pay_urls: list[str]) -> None:
    """Each pays as their card does; every tenth thinks again."""
    for number, url in enumerate(pay_urls):
        for card in CARDS[number % len(CARDS)].split(","):
            answer = bank.pay(url, card)
            if card == "approval":
                bank.approve(bank.address + answer.headers["location"], "no" if number == 25 else "yes")
            if card == "empty" and number % 20 == 6:
                httpx.post(url.replace("/pay/", "/leave/"), trust_env=False)


def happen(bank: Bank) -> None:
    """A week passes: debits are paid or bounce, some is given back, claimed back, called off."""
    bank.clock_file.write_bytes(WEEK.to_bytes(8, "little", signed=True))
    wait_for(lambda: sum(e["kind"] in ("payment.paid", "payment.failed") for e in bank.events()) >= 44)
    paid = [event["object"] for event in bank.events() if event["kind"] == "payment.paid"]
    for number, payment in enumerate(paid[::7]):
        asked = {"reference": "", "payment": payment["id"], "amount": payment["amount"] // (1 + number % 2)}
        bank.asked("POST", "/v1/refunds", asked).raise_for_status()
    for payment in paid[3::9]:
        bank.asked("POST", f"/v1/payments/{payment['id']}/claim-back", {}).raise_for_status()
    for payment in paid[5::11]:
        if payment["mandate"]:
            bank.asked("POST", f"/v1/mandates/{payment['mandate']['id']}/cancel", {}).raise_for_status()


@pytest.mark.processes
def test_five_hundred_events_and_sixteen_deaths_leave_no_trace(
    lives: tuple[Newsroom, list[dict[str, Any]]], tmp_path: Path
) -> None:
    newsroom, events = lives
    (newsroom.home / "events.json").write_text(json.dumps(events))
    newsroom.copy_database(tmp_path / "before.sqlite3")
    orderly = newsroom.learn("orderly")
    newsroom.restore_database(tmp_path / "before.sqlite3")

    deaths = storm(newsroom, events, random.Random(SEED))
    chaotic = newsroom.learn("truth")

    for what, truth in orderly.items():
        assert chaotic[what] == truth, f"{what} differ (CHAOS_SEED={SEED})"
    assert (orderly["wrong"], orderly["untold"], len(orderly["Pledge"]), len(orderly["Gift"])) == ([], 0, 45, 5)
    assert {row[1] for row in orderly["Payment"]} == {"collected", "failed", "refunded", "returned", "abandoned"}
    assert orderly["open grants"]
    named = sorted(point for points in POINTS.values() for point, _ in points)
    assert sorted((newsroom.home / "cuts").read_text().split()) == named
    assert sum(deaths.values()) >= len(named) + RANDOM_KILLS


def storm(newsroom: Newsroom, events: list[dict[str, Any]], chance: random.Random) -> dict[str, int]:
    """Deliver all events, many twice, in any order, three at a time, while processes die; gives how often each did."""
    arriving = events + chance.choices(events, k=EVENTS - len(events))
    chance.shuffle(arriving)
    deliveries = []
    while arriving:
        size = chance.randint(1, 4)
        deliveries.append(arriving[:size])
        del arriving[:size]
    kill_at = set(chance.sample(range(len(deliveries) // 2, len(deliveries)), RANDOM_KILLS))
    newsroom.tell("run")
    with ThreadPoolExecutor(3) as couriers:
        sent = []
        for number, delivery in enumerate(deliveries):
            sent.append(couriers.submit(newsroom.deliver, delivery))
            if number % 3 == 2:
                sent[-3].result()
            if number in kill_at:
                newsroom.kill(chance.choice(["web", "now"]))
                time.sleep(chance.random() / 2)
        for one in sent:
            one.result()
    wait_for(lambda: newsroom.undone() == 0, seconds=120)
    newsroom.tell("stop")
    deaths: dict[str, int] = json.loads((newsroom.home / "deaths").read_text())
    return deaths
