"""Real workers on a real database: what one had begun when it was killed is done by the next."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from masthead.core import jobs
from masthead.core.mail import deliver
from masthead.web import workers
from tests.conftest import template_database
from tests.ops import jobs_of_tests
from tests.ops.test_backup import SECRET
from tests.ops.test_supervisor import is_alive, until

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.processes, pytest.mark.django_db]


class Workshop:
    """Both workers and the clock, as `masthead worker` runs them."""

    def __init__(self, home: Path) -> None:
        self.home = home
        for name in ("media", "originals", "state"):
            (home / name).mkdir(parents=True)
        shutil.copy(template_database(), home / "newsroom.sqlite3")
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("MASTHEAD_")},
            "MASTHEAD_HOME": str(home),
            "MASTHEAD_SECRET": SECRET,
            "PYTHONPATH": str(ROOT),
        }
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "masthead", "worker"]
        self.process = subprocess.Popen(command, env=self.environment, cwd=ROOT, stderr=subprocess.DEVNULL)

    def finds(self, *enqueued: Callable[[], None]) -> None:
        """Let the workers find jobs in their database, as another process would have left them there: no bell rings."""
        for enqueue in enqueued:
            enqueue()
        table = DBTaskResult._meta.db_table
        with connection.cursor() as ours:
            ours.execute(f"SELECT * FROM {table}")
            rows, names = ours.fetchall(), ", ".join(f'"{column[0]}"' for column in ours.description)
            ours.execute(f"DELETE FROM {table}")
        marks = ", ".join("?" * len(rows[0]))
        with contextlib.closing(sqlite3.connect(self.home / "newsroom.sqlite3", timeout=30)) as theirs, theirs:
            theirs.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)

    def enqueues(self, script: str) -> None:
        """Run a script in a process of the newsroom; `jobs` are the jobs of tests."""
        script = "from tests.ops import jobs_of_tests as jobs\n" + script
        command = [sys.executable, "-m", "masthead", "manage", "shell", "--no-imports", "-c", script]
        subprocess.run(command, env=self.environment, cwd=ROOT, check=True, capture_output=True)

    @property
    def notes(self) -> list[list[str]]:
        path = self.home / "notes"
        return [line.split() for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    made = Workshop(tmp_path / "newsroom")
    yield made
    made.process.terminate()
    made.process.wait(30)


def test_a_job_is_run_soon_after_its_commit(workshop):
    workshop.finds(lambda: jobs_of_tests.note.enqueue("begun"))
    assert until(lambda: len(workshop.notes) == 1, 20)

    workshop.enqueues("import time\njobs.note.enqueue(str(time.time()))")
    assert until(lambda: len(workshop.notes) == 2)

    enqueued, _ = workshop.notes[1]
    assert (workshop.home / "notes").stat().st_mtime - float(enqueued) < 0.5


def test_what_a_killed_worker_had_begun_is_done_by_the_next(workshop):
    workshop.finds(lambda: jobs_of_tests.hang_once.enqueue("receipt"), lambda: jobs_of_tests.note.enqueue("after"))
    assert until(lambda: len(workshop.notes) == 1, 20)

    os.kill(int(workshop.notes[0][1]), signal.SIGKILL)

    assert until(lambda: sorted(word for word, _ in workshop.notes) == ["after", "receipt", "receipt"], 20)


def test_what_a_power_cut_left_running_is_done_after_the_next_start(workshop):
    workshop.finds(lambda: jobs_of_tests.hang_once.enqueue("receipt"))
    assert until(lambda: len(workshop.notes) == 1, 20)
    worker = int(workshop.notes[0][1])
    os.kill(workshop.process.pid, signal.SIGKILL)
    os.kill(worker, signal.SIGKILL)
    workshop.process.wait(10)
    assert until(lambda: not is_alive(worker))

    workshop.start()

    assert until(lambda: [word for word, _ in workshop.notes] == ["receipt", "receipt"], 30)


def test_a_job_whose_end_the_database_did_not_note_is_run_again_by_the_same_worker(workshop):
    workshop.finds(lambda: jobs_of_tests.spoil_the_note_once.enqueue("receipt"))

    assert until(lambda: [word for word, _ in workshop.notes] == ["receipt", "receipt"], 30)

    assert len({worker for _, worker in workshop.notes}) == 1


def test_told_to_stop_the_job_in_hand_is_finished_first(workshop):
    workshop.finds(lambda: jobs_of_tests.note.enqueue("first"))
    assert until(lambda: len(workshop.notes) == 1, 20)

    began = time.monotonic()
    workshop.process.terminate()

    assert workshop.process.wait(10) == 0
    assert time.monotonic() - began < 5


def test_who_died_before_the_first_heartbeat_keeps_no_job():
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    deliver.enqueue(0)
    row = jobs.claim_next(("now",), f"{workers.node()}:now:{gone.pid}:0")

    workers.take_back_the_lost()

    row.refresh_from_db()
    assert row.status == TaskResultStatus.READY
