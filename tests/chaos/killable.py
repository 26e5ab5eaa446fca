"""A newsroom of real processes for fourteen months: `python -m tests.chaos.killable`, in a home of its own.

It loads Django once and forks for each thing that it is told to do, a line each: `run`, `power` (all that runs is
killed at once), `stop`, `act FILE`, `compare FILE`, `books FILE`; it answers `done`. What runs is what `masthead serve`
runs, with the clock's rules that have to do with money; a killed child is back at once. Its clock is `state/clock`.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

HOME = Path(os.environ["MASTHEAD_HOME"])
ARMED, CUT, TICKED = HOME / "armed", HOME / "cut", HOME / "ticked"
ROOMS = ("masthead.core.", "masthead.money.", "masthead.giving.", "masthead.membership.", "masthead.readers.")
ANSWERS_WITHIN = 1.0  # seconds, in place of ten: a provider that hangs shall cost the test no more


def main() -> None:
    """Do what is told, line by line; the parent itself never opens the database."""
    from masthead.core import clock
    from masthead.web import supervisor, workers

    clock.follow(HOME / "state" / "clock")
    workers.prepare()
    know_the_practice_bank()
    running = 0
    for line in sys.stdin:
        match line.split():
            case ["run"]:
                running = supervisor.fork("run", run)
            case ["power"]:
                os.killpg(running, signal.SIGKILL)
                os.waitpid(running, 0)
            case ["stop"]:
                os.kill(running, signal.SIGTERM)
                os.waitpid(running, 0)
            case [what, file]:
                done = supervisor.fork(
                    what, partial({"act": act, "compare": compare, "books": books}[what], Path(file))
                )
                assert os.waitpid(done, 0)[1] == 0, f"{what} failed"
        print("done", flush=True)  # noqa: T201


def know_the_practice_bank() -> None:
    """Here it is a provider like the others: in a newsroom that is no demonstration, so that mail really goes out."""
    from masthead.money import providers
    from masthead.money.providers.gocardless import calls as of_gocardless
    from masthead.money.providers.practice import client as of_practice
    from masthead.money.providers.stripe import calls as of_stripe

    for module in (of_gocardless, of_practice, of_stripe):
        module.ANSWERS_WITHIN = ANSWERS_WITHIN  # type: ignore[attr-defined]
    bank = of_practice.PracticeBank(os.environ["CHAOS_BANK"], os.environ["CHAOS_BANK_SECRET"])
    providers.FINDERS["practice"] = lambda: bank


def run() -> None:
    """Web, workers and clock under the product's own supervisor, until SIGTERM."""
    import gc

    from django.db import Error, connections

    from masthead.core import clock, config, faults, jobs
    from masthead.web import serving, supervisor, workers

    os.setpgrp()
    workers.KINDNESS["later"] = 0  # nobody waits for a page here, and on a busy machine the kind one would starve
    workers.take_back_the_lost()
    workers._close_connections()
    for name in [name for name in jobs.RULES if not name.startswith(ROOMS)]:
        del jobs.RULES[name]
    faults.reach = cut_power  # type: ignore[assignment]
    settings, ticked = config.load(), None

    def look() -> None:
        """Do what is due at a new moment, and say for which moment that was done."""
        nonlocal ticked
        if clock.offset() == ticked:
            return
        now = clock.offset()
        try:
            jobs.tick()
        except Error:
            return
        finally:
            connections.close_all()
        ticked = now
        half = TICKED.with_suffix(".half")
        half.write_text(str(now))
        half.replace(TICKED)

    def died(gone: supervisor.Child, status: int) -> None:
        gone.pause = 0.02  # the product waits longer from death to death; a test has no time for that
        with (HOME / "deaths").open("a") as deaths:
            deaths.write(f"{gone.name} {status}\n")
        if gone.name != "web":
            workers._recover_at_once(gone, status)

    work: dict[str, Callable[[], None]] = {"web": lambda: serving.serve(settings)}
    for queue in workers.LOOKS:
        work[queue] = lambda queue=queue: workers.work(queue, workers.name_of(queue))  # type: ignore[misc]
    gc.freeze()
    supervisor.Supervisor(
        *(supervisor.Child(name, live) for name, live in work.items()),
        on_death=died,
        pids_in=settings.state / "processes",
    ).run(every=look, seconds=0.02)


def cut_power(point: str) -> None:
    """Have this process killed, as by a power cut, if that is planned for this point: once for each plan."""
    if (ARMED / point).exists():
        try:
            (ARMED / point).rename(CUT / f"{point} {os.getpid()}")
        except FileNotFoundError:
            return  # another was faster
        os.kill(os.getpid(), signal.SIGKILL)


def act(file: Path) -> None:
    """What the newsroom's desk does: refunds. What is refused is noted in place of the answer."""
    from masthead.core.actors import Actor
    from masthead.core.refusals import Refusal
    from masthead.money import payments
    from masthead.money.amounts import Money
    from masthead.money.models import Payment

    asked = json.loads(file.read_text())
    for one in asked:
        payment = Payment.objects.get(reference=one["payment"])
        try:
            payments.refund(payment, Money(one["amount"], "GBP"), by=Actor.system("test"), reason="asked for")
        except Refusal as refusal:
            one["refused"] = refusal.for_people
    file.write_text(json.dumps(asked))


def compare(_file: Path) -> None:
    """Compare with every provider's own books, now."""
    from masthead.core.actors import Actor
    from masthead.money import reconciling

    for name in reconciling.there():
        reconciling.finish(reconciling.begin(name, by=Actor.system("test")))


def books(file: Path) -> None:
    """What the product itself finds wrong with its books, and what it has left undone."""
    from django_tasks_db.models import DBTaskResult

    from masthead.money import checks
    from masthead.money.models import Difference, Event, PaymentMove

    undone = Event.objects.filter(
        state__in=("failed", "waiting", "kept")
    )  # a refund that is refused is shown as failed
    found: dict[str, Any] = {
        "wrong": checks.books(),
        "untold": list(PaymentMove.objects.filter(told_at=None).values_list("order_key", "trouble")),
        "undone": list(undone.exclude(kind="answer.refund").values_list("kind", "trouble")),
        "differences": list(Difference.objects.filter(state="open").values_list("provider", "kind", "subject")),
        "given up": DBTaskResult.objects.filter(traceback__startswith="given up").count(),
    }
    file.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
