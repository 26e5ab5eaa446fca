"""One web process as the product serves it, or behind plain ASGI: `python -m bench.serve PORT rsgi`."""

import asyncio
import sys

from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server


async def on_rsgi(port: int) -> None:
    from masthead.press.rsgi import application
    from masthead.press.server import PressServer

    await PressServer(application, address="127.0.0.1", port=port, backlog=1024, patience=15).serve()


async def on_asgi(port: int) -> None:
    from masthead.press.asgi import application

    served = {"address": "127.0.0.1", "port": port, "interface": Interfaces.ASGINL, "http": HTTPModes.http1}
    await Server(application, websockets=False, log_enabled=False, **served).serve()


if __name__ == "__main__":
    asyncio.run({"rsgi": on_rsgi, "asgi": on_asgi}[sys.argv[2]](int(sys.argv[1])))
