"""Granian inside this process, with the press where it is quickest.

Granian reads and writes in threads of its own and calls Python in one more, which by default hands each request to the
event loop: a coroutine, a task, a byte down a pipe and a switch of threads, more than the whole answer from memory.
Here that call itself answers what is at hand (bench row 'public'), and only the rest goes to the loop. `Press.at_hand`
may therefore run in another thread than the loop: it only reads.

The parts of Granian that this is built from are not promised to stay: the lock file names the version, and
`tests/press/test_server.py` says whether prints are still answered without the loop.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from granian._granian import CallbackScheduler, RSGIWorker
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import AsyncWorker, Server


class Application(Protocol):
    """What is served: an application of RSGI that answers some requests at once."""

    def at_once(self, scope: Any, protocol: Any) -> bool:
        """Answer what needs no waiting, in any thread; false when it does and nothing was said."""

    def __rsgi__(self, scope: Any, protocol: Any) -> Coroutine[Any, Any, None]:
        """Answer, on the loop."""


class PressServer:
    """One web process's server; `serve` until `stop`."""

    def __init__(self, application: Application, *, address: str, port: int, backlog: int, patience: int) -> None:
        """`patience`: seconds within which a request's headers must have come."""
        self._server = Server(
            application,
            address=address,
            port=port,
            interface=Interfaces.RSGI,
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(header_read_timeout=patience * 1000),
            websockets=False,
            backlog=backlog,
            log_enabled=False,
        )

    async def serve(self) -> None:
        """Answer requests until `stop` is called; those under way are finished."""
        await self._server.serve(_spawn)

    def stop(self) -> None:
        """Take no more requests. May be called by a handler of signals."""
        self._server.stop()  # type: ignore[no-untyped-call]


@AsyncWorker.wrap_target
async def _spawn(
    worker_id: int,
    shutdown_event: Any,
    application: Application,
    sock: Any,
    loop: asyncio.AbstractEventLoop,
    *settings: Any,
) -> None:
    """What Granian's own embedded server does for RSGI, with our scheduler and a runtime that wakes less often."""
    threads, blocking, python, idle, backpressure, _task, http, http1, http2, websockets, files, _log, tls, _ = settings
    ended = loop.create_future()
    shutdown_event.add_cb(lambda: loop.call_soon_threadsafe(ended.set_result, None))
    granian: Any = RSGIWorker  # its stubs are of another version
    worker = granian(
        worker_id, sock, None, threads, blocking, python, idle, backpressure, http, http1, http2, websockets, files,
        *tls, (None, None),
    )  # fmt: skip
    worker.serve_mtr(_Scheduler(application, loop), loop, shutdown_event)
    await ended


class _Scheduler(CallbackScheduler):
    """Called by Granian for each request, in its thread for Python."""

    def __new__(cls, application: Application, loop: asyncio.AbstractEventLoop) -> "_Scheduler":
        new: Any = super().__new__
        made: _Scheduler = new(cls, loop, application, None, None, None)  # its own tasks are not used
        return made

    def __init__(self, application: Application, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._schedule_fn = _scheduling(application, loop)


def _scheduling(application: Application, loop: asyncio.AbstractEventLoop) -> Callable[[Any], None]:
    at_once = application.at_once

    async def on_the_loop(watcher: Any) -> None:
        try:
            await application.__rsgi__(watcher.scope, watcher.proto)
        except BaseException as error:
            watcher.err(error)
            return
        watcher.done()

    def begin(watcher: Any) -> None:
        watcher.taskref(loop.create_task(on_the_loop(watcher)))

    def schedule(watcher: Any) -> None:
        try:
            done = at_once(watcher.scope, watcher.proto)
        except Exception as error:
            watcher.err(error)
            return
        if done:
            watcher.done()
        else:
            loop.call_soon_threadsafe(begin, watcher)

    return schedule
