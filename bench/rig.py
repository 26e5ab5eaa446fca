"""What every measurement stands on: a newsroom to serve, servers bound to one core, wrk, and figures of processes."""

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from masthead.core.signing import Keyring
from masthead.press.passes import Passes

ROOT = Path(__file__).resolve().parent.parent
SERVER_CORE, CLIENT_CORE = "0", "1"
CONNECTIONS = 64


missed: list[str] = []
"""Targets that were not met in this run: what the command ends with."""


def judged(what: str, found: float, *, at_least: float | None = None, at_most: float | None = None) -> str:
    """The target of a figure and whether it is met, to be printed beside it; a missed one is remembered in `missed`."""
    too_low = at_least is not None and found < at_least
    too_high = at_most is not None and found > at_most
    wanted = [
        f"{word} {limit:g}" for word, limit in (("at least", at_least), ("at most", at_most)) if limit is not None
    ]
    says = f"target {' and '.join(wanted)}"
    if too_low or too_high:
        missed.append(f"{what}: {found:.2f}, {says}")
        return f"{says}: MISSED"
    return f"{says}: met"


class Missing(Exception):
    """A program that the measurement needs is not installed."""


def program(name: str) -> str:
    """Where a program is. Raises Missing with what to type."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if not found:
        raise Missing(f"{name} is not installed: apt-get install {name}")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Rate(NamedTuple):
    """What wrk saw, and what it cost the server."""

    a_second: float
    a_cpu_second: float  # requests for each second of processor time: steady also when others use the machine
    p99_ms: float
    errors: str


def load(url: str, pid: int, *headers: str, seconds: float = 5, connections: int = CONNECTIONS) -> Rate:
    """Ask for `url` as fast as it goes, from another core than the server's."""
    said = [part for header in headers for part in ("-H", header)]
    command = ["taskset", "-c", CLIENT_CORE, program("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    before = cpu_seconds(pid)
    told = subprocess.run([*command, *said, url], capture_output=True, text=True, check=True).stdout
    spent = cpu_seconds(pid) - before
    count = int(_found(r"(\d+) requests in", told))
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", told).groups()  # type: ignore[union-attr]
    p99 = float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
    errors = " ".join(re.findall(r"(?:Non-2xx|Socket errors).*", told))
    return Rate(float(_found(r"Requests/sec:\s+([\d.]+)", told)), count / max(spent, 0.01), p99, errors)


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if not match:
        raise RuntimeError(f"wrk said something else: {text}")
    return match.group(1)


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout.split()
    return [pid, *(grand for child in children for grand in family(int(child)))]


def cpu_seconds(pid: int) -> float:
    """Processor time used so far by a process and its children."""
    ticks = 0
    for member in family(pid):
        fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def pss_mb(pid: int) -> float:
    """Memory of a process and its children, shared pages counted by their share."""
    kilobytes = 0
    for member in family(pid):
        rollup = Path(f"/proc/{member}/smaps_rollup").read_text()
        kilobytes += int(_found(r"Pss:\s+(\d+) kB", rollup))
    return kilobytes / 1024


class Newsroom:
    """A folder with a migrated newsroom, served by one web process on one core."""

    def __init__(self, settings: str = "bench.site.settings") -> None:
        self.home = Path(tempfile.mkdtemp(prefix="masthead-bench-"))
        self.secret = secrets.token_urlsafe(40)
        self.port = free_port()
        self.environment = {
            **os.environ,
            "MASTHEAD_HOME": str(self.home),
            "MASTHEAD_SECRET": self.secret,
            "MASTHEAD_ADDRESS": f"http://127.0.0.1:{self.port}",
            "DJANGO_SETTINGS_MODULE": settings,
        }
        self.process: subprocess.Popen[bytes] | None = None
        subprocess.run([sys.executable, "-m", "bench.site"], env=self.environment, cwd=ROOT, check=True)
        self._told = self._setup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self, interface: str = "rsgi") -> float:
        """Serve; returns the seconds until the first answer came."""
        self.process = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE, sys.executable, "-m", "bench.serve", str(self.port), interface],
            env={**self.environment, "MASTHEAD_PRESS": self._told},
            cwd=ROOT,
        )
        return wait_for(self.url + "/healthz/live")

    def _setup(self) -> str:
        """As the supervisor hands it over, so that the press need not load the typed settings."""
        say = "from masthead.core import config; from masthead.press.setup import Setup\n"
        say += "print(Setup.of(config.load()).as_json())"
        return subprocess.check_output([sys.executable, "-c", say], env=self.environment, cwd=ROOT, text=True)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(20)
            self.process = None

    def get(self, path: str, body: bytes | None = None, **headers: str) -> bytes:
        request = urllib.request.Request(self.url + path, body, headers)
        with urllib.request.urlopen(request, timeout=30) as response:
            return bytes(response.read())

    def headers(self, path: str) -> dict[str, str]:
        """What stands above a page's body, by lower-case names."""
        with urllib.request.urlopen(self.url + path, timeout=30) as response:
            return {name.lower(): value for name, value in response.headers.items()}

    def supporter_cookie(self) -> str:
        passes = Passes(Keyring.of("pass", self.secret), secure=False)
        return f"{passes.cookie_name}={passes.make('supporter', int(time.time()) + 20 * 3600)}"


def wait_for(url: str, patience: float = 30) -> float:
    """Seconds until `url` answers."""
    since = time.perf_counter()
    while time.perf_counter() - since < patience:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return time.perf_counter() - since
        except OSError:
            time.sleep(0.005)
    raise TimeoutError(url)


@contextmanager
def serving(interface: str = "rsgi") -> Iterator[Newsroom]:
    """A newsroom of the bench, served."""
    newsroom = Newsroom()
    try:
        newsroom.start(interface)
        newsroom.get("/plain/")  # Django is there
        yield newsroom
    finally:
        newsroom.stop()
        shutil.rmtree(newsroom.home, ignore_errors=True)


@contextmanager
def nginx(page: bytes, headers: dict[str, str], *, keep_open: bool = False) -> Iterator[tuple[str, int]]:
    """nginx with one worker on the server's core, sending `page` (already gzipped) as a static file.

    `keep_open`: the file is opened once and not for each request.
    """
    folder = Path(tempfile.mkdtemp(prefix="nginx-bench-"))
    folder.chmod(0o755)
    port = free_port()
    (folder / "story.html.gz").write_bytes(page)
    cache = "open_file_cache max=16;" if keep_open else ""
    said = "\n".join(f'add_header {name} "{value}";' for name, value in headers.items())
    (folder / "nginx.conf").write_text(
        f"""worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/errors;
events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; tcp_nopush on; types {{ text/html html; }} {cache}
  server {{ listen 127.0.0.1:{port}; root {folder}; gzip_static always; gunzip off; {said} }} }}"""
    )
    process = subprocess.Popen(["taskset", "-c", SERVER_CORE, program("nginx"), "-c", str(folder / "nginx.conf")])
    try:
        url = f"http://127.0.0.1:{port}/story.html"
        wait_for(url)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)
