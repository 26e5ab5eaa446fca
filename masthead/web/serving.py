"""One web process: the press, with the newsroom behind it, served by Granian inside this process.

On Linux each web process binds the port for itself (SO_REUSEPORT) and the kernel shares out the connections.
"""

import asyncio
import signal
import socket

from masthead.core.config import Config

BACKLOG = 1024
SECONDS_FOR_HEADERS = 15


def serve(config: Config) -> None:
    """Answer requests until SIGTERM."""
    asyncio.run(_serve(config))


async def _serve(config: Config) -> None:
    from masthead.press.rsgi import application
    from masthead.press.server import PressServer

    server = PressServer(
        application, address=config.bind, port=config.port, backlog=BACKLOG, patience=SECONDS_FOR_HEADERS
    )
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
    await server.serve()


def refuse_taken_port(config: Config) -> None:
    """Stop with one line when somebody else listens where we want to."""
    family = socket.AF_INET6 if ":" in config.bind else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.bind, config.port))
        except OSError as error:
            raise SystemExit(
                f"Cannot listen on {config.bind}:{config.port} ({error.strerror}): stop what listens there, "
                "or set MASTHEAD_PORT to another port."
            ) from None
