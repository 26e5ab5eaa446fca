"""`make demo`, as a newcomer meets it: one command, a working paper, Ctrl-C, and again with what was changed."""

import contextlib
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from masthead.web.demo import EDITOR, PASSWORD
from tests.ops.test_supervisor import is_alive, until

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.processes
PATIENCE = 240


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Demo:
    """`masthead demo` in a folder, and what it says and serves."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.said = ""

    def start(self, *words: str) -> float:
        """Start it and wait until it says that it is up; returns how many seconds that took."""
        began = time.monotonic()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MASTHEAD_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "masthead", "demo", "--folder", str(self.folder), *words],
            env={**environment, "PORT": str(self.port)},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if "to pay" in line or time.monotonic() - began > PATIENCE:
                break
        return time.monotonic() - began

    def interrupt(self) -> int:
        """Press Ctrl-C: the whole group of processes gets the signal."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(40)

    @property
    def processes(self) -> list[int]:
        return [int(path.read_text()) for path in (self.folder / "state" / "processes").iterdir()]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask its database, read-only."""
        address = f"file:{self.folder}/newsroom.sqlite3?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True)) as database:
            return database.execute(query).fetchall()

    def renames_the_paper(self, name: str) -> None:
        """As its editor does: sign in at the desk, fill in the form, save."""
        address = f"http://127.0.0.1:{self.port}"
        with httpx.Client(base_url=address, headers={"Origin": address}, follow_redirects=True, timeout=30) as desk:
            desk.get("/desk/login/")
            typed = {"username": EDITOR, "password": PASSWORD, "csrfmiddlewaretoken": desk.cookies["desk-form"]}
            desk.post("/desk/login/", data=typed)
            form = desk.get("/desk/settings/newsroom/paper/")
            kept = {"name": name, "accent_light": "#0c5460", "accent_dark": "#7cc7d1"}
            saved = desk.post(form.url.path, data={**kept, "csrfmiddlewaretoken": desk.cookies["desk-form"]})
            assert "/desk/settings/" in saved.url.path, saved.url

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return answer.read().decode()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Made afresh, as `make demo-reset` does, where an older demonstration was."""
    made = Demo(tmp_path_factory.mktemp("demo") / "courier")
    made.folder.mkdir()
    (made.folder / "this-is-a-demo").write_text("loaded, by another version\n")
    (made.folder / "newsroom.sqlite3").write_text("of an older demonstration")
    made.start("--reset")
    yield made
    if made.process.poll() is None:
        made.process.send_signal(signal.SIGTERM)
        made.process.wait(40)


def test_it_says_where_everything_is(demo):
    for place in ("/", "/desk/", "/demo/mail/", "/demo/clock/"):
        assert f"http://127.0.0.1:{demo.port}{place}" in demo.said, demo.said
    assert "editor@courier.example" in demo.said


def test_the_paper_opens_with_its_pictures(demo):
    front = demo.get("/")
    lead = demo.get(re.search(r'href="(/harbour/[0-9/]+four-winters[^"]+)"', front)[1])

    assert front.count("<img") >= 5
    assert len(re.findall(r"<figcaption.*?class=\"credit", lead, re.DOTALL)) >= 3
    assert re.findall(r'data-appeal="(\w+)"', lead) == ["top", "middle", "end"]
    assert lead.count("data-slot") >= 1
    assert lead.count("data-read-on") >= 1
    assert 'src="/media/' in front


def test_resetting_made_it_afresh(demo):
    assert "Loading" in demo.said
    assert demo.rows("SELECT name FROM newsroom_paper") == [("The Haverness Courier",)]


def test_no_picture_stands_twice_on_the_front_page(demo):
    shown = re.findall(r'<img[^>]* src="/media/images/([^".]+)', demo.get("/"))

    assert len(shown) == len(set(shown)), sorted(shown)


def test_what_the_paper_promised_has_been_kept(demo):
    def count(table: str, where: str = "1") -> int:
        return int(demo.rows(f"SELECT COUNT(*) FROM {table} WHERE {where}")[0][0])

    months = demo.rows("SELECT DISTINCT strftime('%Y-%m', \"on\") FROM money_transaction")

    assert count("letters_issue", "sent_at IS NOT NULL") >= 1
    assert count("letters_delivery", "state = 'sent'") >= 1
    assert min(count("calls_seat"), count("calls_question"), count("calls_vote")) >= 3
    assert len(months) >= 18


def test_mailbox_clock_and_health_answer(demo):
    assert "<h1" in demo.get("/demo/mail/")
    assert "<h1" in demo.get("/demo/clock/")
    assert demo.get("/healthz/ready") == "ready"


def test_ctrl_c_stops_all_of_it_and_the_next_start_keeps_what_was_changed(demo):
    demo.renames_the_paper("The Haverness Lantern")
    running = demo.processes

    status = demo.interrupt()
    stopped = until(lambda: not any(is_alive(pid) for pid in running))
    seconds = demo.start()

    assert (status, stopped) == (0, True)
    assert "Loading" not in demo.said
    assert "The Haverness Lantern" in demo.get("/")
    assert seconds < 60  # it is 5 on a machine that does nothing else
    assert "<h1" in demo.get("/about/")
