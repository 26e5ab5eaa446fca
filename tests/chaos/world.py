"""What stands around the newsroom of the chaos: its processes, three providers, their weather, and the post."""

import contextlib
import email
import email.policy
import json
import os
import random
import shutil
import socket
import sqlite3
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg

from practice_bank import server as bank_server
from practice_bank.book import Book as BankBook
from practice_bank.clock import Clock
from tests.conftest import ROOT, template_database
from tests.gocardless_server.server import GoCardlessServer
from tests.stripe_server.server import StripeServer
from tests.worlds import gocardless, stripe
from tests.worlds.money import SECRET, wait_for

PATIENCE = 120.0  # seconds in which whatever is to be done must be done
HANGS = 1.3  # seconds for which a provider hangs: more than our patience with it in killable


class Weather(list[str]):
    """What becomes of the next calls of a provider, each by chance, while it is bad."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.chance, self.badness, self.met = chance, 0.0, 0

    def __bool__(self) -> bool:
        return self.badness > 0

    def pop(self, _index: Any = -1) -> str:
        """'500', 'lost' (done, not answered), 'hang' (not done, nor answered), or nothing."""
        if self.chance.random() >= self.badness:
            return ""
        self.met += 1
        return self.chance.choice(["500", "500", "lost", "lost", "lost", "503"] + ["hang"] * (self.met % 7 == 0))


class Door:
    """The socket of a provider, which may be shut: then connections are refused."""

    def __init__(self, http: Any) -> None:
        self.http, self.is_open = http, True

    def shut(self) -> None:
        if self.is_open:
            self.http.shutdown()
            self.http.socket.close()
            self.is_open = False

    def open(self) -> None:
        if not self.is_open:
            self.http.socket = socket.socket(self.http.address_family, self.http.socket_type)
            self.http.server_bind()
            self.http.server_activate()
            threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()
            self.is_open = True


class Teller(bank_server.Teller):
    """One of a bank that has weather."""

    def _answer(self, method: str) -> None:
        is_api, faults = self.path.startswith("/v1/"), self.server.faults  # type: ignore[attr-defined]
        self.fault = faults.pop(0) if is_api and faults else ""
        if self.fault == "hang":
            time.sleep(HANGS)
            self.close_connection = True
        else:
            super()._answer(method)

    def _send(self, status: int, kind: str, content: str | bytes, *, leads_to: str = "", **headers: str) -> None:
        if self.fault == "lost":
            self.close_connection = True
        else:
            super()._send(int(self.fault) if self.fault else status, kind, content, leads_to=leads_to, **headers)

    def _body(self) -> bytes:
        if self.fault.isdigit():
            raise bank_server.No(int(self.fault), "on purpose")
        return super()._body()


class Providers:
    """Stripe, GoCardless and the practice bank, in threads of this process, at the newsroom's own time."""

    def __init__(self, home: Path, chance: random.Random) -> None:
        self.clock = Clock(home / "state" / "clock")
        self.stripe = StripeServer(
            self.clock.time, key=stripe.SETTINGS["MASTHEAD_STRIPE_KEY"], secrets=(stripe.SECRET,)
        )
        token = gocardless.SETTINGS["MASTHEAD_GOCARDLESS_TOKEN"]
        self.gocardless = GoCardlessServer(self.clock.time, token=token, secret=gocardless.SECRET)
        self.bank = bank_server.Bank(BankBook(home / "bank.sqlite3", self.clock), 0, SECRET, "The Haverness Courier")
        self.bank.RequestHandlerClass = Teller
        threading.Thread(target=self.bank.serve_forever, args=(0.02,), daemon=True).start()
        self.weather = {name: Weather(chance) for name in ("stripe", "gocardless", "practice")}
        self.stripe.faults, self.gocardless.faults = self.weather["stripe"], self.weather["gocardless"]
        self.bank.faults = self.weather["practice"]  # type: ignore[attr-defined]
        self.doors = {
            "stripe": Door(self.stripe.http),
            "gocardless": Door(self.gocardless.http),
            "practice": Door(self.bank),
        }
        self._told = 0

    @property
    def settings(self) -> dict[str, str]:
        """By which a newsroom finds them."""
        return {
            **stripe.SETTINGS,
            **gocardless.SETTINGS,
            "MASTHEAD_STRIPE_API": self.stripe.address,
            "MASTHEAD_GOCARDLESS_API": self.gocardless.address,
            "CHAOS_BANK": self.bank.address,
            "CHAOS_BANK_SECRET": SECRET,
        }

    def pass_time(self) -> None:
        """Whatever is due by now happens."""
        for server in (self.stripe, self.gocardless):
            with server.lock:
                server.book.pass_time()
        self.bank.book.tick()

    def news_of_the_bank(self) -> list[dict[str, Any]]:
        """The practice bank's events that were not taken from here before."""
        rows = self.bank.book.rows("SELECT * FROM event WHERE number > ? ORDER BY number", self._told)
        self._told = rows[-1]["number"] if rows else self._told
        return [{**dict(row), "object": json.loads(row["object"])} for row in rows]

    def clear_up(self) -> None:
        """All answer again."""
        for name, weather in self.weather.items():
            weather.badness = 0.0
            self.doors[name].open()

    def close(self) -> None:
        self.clear_up()
        self.stripe.close()
        self.gocardless.close()
        self.bank.shutdown()
        self.bank.server_close()


class Newsroom:
    """A folder of its own, and the processes that live there."""

    def __init__(self, home: Path, providers: Providers, database: str = "") -> None:
        self.home, self.providers, self.database = home, providers, database
        self._sqlite: sqlite3.Connection | None = None
        self._postgres: psycopg.Connection[Any] | None = None
        for folder in ("armed", "cut"):
            (home / folder).mkdir(parents=True)
        if not database:
            shutil.copy(template_database(), home / "newsroom.sqlite3")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        environment = {
            **os.environ,
            **providers.settings,
            "MASTHEAD_HOME": str(home),
            "MASTHEAD_DATABASE": database,
            "MASTHEAD_ADDRESS": self.address,
            "MASTHEAD_PORT": str(self.port),
            "MASTHEAD_BEHIND_PROXY": "true",
            "MASTHEAD_LOG_LEVEL": "error",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.killable"],
            cwd=ROOT,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(home / "log.txt").open("a"),
        )
        self.tell("run")
        wait_for(self.is_up, seconds=PATIENCE)

    def tell(self, *words: str) -> None:
        """Have one of killable's things done."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n", f"{words} failed: {self.log[-3000:]}"

    def tell_about(self, what: str, asked: Any = None) -> Any:
        """The same, with something to say and something to hear."""
        file = self.home / f"{what}.json"
        file.write_text(json.dumps(asked))
        self.tell(what, str(file))
        return json.loads(file.read_text())

    @property
    def log(self) -> str:
        return (self.home / "log.txt").read_text()

    def is_up(self) -> bool:
        try:
            return httpx.get(f"{self.address}/healthz/ready", timeout=5, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def close(self) -> None:
        """End all that runs."""
        self.process.kill()
        self.process.wait()
        for opened in (self._sqlite, self._postgres):
            if opened is not None:
                opened.close()

    # --- time -------------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """What its clock says."""
        return datetime.fromtimestamp(self.providers.clock.time(), UTC)

    def move_to(self, moment: datetime, *, power_cut: bool = False) -> None:
        """Set the clock of all processes, and wait until all that is due then is done, also over a power cut."""
        ahead = round(moment.timestamp() - time.time())
        with (self.home / "state" / "clock").open("r+b") as file:
            file.write(struct.pack("<q", ahead))
        self.providers.pass_time()
        wait_for(lambda: self._ticked() == ahead, seconds=PATIENCE)
        if power_cut:
            self.tell("power")
            self.tell("run")
        self.settle()

    def _ticked(self) -> int | None:
        with contextlib.suppress(FileNotFoundError):
            return int((self.home / "ticked").read_text())
        return None

    def settle(self) -> None:
        """Wait until nothing is left to do now; what waits for a later moment of the wall is not waited for."""
        deadline = time.monotonic() + PATIENCE
        while self.undone():
            assert time.monotonic() < deadline, f"it is not done with: {self.undone()}; {self.log[-3000:]}"
            time.sleep(0.03)

    def undone(self) -> int:
        (count,) = self.sql(
            "SELECT COUNT(*) FROM django_tasks_database_dbtaskresult WHERE status IN ('READY', 'RUNNING')"
            " AND (run_after > '9000-01-01' OR run_after <= {now})"
        )[0]
        return int(count)

    # --- looking in from outside --------------------------------------------------------------------------------

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database itself, past all of the product's code; moments come as text or as such."""
        if self.database:
            if self._postgres is None:
                self._postgres = psycopg.connect(self.database, autocommit=True)
            query = query.replace("{now}", "now()").replace("?", "%s")
            return self._postgres.execute(query, values).fetchall()  # type: ignore[arg-type]
        query = query.replace("{now}", "strftime('%Y-%m-%d %H:%M:%f', 'now')")
        if self._sqlite is None:
            self._sqlite = sqlite3.connect(f"file:{self.home}/newsroom.sqlite3?mode=ro", uri=True, timeout=20)
        return self._sqlite.execute(query, values).fetchall()

    def post(self, path: str, content: bytes, headers: dict[str, str]) -> int:
        """Deliver something once; 0 when nobody is there."""
        try:
            with httpx.Client(trust_env=False, timeout=20) as client:
                return client.post(self.address + path, content=content, headers=headers).status_code
        except httpx.TransportError:
            return 0

    def deliver(self, path: str, content: bytes, headers: dict[str, str]) -> None:
        """Deliver as a provider does: again and again until it was taken."""
        deadline = time.monotonic() + PATIENCE
        while (status := self.post(path, content, headers)) != 204:
            assert status == 0 or status >= 500, f"{path} answers {status}"
            assert time.monotonic() < deadline, f"{path} was never taken"
            time.sleep(0.05)

    def deaths(self) -> list[str]:
        """The processes that were killed, one by one."""
        with contextlib.suppress(FileNotFoundError):
            lines = (self.home / "deaths").read_text().splitlines()
            return [line.split()[0] for line in lines if line.endswith(" -9")]
        return []

    # --- the post ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Letter:
    """One mail that left the house."""

    identity: str
    to: str
    at: datetime
    text: str


class Post:
    """All mail that left a newsroom: by its Message-ID, of a repeat the first."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.letters, self.repeats = folder, dict[str, Letter](), 0
        self._read: set[str] = set()

    def collect(self) -> None:
        """Take what lies there now."""
        for path in sorted(self.folder.glob("*.log")):
            if path.name in self._read:
                continue
            self._read.add(path.name)
            mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            text = str(mail["Subject"]) + "\n" + mail.get_content()  # type: ignore[attr-defined]
            at = email.utils.parsedate_to_datetime(mail["Date"]).replace(tzinfo=UTC)
            letter = Letter(mail["Message-ID"], mail["To"], at, text)
            self.repeats += letter.identity in self.letters
            self.letters.setdefault(letter.identity, letter)


@contextlib.contextmanager
def postgres_database(server: str, name: str) -> Iterator[str]:
    """A migrated database of its own in the cluster of `server`, an address as MASTHEAD_DATABASE has it."""
    address = urlsplit(server)
    with psycopg.connect(address._replace(path="/postgres").geturl(), autocommit=True) as cluster:
        cluster.execute(f"CREATE DATABASE {name}".encode())
        made = address._replace(path=f"/{name}").geturl()
        words = [sys.executable, "-m", "masthead", "manage", "migrate", "-v0"]
        try:
            subprocess.run(words, env={**os.environ, "MASTHEAD_DATABASE": made}, cwd=ROOT, check=True)
            yield made
        finally:
            cluster.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
