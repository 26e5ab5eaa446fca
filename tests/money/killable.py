"""A newsroom of real processes whose power can be cut: `python -m tests.money.killable`, in a home of its own.

It loads Django once and forks for each thing that it is told to do, a line each: `pledge FILE`, `orderly FILE`, `truth
FILE`, `run`, `stop`; it answers `done` when that is done. What runs is what `masthead serve` runs, and a killed child
is back at once. Only here does `masthead.core.faults.reach` mean anything: the product has no such switch.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from masthead.core import faults

POINTS = {  # where the power is cut, each in a new child: the how-manieth time that it comes there
    "web": [("hook.verified", 3), ("hook.stored", 4), ("hook.committed", 5)],
    "now": [("inbox.half-way", 6), ("inbox.committed", 9), ("moves.told", 7)],
}


def main() -> None:
    """Do what is told, line by line; the parent itself never opens the database."""
    from masthead.web import supervisor, workers

    workers.prepare()
    running = 0
    for line in sys.stdin:
        match line.split():
            case ["run"]:
                running = supervisor.fork("run", run)
            case ["stop"]:
                os.kill(running, signal.SIGTERM)
                os.waitpid(running, 0)
            case [what, to]:
                told = supervisor.fork(what, partial(note, what, Path(to)))
                assert os.waitpid(told, 0)[1] == 0, f"{what} failed"
        print("done", flush=True)  # noqa: T201


def note(what: str, to: Path) -> None:
    """Find out one of these things and write it down."""
    to.write_text(json.dumps({"pledge": pledge, "orderly": orderly, "truth": truth}[what]()))


def pledge() -> list[str]:
    """Fifty people promise something: where each pays."""
    from masthead.core.actors import Actor
    from masthead.giving import gifts, pledges
    from masthead.giving.models import Interval
    from masthead.money.amounts import Money
    from masthead.readers import devices

    pay_urls = []
    for number in range(50):
        device, _ = devices.open_device(label="a browser")
        common: dict[str, Any] = {"email": f"reader-{number}@example.org", "device": device, "reader": None}
        amount = Money(300 + 25 * number, "GBP")
        if number % 10 == 9:
            checkout = gifts.start(amount=amount, by=Actor.system("test"), **common)
        else:
            interval = Interval.YEAR if number % 10 == 4 else Interval.MONTH
            checkout = pledges.start(amount=amount, interval=interval, by=Actor.system("test"), **common)
        pay_urls.append(checkout.pay_url)
    return pay_urls


def orderly() -> dict[str, Any]:
    """Every event once, in order, with nothing going wrong."""
    from masthead.core import jobs
    from masthead.money import inbox
    from tests.worlds.money import webhook

    for event in json.loads(Path(os.environ["MASTHEAD_HOME"], "events.json").read_text()):
        inbox.keep("practice", *webhook([event]))
        jobs.run_all()
    return truth()


def truth() -> dict[str, Any]:
    """What is true now: all that must not depend on order, repetition or accidents."""
    from django_tasks_db.models import DBTaskResult

    from masthead.giving.models import Gift, Instalment, Pledge
    from masthead.membership.models import Grant
    from masthead.money import checks
    from masthead.money.models import Checkout, Event, Mandate, Payment, PaymentMove, Refund
    from tests.worlds.money import journal

    wanted: dict[Any, tuple[str, ...]] = {
        Payment: ("order_key", "state", "failure", "collected_at", "fee_minor", "refunded_minor", "returned_minor"),
        Checkout: ("reference", "state", "failure", "mandate__provider_ref"),
        Mandate: ("provider_ref", "state", "order_key", "ended_at"),
        Refund: ("reference", "amount_minor", "made_at"),
        Pledge: ("reference", "state", "started_on", "next_on", "paid_until", "mandate__provider_ref"),
        Instalment: ("pledge__reference", "number", "state", "paid_on"),
        Gift: ("reference", "state"),
        Event: ("event_id", "state"),
    }
    told: dict[str, Any] = {}
    for model, fields in wanted.items():
        told[model.__name__] = sorted(map(list, model.objects.values_list(*fields)), key=str)
    told["open grants"] = _grants(Grant.objects.standing())
    told["thanked"] = _thanked()
    told["journal"] = journal()
    told["wrong"] = checks.books()
    told["untold"] = PaymentMove.objects.filter(told_at__isnull=True).count()
    told["undone"] = DBTaskResult.objects.exclude(status="SUCCESSFUL").count()
    return json.loads(json.dumps(told, default=str))  # type: ignore[no-any-return]


def run() -> None:
    """Web and workers under the product's own supervisor, each child with its planned fault, until SIGTERM."""
    import gc

    from masthead.core import config
    from masthead.web import serving, supervisor, workers

    settings = config.load()
    deaths = {"web": 0, "now": 0, "later": 0}

    def child(name: str, work: Callable[[], None]) -> supervisor.Child:
        def live() -> None:
            planned = POINTS.get(name, [])[deaths[name] : deaths[name] + 1]
            if planned:
                cut_power_at(*planned[0])
            work()

        return supervisor.Child(name, live)

    def died(gone: supervisor.Child, status: int) -> None:
        gone.pause = 0.05  # the product waits longer from death to death; a test has no time for that
        if status == -signal.SIGKILL:
            deaths[gone.name] += 1
            (settings.home / "deaths").write_text(json.dumps(deaths))
        if gone.name != "web":
            workers._recover_at_once(gone, status)

    workers._close_connections()
    gc.freeze()
    supervisor.Supervisor(
        child("web", lambda: serving.serve(settings)),
        *(child(queue, lambda queue=queue: workers.work(queue, workers.name_of(queue))) for queue in workers.LOOKS),  # type: ignore[misc]
        on_death=died,
        pids_in=settings.state / "processes",
    ).run()


def cut_power_at(point: str, time: int) -> None:
    """Have this process killed, as by a power cut, the `time`-th time that it comes to `point`."""
    reached = 0

    def count(at: str) -> None:
        nonlocal reached
        reached += at == point
        if reached == time:
            with Path(os.environ["MASTHEAD_HOME"], "cuts").open("a") as cuts:
                cuts.write(f"{point}\n")
            os.kill(os.getpid(), signal.SIGKILL)

    faults.reach = count  # type: ignore[assignment]


def _thanked() -> list[str]:
    """Who gave and was thanked for it. Who took it back may have been thanked before or not: that is of the order."""
    from masthead.core.models import Message
    from masthead.money.models import Payment

    orders = Payment.objects.filter(state="collected").values_list("order_key", flat=True)
    keys = {":".join([*order.split(":")[:2], "thanks"]) for order in orders}
    return sorted(Message.objects.filter(key__in=keys).values_list("key", flat=True))


def _grants(standing: Any) -> list[list[str]]:
    """Each with the days on which it ends: the hour is that of the processing."""
    rows = standing.values_list("device__pk", "benefit", "reason_kind", "reason_ref", "until_at", "grace_until")
    return sorted([*map(str, row[:4]), *(str(moment)[:10] for moment in row[4:])] for row in rows)


if __name__ == "__main__":
    main()
