"""Work done after the request: jobs, their retries, the clock's rules and recovery after a crash.

A job is a plain function with JSON arguments. Enqueueing it is an INSERT in the caller's transaction, so what was
rolled back is never done, and what was committed is. A job may run more than once (a crash can fall between
its effect and the note of its success), so each is idempotent, keyed by our own rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, ParamSpec

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from masthead.core import clock
from masthead.core.models import Rule, Worker

log = structlog.get_logger("masthead.jobs")
P = ParamSpec("P")

QUEUES = {
    "now": ("now",),
    "later": ("later", "default"),
}  # what each worker takes; Wagtail's own tasks are in `default`
RETRY_AFTER = (10, 60, 300, 1800, 7200, 21600)  # seconds before the second try, the third, …; the last repeats
FOUND_RUNNING_AT_MOST = 5  # a row whose workers died this often is given up: it may be what kills them
KEPT_FINISHED = timedelta(days=7)


@dataclass(frozen=True)
class Job(Generic[P]):
    """A function that a worker runs. Called directly it runs at once; `enqueue` leaves it to a worker."""

    function: Callable[P, Any]
    queue: str
    tries: int
    priority: int = 0

    @property
    def path(self) -> str:
        """Where the job is found again by a worker."""
        return f"{self.function.__module__}.{self.function.__qualname__}"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Any:
        return self.function(*args, **kwargs)

    def enqueue(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Have a worker run it after the commit of the transaction that we are in."""
        row = perform.using(queue_name=self.queue, priority=self.priority)
        row.enqueue(self.path, list(args), dict(kwargs), 1)

    def enqueue_at(self, moment: datetime, *args: P.args, **kwargs: P.kwargs) -> None:
        """Have a worker run it at `moment` by the machine's time: for pauses between tries, not for our dates."""
        row = perform.using(queue_name=self.queue, priority=self.priority, run_after=moment)
        row.enqueue(self.path, list(args), dict(kwargs), 1)


def job(queue: str = "now", tries: int = 6, priority: int = 0) -> Callable[[Callable[P, Any]], Job[P]]:
    """Make a function a job of `queue`: 'now' for at most 2 s each, 'later' for batches of at most 5 s.

    Within a queue a higher `priority`, from -100 to 100, goes first.
    """

    def made(function: Callable[P, Any]) -> Job[P]:
        return Job(function, queue, tries, priority)

    return made


@task(queue_name="now")
def perform(path: str, args: list[Any], kwargs: dict[str, Any], attempt: int) -> None:
    """Run the job at `path`; on an error, enqueue the next try and let this row stand as failed, with its reason."""
    found: Job[Any] = import_string(path)
    try:
        found.function(*args, **kwargs)
    except Exception as error:
        last = attempt >= found.tries
        log.warning("job.failed", job=path, attempt=attempt, last=last, error=type(error).__name__)
        if not last:
            pause = RETRY_AFTER[min(attempt, len(RETRY_AFTER)) - 1]
            moment = timezone.now() + timedelta(seconds=pause)
            later = perform.using(queue_name=found.queue, priority=found.priority, run_after=moment)
            later.enqueue(path, args, kwargs, attempt + 1)
        raise


# --- The clock -------------------------------------------------------------------------------------------

RULES: dict[str, tuple[timedelta, Job[[]]]] = {}


def every(
    *, minutes: int = 0, hours: int = 0, days: int = 0, queue: str = "later"
) -> Callable[[Callable[[], Any]], Job[[]]]:
    """Have the clock run a function again and again; after an outage once, not once for each time missed."""
    period = timedelta(minutes=minutes, hours=hours, days=days)

    def made(function: Callable[[], Any]) -> Job[[]]:
        regular: Job[[]] = Job(function, queue, tries=1)
        RULES[regular.path] = (period, regular)
        return regular

    return made


def tick() -> list[str]:
    """Enqueue every rule that is due; the row is claimed in the transaction that enqueues. Returns their names."""
    now = clock.now()
    started = []
    for name, (period, regular) in RULES.items():
        rule, _ = Rule.objects.get_or_create(name=name, defaults={"due_at": now})
        if rule.due_at > now + period:  # a demonstration's clock was set back
            Rule.objects.filter(pk=rule.pk).update(due_at=now)
        elif rule.due_at > now:
            continue
        with transaction.atomic():
            if Rule.objects.filter(pk=rule.pk, due_at__lte=now).update(due_at=now + period, ran_at=now):
                regular.enqueue()
                started.append(name)
    return started


# --- Recovery --------------------------------------------------------------------------------------------


def recover(worker: str) -> int:
    """Take back what a dead worker had begun, and forget the worker. Returns how many rows.

    Call it only when the worker is certainly gone.
    """
    with transaction.atomic():
        taken = take_back(worker)
        Worker.objects.filter(name=worker).delete()
    return taken


def take_back(worker: str) -> int:
    """Make the rows ready again that `worker` has begun and not noted the end of, or failed after too many deaths.

    Returns how many. For a dead worker, or for a live one between two jobs: the note of an end can fail too.
    """
    taken = 0
    with transaction.atomic():
        for row in DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).select_for_update():
            if not row.worker_ids or row.worker_ids[-1] != worker:
                continue
            given_up = len(row.worker_ids) >= FOUND_RUNNING_AT_MOST
            row.status = TaskResultStatus.FAILED if given_up else TaskResultStatus.READY
            row.started_at = None
            row.traceback = f"given up: {len(row.worker_ids)} workers died while running it" if given_up else ""
            row.save(update_fields=["status", "started_at", "traceback"])
            taken += 1
    return taken


@every(days=1)
def forget_finished() -> None:
    """Delete the rows of jobs that ended a week ago, done or failed."""
    DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - KEPT_FINISHED).delete()


# --- At once, in this process ------------------------------------------------------------------------------


def claim_next(queues: tuple[str, ...], worker: str) -> DBTaskResult | None:
    """Take the next ready row of `queues` for `worker`, or None."""
    with transaction.atomic():
        row = DBTaskResult.objects.ready().filter(queue_name__in=queues).select_for_update(skip_locked=True).first()
        if row is not None:
            row.claim(worker)
    return row


def run_row(row: DBTaskResult) -> BaseException | None:
    """Run a claimed row and note how it ended. Returns the error that it ended with, or None."""
    try:
        row.task.func(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])
    except Exception as error:
        row.set_failed(error)
        return error
    row.set_successful(None)
    return None


def run_all(*, with_clock: bool = False) -> int:
    """Run everything that is due, here and now, until nothing is left; for tests and small commands.

    Returns how many jobs ran. Raises the first error that a job ended with.
    """
    if with_clock:
        tick()
    count = 0
    while (row := claim_next(("now", "later", "default"), "here")) is not None:
        count += 1
        if error := run_row(row):
            raise error
    return count
