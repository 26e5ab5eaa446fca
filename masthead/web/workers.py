"""The task workers and the clock: one process loads Django, forks a worker for each queue and then keeps time.

What a dead worker had begun is taken back by `jobs.recover`: at once when we see it die, else (a power cut, another
machine) once it has been silent for a minute. Heartbeats are told by the wall: a demonstration moves the clock.
"""

import gc
import os
import signal
import socket
import threading
import time
from datetime import datetime, timedelta
from types import FrameType

import django
import structlog

from masthead.core import starting
from masthead.web import supervisor

log = structlog.get_logger("masthead.workers")

HEARTBEAT = 10.0  # seconds
SILENT = timedelta(seconds=60)
TICK = 2.0  # seconds between two looks at the clock's rules
LOOKS = {"now": 0.5, "later": 1.0}  # seconds between two looks at the queue when no bell rings
KINDNESS = {"now": 0, "later": 5}  # pictures are drawn when nobody waits for a page
LONGEST_OUTAGE_PAUSE = 15.0


def workshop() -> None:
    """Both workers and the clock, until told to stop."""
    prepare()
    refuse_an_unsafe_database()
    take_back_the_lost()
    workers = [supervisor.Child(queue, lambda queue=queue: work(queue, name_of(queue))) for queue in LOOKS]  # type: ignore[misc]
    _close_connections()
    gc.collect()
    gc.freeze()  # what is loaded stays shared with the forks: the collector does not write into it
    clock = _Clock()
    supervisor.Supervisor(*workers, on_death=_recover_at_once).run(every=clock.look, seconds=TICK)


def prepare() -> None:
    """Load Django with everything that a job may need, so that the forks share it."""
    django.setup()
    from django.urls import get_resolver
    from django.utils.module_loading import autodiscover_modules

    from masthead.web import bells

    autodiscover_modules("tasks")
    import masthead.core.limits
    import masthead.core.mail  # noqa: F401  (their rules of the clock)

    _ = get_resolver().url_patterns  # templates of mails name addresses
    bells.connect()


def name_of(queue: str) -> str:
    """What a worker of this process is called in rows: node, queue, process, start."""
    return f"{node()}:{queue}:{os.getpid()}:{int(time.time()):x}"


def node() -> str:
    """This machine's name, short enough to stand in a worker's name."""
    return socket.gethostname()[:30]


def work(queue: str, name: str) -> None:
    """Run the jobs of `queue` one after the other until SIGTERM; the job in hand is finished first."""
    from django.db import DatabaseError, InterfaceError, connections

    from masthead.core import jobs
    from masthead.web import bells

    os.nice(KINDNESS[queue])
    stopped = threading.Event()
    stopping = False
    outage = 0.0

    def heard(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True  # no lock is taken here: two signals can come at once, one inside the other

    threading.Thread(target=_beat, args=(queue, name, stopped), daemon=True).start()
    with supervisor.woken_by(signal.SIGTERM, signal.SIGINT, act=heard, bell=bells.hang(queue)) as wait:
        while not stopping:
            try:
                if outage and (taken := jobs.take_back(name)):  # what was in hand when the database went away
                    log.warning("worker.recovered", worker=name, taken_back=taken)
                while not stopping and (row := _next(jobs.QUEUES[queue], name)):
                    jobs.run_row(row)
                outage = 0.0
            except (DatabaseError, InterfaceError) as error:
                connections.close_all()
                outage = min(max(outage * 2, 0.5), LONGEST_OUTAGE_PAUSE)
                log.warning("worker.database", queue=queue, error=type(error).__name__, pause=outage)
            wait(outage or LOOKS[queue])
    stopped.set()
    _farewell(name)


def _next(queues: tuple[str, ...], name: str):  # type: ignore[no-untyped-def]
    """The next row, claimed; looks without a lock first, so that idle workers never hold up a writer."""
    from django_tasks_db.models import DBTaskResult

    from masthead.core import jobs

    if not DBTaskResult.objects.ready().filter(queue_name__in=queues).exists():
        return None
    return jobs.claim_next(queues, name)


def _beat(queue: str, name: str, stopped: threading.Event) -> None:
    """Say that the worker is alive, in a thread of its own: a long job is no silence."""
    from django.db import Error, connections
    from django.utils import timezone

    from masthead.core.models import Worker

    started = timezone.now()
    while True:
        try:
            Worker.objects.update_or_create(
                name=name,
                defaults={"seen_at": timezone.now()},
                create_defaults={"queue": queue, "node": node(), "started_at": started, "seen_at": timezone.now()},
            )
        except Error as error:
            log.warning("worker.heartbeat", queue=queue, error=type(error).__name__)
        connections.close_all()
        if stopped.wait(HEARTBEAT):
            return


def _farewell(name: str) -> None:
    from django.db import Error

    from masthead.core.models import Worker

    try:
        Worker.objects.filter(name=name).delete()
    except Error:
        log.info("worker.farewell", worker=name)


class _Clock:
    """Starts the rules that are due, and now and then looks for workers that fell silent."""

    def __init__(self) -> None:
        self.looked_for_lost = time.monotonic()
        self.outage_until = 0.0

    def look(self) -> None:
        from django.db import Error

        from masthead.core import jobs

        if time.monotonic() < self.outage_until:
            return
        try:
            jobs.tick()
            if time.monotonic() - self.looked_for_lost > SILENT.total_seconds() / 2:
                self.looked_for_lost = time.monotonic()
                take_back_the_lost()
        except Error as error:
            self.outage_until = time.monotonic() + LONGEST_OUTAGE_PAUSE
            log.warning("clock.database", error=type(error).__name__)
        finally:
            _close_connections()


def take_back_the_lost() -> None:
    """Recover the work of workers that are certainly gone: their process has ended, or they are long silent."""
    from django.utils import timezone

    from masthead.core import jobs
    from masthead.core.models import Worker

    silent_since = timezone.now() - SILENT
    for worker in Worker.objects.all():
        if worker.seen_at < silent_since or (worker.node == node() and not _lives(worker.name)):
            jobs.recover(worker.name)
    # One that died between its first job and its first heartbeat has no row of its own, but its job names it.
    known = set(Worker.objects.values_list("name", flat=True))
    long_begun = jobs_begun_by(before=silent_since)
    for name in jobs_begun_by() - known:
        if name in long_begun or (name.startswith(f"{node()}:") and not _lives(name)):
            jobs.recover(name)


def jobs_begun_by(before: datetime | None = None) -> set[str]:
    """The names of the workers that have a job in hand, by the rows of the jobs."""
    from django_tasks import TaskResultStatus
    from django_tasks_db.models import DBTaskResult

    running = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)
    if before is not None:
        running = running.filter(started_at__lt=before)
    return {row.worker_ids[-1] for row in running if row.worker_ids}


def _lives(name: str) -> bool:
    try:
        os.kill(int(name.split(":")[-2]), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, ValueError, IndexError):
        return True
    return True


def _recover_at_once(child: supervisor.Child, status: int) -> None:
    from django.db import Error

    from masthead.core import jobs
    from masthead.core.models import Worker

    prefix = f"{node()}:{child.name}:{child.pid}:"
    try:
        known = set(Worker.objects.filter(name__startswith=prefix).values_list("name", flat=True))
        for name in known | {name for name in jobs_begun_by() if name.startswith(prefix)}:
            if taken := jobs.recover(name):
                log.warning("worker.recovered", worker=name, status=status, taken_back=taken)
    except Error as error:
        log.warning("worker.not_recovered", queue=child.name, error=type(error).__name__)  # silence tells it later
    finally:
        _close_connections()


def refuse_an_unsafe_database() -> None:
    """Stop with one line where tables of this version or guards of the books are missing, or who hears of a pledge."""
    if missing := missing_migrations():
        raise SystemExit(
            f"The database lacks {len(missing)} migrations: run `masthead manage migrate`, then start again."
        )
    if faults := starting.faults():
        raise SystemExit(f"Masthead does not start: {'; '.join(faults)}, then start again.")


def missing_migrations() -> list[str]:
    """The migrations of this version that the database has not had yet. Makes no database where there is none."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return [str(migration) for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def _close_connections() -> None:
    """A connection must never cross a fork: SQLite's locks belong to the process that took them."""
    from django.db import connections

    connections.close_all()
