"""Static files, collected under content names into `state/static` when a new version of the house starts."""

import hashlib
import os
from importlib.metadata import version
from pathlib import Path

from masthead import __version__
from masthead.core.config import Config
from masthead.web import supervisor

HOUSE = Path(__file__).resolve().parent.parent


def collect_where_stale(settings: Config) -> bool:
    """Collect when what is there was made of other files; in a process of its own. Tells whether it did."""
    stamp = settings.state / "static" / ".made-of"
    now = fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return False
    pid = supervisor.fork("collecting", _collect)
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]):
        raise SystemExit("The static files could not be collected: see the lines above.")
    stamp.write_text(now)
    return True


def fingerprint() -> str:
    """One hash of our static files and of the versions of the libraries that bring some."""
    digest = hashlib.sha256(f"{__version__} {version('wagtail')} {version('django')}".encode())
    for path in sorted(HOUSE.glob("*/static/**/*")):
        if path.is_file():
            found = path.stat()
            digest.update(f"{path.relative_to(HOUSE)} {found.st_size} {found.st_mtime_ns}".encode())
    return digest.hexdigest()


def _collect() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0)
