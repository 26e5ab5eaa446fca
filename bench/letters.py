"""A letter to 100,000 people through a compiled sink (Postfix's smtp-sink), beside a bare loop that sends the same.

The sink runs on one core, whoever sends on the other; rounds of both are interleaved. Measured are messages a second of
the worker's own jobs, with and without signatures, and what the worker's memory grew by.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from bench.rig import CLIENT_CORE, ROOT, SERVER_CORE, free_port, judged, missed, program

COMMAND = "python -m bench letters"
PEOPLE = int(os.environ.get("BENCH_PEOPLE", "100000"))
ROUNDS = 3
OF_THE_LOOP = 0.5  # of the bare loop's rate, without signatures
GROWS = 20  # MB over idle
BARE = 10_000  # messages of one round of the bare loop


def main() -> None:
    sink = program("smtp-sink")
    print(f"made by: {COMMAND}   (1, 5 and 15 minutes of load: {os.getloadavg()})")
    home = Path(tempfile.mkdtemp(prefix="masthead-bench-letters-"))
    try:
        with _sink(sink) as port:
            bench = Bench(home, port)
            bench.migrate()
            made = bench.told("prepare", PEOPLE)
            size, seconds = made["bytes"] / 1000, made["frozen"]
            print(f"{made['people']:,} people; a message of {size:.1f} KB; frozen in {seconds:.1f} s")
            bare: list[float] = []
            ours: dict[bool, list[float]] = {False: [], True: []}
            grown: list[float] = []
            for _round in range(ROUNDS):
                bare.append(bench.told("bare", BARE)["rate"])
                for signed in (False, True):
                    found = bench.told("send", PEOPLE // (2 * ROUNDS), signed=signed)
                    ours[signed].append(found["rate"])
                    grown.append(found["grown"])
            rest = bench.told("send", PEOPLE, signed=False)
            grown.append(rest["grown"])
            wrong = abs(rest["sent"] - made["people"])
            says = judged("letters, copies too few or too many", wrong, at_most=0)
            print(f"in all sent: {rest['sent']:,} of {made['people']:,}; too few or too many: {wrong} ({says})")
            print(f"bare smtplib loop: {median(bare):,.0f} messages/s (rounds {_rounds(bare)})")
            for signed, rates in ours.items():
                words = "with signatures (RSA-2048)" if signed else "without signatures"
                ratio = median(rates) / median(bare)
                # Signing costs what it costs; the rate with it is stated and has no target.
                says = "no target" if signed else judged("letters, rate beside the loop", ratio, at_least=OF_THE_LOOP)
                rounds = f"rounds {_rounds(rates)}"
                print(f"{words}: {median(rates):,.0f} messages/s ({rounds}), {ratio:.2f} of the loop ({says})")
            says = judged("letters, MB that the worker grew by", max(grown), at_most=GROWS)
            print(f"worker's memory grew by {max(grown):.1f} MB over idle ({says})")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _rounds(rates: list[float]) -> str:
    return ", ".join(f"{rate:,.0f}" for rate in rates)


@contextmanager
def _sink(path: str) -> Iterator[int]:
    port = free_port()
    command = ["taskset", "-c", SERVER_CORE, path, "-c", f"127.0.0.1:{port}", "1000"]
    if os.getuid() == 0:
        command[4:4] = ["-u", "nobody"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _try in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)


class Bench:
    """A newsroom's folder; each thing is done by a process of its own, as a worker is one."""

    def __init__(self, home: Path, port: int) -> None:
        self.environment = {
            **os.environ,
            "MASTHEAD_HOME": str(home),
            "MASTHEAD_SECRET": "a secret for a measurement, forty letters long",
            "MASTHEAD_ADDRESS": "http://127.0.0.1:8000",
            "MASTHEAD_MAIL": f"smtp://127.0.0.1:{port}",
            "MASTHEAD_MAIL_FROM": "letters@masthead.example",
            "MASTHEAD_LOG_LEVEL": "error",
        }

    def migrate(self) -> None:
        """Make the database."""
        command = [sys.executable, "-m", "masthead", "manage", "migrate", "-v0"]
        subprocess.run(command, env=self.environment, cwd=ROOT, check=True)

    def told(self, what: str, count: int, *, signed: bool = False) -> dict[str, Any]:
        environment = dict(self.environment)
        if signed:
            environment |= {"MASTHEAD_DKIM_SELECTOR": "bench", "MASTHEAD_DKIM_KEY": _key()}
        command = ["taskset", "-c", CLIENT_CORE, sys.executable, "-m", "bench.mailroom", what, str(count)]
        answer: dict[str, Any] = json.loads(subprocess.check_output(command, env=environment, cwd=ROOT))
        return answer


def _key() -> str:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


if __name__ == "__main__":
    started = time.monotonic()
    main()
    print(f"{time.monotonic() - started:.0f} s")
    raise SystemExit(1 if missed else 0)
