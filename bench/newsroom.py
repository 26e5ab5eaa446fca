"""The demonstration's paper with all its processes: its lead story beside nginx, its start, its memory, its archive.

Every server is bound to one core, wrk to another; rounds are interleaved and the middle one counts. The drawing of
pictures, which takes minutes after the first start, is taken from the queue: it would be measured instead.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from bench.rig import CLIENT_CORE, ROOT, SERVER_CORE, Rate, cpu_seconds, load, nginx, pss_mb, wait_for
from masthead.__main__ import SECRETS_FILE
from masthead.core.signing import Keyring
from masthead.press.passes import Passes
from tests.running import CACHE, RunningNewsroom, make_demo

COMMAND = "python -m bench newsroom"
ROUNDS, STARTS, CHANGES = 5, 3, 20
FEW, MANY, PRINTS = 100, 10_000, 1_000
GZIP = "Accept-Encoding: gzip"
UNPRINTED = "/search/?q=pier"


def main() -> None:
    with _paper() as paper:
        print(f"made by: {COMMAND}   (1, 5 and 15 minutes of load: {os.getloadavg()})")
        paper.start()
        _beside_nginx(paper)
        paper.stop()
        _starting(paper)
        print(f"idle: PSS of all processes but the practice bank {paper.idle_mb():.0f} MB (target 350)")
        paper.stop()
        seen = {}
        for count in (FEW, MANY):
            paper.desk("grow", count)
            paper.start()
            seen[count] = _publishing(paper, count)
            if count == MANY:
                _memory(paper)
            paper.stop()
        for name in seen[FEW]:
            print(f"{name}: ratio {seen[MANY][name] / seen[FEW][name]:.2f} (target at most 1.5)")


class Paper(RunningNewsroom):
    """The demonstration on one core, its practice bank and its desk on the other."""

    lead = ""

    def start(self) -> None:
        with _on(SERVER_CORE):
            super().start()
        os.sched_setaffinity(self.pid_of("bank"), {int(CLIENT_CORE)})

    def pid_of(self, name: str) -> int:
        return int((self.home / "state" / "processes" / name).read_text())

    @property
    def pid(self) -> int:
        """The web process."""
        return self.pid_of("web-0")

    def idle_mb(self) -> float:
        """Memory of all processes but the bank's, once they have come to rest."""
        assert self.process is not None
        before = -1.0
        while (now := cpu_seconds(self.process.pid)) - before > 0.1:
            before = now
            time.sleep(2)
        return pss_mb(self.process.pid) - pss_mb(self.pid_of("bank"))

    def desk(self, *words: object) -> Any:
        """What `bench.desk` answers."""
        home = {"MASTHEAD_HOME": str(self.home), "MASTHEAD_ADDRESS": self.address}
        command = [sys.executable, "-m", "bench.desk", *map(str, words)]
        with _on(CLIENT_CORE):
            return json.loads(subprocess.check_output(command, env={**os.environ, **home}, cwd=ROOT))

    def get(self, path: str, **headers: str) -> tuple[bytes, dict[str, str]]:
        request = urllib.request.Request(self.address + path, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return bytes(answer.read()), dict(answer.headers)

    def supporter_cookie(self) -> str:
        lines = (self.home / SECRETS_FILE).read_text().splitlines()
        secret = dict(line.split("=", 1) for line in lines)["MASTHEAD_SECRET"]
        passes = Passes(Keyring.of("pass", secret), secure=False)
        return f"{passes.cookie_name}={passes.make('supporter', int(time.time()) + 20 * 3600)}"


@contextmanager
def _on(core: str) -> Iterator[None]:
    """What is started in this block, and what that starts, runs on `core` alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {int(core)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def _paper() -> Iterator[Paper]:
    CACHE.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=CACHE))
    paper = Paper(folder / "newsroom")
    try:
        make_demo(paper.home)
        paper.desk("rest")
        paper.lead = paper.desk("paths")["lead"]
        yield paper
    finally:
        if paper.process is not None and paper.process.poll() is None:
            paper.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _beside_nginx(paper: Paper) -> None:
    page, said = paper.get(paper.lead, **{"Accept-Encoding": "gzip"})
    own = ("Date", "Content-Length", "Content-Encoding", "Content-Type", "ETag", "Last-Modified", "Server")
    same = {name: value for name, value in said.items() if name.lower() not in {header.lower() for header in own}}
    cookie = f"Cookie: {paper.supporter_cookie()}"
    url = paper.address + paper.lead
    paper.get(paper.lead, Cookie=paper.supporter_cookie())
    print(f"the lead story: {len(page):,} bytes gzipped, {ROUNDS} rounds")
    with nginx(page, same) as (file, nginx_pid), nginx(page, same, keep_open=True) as (kept, kept_pid):
        rows: dict[str, Callable[[], Rate]] = {
            "nginx": lambda: load(file, nginx_pid, GZIP),
            "nginx, kept": lambda: load(kept, kept_pid, GZIP),  # the file is opened once: the harder comparison
            "public": lambda: load(url, paper.pid, GZIP),
            "supporter": lambda: load(url, paper.pid, GZIP, cookie),
            "not printed": lambda: load(paper.address + UNPRINTED, paper.pid, GZIP, seconds=3, connections=4),
        }
        rates: dict[str, list[Rate]] = {name: [] for name in rows}
        for _ in range(ROUNDS):
            for name, measure in rows.items():
                rates[name].append(measure())
    clock = {name: median(rate.a_second for rate in seen) for name, seen in rates.items()}
    cost = {name: median(rate.a_cpu_second for rate in seen) for name, seen in rates.items()}
    print(f"{'':12} {'a second':>10} {'of processor':>13} {'p99 ms':>8}")
    for name, seen in rates.items():
        p99, errors = median(rate.p99_ms for rate in seen), " ".join({rate.errors for rate in seen})
        print(f"{name:12} {clock[name]:10,.0f} {cost[name]:13,.0f} {p99:8.1f} {errors}")
    for above, below, target in (
        ("public", "nginx", 1.0),
        ("public", "nginx, kept", 1.0),
        ("supporter", "public", 0.9),
    ):
        by_clock, by_cost = clock[above] / clock[below], cost[above] / cost[below]
        print(f"{above} / {below}: {by_clock:.2f} by the clock, {by_cost:.2f} by processor time (target {target})")


def _starting(paper: Paper) -> None:
    """Warm starts with prints in the store; the last of them under load. The paper runs afterwards."""
    firsts = []
    for number in range(STARTS):
        with ThreadPoolExecutor(1) as beside:
            since = time.perf_counter()
            started = beside.submit(paper.start)
            wait_for(paper.address + paper.lead)
            firsts.append(time.perf_counter() - since)
            if number == STARTS - 1:
                importing = load(paper.address + paper.lead, paper.pid, GZIP, seconds=3, connections=8)
            started.result()
        if number < STARTS - 1:
            paper.stop()
    print(f"first printed page after a warm start: {median(firsts):.2f} s (target 1), all: {_list(firsts)}")
    print(f"while everything imports Django: p99 {importing.p99_ms:.1f} ms at {importing.a_second:,.0f} /s")
    calm = load(paper.address + paper.lead, paper.pid, GZIP, seconds=3, connections=8)
    print(f"with Django idle: p99 {calm.p99_ms:.1f} ms at {calm.a_second:,.0f} /s")
    stop = threading.Event()
    renderer = threading.Thread(target=_render_on, args=(paper, stop))
    renderer.start()
    rendering = load(paper.address + paper.lead, paper.pid, GZIP, seconds=3, connections=8)
    stop.set()
    renderer.join()
    print(f"while Django renders: p99 {rendering.p99_ms:.1f} ms at {rendering.a_second:,.0f} /s")


def _render_on(paper: Paper, stop: threading.Event) -> None:
    while not stop.is_set():
        paper.get(UNPRINTED)


def _publishing(paper: Paper, count: int) -> dict[str, float]:
    """A headline changed by the newsroom's own verb until the press says it; and what a print costs."""
    paper.get(paper.lead)
    paper.get("/")
    seconds = {f"{name} after 'Publish'": median(taken) for name, taken in paper.desk("publish", CHANGES).items()}
    prints = paper.desk("queries")
    told = ", ".join(f"{name} {value * 1000:.0f} ms" for name, value in seconds.items())
    print(f"{count:,} stories: {told}")
    for name, (queries, took) in prints.items():
        print(f"{count:,} stories: printing the {name} takes {queries} queries, {took * 1000:.0f} ms")
    return seconds | {f"queries of the {name}": queries for name, (queries, _) in prints.items()}


def _memory(paper: Paper) -> None:
    before = paper.idle_mb()
    paths = paper.desk("paths")["stories"][:PRINTS]
    since, spent = time.perf_counter(), cpu_seconds(paper.pid)
    for path in paths:
        paper.get(path)
    each = (time.perf_counter() - since) / len(paths), (cpu_seconds(paper.pid) - spent) / len(paths)
    print(f"a story that is not printed yet: {each[0] * 1000:.0f} ms, {each[1] * 1000:.0f} ms of processor time")
    print(f"PSS with {MANY:,} stories: {before:.0f} MB, after {len(paths):,} prints more {paper.idle_mb():.0f} MB")


def _list(values: list[float]) -> str:
    return ", ".join(f"{value:.2f}" for value in values)


if __name__ == "__main__":
    main()
