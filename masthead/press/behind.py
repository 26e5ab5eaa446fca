"""The newsroom behind the press: Django, imported in a thread while prints are served already."""

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any, NamedTuple

from masthead.press.parameters import Declared
from masthead.press.prints import Key, Print

log = logging.getLogger(__name__)

PATIENCE = 15.0
"""Seconds that a request waits for Django to be imported."""

HEAD_START = 0.2
"""Seconds that the import of Django leaves the processor to the server's own start, so that prints are out first."""

Application = Callable[[Any, Any, Any], Awaitable[None]]


class Newsroom(NamedTuple):
    """What the press asks of Django."""

    application: Application
    plan: Callable[[str], Declared | None]
    print_page: Callable[[Key, int], Print | None]


class NotYet(Exception):
    """Django has not been imported in time, or can't be."""


class Behind:
    """Brings the newsroom up with `load`, in a thread."""

    def __init__(self, load: Callable[[], Newsroom], *, patience: float = PATIENCE) -> None:
        self._coming: Future[Newsroom] = Future()
        self._load = load
        self._patience = patience
        self.newsroom: Newsroom | None = None

    def start(self) -> None:
        """Begin to load; call once."""
        threading.Thread(target=self._bring, name="newsroom", daemon=True).start()

    async def ready(self) -> Newsroom:
        """The newsroom, waited for at most `patience` seconds. Raises NotYet."""
        if self.newsroom is not None:
            return self.newsroom
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(self._coming)), self._patience)
        except Exception as error:
            raise NotYet(str(error)) from error

    def _bring(self) -> None:
        time.sleep(HEAD_START)
        try:
            self.newsroom = self._load()
        except BaseException as error:
            log.critical("press.newsroom_failed", exc_info=error)
            self._coming.set_exception(RuntimeError("Django could not be loaded"))
        else:
            self._coming.set_result(self.newsroom)


def django() -> Newsroom:
    """Import Django with the newsroom's settings; several seconds."""
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "masthead.web.settings")
    from django.core.asgi import get_asgi_application

    application = get_asgi_application()
    from django.urls import get_resolver

    from masthead.press import printing

    get_resolver().url_patterns  # noqa: B018  (imports every view now, and not in the first reader's request)
    return Newsroom(application, printing.plan, printing.print_page)
