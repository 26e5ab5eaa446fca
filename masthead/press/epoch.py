"""Sixteen bytes that every process looks at: is a change under way, and has one been made since I last looked?

`begun` counts changes written but not yet committed, `finished` those committed or rolled back. A press whose
last look saw the present `finished`, with nothing begun, may trust its memory; otherwise it reads the change rows.
So a pull holds from the instant of the commit, before anyone could ring.

A writer holds a shared lock on a file for as long as it has changes under way. The kernel drops it when the
writer dies, so a press that gets the lock exclusively knows that nobody is under way, whatever the counters say.
"""

import fcntl
import mmap
import os
import threading
from pathlib import Path

_BEGUN, _FINISHED = 0, 1


class Epoch:
    """The two counters in `folder`, shared by the processes of one machine."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._writers = folder / "changing"
        self._file = os.open(folder / "epoch", os.O_RDWR | os.O_CREAT)
        if os.fstat(self._file).st_size < 16:
            os.ftruncate(self._file, 16)
        self.counters = memoryview(mmap.mmap(self._file, 16)).cast("Q")
        # Reentrant: the token of a rolled back change may be collected, and so finished, at any allocation.
        self._turn = threading.RLock()
        self._under_way = 0
        self._held: int | None = None

    @property
    def begun(self) -> int:
        return self.counters[_BEGUN]

    @property
    def finished(self) -> int:
        return self.counters[_FINISHED]

    def begin(self) -> None:
        """A change is written and will be committed or rolled back; call `finish` once after either."""
        with self._turn:
            if self._held is None:
                self._held = os.open(self._writers, os.O_RDWR | os.O_CREAT)
                fcntl.flock(self._held, fcntl.LOCK_SH)
            self._under_way += 1
            self._count(_BEGUN)

    def finish(self) -> None:
        """A change begun by this process is committed or rolled back."""
        with self._turn:
            self._count(_FINISHED)
            self._under_way -= 1
            if self._under_way == 0 and self._held is not None:
                os.close(self._held)
                self._held = None

    def settle_the_dead(self) -> bool:
        """End the doubt that a killed writer left, when no writer lives. The caller reads the change rows after it."""
        writers = os.open(self._writers, os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(writers, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            # While we hold it nobody begins, and nobody is left to finish: the counters are ours. A new number for
            # both, so that every press looks once more. Never `_turn` here: a writer that begins holds it and waits.
            if self.begun != self.finished:
                self.counters[_FINISHED] = self.counters[_BEGUN] = max(self.begun, self.finished) + 1
            return True
        finally:
            os.close(writers)

    def _count(self, which: int) -> None:
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self.counters[which] += 1
        fcntl.flock(self._file, fcntl.LOCK_UN)
