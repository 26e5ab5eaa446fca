"""Keeps the newsroom's processes alive: forks them, starts again what dies, passes on the wish to stop.

Django is not loaded here, so that the web process serves prints at once and the supervisor stays small.
Each child is forked and not executed anew: what is loaded before is paid for once.
"""

import contextlib
import ctypes
import logging
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

log = logging.getLogger("masthead.supervisor")

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds between the death of a child and its next start
LONG_LIVED = 60.0  # seconds after which a child counts as well again
PATIENCE = 20.0  # seconds that children get to stop, before they are killed
CANNOT_START = os.EX_CONFIG  # what a child exits with when starting it again would not help
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One process to keep alive, or to run `once`. The return of `run`, called in the fork, ends it with status 0."""

    name: str
    run: Callable[[], None]
    once: bool = False
    pid: int | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    due: float = field(default_factory=time.monotonic)

    def start(self) -> None:
        self.started = time.monotonic()
        self.pid = fork(self.name, self.run)

    def died(self) -> None:
        """Plan the next start: at once grows rarer, up to half a minute; a long life makes it quick again."""
        lived = time.monotonic() - self.started
        if lived > LONG_LIVED:
            self.pause = FIRST_PAUSE
        self.pid, self.due = None, time.monotonic() + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)
        if self.once:
            self.due = float("inf")


class Supervisor:
    """Runs children until told to stop by SIGTERM or Ctrl-C."""

    def __init__(
        self, *children: Child, on_death: Callable[[Child, int], None] | None = None, pids_in: Path | None = None
    ) -> None:
        """`on_death(child, status)` is called for each that died; `pids_in` gets a file for each process."""
        self.children = children
        self.on_death = on_death
        self.pids_in = pids_in
        self.stopping = False
        self.failed = False

    def run(self, *, every: Callable[[], None] | None = None, seconds: float = 1.0) -> int:
        """Keep the children alive until told to stop; call `every` once in so many seconds. Gives the exit status."""
        with woken_by(signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, act=self._heard) as wait:
            while not self.stopping:
                self._start_the_due()
                if every is not None:
                    every()
                wait(self._rest(seconds if every else LONGEST_PAUSE))
                self._bury_the_dead()
            self._stop_all(wait)
        return 1 if self.failed else 0

    def _heard(self, number: int, _frame: FrameType | None) -> None:
        if number in (signal.SIGTERM, signal.SIGINT):
            self.stopping = True

    def _start_the_due(self) -> None:
        for child in self.children:
            if child.pid is None and child.due <= time.monotonic():
                child.start()
                self._note(child)

    def _note(self, child: Child) -> None:
        if self.pids_in is not None:
            self.pids_in.mkdir(parents=True, exist_ok=True)
            half = self.pids_in / f".{child.name}"
            half.write_text(str(child.pid))
            half.replace(self.pids_in / child.name)  # whoever reads it finds the old number or the new one

    def _rest(self, longest: float) -> float:
        dues = [child.due for child in self.children if child.pid is None]
        return max(0.0, min([longest, *(due - time.monotonic() for due in dues)]))

    def _bury_the_dead(self) -> None:
        for child in self.children:
            if child.pid is None:
                continue
            pid, status = os.waitpid(child.pid, os.WNOHANG)
            if not pid:
                continue
            code = os.waitstatus_to_exitcode(status)
            if code == CANNOT_START:
                self.stopping = self.failed = True
            elif not self.stopping and not child.once:
                log.error("process.died child=%s status=%s", child.name, code)
            if self.on_death is not None:
                self.on_death(child, code)
            child.died()

    def _stop_all(self, wait: Callable[[float], None]) -> None:
        deadline = time.monotonic() + PATIENCE
        self._send(signal.SIGTERM)
        while any(child.pid for child in self.children) and time.monotonic() < deadline:
            wait(0.2)
            self._bury_the_dead()
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        for child in self.children:
            if child.pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child.pid, number)


def fork(name: str, run: Callable[[], None]) -> int:
    """Run `run` in a child process that ends with this one, whatever ends it. Gives the child's process id."""
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group: the supervisor passes it on
        call_me(name)
        end_with(parent)
        run()
        status = 0
    except SystemExit as leaving:
        status = _status_of(leaving)
    except BaseException:
        log.exception("process.failed child=%s", name)
    finally:
        leave(status)


def _status_of(leaving: SystemExit) -> int:
    if leaving.code is None or isinstance(leaving.code, int):
        return leaving.code or 0
    sys.stderr.write(f"{leaving.code}\n")
    return CANNOT_START


def leave(status: int) -> NoReturn:
    """End this process now, without what the parent registered to happen at its own end."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)


def end_with(parent: int) -> None:
    """Get SIGTERM when the parent dies, even by SIGKILL: else a child would live on and keep the port."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:  # it died before we asked
        leave(1)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def call_me(name: str) -> None:
    """Show this process as `masthead: name` in lists of processes."""
    with contextlib.suppress(ImportError):
        from setproctitle import setproctitle

        setproctitle(f"masthead: {name}")


@contextlib.contextmanager
def woken_by(
    *signals: signal.Signals, act: Callable[[int, FrameType | None], None], bell: int | None = None
) -> Iterator[Callable[[float], None]]:
    """Within, `wait(seconds)` sleeps until one of the signals comes or `bell` can be read; `act` hears each signal."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    bells = [reader] if bell is None else [reader, bell]
    before = {number: signal.signal(number, act) for number in signals}
    woken_before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)

    def wait(seconds: float) -> None:
        for rung in select.select(bells, [], [], seconds)[0]:
            with contextlib.suppress(BlockingIOError):
                os.read(rung, 512)

    try:
        yield wait
    finally:
        signal.set_wakeup_fd(woken_before)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reader)
        os.close(writer)
