"""Presses in real processes over one folder, and readers of them."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from masthead.core import clock
from masthead.core.signing import Keyring
from masthead.press.compressing import ungzipped
from masthead.press.passes import Passes

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET = "a secret for the presses of these tests, long"
PASSES = Passes(Keyring.of("pass", SECRET), secure=False)


def supporter_pass(seconds: int = 86_400 - 60, edition: str = "supporter") -> str:
    return "pass=" + PASSES.make(edition, int(clock.time()) + seconds)


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        packed = self.headers.get("content-encoding") == "gzip"
        return (ungzipped(self.body) if packed else self.body).decode()

    @property
    def words(self) -> str:
        return self.text.partition("<p>")[2].partition("</p>")[0]


class Server:
    """One web process with its press."""

    def __init__(self, paper: "Paper", environment: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        interface = environment.get("INTERFACE", "rsgi")
        where = ["--host", "127.0.0.1", "--port", str(self.port), "--interface", interface, "--no-ws"]
        application = "masthead.press.rsgi" if interface == "rsgi" else "masthead.press.asgi"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "granian", *where, "--log-level", "warning", f"{application}:application"],
            env={**paper.environment, **environment},
            cwd=ROOT,
        )
        self.wait_for("/healthz/live")

    def get(self, path: str = "/", method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        said = {"Host": "localhost", "Connection": "close"}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, said)
        response = connection.getresponse()
        read = response.read()
        connection.close()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, read)

    def do(self, verb: str, **values: object) -> object:
        answer = self.get(f"/do/{verb}/", "POST", json.dumps(values).encode())
        assert answer.status == 200, answer.text
        return json.loads(answer.text)

    def wait_for(self, path: str) -> None:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                self.get(path)
                return
            except OSError:
                time.sleep(0.02)
        raise TimeoutError(path)

    def end(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Paper:
    """A folder with a database, and the processes that serve it."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="press-"))
        self.environment = {
            **os.environ,
            "MASTHEAD_HOME": str(self.home),
            "MASTHEAD_SECRET": SECRET,
            "MASTHEAD_ADDRESS": "http://localhost:8000",
            "DJANGO_SETTINGS_MODULE": "tests.press.site.settings",
        }
        self.servers: list[Server] = []
        (self.home / "moment").write_text("2000-01-01T00:00:00+00:00")
        self.run("tables", expect=0)

    def serve(self, **environment: str) -> Server:
        server = Server(self, environment)
        self.servers.append(server)
        return server

    def run(self, verb: str, expect: int = 0, **values: object) -> str:
        """A verb in a process of its own, which ends with the status `expect`."""
        ended = subprocess.run(
            [sys.executable, "-m", "tests.press.site", verb, json.dumps(values)],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == expect, ended.stderr
        return ended.stdout

    def stop(self) -> None:
        for server in self.servers:
            server.end()
        self.servers.clear()


@pytest.fixture(scope="session")
def paper() -> Iterator[Paper]:
    made = Paper()
    yield made
    made.stop()
    shutil.rmtree(made.home, ignore_errors=True)


@pytest.fixture
def own_paper() -> Iterator[Paper]:
    """A paper for one test, which may stop and start it."""
    made = Paper()
    yield made
    made.stop()
    shutil.rmtree(made.home, ignore_errors=True)


@pytest.fixture(scope="session")
def presses(paper: Paper) -> list[Server]:
    """Two web processes of one paper, one on each interface."""
    return [paper.serve(INTERFACE="rsgi"), paper.serve(INTERFACE="asginl")]
