"""`masthead demo`: the invented paper, made where it is missing, and served until Ctrl-C."""

import contextlib
import json
import os
import secrets
import shutil
import socket
import sys
import time
import urllib.error
import urllib.request
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from masthead.__main__ import read_secrets
from masthead.core import config
from masthead.core.config import Config
from masthead.web import collecting, serving, supervisor
from masthead.web.commands import new, serve

MARKER = "this-is-a-demo"
LOADED = "loaded"  # the marker's text once all is in
BANK_FILE = "practice-bank.json"
LONGEST_START = 90.0  # seconds


def run(arguments: Namespace) -> int:
    folder = Path(arguments.folder).resolve()
    if arguments.reset:
        _remove(folder)
    _refuse_what_is_no_demo(folder)
    os.environ.update(_environment(folder))
    if (folder / MARKER).exists() and not (folder / MARKER).read_text().startswith(LOADED):
        _remove(folder)  # it was cut off while it was made: nothing in it is anybody's
    if not folder.exists() or not (folder / MARKER).exists():
        new.write_folder(folder)
        (folder / MARKER).write_text("being made\n")
    read_secrets(folder)
    settings = config.load()
    serving.refuse_taken_port(settings)
    started = time.monotonic()
    if not (folder / MARKER).read_text().startswith(LOADED):
        _in_a_process_of_its_own(lambda: _make(folder))
    _say("Collecting styles, scripts and type …") if _must_collect(settings) else None
    collecting.collect_where_stale(settings)
    if arguments.prepare_only:
        return 0
    bank = supervisor.Child("bank", _bank(settings))
    return serve.keep_running(settings, bank, when_up=lambda: _greet(settings, started))


def _environment(folder: Path) -> dict[str, str]:
    port = os.environ.get("PORT") or os.environ.get("MASTHEAD_PORT") or "8000"
    if not port.isdigit():
        raise SystemExit(f"PORT is {port!r}: use a number, such as PORT=8001.")
    return {
        "MASTHEAD_HOME": str(folder),
        "MASTHEAD_PORT": port,
        "MASTHEAD_BIND": "127.0.0.1",
        "MASTHEAD_ADDRESS": f"http://127.0.0.1:{port}",
        "MASTHEAD_MAIL_FROM": "The Haverness Courier <post@courier.example>",
        "MASTHEAD_LOG_LEVEL": os.environ.get("MASTHEAD_LOG_LEVEL", "warning"),
    }


def _refuse_what_is_no_demo(folder: Path) -> None:
    if folder.exists() and not (folder / MARKER).exists() and any(folder.iterdir()):
        raise SystemExit(f"{folder} is no demonstration: choose another with --folder. Nothing has been changed.")


def _remove(folder: Path) -> None:
    _refuse_what_is_no_demo(folder)
    for file in (folder / "state" / "processes").glob("*"):
        with contextlib.suppress(ValueError, OSError):
            os.kill(int(file.read_text()), 0)
            if "masthead" in Path(f"/proc/{file.read_text()}/cmdline").read_text():
                raise SystemExit("The demonstration is running: stop it first (Ctrl-C where it runs).")
    shutil.rmtree(folder, ignore_errors=True)


def _in_a_process_of_its_own(make: Callable[[], None]) -> None:
    """Django is loaded there and goes with it; the supervisor stays small."""
    if os.waitstatus_to_exitcode(os.waitpid(supervisor.fork("making", make), 0)[1]):
        raise SystemExit("The demonstration could not be made: see the lines above. Try `make demo-reset`.")


def _make(folder: Path) -> None:
    new.open_database(folder)
    from masthead.web.demo import loading

    loading.load(lambda what: _say(f"Loading {what} …"))
    from masthead.web.demo import showing

    _say("Drawing the pictures of the front page and the lead story …")
    showing.draw_first()
    (folder / MARKER).write_text(f"{LOADED} {loading.version()}\n")


def _must_collect(settings: Config) -> bool:
    stamp = settings.state / "static" / ".made-of"
    return not stamp.exists() or stamp.read_text() != collecting.fingerprint()


def _bank(settings: Config) -> Callable[[], None]:
    """The practice bank: its own program, its own file, its own port, the demonstration's clock."""
    note = settings.state / BANK_FILE
    known = json.loads(note.read_text()) if note.exists() else {"url": "", "secret": secrets.token_urlsafe(32)}
    port = _free_port(int(known["url"].rpartition(":")[2] or 0))
    found = {"url": f"http://127.0.0.1:{port}", "secret": known["secret"]}
    if found != known:
        shutil.rmtree(settings.state / "prints", ignore_errors=True)  # their policy names where forms may lead
        note.write_text(json.dumps(found))
        note.chmod(0o600)
    words = {
        "--file": settings.home / "practice-bank.sqlite3",
        "--port": port,
        "--hook": f"{settings.address}/hooks/practice/",
        "--clock": settings.state / "clock",
        "--merchant": "The Haverness Courier",
        "--tell": note,
    }
    command = [sys.executable, "-m", "practice_bank", *(str(word) for pair in words.items() for word in pair)]

    def become_the_bank() -> None:
        os.environ["PRACTICE_BANK_SECRET"] = found["secret"]  # not among the words: any user may list those
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.execv(sys.executable, command)  # noqa: S606  (no shell is wanted)

    return become_the_bank


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise SystemExit("No port is free on 127.0.0.1 for the practice bank.")


def _greet(settings: Config, started: float) -> None:
    """Wait until all is up, then say where."""
    from masthead.web.demo import EDITOR, PASSWORD

    deadline = time.monotonic() + LONGEST_START
    while not _is_ready(settings.address):
        if time.monotonic() > deadline:
            _say(
                f"It is not ready after {LONGEST_START:.0f} s; see the lines above, or {settings.address}/healthz/ready"
            )
            return
        time.sleep(0.2)
    _say(
        f"\nThe Haverness Courier is up (after {time.monotonic() - started:.0f} s). Ctrl-C stops it.\n\n"
        f"  the paper     {settings.address}/\n"
        f"  the desk      {settings.address}/desk/   sign in as {EDITOR} with {PASSWORD}\n"
        f"  its mail      {settings.address}/demo/mail/   sign-in codes, receipts: nothing leaves this machine\n"
        f"  its clock     {settings.address}/demo/clock/   moves time on, to watch collections happen\n"
        f"  to pay        the practice bank lists cards that pay, fail, or need approval\n"
    )


def _is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz/ready", timeout=2) as answer:  # noqa: S310  (our own http)
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201
