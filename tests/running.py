"""A newsroom that really runs: the demonstration's folder, its processes, its practice bank, its clock."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from masthead.core import clock as the_clock

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
PATIENCE = 60.0  # seconds in which a newsroom must be ready
KEPT = 3600.0  # seconds for which the demonstration of an older state of the code is kept


def free_port() -> int:
    """A port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _digest() -> str:
    """One hash of everything that the demonstration's folder is made from."""
    digest = hashlib.sha256()
    for pattern in ("masthead/**/*.py", "masthead/web/demo/content/**/*.toml", "requirements/run.lock"):
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _environment(port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MASTHEAD_", "DJANGO_"))}
    return {**kept, "PORT": str(port), "PYTHONPATH": str(ROOT)}


def begin_making_the_demo() -> None:
    """Make the demonstration that others are copies of in a process beside this one; who needs it waits for it."""
    subprocess.Popen([sys.executable, "-m", "tests.running"], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})


def make_demo(at: Path) -> None:
    """A demonstration in the folder `at`, never started: a copy of the one made once for each state of the code."""
    with _made() as folder:
        _copy(folder, at)


@contextlib.contextmanager
def _made() -> Iterator[Path]:
    """The one demonstration, held so that nobody tidies it away meanwhile."""
    CACHE.mkdir(exist_ok=True)
    folder = CACHE / f"demo-{_digest()}"
    with (CACHE / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            for old in CACHE.glob("demo-*"):
                if time.time() - old.stat().st_mtime > KEPT:
                    shutil.rmtree(old, ignore_errors=True)
            unfinished = CACHE / "unfinished-demo"
            shutil.rmtree(unfinished, ignore_errors=True)
            subprocess.run(
                [sys.executable, "-m", "masthead", "demo", "--folder", str(unfinished), "--prepare-only"],
                env=_environment(free_port()),
                check=True,
            )
            _do_once_what_each_copy_would_do(unfinished)
            unfinished.rename(folder)
        yield folder


def _do_once_what_each_copy_would_do(folder: Path) -> None:
    """Fill the indexes, and take back what waits for the worker: a minute and a half of indexing and of drawing sizes.

    The pictures of the front page and of the lead story are drawn by then; those that a test adds are drawn as ever.
    """
    environment = {**_environment(free_port()), "MASTHEAD_HOME": str(folder)}
    for command in (["update_index", "-v0"], ["rebuild_references_index", "-v0"]):
        words = [sys.executable, "-m", "masthead", "--home", str(folder), "manage", *command]
        subprocess.run(words, env=environment, check=True, stdout=subprocess.DEVNULL)
    with contextlib.closing(sqlite3.connect(folder / "newsroom.sqlite3")) as database:
        with database:
            database.execute("DELETE FROM django_tasks_database_dbtaskresult WHERE queue_name IN ('later', 'default')")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _copy(source: Path, target: Path) -> None:
    """Copy a demonstration: pictures as links, since nobody writes into them; all else for real."""

    def take(old: str, new: str) -> None:
        if Path(old).relative_to(source).parts[0] in ("media", "originals"):
            os.link(old, new)
        else:
            shutil.copy2(old, new)

    shutil.copytree(source, target, copy_function=take)


class RunningNewsroom:
    """One demonstration with processes of its own; `home` is its folder, `address` where it is read.

    `settings`: some of its own, as the environment gives them, such as MASTHEAD_LETTERS_MAIL.
    """

    def __init__(self, home: Path, settings: Mapping[str, str] | None = None) -> None:
        self.home = home
        self.settings = dict(settings or {})
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start everything and wait until it is ready. Raises RuntimeError with the log when it is not."""
        self._runs(["demo", "--folder", str(self.home)], self.settings)

    def _runs(self, words: list[str], settings: Mapping[str, str]) -> None:
        self.log = (self.home / "log.txt").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "masthead", *words],
            env={**_environment(self.port), **settings},
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        try:
            until(self._is_ready, seconds=PATIENCE)
        except AssertionError:
            self.stop()
            raise RuntimeError((self.home / "log.txt").read_text()[-4000:]) from None

    def stop(self) -> int:
        """Stop as Ctrl-C in a terminal does; gives the exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(30)
        self.log.close()
        return status

    def kill(self, name: str) -> None:
        """SIGKILL the process of this name: web-0, tasks, bank."""
        os.kill(int((self.home / "state" / "processes" / name).read_text()), signal.SIGKILL)

    def _is_ready(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError("it ended")
        try:
            return httpx.get(f"{self.address}/healthz/ready", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    def forward(self, *, days: int = 0, months: int = 0) -> None:
        """Move the clock of every process of this newsroom, its bank included."""
        target = self.now() + timedelta(days=days)
        if months:
            day = the_clock.add_months(target.date(), months)
            target = target.replace(year=day.year, month=day.month, day=day.day)
        self.move_to(target)

    def move_to(self, moment: datetime) -> None:
        """Set that clock."""
        with self._clock.open("r+b") as file:
            file.write(struct.pack("<q", round(moment.timestamp() - time.time())))

    def now(self) -> datetime:
        """What that clock says."""
        (ahead,) = struct.unpack("<q", self._clock.read_bytes())
        return datetime.fromtimestamp(time.time() + ahead, UTC)

    @property
    def _clock(self) -> Path:
        return self.home / "state" / "clock"

    def does(self, code: str) -> str:
        """Run Python in a further process of this newsroom, as its desk would; gives what it prints."""
        words = [sys.executable, "-m", "masthead", "--home", str(self.home), "manage", "shell", "-v0", "-c", code]
        own = {"MASTHEAD_ADDRESS": self.address, "MASTHEAD_BIND": "127.0.0.1", **self.settings}
        done = subprocess.run(
            words, env={**_environment(self.port), **own}, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    @property
    def secret(self) -> str:
        """What it signs with."""
        lines = (self.home / "secrets.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)["MASTHEAD_SECRET"]

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Ask the database beside the newsroom, read-only."""
        with contextlib.closing(sqlite3.connect(f"file:{self.home}/newsroom.sqlite3?mode=ro", uri=True)) as database:
            return database.execute(query, values).fetchall()


class RealNewsroom(RunningNewsroom):
    """The same paper as nobody's demonstration: served by `masthead serve`, opened by a name, with its people."""

    def __init__(self, home: Path, settings: Mapping[str, str] | None = None) -> None:
        super().__init__(home, settings)
        self.address = f"http://localhost:{self.port}"

    def start(self) -> None:
        own = {"MASTHEAD_PORT": str(self.port), "MASTHEAD_BIND": "127.0.0.1", "MASTHEAD_ADDRESS": self.address}
        self._runs(["--home", str(self.home), "serve"], {**own, **self.settings})


def until(holds: Callable[[], object], *, seconds: float = 20.0, what: str = "it") -> None:
    """Wait until `holds()` is true. Raises AssertionError after `seconds`."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(0.1)


@contextlib.contextmanager
def real_newsroom(at: Path, before: str) -> Iterator[RealNewsroom]:
    """A newsroom that is no demonstration, until the block ends; `before` is SQL that makes it so."""
    make_demo(at)
    (at / "this-is-a-demo").unlink()
    with contextlib.closing(sqlite3.connect(at / "newsroom.sqlite3")) as database, database:
        database.executescript(before)
    newsroom = RealNewsroom(at)
    newsroom.start()
    try:
        yield newsroom
    finally:
        if newsroom.process is not None and newsroom.process.poll() is None:
            newsroom.stop()


@contextlib.contextmanager
def running_newsroom(at: Path, settings: Mapping[str, str] | None = None) -> Iterator[RunningNewsroom]:
    """A newsroom that runs in `at` (which must not exist yet) until the block ends."""
    make_demo(at)
    newsroom = RunningNewsroom(at, settings)
    newsroom.start()
    try:
        yield newsroom
    finally:
        if newsroom.process is not None and newsroom.process.poll() is None:
            newsroom.stop()


if __name__ == "__main__":
    with _made():
        pass
