"""The supervisor keeps processes alive and stops them all: watched from outside, as an operator would."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.processes

PROGRAM = """
import signal, sys, time
from pathlib import Path
from masthead.web.supervisor import Child, Supervisor

home = Path(sys.argv[1])

def lives():
    with (home / "starts").open("a") as file:
        file.write("x")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        time.sleep(0.05)

def cannot():
    raise SystemExit("The database lacks 3 migrations.")

run = {"lives": lives, "cannot": cannot}[sys.argv[2]]
sys.exit(Supervisor(Child("child", run), pids_in=home).run())
"""


def until(holds: Callable[[], bool], seconds: float = 8) -> bool:
    """Wait for something to become true; tells whether it did."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return holds()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


class Supervised:
    """A supervisor with one child, and what can be seen of them."""

    def __init__(self, home: Path, what: str) -> None:
        self.home = home
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(home), what], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )

    @property
    def starts(self) -> int:
        path = self.home / "starts"
        return len(path.read_text()) if path.exists() else 0

    @property
    def child(self) -> int:
        return int((self.home / "child").read_text())


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Callable[[str], Supervised]]:
    made: list[Supervised] = []

    def make(what: str) -> Supervised:
        made.append(Supervised(tmp_path, what))
        return made[-1]

    yield make
    for each in made:
        each.process.kill()
        each.process.communicate()


def test_a_child_that_is_killed_is_started_again(supervised):
    newsroom = supervised("lives")
    assert until(lambda: newsroom.starts == 1)

    os.kill(newsroom.child, signal.SIGKILL)

    assert until(lambda: newsroom.starts == 2)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_stops_its_children_and_ends_well(supervised, number):
    newsroom = supervised("lives")
    assert until(lambda: newsroom.starts == 1)

    newsroom.process.send_signal(number)

    assert newsroom.process.wait(10) == 0
    assert not is_alive(newsroom.child)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere children look for their parent once a second")
def test_children_end_with_a_supervisor_that_was_killed(supervised):
    newsroom = supervised("lives")
    assert until(lambda: newsroom.starts == 1)
    child = newsroom.child

    newsroom.process.kill()

    assert until(lambda: not is_alive(child))


def test_a_child_that_cannot_start_stops_the_start_with_its_one_line(supervised):
    newsroom = supervised("cannot")

    _, said = newsroom.process.communicate(timeout=10)

    assert (newsroom.process.returncode, said) == (1, "The database lacks 3 migrations.\n")
