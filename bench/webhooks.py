"""Webhooks: events a second through the real intake over HTTP, beside a bare loop that inserts the same rows into the
same database; and a burst far above what can be processed, of which nothing may be lost.

The web process runs on one core, whoever sends on the other; the bare loop runs on the web process' core. Each event is
of a payment of its own and is truly processed: booked in the ledger, told to its gift.
"""

import hashlib
import hmac
import http.client
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from bench.rig import CLIENT_CORE, ROOT, SERVER_CORE, free_port, judged, pss_mb, wait_for

COMMAND = "python -m bench webhooks"
ROUNDS, SECONDS = 3, 4.0
SENDERS, OK = 8, 204
TOGETHER = 25  # events in one webhook, where a provider sends several: GoCardless sends up to 250
OF_THE_LOOP = 0.5
TIMES = 12  # the rate of processing: ten at least, when some of the pace is lost
BURST = int(os.environ.get("BENCH_BURST", "4000"))
FIRST, DONE = 300, "state = 'done'"  # events by which the rate of processing is measured
PATIENCE = 900.0  # seconds until the backlog must be gone
GROWS = 40  # MB of the web process, over the burst
SECRET = "only-for-a-measurement-that-nobody-can-reach"  # noqa: S105
TABLE = "bench_event"


def main() -> None:
    print(f"made by: {COMMAND}   (1, 5 and 15 minutes of load: {os.getloadavg()})")
    with _migrated() as database:
        for measure in (_beside_a_bare_loop, _burst):
            with _newsroom(database) as here:
                measure(here)


class Here:
    """A newsroom that takes webhooks of a practice bank which only this measurement plays."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.env = {
            **os.environ,
            "MASTHEAD_HOME": str(home),
            "MASTHEAD_SECRET": SECRET,
            "MASTHEAD_ADDRESS": f"http://127.0.0.1:{self.port}",
            "DJANGO_SETTINGS_MODULE": "masthead.web.settings",
        }
        (home / "state").mkdir()
        (home / "this-is-a-demo").touch()
        (home / "state" / "practice-bank.json").write_text(json.dumps({"url": "http://127.0.0.1:9", "secret": SECRET}))
        self.made = 0

    def run(self, *words: str) -> str:
        done = subprocess.run([sys.executable, *words], env=self.env, cwd=ROOT, check=True, stdout=subprocess.PIPE)
        return done.stdout.decode()

    def payments(self, count: int) -> list[dict[str, Any]]:
        """So many payments that were begun, and what the bank will say of each."""
        first, self.made = self.made, self.made + count
        self.run("-m", "bench.webhooks", "payments", str(first), str(count))
        return [_paid(number) for number in range(first, first + count)]

    def rows(self, query: str) -> Any:
        with sqlite3.connect(f"file:{self.home}/newsroom.sqlite3?mode=ro", uri=True) as database:
            return database.execute(query).fetchone()

    def counted(self, where: str = "1") -> int:
        return int(self.rows(f"SELECT COUNT(*) FROM money_event WHERE {where}")[0])

    @contextmanager
    def web(self) -> Iterator[int]:
        told = self.run(
            "-c",
            "from masthead.core import config; from masthead.press.setup import Setup\n"
            "print(Setup.of(config.load()).as_json())",
        )
        words = ["taskset", "-c", SERVER_CORE, sys.executable, "-m", "bench.serve", str(self.port), "rsgi"]
        process = subprocess.Popen(words, env={**self.env, "MASTHEAD_PRESS": told}, cwd=ROOT)
        try:
            wait_for(f"http://127.0.0.1:{self.port}/healthz/live", patience=120)
            self.send([_body([_paid(-1)])], senders=1)  # Django is there
            yield process.pid
        finally:
            process.kill()
            process.wait(20)

    @contextmanager
    def worker(self) -> Iterator[None]:
        words = [sys.executable, "-m", "masthead", "worker", "--queue", "now"]
        process = subprocess.Popen(["taskset", "-c", CLIENT_CORE, *words], env=self.env, cwd=ROOT)
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)

    def send(self, bodies: list[bytes], *, senders: int = SENDERS, until: float = 0, rate: float = 0) -> int:
        """Send webhooks until a moment or until all are; returns how many were acknowledged. At `rate` a second."""
        lock, turn, taken, since = threading.Lock(), iter(enumerate(bodies)), [0], time.perf_counter()

        def go() -> None:
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            while not until or time.perf_counter() < until:
                with lock:
                    number, body = next(turn, (0, b""))
                if not body:
                    break
                if rate and (early := since + number / rate - time.perf_counter()) > 0:
                    time.sleep(early)
                status = 0
                while not status:
                    try:
                        line.request("POST", "/hooks/practice/", body, {"Practice-Signature": _signature(body)})
                        answer = line.getresponse()
                        answer.read()
                        status = answer.status
                    except (OSError, http.client.HTTPException):
                        line.close()  # the server let an idle line go; as a provider would, it is told again
                with lock:
                    taken[0] += status == OK
            line.close()

        threads = [threading.Thread(target=go) for _ in range(senders)]
        os.sched_setaffinity(0, {int(CLIENT_CORE)})
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return taken[0]


@contextmanager
def _migrated() -> Iterator[Path]:
    """A database with all tables and nothing in them, made once."""
    home = Path(tempfile.mkdtemp(prefix="bench-webhooks-"))
    try:
        Here(home).run("-m", "masthead", "manage", "migrate", "-v0")
        yield home / "newsroom.sqlite3"
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _newsroom(database: Path) -> Iterator[Here]:
    home = Path(tempfile.mkdtemp(prefix="bench-webhooks-"))
    try:
        shutil.copy(database, home)
        yield Here(home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _beside_a_bare_loop(here: Here) -> None:
    """Rounds of all, one after the other; no worker runs, so that the intake alone is measured."""
    events = here.payments(int(os.environ.get("BENCH_EVENTS", "30000")))
    found: dict[str, list[float]] = {"bare": [], "one": [], "many": []}
    with here.web():
        for _round in range(ROUNDS):
            found["bare"].append(float(here.run("-m", "bench.webhooks", "bare", str(SECONDS))))
            for name, together in (("one", 1), ("many", TOGETHER)):
                mine = [events.pop() for _ in range(min(len(events), 1500 if together == 1 else 6000))]
                bodies = [_body(mine[at : at + together]) for at in range(0, len(mine), together)]
                before, since = here.counted(), time.perf_counter()
                here.send(bodies, until=since + SECONDS)
                found[name].append((here.counted() - before) / (time.perf_counter() - since))
    middle = {name: median(rates) for name, rates in found.items()}
    print(f"a bare loop, one INSERT and one COMMIT an event: {middle['bare']:,.0f} events/s ({_rounds(found['bare'])})")
    for name, words in (("one", "one event a webhook"), ("many", f"{TOGETHER} events a webhook")):
        ratio = middle[name] / middle["bare"]
        says = judged(f"webhooks, {words}, beside the loop", ratio, at_least=OF_THE_LOOP)
        print(
            f"intake, {words}: {middle[name]:,.0f} events/s ({_rounds(found[name])}), {ratio:.2f} of the loop ({says})"
        )


def _burst(here: Here) -> None:
    """Ten times what can be processed, until it is all told; then the backlog goes."""
    with here.web() as pid:
        here.send([_body([event]) for event in here.payments(FIRST)])
        with here.worker():
            _wait(lambda: here.counted(DONE) > 0)
            since, done = time.perf_counter(), here.counted(DONE)
            _wait(lambda: here.counted(DONE) >= FIRST)
            processed = (FIRST - done) / (time.perf_counter() - since)
            burst = here.payments(BURST)
            before, memory = here.counted(), pss_mb(pid)
            since = time.perf_counter()
            bodies = [_body(burst[at : at + TOGETHER]) for at in range(0, len(burst), TOGETHER)]
            taken = here.send(bodies, rate=max(TIMES * processed, 1) / TOGETHER)
            rate = len(burst) / (time.perf_counter() - since)
            stored, backlog = here.counted() - before, here.counted("state = 'kept'")
            grown = pss_mb(pid) - memory
            mine = f"substr(event_id, 5) + 0 >= {here.made - BURST}"
            since = time.perf_counter()
            _wait(lambda: not here.counted(f"state = 'kept' AND {mine}"))
            drained = time.perf_counter() - since
        lost = taken * TOGETHER - here.counted(f"{DONE} AND {mine}")
    print(
        f"processed: {processed:,.0f} events/s by one worker; sent: {rate:,.0f} a second, {rate / processed:.1f} times"
    )
    print(
        f"acknowledged {taken * TOGETHER:,} events, stored {stored:,}; backlog {backlog:,}, gone after {drained:.0f} s"
    )
    print(f"acknowledged and not done in the end: {lost} ({judged('webhooks, lost', lost, at_most=0)})")
    print(f"the web process grew by {grown:.0f} MB ({judged('webhooks, MB of the web process', grown, at_most=GROWS)})")


def _wait(holds: Callable[[], bool]) -> None:
    """Until it holds, or patience ends: then the figures say what is missing."""
    until = time.perf_counter() + PATIENCE
    while not holds() and time.perf_counter() < until:
        time.sleep(0.5)


def _rounds(rates: list[float]) -> str:
    return "rounds " + ", ".join(f"{rate:,.0f}" for rate in rates)


def _paid(number: int) -> dict[str, Any]:
    """What the bank says of a payment of five pounds."""
    at = time.time()
    payment = {
        "id": f"pay{number}",
        "reference": f"B{number}",
        "amount": 500,
        "currency": "GBP",
        "fee": 20,
        "failure": None,
        "mandate": None,
        "history": [{"state": "asked", "at": at - 5}, {"state": "paid", "at": at}],
        "approval_url": None,
        "claimed_back": None,
        "refunds": [],
    }
    return {"id": f"evt_{number}", "kind": "payment.paid", "at": at, "object": payment}


def _body(events: list[dict[str, Any]]) -> bytes:
    return json.dumps({"events": events}).encode()


def _signature(body: bytes) -> str:
    stamp = str(int(time.time()))
    return f"t={stamp},v1={hmac.new(SECRET.encode(), stamp.encode() + b'.' + body, hashlib.sha256).hexdigest()}"


# --- In processes of their own --------------------------------------------------------------------------------


def payments(first: int, count: int) -> None:
    """Gifts and their payments, begun and not paid."""
    import django

    django.setup()
    from masthead.giving.models import Gift
    from masthead.money.models import Payment

    numbers = range(first, first + count)
    Gift.objects.bulk_create(
        [Gift(reference=f"G{n}", amount_minor=500, currency="GBP") for n in numbers], batch_size=1000
    )
    Payment.objects.bulk_create(
        [
            Payment(
                reference=f"B{n}", order_key=f"gift:G{n}", provider="practice", amount_minor=500, currency="GBP",
                description="bench", income_account="income:gifts",
            )
            for n in numbers
        ],
        batch_size=500,
    )  # fmt: skip


def bare(seconds: float) -> None:
    """What it costs to insert the same words, one row and one commit each, with the newsroom's own settings."""
    os.sched_setaffinity(0, {int(SERVER_CORE)})
    import django

    django.setup()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} (id INTEGER PRIMARY KEY, event TEXT UNIQUE, body TEXT)")
        count, since = 0, time.perf_counter()
        words = json.dumps(_paid(0))
        while time.perf_counter() - since < seconds:
            cursor.execute(
                f"INSERT INTO {TABLE} (event, body) VALUES (%s, %s)",
                [f"{time.time_ns()}-{count}", words],
            )
            count += 1
        print(count / (time.perf_counter() - since))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["payments", first, count]:
            payments(int(first), int(count))
        case ["bare", seconds]:
            bare(float(seconds))
        case _:
            main()
