"""Three thousand letters while workers are killed and the mail server goes away, is full, hangs and refuses."""

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, template_database
from tests.letters.killable import CUTS, PEOPLE, WORKERS, address
from tests.letters.servers import MailServer

pytestmark = pytest.mark.processes

SEED = int(os.environ.get("CHAOS_SEED", "20261126"))
RANDOM_KILLS = 6
NO_SUCH, SHY = range(7, PEOPLE, 150), range(11, PEOPLE, 170)  # who has no mailbox, and who wants to be asked again
HASTE = 100  # how much faster than the wall our clock runs, so that pauses of minutes pass in seconds
PATIENCE = 240.0


class Mailroom:
    """A folder of its own, and the workers that live there."""

    def __init__(self, home: Path, server: MailServer) -> None:
        self.home = home
        (home / "state").mkdir(parents=True)
        (home / "cuts").mkdir()
        shutil.copy(template_database(), home / "newsroom.sqlite3")
        environment = {
            **os.environ,
            "MASTHEAD_HOME": str(home),
            "MASTHEAD_MAIL": server.address,
            "MASTHEAD_MAIL_FROM": "letters@masthead.example",
            "MASTHEAD_LETTERS_PATIENCE": "1",
            "MASTHEAD_LOG_LEVEL": "error",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.letters.killable"],
            cwd=ROOT,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def tell(self, *words: str) -> None:
        """Have one of killable's things done."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n", f"{words} failed"

    def truth(self) -> dict[str, Any]:
        to = self.home / "truth.json"
        self.tell("truth", str(to))
        found: dict[str, Any] = json.loads(to.read_text())
        return found

    def state(self) -> str:
        """Of the one mailing."""
        with contextlib.closing(sqlite3.connect(self.home / "newsroom.sqlite3", timeout=10)) as database:
            return str(database.execute("SELECT state FROM letters_mailing").fetchone()[0])

    def hurry(self, seconds: float) -> None:
        """Move the clock of all processes on."""
        with (self.home / "state" / "clock").open("r+b") as file:
            (ahead,) = struct.unpack("<q", file.read(8))
            file.seek(0)
            file.write(struct.pack("<q", ahead + round(seconds)))

    def kill(self, name: str) -> bool:
        """Cut one worker's power; gives whether there was one."""
        try:
            os.kill(int((self.home / "state" / "processes" / name).read_text()), signal.SIGKILL)
        except (ProcessLookupError, FileNotFoundError):
            return False
        return True

    def close(self) -> None:
        """End all that runs."""
        self.process.kill()
        self.process.wait()


@pytest.fixture
def server() -> Iterator[MailServer]:
    made = MailServer()
    made.slowness = 0.002
    yield made
    made.close()


@pytest.fixture
def mailroom(tmp_path: Path, server: MailServer) -> Iterator[Mailroom]:
    made = Mailroom(tmp_path / "home", server)
    yield made
    made.close()


def test_three_thousand_get_exactly_one_whatever_happens(mailroom: Mailroom, server: MailServer) -> None:
    chance = random.Random(SEED)
    server.refusing = {address(number): "550 5.1.1 no such user" for number in NO_SUCH}
    server.refusing |= {address(number): "451 4.7.1 greylisted" for number in SHY}
    mailroom.tell("send")
    mailroom.tell("run")

    storm(mailroom, server, chance)
    mailroom.tell("stop")
    truth = mailroom.truth()

    everybody = {address(number) for number in range(PEOPLE)}
    nobody = {address(number) for number in NO_SUCH}
    deaths = sum(json.loads((mailroom.home / "deaths").read_text()).values())
    again = {who: count - 1 for who, count in server.counts.items() if count > 1}
    assert (truth["state"], truth["total"]) == ("done", PEOPLE)
    assert set(server.counts) == everybody - nobody
    assert Counter(state for _, state, _, _ in truth["rows"]) == {
        "sent": PEOPLE - len(nobody),
        "refused": len(nobody),
    }
    assert {where for where, state, reason, _ in truth["rows"] if (state, reason) == ("refused", "invalid")} == nobody
    assert all(held == "" for _, _, _, held in truth["rows"])
    # A death or a silence puts one message in doubt at most: each is given over again once, and counted.
    assert sum(again.values()) <= truth["repeats"] <= deaths + server.hangs + server.cuts
    assert sum(again.values()) >= 1
    for who in again:
        assert len({message["Message-ID"] for message in server.to(who)}) == 1
    assert len({one.message_id for one in server.taken}) == len(everybody - nobody)
    assert {path.name for path in (mailroom.home / "cuts").iterdir()} == {f"{point} {time}" for point, time in CUTS}
    assert deaths > len(CUTS)


def storm(mailroom: Mailroom, server: MailServer, chance: random.Random) -> None:
    """Let things go wrong as the letters go out, until the mailing is done."""

    def goes_away() -> None:
        server.go_away()
        time.sleep(1)
        server.come_back()

    def strikes() -> None:
        names = list(WORKERS)
        chance.shuffle(names)
        if not any(mailroom.kill(name) for name in names):
            events.insert(0, (0, strikes))

    def is_full() -> None:
        server.full_for = 40

    def hangs(at: str) -> Callable[[], None]:
        return lambda: setattr(server, "hang_at", at)

    def thinks_better_of_it() -> None:
        for number in SHY:
            del server.refusing[address(number)]

    events: list[tuple[int, Callable[[], None]]] = [
        (400, goes_away), (800, is_full), (1000, hangs(".")), (1200, hangs("RCPT")), (1400, hangs("DATA")),
        (1600, goes_away), (1800, hangs(".")), (2000, is_full), (2200, thinks_better_of_it),
        *((chance.randint(100, 2400), strikes) for _ in range(RANDOM_KILLS)),
    ]  # fmt: skip
    events.sort(key=lambda event: event[0])
    deadline, last = time.monotonic() + PATIENCE, time.monotonic()
    while mailroom.state() != "done":
        assert time.monotonic() < deadline, f"not done (CHAOS_SEED={SEED}): {mailroom.truth()['says']}"
        while events and len(server.taken) >= events[0][0]:
            events.pop(0)[1]()
        if (passed := time.monotonic() - last) * HASTE >= 1:
            mailroom.hurry(passed * HASTE)
            last += passed
        time.sleep(0.05)
    assert events == []
