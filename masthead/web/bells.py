"""A bell for each queue: whoever commits a job rings, so that a worker need not ask the database all the time.

A bell is a named pipe in the folder `state`. Missing one costs a second: workers also look by themselves.
"""

import contextlib
import os
from pathlib import Path
from typing import Any

from django.db import transaction
from django_tasks.signals import task_enqueued

from masthead.core import config
from masthead.core.jobs import QUEUES


def bell_of(worker_queue: str) -> Path:
    """Where the pipe of `now` or `later` is."""
    return config.load().state / f"bell-{worker_queue}"


def hang(worker_queue: str) -> int:
    """Make the bell where it is missing and give a descriptor that can be read when it was rung."""
    path = bell_of(worker_queue)
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.mkfifo(path, 0o600)
    return os.open(path, os.O_RDWR | os.O_NONBLOCK)


def ring(worker_queue: str) -> None:
    """Wake a worker; does nothing when none listens."""
    with contextlib.suppress(OSError):
        handle = os.open(bell_of(worker_queue), os.O_WRONLY | os.O_NONBLOCK)
        try:
            os.write(handle, b"!")
        finally:
            os.close(handle)


def ring_after_commit(task_result: Any, **_: Any) -> None:
    """Ring for a job that was enqueued, once it can be seen by others."""
    for worker_queue, taken in QUEUES.items():
        if task_result.task.queue_name in taken:
            transaction.on_commit(lambda queue=worker_queue: ring(queue))  # type: ignore[misc]


def connect() -> None:
    """Hear of every job that is enqueued in this process."""
    task_enqueued.connect(ring_after_commit, dispatch_uid="masthead.bells")
