"""One web process as the product serves it, on either interface: `python -m bench.serve PORT rsgi`."""

import asyncio
import importlib
import sys

from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server


async def serve(port: int, interface: str) -> None:
    application = importlib.import_module(f"masthead.press.{interface}").application
    kinds = {"rsgi": Interfaces.RSGI, "asgi": Interfaces.ASGINL}
    await Server(
        application,
        address="127.0.0.1",
        port=port,
        interface=kinds[interface],
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
    ).serve()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
