"""The server's way around the event loop: what is at hand is answered without it."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from masthead.press.server import PressServer
from tests.running import free_port


class Answering:
    """Says in which thread each request was answered, and how."""

    def at_once(self, scope: Any, protocol: Any) -> bool:
        if scope.path == "/broken":
            raise RuntimeError("in the quick way")
        if scope.path != "/at-hand":
            return False
        protocol.response_str(200, [], f"at once, {threading.current_thread() is threading.main_thread()}")
        return True

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        if scope.path == "/broken-later":
            raise RuntimeError("on the loop")
        await asyncio.sleep(0)
        body = await protocol()
        protocol.response_str(200, [], f"on the loop, {len(body)} bytes")


@pytest.fixture
def address() -> Iterator[str]:
    """Such a server, in a thread with a loop of its own, stopped afterwards."""
    port = free_port()
    loops: list[asyncio.AbstractEventLoop] = []
    server = threading.Thread(target=lambda: asyncio.run(serving()), daemon=True)
    served: list[PressServer] = []

    async def serving() -> None:
        loops.append(asyncio.get_running_loop())
        served.append(PressServer(Answering(), address="127.0.0.1", port=port, backlog=16, patience=5))
        await served[0].serve()

    server.start()
    for _ in range(100):
        try:
            httpx.get(f"http://127.0.0.1:{port}/at-hand")
            break
        except httpx.TransportError:
            server.join(0.05)
    yield f"http://127.0.0.1:{port}"
    loops[0].call_soon_threadsafe(served[0].stop)
    server.join(15)
    assert not server.is_alive()


def test_what_is_at_hand_is_answered_without_the_loop_and_the_rest_on_it(address):
    assert httpx.get(f"{address}/at-hand").text == "at once, False"
    assert httpx.post(f"{address}/form", content=b"12345").text == "on the loop, 5 bytes"


def test_what_breaks_is_an_answer_of_500_and_the_server_goes_on(address):
    assert httpx.get(f"{address}/broken").status_code == 500
    assert httpx.get(f"{address}/broken-later").status_code == 500
    assert httpx.get(f"{address}/at-hand").status_code == 200
