"""Answering in the server's own thread.

Granian parses a request in one thread and hands it to the event loop in another: a byte down a pipe, two switches of
threads and a task for each request, which costs more than the whole answer from memory (bench row 'public'). So the
coroutine of a request is run where it is handed over, until it first waits. One that never waits, because its print is
at hand, is done then; any other goes to the loop as it would have gone before. `Press.at_hand` may therefore run in
another thread than the loop: it only reads.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

_HANDED = "future_watcher"  # Granian's coroutine for one request; with another name everything works, only slower


def answer_where_handed(loop: asyncio.AbstractEventLoop) -> None:
    """Run what Granian hands to `loop` at once, in its thread, until it first waits."""
    hand = loop.call_soon_threadsafe

    def hand_rest(call: Callable[..., Any], *args: Any, context: Any = None) -> Any:
        if not args or getattr(args[0], "__name__", "") != _HANDED:
            return hand(call, *args, context=context)
        try:
            waits_for = args[0].send(None)
        except StopIteration:
            return None
        return hand(call, _Begun(args[0], waits_for), *args[1:], context=context)

    loop.call_soon_threadsafe = hand_rest  # type: ignore[assignment, method-assign]


class _Begun(Coroutine[Any, Any, Any]):
    """A coroutine that has run until it first waited; a task takes it on from there."""

    def __init__(self, work: Coroutine[Any, Any, Any], waits_for: Any) -> None:
        self._work = work
        self._first = [waits_for]

    def send(self, value: Any) -> Any:
        return self._first.pop() if self._first else self._work.send(value)

    def throw(self, *error: Any) -> Any:
        self._first.clear()
        return self._work.throw(*error)

    def close(self) -> None:
        self._work.close()

    def __await__(self) -> Any:
        return self._work.__await__()
