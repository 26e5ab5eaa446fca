"""Prints in files, shared by the processes of one machine and found again after a restart.

A file says after which change it was rendered and of what parts, so whoever loads it can judge it; nothing has to be
deleted in time for a pull to hold.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from masthead.press.prints import Key, Print, packed, unpacked

LONGEST_WAIT = 5.0
"""Seconds that one process waits for another's rendering before it renders by itself."""


class Store:
    """The folder of prints made by one `make`: this version of the code, these settings."""

    def __init__(self, folder: Path, make: str, *, limit: int) -> None:
        self._all = folder
        self._folder = folder / make
        self._locks = folder / "locks"
        self._limit = limit

    def load(self, key: Key) -> Print | None:
        try:
            printed = unpacked(self._file(key).read_bytes())
        except OSError:
            return None
        return printed if printed and printed.key == key else None

    def save(self, printed: Print) -> None:
        """Keep a print; a full disk costs only the speed of the next start."""
        file = self._file(printed.key)
        with contextlib.suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=file.parent)
            with os.fdopen(handle, "wb") as made:
                made.write(packed(printed))
            os.replace(name, file)

    def drop(self, key: Key) -> None:
        with contextlib.suppress(OSError):
            self._file(key).unlink()

    @contextmanager
    def alone(self, key: Key) -> Iterator[None]:
        """Render this key in one process at a time; after LONGEST_WAIT, regardless."""
        self._locks.mkdir(parents=True, exist_ok=True)
        lock = os.open(self._locks / key.digest[:3], os.O_RDWR | os.O_CREAT)
        try:
            _patiently(lock)
            yield
        finally:
            os.close(lock)

    def tidy(self) -> None:
        """Keep the files within the limit, those written last; remove what other versions of the code printed."""
        for other in self._all.iterdir() if self._all.exists() else ():
            if other not in (self._folder, self._locks):
                shutil.rmtree(other, ignore_errors=True)
        files = []
        for file in self._folder.glob("*/*"):
            with contextlib.suppress(OSError):
                facts = file.stat()
                files.append((facts.st_mtime, facts.st_size, file))
        kept = 0
        for _, size, file in sorted(files, reverse=True):
            kept += size
            if kept > self._limit:
                with contextlib.suppress(OSError):
                    file.unlink()

    def _file(self, key: Key) -> Path:
        digest = key.digest
        return self._folder / digest[:2] / digest


def _patiently(lock: int) -> None:
    until = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < until:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.01)
    return None


def make_of(package: Path, *facts: str) -> str:
    """A name for what prints depend on besides rows: the package's files, and settings such as the address."""
    digest = hashlib.sha256("\n".join(facts).encode())
    for folder, _, names in sorted(os.walk(package)):
        for name in sorted(names):
            if not name.endswith(".pyc"):
                facts_of = os.stat(os.path.join(folder, name))
                digest.update(f"{folder}/{name}:{facts_of.st_mtime_ns}:{facts_of.st_size}\n".encode())
    return digest.hexdigest()[:16]
