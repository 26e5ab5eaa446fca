"""What a request may weigh, checked before Django reads any of it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

HOOK_BYTES = 1_000_000
FORM_BYTES = 1_000_000
DESK_BYTES = 35_000_000
"""At the desk pictures and films are sent; whoever else types into a form sends a few hundred bytes."""

_SWALLOWED_BYTES = 100_000_000
_SWALLOWED_SECONDS = 20.0

Receive = Callable[[], Awaitable[Any]]


class TooLarge(Exception):
    """A request's body is larger than `most` bytes."""

    def __init__(self, most: int) -> None:
        self.most = most


def most_for(path: str) -> int:
    if path.startswith("/desk/"):
        return DESK_BYTES
    return HOOK_BYTES if path.startswith("/hooks/") else FORM_BYTES


def limited(headers: Iterable[tuple[bytes, bytes]], receive: Receive, most: int) -> Receive:
    """`receive`, with a guard that counts. Raises TooLarge at once when the length that was declared is beyond it."""
    for name, value in headers:
        if name == b"content-length" and (not value.isdigit() or len(value) > 12 or int(value) > most):
            raise TooLarge(most)
    seen = 0

    async def counted() -> Any:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise TooLarge(most)
        return message

    return counted


async def swallow(receive: Receive) -> None:
    """Read the rest of a refused body and forget it: a browser that is cut off while it sends never reads why."""
    seen = 0
    try:
        async with asyncio.timeout(_SWALLOWED_SECONDS):
            while seen < _SWALLOWED_BYTES:
                message = await receive()
                seen += len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body"):
                    return
    except TimeoutError:
        return
