"""What a page is made of, noted while it renders; outside a rendering nothing is noted.

No Django is imported. Name what a page *asked for*, also when the answer was empty: a section page
without stories is made of `list:section:politics` all the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from masthead.core import clock


@dataclass
class Recording:
    """The parts that a page is made of, and the first moment at which something in it changes by itself."""

    started_at: float
    parts: set[str] = field(default_factory=set)
    ends_at: float | None = None


_running: ContextVar[Recording | None] = ContextVar("masthead_press_recording", default=None)


def made_of(*parts: str) -> None:
    """Note that the page being rendered is made of these rows and lists."""
    if recording := _running.get():
        recording.parts.update(parts)


def changes_at(moment: datetime | None) -> None:
    """Note that the page being rendered changes at `moment` (aware) although nobody saves anything.

    What was past when the rendering began has been seen by it and counts for nothing.
    """
    recording = _running.get()
    if recording and moment is not None and (seconds := moment.timestamp()) > recording.started_at:
        recording.ends_at = seconds if recording.ends_at is None else min(recording.ends_at, seconds)


@contextmanager
def record() -> Iterator[Recording]:
    """Note what is rendered inside."""
    recording = Recording(clock.time())
    token = _running.set(recording)
    try:
        yield recording
    finally:
        _running.reset(token)
