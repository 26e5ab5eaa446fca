"""The application that the server loads: `granian --interface asginl masthead.press.asgi:application`.

Any ASGI server will do. Django is being imported in a thread when this module is done; prints are served at once.
"""

import contextlib
import ctypes
import signal
import sys
from pathlib import Path

import masthead
from masthead.core import clock
from masthead.core.signing import Keyring
from masthead.press.behind import Behind, django
from masthead.press.epoch import Epoch
from masthead.press.files import Files
from masthead.press.front import Press
from masthead.press.known import PostgresRows, SqliteRows
from masthead.press.passes import Passes
from masthead.press.prints import Memory
from masthead.press.setup import STORE_MB, Setup
from masthead.press.store import Store, make_of

_PR_SET_PDEATHSIG = 1
_SWITCH_SECONDS = 0.0005  # how long Django may keep the interpreter while prints wait: bench row 'while rendering'


def press(setup: Setup) -> Press:
    """A press for this newsroom, its Django on the way."""
    clock.live_in(setup.time_zone)
    if setup.demo:
        clock.follow(setup.state_folder / "clock")
    behind = Behind(django)
    package = Path(masthead.__file__).parent
    make = make_of(package, setup.fingerprint)
    made = Press(
        hosts=setup.hosts,
        passes=Passes(Keyring.of("pass", *setup.secrets), secure=setup.secure),
        epoch=Epoch(setup.state_folder),
        rows=SqliteRows(Path(setup.sqlite)) if setup.sqlite else PostgresRows(setup.postgres),
        memory=Memory(setup.memory_bytes),
        store=Store(setup.state_folder / "prints", make, limit=STORE_MB * 1_000_000),
        files=Files(setup.state_folder / "static", Path(setup.media)),
        behind=behind,
    )
    behind.start()
    return made


def end_with_parent() -> None:
    """Let the kernel end this process when the one that started it is killed (Linux): its port would stay taken."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


end_with_parent()
sys.setswitchinterval(_SWITCH_SECONDS)
application = press(Setup.load())
