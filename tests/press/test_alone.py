"""A press by itself, in front of a newsroom of a few lines: what it says while nobody is behind it, what it remakes."""

import asyncio
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from masthead.press.behind import Behind, Newsroom
from masthead.press.epoch import Epoch
from masthead.press.files import Files
from masthead.press.front import REMADE_AHEAD, Press
from masthead.press.known import SqliteRows
from masthead.press.parameters import Declared
from masthead.press.prints import Key, Memory, Print
from masthead.press.store import Store
from tests.press.conftest import PASSES

PLAIN = Declared({})


@pytest.fixture
def changes(tmp_path: Path) -> Path:
    """A database of changes, without any."""
    file = tmp_path / "newsroom.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE press_change (id INTEGER PRIMARY KEY, parts TEXT, pull BOOL)")
    return file


def a_press(changes: Path, behind: Behind) -> Press:
    home = changes.parent
    press = Press(
        hosts=["localhost"],
        passes=PASSES,
        epoch=Epoch(home),
        rows=SqliteRows(changes),
        memory=Memory(64_000_000),
        store=Store(home / "prints", "this", limit=64_000_000),
        files=Files(home / "static", home / "media"),
        behind=behind,
    )
    behind.start()
    return press


async def got(press: Press, path: str, method: str = "GET") -> tuple[int, dict[str, str], str]:
    """Status, headers and body of an answer."""
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": [(b"host", b"localhost")]}
    await press(scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in said[0]["headers"]}
    return said[0]["status"], headers, b"".join(message.get("body", b"") for message in said[1:]).decode()


def in_a_loop_of_its_own(what: Coroutine[Any, Any, Any]) -> Any:
    """Run it in a thread: in this one the loop of a browser may be running, from a test before."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, what).result()


def cannot() -> Newsroom:
    raise ImportError("a library is missing")


def comes_late() -> Newsroom:
    time.sleep(1)
    return Newsroom(None, lambda _path: None, lambda _key, _number: None)  # type: ignore[arg-type]


@pytest.mark.parametrize("load", [cannot, comes_late])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_that_needs_the_newsroom_is_told_to_come_again_when_its_patience_ends(changes, load, method):
    press = a_press(changes, Behind(load, patience=0.3))

    status, headers, words = in_a_loop_of_its_own(got(press, "/support/", method))

    assert (status, headers["retry-after"], headers["cache-control"]) == (503, "2", "no-store")
    assert "try again in a moment" in words


class Small:
    """A newsroom that prints any page, all of the same part, and counts how often."""

    def __init__(self) -> None:
        self.printed = Counter[str]()

    def load(self) -> Newsroom:
        return Newsroom(None, lambda _path: PLAIN, self.prints)  # type: ignore[arg-type]

    def prints(self, key: Key, number: int) -> Print:
        self.printed[key.path] += 1
        return Print.of(
            key,
            f"{key.path}, {number}".encode(),
            headers=[],
            declared=PLAIN,
            number=number,
            parts=frozenset({"paper"}),
            printed_at=0.0,
        )


def test_after_a_change_the_two_hundred_most_read_are_remade_ahead_and_the_rest_when_asked_for(changes):
    newsroom = Small()
    paths = [f"/{number:03}/" for number in range(REMADE_AHEAD + 5)]

    async def a_day() -> tuple[set[str], tuple[int, dict[str, str], str]]:
        press = a_press(changes, Behind(newsroom.load))
        for place, path in enumerate(paths):
            for _ in range(2 if place < REMADE_AHEAD else 1):
                await got(press, path)
        with closing(sqlite3.connect(changes)) as database, database:
            database.execute("""INSERT INTO press_change VALUES (1, '["paper"]', 0)""")
        press.epoch.begin()
        press.epoch.finish()
        await happens(lambda: newsroom.printed.total() >= len(paths) + REMADE_AHEAD)
        await asyncio.sleep(0.5)  # more than twice as long as between two looks
        remade = {path for path, times in newsroom.printed.items() if times == 2}
        return remade, await got(press, paths[-1])

    remade, (status, _, words) = in_a_loop_of_its_own(a_day())

    assert remade == set(paths[:REMADE_AHEAD])
    assert (status, words) == (200, f"{paths[-1]}, 1")


async def happens(what: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not what():
        assert time.monotonic() < until
        await asyncio.sleep(0.02)
