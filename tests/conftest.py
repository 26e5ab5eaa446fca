"""The world that every test stands in: a newsroom folder of its own, a migrated database, a clock that can be moved."""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from masthead.core import clock as the_clock
from tests.browser import browser, site  # noqa: F401 (one Chromium and one running newsroom for all who ask)
from tests.environment import HOME
from tests.running import begin_making_the_demo

ROOT = Path(__file__).resolve().parent.parent


LONGEST = ("test_sending_chaos", "test_demo", "test_journey", "test_desk_in_a_browser", "test_promises_kept")
"""Files that take a minute or more: they go before their like, so that nobody is left with one at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run files with processes after the others, those with a browser last: its event loop stays for the session."""
    files: dict[Path, int] = {}
    for item in items:
        marks = {mark.name for mark in item.iter_markers()}
        files[item.path] = max(files.get(item.path, 0), 2 if "browser" in marks else 1 if "processes" in marks else 0)

    def place(item: pytest.Item) -> tuple[int, bool]:
        return files[item.path], item.path.stem not in LONGEST

    items.sort(key=place)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Where many run, make what the browser's tests need while the others run."""
    if os.environ.get("PYTEST_XDIST_WORKER") == "gw0" and any(
        item.get_closest_marker("browser") for item in session.items
    ):
        begin_making_the_demo()


def _migrations_digest() -> str:
    """One hash of all migrations and of the lock file: what the template database is made from."""
    digest = hashlib.sha256((ROOT / "requirements/dev.lock").read_bytes())
    for path in sorted(ROOT.glob("masthead/*/migrations/*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def template_database() -> Path:
    """A migrated SQLite database, made once for each set of migrations: a fresh `migrate` takes half a minute."""
    cache = ROOT / ".cache"
    made = cache / f"template-{_migrations_digest()}.sqlite3"
    if made.exists():
        return made
    cache.mkdir(exist_ok=True)
    with (cache / "template.lock").open("w") as lock, tempfile.TemporaryDirectory(dir=cache) as home:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of several processes one makes it, the others wait
        if made.exists():
            return made
        subprocess.run(
            [sys.executable, "-m", "masthead", "manage", "migrate", "-v0"],
            env={**os.environ, "MASTHEAD_HOME": home},
            cwd=ROOT,
            check=True,
        )
        with sqlite3.connect(Path(home) / "newsroom.sqlite3") as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        os.replace(Path(home) / "newsroom.sqlite3", made)
    return made


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker, request) -> Iterator[None]:
    """Use a copy of the template instead of migrating anew; PostgreSQL migrates as pytest-django does."""
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    if connection.vendor != "sqlite":
        one_of_many = os.environ.get("PYTEST_XDIST_WORKER", "alone")
        connection.settings_dict["TEST"]["NAME"] = f"test_newsroom_{one_of_many}"
        with django_db_blocker.unblock():
            made = setup_databases(verbosity=0, interactive=False)
            yield
            teardown_databases(made, verbosity=0)
        return
    shutil.copy(template_database(), HOME / "newsroom.sqlite3")
    with django_db_blocker.unblock():
        yield
        connection.close()


class MovableClock:
    """The product's own clock, moved."""

    def forward(self, *, days: int = 0, months: int = 0, hours: int = 0, minutes: int = 0, seconds: int = 0) -> None:
        """Move on; months by the calendar."""
        moment = the_clock.now()
        target = moment + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if months:
            day = the_clock.add_months(target.date(), months)
            target = target.replace(year=day.year, month=day.month, day=day.day)
        the_clock.move_to(the_clock.offset() + round((target - moment).total_seconds()))

    now = staticmethod(the_clock.now)
    today = staticmethod(the_clock.today)


@pytest.fixture
def clock() -> MovableClock:
    """The clock."""
    return MovableClock()


@pytest.fixture(autouse=True)
def clock_is_set_back() -> Iterator[None]:
    """Whoever moves the clock, and by whichever world: the next test begins at the time that it is."""
    before = the_clock.offset()
    yield
    if the_clock.offset() != before:
        the_clock.move_to(before)


def _as_if_all_was_proved(sender: object, request: HttpRequest, **_: object) -> None:
    """`force_login` stands for a whole sign-in, second factor included; the desk's own page wants it proved."""
    if request.method is None:
        from masthead.readers import desk_sessions

        desk_sessions.note_proof(request, "app")


def pytest_configure() -> None:
    user_logged_in.connect(_as_if_all_was_proved)


def pytest_sessionfinish() -> None:
    shutil.rmtree(HOME, ignore_errors=True)
