"""Two workers of `later` whose power can be cut: `python -m tests.letters.killable`, in a home of its own.

It loads Django once and forks for each thing that it is told to do, a line each: `send`, `run`, `stop`, `truth FILE`;
it answers `done`. What runs is what `masthead serve` runs, and a killed worker is back at once. Its clock is the file
`state/clock`, which the test may move.
"""

import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

HOME = Path(os.environ["MASTHEAD_HOME"])
PEOPLE = 3000
BIG, IN_BIG = "big.example", 600  # one domain with many of them, the others spread over sixty

WORKERS = ("later-0", "later-1")
CUTS = [  # where the power is cut, in whichever worker comes there first so many times within one life; each cut once
    ("letter.frozen", 2),
    ("letter.marked", 60),
    ("letter.taken", 70),
    ("letter.taken", 90),
    ("letter.marked", 110),
]


def main() -> None:
    """Do what is told, line by line; the parent itself never opens the database."""
    from masthead.core import clock
    from masthead.web import supervisor, workers

    clock.follow(HOME / "state" / "clock")
    workers.prepare()
    running = 0
    for line in sys.stdin:
        match line.split():
            case ["run"]:
                running = supervisor.fork("run", run)
            case ["stop"]:
                os.kill(running, signal.SIGTERM)
                os.waitpid(running, 0)
            case ["send"]:
                assert os.waitpid(supervisor.fork("send", send), 0)[1] == 0, "send failed"
            case ["truth", to]:
                told = supervisor.fork("truth", partial(write_truth, Path(to)))
                assert os.waitpid(told, 0)[1] == 0, "truth failed"
        print("done", flush=True)  # noqa: T201


def address(number: int) -> str:
    """Of one of the readers."""
    domain = BIG if number < IN_BIG else f"of-{number % 60}.example"
    return f"reader-{number}@{domain}"


def send() -> None:
    """All those readers on the week's list, and an issue on its way to them."""
    from wagtail.rich_text import RichText

    from masthead.core.actors import Actor
    from masthead.letters import issues, sending, standing
    from masthead.letters.models import LetterList, Subscription
    from masthead.readers.models import Reader

    week, by = LetterList.objects.get(slug="the-week"), Actor.system("test")
    readers = Reader.objects.bulk_create(Reader(email=address(number)) for number in range(PEOPLE))
    Subscription.objects.bulk_create(Subscription(list=week, reader=reader) for reader in readers)
    issue = issues.begin(week, by)
    issue.body = [("paragraph", RichText("<p>The tide came in at nine.</p>"))]
    issue.save()
    standing.overrule("a test on the loopback address", by)
    sending.send(issue, by)


def write_truth(to: Path) -> None:
    """Write down what is true now."""
    to.write_text(json.dumps(truth()))


def truth() -> dict[str, Any]:
    """How the mailing stands."""
    from masthead.letters.models import Delivery, Mailing

    mailing = Mailing.objects.get()
    rows = Delivery.objects.order_by("pk").values_list("address", "state", "reason", "held_by")
    return {
        "state": mailing.state,
        "total": mailing.total,
        "repeats": mailing.repeats,
        "says": mailing.says,
        "rows": [list(row) for row in rows],
    }


def run() -> None:
    """Two workers and the clock under the product's own supervisor, with the planned faults, until SIGTERM."""
    import gc

    from masthead.web import supervisor, workers

    deaths = {name: 0 for name in WORKERS}

    def child(name: str) -> supervisor.Child:
        def live() -> None:
            cut_power()
            workers.work("later", workers.name_of(name))

        return supervisor.Child(name, live)

    def died(gone: supervisor.Child, status: int) -> None:
        gone.pause = 0.05  # the product waits longer from death to death; a test has no time for that
        if status == -signal.SIGKILL:
            deaths[gone.name] += 1
            (HOME / "deaths").write_text(json.dumps(deaths))
        workers._recover_at_once(gone, status)

    workers._close_connections()
    gc.freeze()
    clock = workers._Clock()
    supervisor.Supervisor(*(child(name) for name in WORKERS), on_death=died, pids_in=HOME / "state" / "processes").run(
        every=clock.look, seconds=0.5
    )


def cut_power() -> None:
    """Have this process killed, as by a power cut, when it comes to a point of `CUTS` that has not been cut yet."""
    from masthead.core import faults

    reached: Counter[str] = Counter()

    def count(at: str) -> None:
        reached[at] += 1
        cut = (at, reached[at])
        if cut in CUTS and claims(cut):
            os.kill(os.getpid(), signal.SIGKILL)

    stand_in: Callable[[str], None] = count
    faults.reach = stand_in


def claims(cut: tuple[str, int]) -> bool:
    """Whether this process is the first that comes there; kept as a file, so that two workers can't both be."""
    try:
        (HOME / "cuts" / f"{cut[0]} {cut[1]}").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


if __name__ == "__main__":
    main()
