"""`masthead serve`: the whole newsroom in one command."""

import gc
import os
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from masthead.core import clock, config
from masthead.core.config import Config
from masthead.web import collecting, serving, supervisor

HEAD_START = 0.4
"""Seconds that workers and others leave the processor to the web processes, so that prints are out first."""


def run(_arguments: Namespace) -> int:
    settings = config.load()
    serving.refuse_taken_port(settings)
    make_folders(settings)
    collecting.collect_where_stale(settings)
    print(f"Masthead serves {settings.address} (Ctrl-C stops it)", flush=True)  # noqa: T201
    return keep_running(settings)


def keep_running(settings: Config, *others: supervisor.Child, when_up: Callable[[], None] | None = None) -> int:
    """Supervise web, tasks and clock, with other children if given, until told to stop. Gives the exit status."""
    clock.live_in(settings.time_zone)
    web = [
        supervisor.Child(f"web-{number}", lambda: serving.serve(settings)) for number in range(settings.web_processes)
    ]
    behind = [supervisor.Child("tasks", _tasks), *others]
    if when_up is not None:
        behind.append(supervisor.Child("greeter", when_up, once=True))
    for child in behind:
        child.due = time.monotonic() + HEAD_START
    gc.collect()
    gc.freeze()
    return supervisor.Supervisor(*web, *behind, pids_in=settings.state / "processes").run()


def _tasks() -> None:
    from masthead.web import workers  # here, so that the web process need not wait for it

    workers.workshop()


def make_folders(settings: Config) -> None:
    """The folders that a newsroom writes to; one that can't be made stops the start."""
    for folder in (settings.home, settings.media, settings.originals, settings.state):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SystemExit(f"Cannot make the folder {folder}: {error.strerror}.") from None
        if not os.access(folder, os.W_OK):
            raise SystemExit(f"Cannot write to {Path(folder)}: give it to the user that runs Masthead.")
