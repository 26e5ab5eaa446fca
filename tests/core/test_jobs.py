from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from masthead.core import jobs
from masthead.core.models import Rule, Worker

pytestmark = pytest.mark.django_db
DONE: list[str] = []


@jobs.job(queue="now", tries=2)
def note(word: str) -> None:
    if word == "bad":
        raise ValueError("a bad word")
    DONE.append(word)


@pytest.fixture(autouse=True)
def nothing_done_yet():
    DONE.clear()


def test_work_of_a_transaction_that_was_rolled_back_is_never_done():
    with transaction.atomic():
        note.enqueue("never")
        transaction.set_rollback(True)
    note.enqueue("once")

    jobs.run_all()

    assert DONE == ["once"]


def test_a_failed_job_keeps_its_reason_and_is_tried_again_later():
    note.enqueue("bad")

    row = jobs.claim_next(("now",), "worker-1")
    jobs.run_row(row)

    row.refresh_from_db()
    assert (row.status, row.exception_class_path) == (TaskResultStatus.FAILED, "builtins.ValueError")
    again = DBTaskResult.objects.get(status=TaskResultStatus.READY)
    assert again.args_kwargs["args"][-1] == 2
    assert again.run_after > timezone.now() + timedelta(seconds=5)
    assert jobs.claim_next(("now",), "worker-1") is None


def test_what_a_worker_began_and_could_not_note_the_end_of_is_run_again():
    note.enqueue("again")
    Worker.objects.create(name="worker-1", queue="now", started_at=timezone.now(), seen_at=timezone.now())
    jobs.claim_next(("now",), "worker-1")

    assert (jobs.take_back("worker-2"), jobs.take_back("worker-1"), jobs.take_back("worker-1")) == (0, 1, 0)

    jobs.run_all()
    assert (DONE, Worker.objects.count()) == (["again"], 1)


def test_the_last_try_is_the_last():
    note.enqueue("bad")
    jobs.run_row(jobs.claim_next(("now",), "worker-1"))
    DBTaskResult.objects.filter(status=TaskResultStatus.READY).update(run_after=timezone.now())

    jobs.run_row(jobs.claim_next(("now",), "worker-1"))

    assert set(DBTaskResult.objects.values_list("status", flat=True)) == {TaskResultStatus.FAILED}


def test_what_a_dead_worker_had_begun_is_done_by_another():
    note.enqueue("rescued")
    jobs.claim_next(("now",), "worker-1")

    assert jobs.recover("worker-2") == 0
    assert jobs.recover("worker-1") == 1
    jobs.run_all()

    assert DONE == ["rescued"]


def test_a_job_that_kills_its_workers_is_given_up():
    note.enqueue("deadly")
    for death in range(jobs.FOUND_RUNNING_AT_MOST):
        jobs.claim_next(("now",), f"worker-{death}")
        jobs.recover(f"worker-{death}")

    assert DBTaskResult.objects.get().status == TaskResultStatus.FAILED


def test_a_rule_missed_for_a_month_runs_once(clock, monkeypatch):
    monkeypatch.setattr(jobs, "RULES", {})
    rule = jobs.every(hours=1)(lambda: None)

    assert jobs.tick() == [rule.path]
    assert jobs.tick() == []
    clock.forward(months=1)
    assert jobs.tick() == [rule.path]
    assert jobs.tick() == []
    assert Rule.objects.get().due_at == Rule.objects.get().ran_at + timedelta(hours=1)
