"""`python -m practice_bank --file F --port P --hook URL --secret S`: opens the bank until it is told to stop."""

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path

from practice_bank.book import Book
from practice_bank.clock import Clock
from practice_bank.hooks import Courier
from practice_bank.server import Bank


def main() -> None:
    """Read the words, open the doors."""
    words = argparse.ArgumentParser(prog="practice_bank", description=__doc__)
    words.add_argument("--file", type=Path, required=True, help="the bank's own SQLite file, made where missing")
    words.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    words.add_argument("--hook", default="", help="where events are told; empty tells nobody")
    words.add_argument(
        "--secret", default=os.environ.get("PRACTICE_BANK_SECRET", ""), help="proves either to the other"
    )
    words.add_argument("--clock", type=Path, help="file of eight bytes: seconds that its time is ahead of the wall")
    words.add_argument("--merchant", default="", help="the newsroom's name, as the pay page shows it")
    words.add_argument("--tell", type=Path, help="file to write {url, secret} to, once the doors are open")
    given = words.parse_args()
    if not given.secret:
        words.error("a secret is needed: --secret, or PRACTICE_BANK_SECRET in the environment")

    given.file.parent.mkdir(parents=True, exist_ok=True)
    book = Book(given.file, Clock(given.clock))
    bank = Bank(book, given.port, given.secret, given.merchant)
    bank.keep_time()
    if given.hook:
        Courier(book, given.hook, given.secret).start()
    if given.tell:
        tell(given.tell, {"url": bank.address, "secret": given.secret})
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=bank.shutdown).start())
    print(bank.address, flush=True)  # noqa: T201 (whoever started it reads the address)
    try:
        bank.serve_forever(poll_interval=0.05)
    except KeyboardInterrupt:
        sys.exit(0)


def tell(path: Path, facts: dict[str, str]) -> None:
    """Write a file that nobody else may read, all of it at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(facts, file)
    beside.replace(path)


if __name__ == "__main__":
    main()
