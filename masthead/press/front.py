"""The application in front of Django.

A request's way: `__call__` answers from memory when there is no doubt at all; `with_time` takes the other ways: a
print that must be loaded, rendered or remade, files, and what Django answers.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from masthead.core import clock
from masthead.press.behind import Behind, NotYet
from masthead.press.bodies import TooLarge, limited, most_for, swallow
from masthead.press.compressing import best
from masthead.press.epoch import Epoch
from masthead.press.files import MEDIA, STATIC, Files
from masthead.press.known import Known, Rows, Standing, Unreachable
from masthead.press.parameters import Declared
from masthead.press.passes import PUBLIC, Passes, Reading
from masthead.press.prints import FOREVER, Key, Memory, Print
from masthead.press.store import Store

log = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

OLD_FOR = 1.0
"""Seconds for which a page that changed (and was not pulled) may be shown while it is remade."""
OLD_AFTER = 0.2
"""Seconds that a reader waits for the new page before getting the old one."""
REMADE_AHEAD = 200
POLL = 0.2
_TRIES = 3
_REFUSED_FOR = 5.0
_TIDY_EVERY = 600.0
_READ = ("GET", "HEAD")
_EMPTY: dict[str, Any] = {"type": "http.response.body", "body": b""}


class Press:
    """Answers GET and HEAD of printed pages from memory; leaves everything else to the newsroom behind it."""

    def __init__(
        self,
        *,
        hosts: Iterable[str],
        passes: Passes,
        epoch: Epoch,
        rows: Rows,
        memory: Memory,
        store: Store,
        files: Files,
        behind: Behind,
    ) -> None:
        self.passes = passes
        self.epoch = epoch
        self.memory = memory
        self.known = Known()
        self._names = {host.lower().encode() for host in hosts}
        self._hosts: set[bytes | str] = self._names | {name.decode() for name in self._names}
        self._rows = rows
        self._store = store
        self._files = files
        self._behind = behind
        self._counters = epoch.counters
        self._settled = -1
        self._looking = asyncio.Lock()
        self._flights: dict[Key, asyncio.Task[bool]] = {}
        self._refused: dict[Key, tuple[int, float]] = {}
        self._renderers = ThreadPoolExecutor(4, thread_name_prefix="printing")
        self._watching: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await _not_http(scope, receive, send)
        headers = dict(scope["headers"])
        if scope["method"] in _READ and not scope["query_string"] and len(headers) == len(scope["headers"]):
            printed = self.at_hand(scope["path"], headers.get(b"cookie"), headers.get(b"host"))
            if printed is not None:
                return await _answer(printed, scope["method"], headers, send)
        return await self.with_time(scope, receive, send)

    def at_hand(self, path: str, cookies: bytes | str | None, host: bytes | str | None) -> Print | None:
        """The print in memory of an address without parameters, when nothing has changed since it was judged."""
        counters = self._counters
        if counters[1] != self._settled or counters[0] != self._settled:
            return None
        reading = PUBLIC if cookies is None else self.passes.edition_of(cookies)
        printed = self.memory.shelves[reading.edition].get((path, ()))
        if (
            printed is None
            or printed.judged != self.known.number
            or host not in self._hosts
            or (printed.ends_at != FOREVER and printed.ends_at <= clock.time())
            or reading.renew
            or reading.ask
        ):
            return None
        printed.reads += 1
        return printed

    async def with_time(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The other ways: a print that must be loaded, rendered or remade, files, and what Django answers."""
        headers = dict(scope["headers"])
        path, method = scope["path"], scope["method"]
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch())
        if path == "/healthz/live":
            return await _say(send, 200, "live\n")
        if not self._is_ours(scope, headers):
            return await _say(send, 421, "This host is not served here.\n")
        if path.startswith((STATIC, MEDIA)):
            return await self._files.answer(path, method, headers, send)
        try:
            if method in _READ:
                return await self._read(scope, receive, send, headers)
            return await self._ask_newsroom(scope, receive, send)
        except TooLarge as error:
            await swallow(receive)
            await _say(send, 413, f"That is too large: at most {error.most // 1_000_000} MB. Nothing was kept.\n")
        except NotYet:
            await _say(send, 503, "We are just starting. Please try again in a moment.\n", retry_after=2)

    async def _read(self, scope: Scope, receive: Receive, send: Send, headers: dict[bytes, bytes]) -> None:
        reading = self.passes.edition_of(_cookies(scope)) if b"cookie" in headers else PUBLIC
        if reading.ask:
            return await self._ask_newsroom(scope, receive, send)
        if reading.renew and self._behind.newsroom is not None:
            return await self._renewed(scope, receive, send, headers, reading)
        printed = await self.print_of(scope["path"], scope["query_string"].decode("latin-1"), reading.edition)
        if printed is None:
            return await self._ask_newsroom(scope, receive, send)
        return await _answer(printed, scope["method"], headers, send)

    async def _renewed(
        self, scope: Scope, receive: Receive, send: Send, headers: dict[bytes, bytes], reading: Reading
    ) -> None:
        """Let Django renew the pass; when it fails, the print of the edition is the answer."""
        failed = False

        async def held(message: Any) -> None:
            nonlocal failed
            failed = failed or (message["type"] == "http.response.start" and message["status"] >= 500)
            if not failed:
                await send(message)

        await self._ask_newsroom(scope, receive, held)
        if failed:
            printed = await self.print_of(scope["path"], scope["query_string"].decode("latin-1"), reading.edition)
            if printed is None:
                return await self._ask_newsroom(scope, receive, send)
            return await _answer(printed, scope["method"], headers, send)
        return None

    async def print_of(self, path: str, query: str, edition: str) -> Print | None:
        """The print of a page as it is now, rendered when there is none. None when Django must answer."""
        try:
            await self._settle()
            declared = await self._declared(path, edition)
            return await self._current(Key(path, declared.read(query), edition)) if declared else None
        except Unreachable:
            return None

    async def _current(self, key: Key) -> Print | None:
        for _ in range(_TRIES):
            await self._settle()
            printed = self.memory.get(key)
            standing = self._standing(printed)
            if printed is not None and standing is Standing.GOOD:
                printed.judged = self.known.number
                printed.reads += 1
                return printed
            if self._is_refused(key):
                return None
            flight = self._flight(key)
            if printed is not None and standing is Standing.OLD and self._is_barely_old(printed):
                done, _pending = await asyncio.wait({flight}, timeout=OLD_AFTER)
                if not done and await self._still(printed, Standing.OLD):
                    return printed
            elif not await asyncio.shield(flight):
                return None
        return None

    def _standing(self, printed: Print | None) -> Standing:
        if printed is None or printed.ends_at <= clock.time():
            return Standing.PULLED
        return self.known.standing(printed.number, printed.parts)

    def _is_barely_old(self, printed: Print) -> bool:
        return time.monotonic() - self.known.noticed(printed.number, printed.parts) < OLD_FOR

    async def _still(self, printed: Print, standing: Standing) -> bool:
        await self._settle()
        return self._standing(printed) is standing

    async def _declared(self, path: str, edition: str) -> Declared | None:
        """The parameters that an address declares: told by a print of it, or by Django's table; None: not printable."""
        if declared := self.memory.declared(path):
            return declared
        if self._behind.newsroom is None:
            key = Key(path, (), edition)
            stored = await asyncio.to_thread(self._store.load, key)
            await self._settle()
            if stored and self._standing(stored) is Standing.GOOD:
                self.memory.put(stored)
                return stored.declared
        return (await self._behind.ready()).plan(path)

    def _flight(self, key: Key) -> asyncio.Task[bool]:
        """The one making of a print that is under way, or a new one; true when the print is in memory now."""
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = asyncio.create_task(self._make(key))
            flight.add_done_callback(lambda done: (self._flights.pop(key), done.cancelled() or done.exception()))
        return flight

    async def _make(self, key: Key) -> bool:
        for _ in range(_TRIES):
            number = self.known.number
            printed = await asyncio.to_thread(self._store.load, key)
            if printed is None or not await self._still(printed, Standing.GOOD):
                newsroom = await self._behind.ready()
                loop = asyncio.get_running_loop()
                printed = await loop.run_in_executor(self._renderers, self._render, newsroom.print_page, key, number)
            if printed is None:
                self._refuse(key)
                return False
            # Whoever changed something while we rendered is known now: only what is still right is kept.
            if await self._still(printed, Standing.GOOD):
                printed.judged = self.known.number
                self.memory.put(printed)
                return True
        return False

    def _render(self, print_page: Callable[[Key, int], Print | None], key: Key, number: int) -> Print | None:
        """In a thread: one process renders, the others find its file. The number was read before anything else."""
        with self._store.alone(key):
            stored = self._store.load(key)
            if stored and stored.number >= number and stored.ends_at > clock.time():
                return stored
            printed = print_page(key, number)
            if printed is not None:
                self._store.save(printed)
            return printed

    def _refuse(self, key: Key) -> None:
        """Remember shortly that an address gives no page, so that a flood of unknown ones is rendered once each."""
        if len(self._refused) > 10_000:
            self._refused.clear()
        self._refused[key] = (self.known.number, time.monotonic() + _REFUSED_FOR)

    def _is_refused(self, key: Key) -> bool:
        number, until = self._refused.get(key, (-1, 0.0))
        return number == self.known.number and until > time.monotonic()

    async def _settle(self) -> None:
        """Read what has changed, unless it is certain that nothing has. Raises Unreachable."""
        if self._counters[0] == self._counters[1] == self._settled:
            return
        if self._rows.quick:
            return self._learn(*self._look())
        async with self._looking:
            if not self._counters[0] == self._counters[1] == self._settled:
                self._learn(*await asyncio.to_thread(self._look))

    def _look(self) -> tuple[int, Any, int]:
        """The counters first, then the rows: what commits in between is seen now or looked for again."""
        if self.epoch.begun != self.epoch.finished:
            self.epoch.settle_the_dead()
        finished, begun = self.epoch.finished, self.epoch.begun
        rows = self._rows.after(self.known.number)
        oldest = self._rows.oldest() if rows and rows[0].number > self.known.number + 1 else 0
        return (finished if finished == begun else -1), rows, oldest

    def _learn(self, settled: int, rows: Any, oldest: int) -> None:
        self.known.learn([row for row in rows if row.number > self.known.number], oldest)
        self._settled = settled

    async def _watch(self) -> None:
        """Notice changes that nobody asks for, remake the most read pages, keep the house tidy."""
        tidied = 0.0
        while True:
            try:
                await self._settle()
                if self._behind.newsroom is not None:
                    await self._remake()
                if time.monotonic() - tidied > _TIDY_EVERY:
                    tidied = time.monotonic()
                    self.memory.fade()
                    await asyncio.to_thread(self._store.tidy)
            except Exception:  # the edge of a task that must live as long as the press
                log.exception("press.watch_failed")
            await asyncio.sleep(POLL)

    async def _remake(self) -> None:
        for printed in self.memory.most_read(REMADE_AHEAD):
            if printed.judged == self.known.number and printed.ends_at > clock.time():
                continue
            if self._standing(printed) is Standing.GOOD:
                printed.judged = self.known.number
            elif not await asyncio.shield(self._flight(printed.key)):
                self.memory.drop(printed)

    async def _ask_newsroom(self, scope: Scope, receive: Receive, send: Send) -> None:
        guarded = limited(scope["headers"], receive, most_for(scope["path"]))
        newsroom = await self._behind.ready()
        await newsroom.application(scope, guarded, send)

    def _is_ours(self, scope: Scope, headers: dict[bytes, bytes]) -> bool:
        """Whether the host is one of ours, at any port. One that we have seen is known at once the next time."""
        host = headers.get(b"host", b"").lower()
        name, colon, port = host.rpartition(b":") if not host.endswith(b"]") else (host, b"", b"")
        if not colon:
            name = host
        if name.strip(b"[]") not in self._names or not (port.isdigit() or not colon):
            return False
        if len(self._hosts) < 50:
            self._hosts |= {host, host.decode("latin-1")}  # as ASGI and as RSGI says it
        return sum(1 for header, _ in scope["headers"] if header == b"host") == 1


async def _answer(printed: Print, method: str, headers: dict[bytes, bytes], send: Send) -> None:
    answer = printed.answer(best(headers.get(b"accept-encoding", b"")))
    asked = headers.get(b"if-none-match")
    # If-Modified-Since is not looked at: within its second, it can't tell one edition from another.
    if asked is not None and matches(asked, answer.etag):
        await send(answer.unchanged)
        await send(_EMPTY)
    else:
        await send(answer.start)
        await send(answer.body if method == "GET" else _EMPTY)


def matches(asked: bytes, etag: bytes) -> bool:
    """Whether If-None-Match names this tag (RFC 9110, 13.1.2: compared weakly)."""
    return asked == etag or any(tag.strip().removeprefix(b"W/") in (etag, b"*") for tag in asked.split(b","))


def _cookies(scope: Scope) -> bytes:
    """All cookies: HTTP/2 may send them in several lines."""
    return b"; ".join(value for name, value in scope["headers"] if name == b"cookie")


async def _not_http(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    elif scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1000})


async def _say(send: Send, status: int, said: str, retry_after: int | None = None) -> None:
    body = said.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if retry_after is not None:
        headers.append((b"retry-after", str(retry_after).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
