"""A mail server on the loopback address that does as told: takes, refuses, is full, hangs, goes away, comes back."""

import asyncio
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

PATIENCE = 10.0


@dataclass(frozen=True)
class Taken:
    """One message that the server said yes to."""

    sender: str
    to: str
    data: bytes

    @property
    def message_id(self) -> str:
        """Without parsing all of it."""
        return self.data.partition(b"Message-ID: <")[2].partition(b">")[0].decode()

    @property
    def message(self) -> EmailMessage:
        """Read by Python's own parser."""
        read = message_from_bytes(self.data, policy=policy.default)
        assert isinstance(read, EmailMessage)
        return read


class MailServer:
    """Takes mail in a thread of its own. Its moods may be changed from any thread at any time."""

    def __init__(
        self, *, pipelining: bool = True, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None
    ) -> None:
        self.taken: list[Taken] = []
        self.connections = 0
        self.refusing: dict[str, str] = {}  # receiver: what RCPT is answered
        self.sender_answer = ""  # what MAIL is answered, when not yes
        self.receiver_answer = ""  # what any RCPT is answered, when not yes
        self.after_answer = ""  # what the message itself is answered, when not yes
        self.full_for = 0  # so many more RCPT are answered 452
        self.hang_at = ""  # `RCPT`, `DATA`, or `.`: never answered again on that connection; `.` has taken the message
        self.hangs = 0  # how often that came to be
        self.cuts = 0  # how many connections were cut, each perhaps with a message on its way
        self.slowness = 0.0  # seconds before a message is answered
        self.pipelining = pipelining
        self.tls = tls  # from the first byte on
        self.starttls = starttls  # when asked for, and wanted before anything else
        self.loop = asyncio.new_event_loop()
        self.writers: set[asyncio.StreamWriter] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self.server: asyncio.Server | None = None
        self.port = 0
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.come_back()

    @property
    def address(self) -> str:
        """As the settings want it."""
        user = "post@" if self.starttls else ""
        return f"{'smtps' if self.tls else 'smtp'}://{user}127.0.0.1:{self.port}"

    @property
    def counts(self) -> Counter[str]:
        """How many messages each receiver got."""
        return Counter(one.to for one in self.taken)

    def to(self, address: str) -> list[EmailMessage]:
        """The messages that one receiver got."""
        return [one.message for one in self.taken if one.to == address]

    def wait_for(self, count: int, seconds: float = PATIENCE) -> None:
        """Wait until so many messages were taken."""
        deadline = time.monotonic() + seconds
        while len(self.taken) < count:
            assert time.monotonic() < deadline, f"{len(self.taken)} of {count} messages came within {seconds} s"
            time.sleep(0.005)

    def come_back(self) -> None:
        """Listen, at the same port as before."""
        self._do(self._listen())

    def go_away(self) -> None:
        """Cut all connections and listen no more."""
        self._do(self._close())

    def close(self) -> None:
        """End it."""
        self.go_away()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(PATIENCE)
        self.loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE)

    async def _listen(self) -> None:
        self.server = await asyncio.start_server(self._talk, "127.0.0.1", self.port, limit=2**20, ssl=self.tls)
        self.port = self.server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self.server is not None:
            self.server.close()
            self.server = None
        self.cuts += len(self.writers)
        for writer in list(self.writers):
            writer.transport.abort()
        tasks = list(self.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        self.writers.add(writer)
        self.connections += 1
        try:
            await self._session(reader, writer)
        except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.tasks.discard(task)
            self.writers.discard(writer)
            writer.close()

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())

        say("220 loopback ready")
        sender, receivers = "", []
        line = await self._greeted(reader, writer, say)
        while line:
            word, _, rest = line.partition(" ")
            match word.upper():
                case "MAIL":
                    sender, receivers = _path(rest), []
                    say(self.sender_answer or "250 2.1.0 ok")
                    if self.sender_answer:
                        sender = ""
                case "RCPT":
                    await self._hang("RCPT")
                    answer = self._answer_for(_path(rest)) if sender else "503 5.5.1 no sender"
                    if answer.startswith("250"):
                        receivers.append(_path(rest))
                    say(answer)
                case "DATA":
                    await self._hang("DATA")
                    if receivers:
                        await self._take(reader, say, sender, receivers)
                    else:
                        say("554 5.5.1 no valid recipients")
                case "RSET":
                    say("250 ok")
                case "QUIT":
                    return
                case _:
                    say("502 what?")
            line = (await reader.readline()).decode().rstrip("\r\n")

    async def _greeted(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, say: Callable[[str], None]
    ) -> str:
        """All that comes before the first message: gives the first line of that."""
        clear = self.starttls is not None
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            word = line.partition(" ")[0].upper()
            if word == "EHLO":
                extra = "250-PIPELINING\r\n" if self.pipelining else ""
                extra += "250-STARTTLS\r\n" if clear else "250-AUTH PLAIN\r\n"
                say(f"250-loopback\r\n{extra}250 ENHANCEDSTATUSCODES")
            elif word == "STARTTLS" and self.starttls and clear:
                say("220 go ahead")
                await writer.start_tls(self.starttls)
                clear = False
            elif clear:
                say("530 5.7.0 must issue a STARTTLS command first")
            elif word == "AUTH":
                say("235 welcome")
            else:
                return line
        return ""

    async def _take(
        self, reader: asyncio.StreamReader, say: Callable[[str], None], sender: str, receivers: list[str]
    ) -> None:
        say("354 go ahead")
        data = await reader.readuntil(b"\r\n.\r\n")
        data = data[:-3].replace(b"\r\n..", b"\r\n.")
        if self.after_answer:
            say(self.after_answer)
            return
        self.taken += [Taken(sender, to, data) for to in receivers]
        await self._hang(".")
        if self.slowness:
            await asyncio.sleep(self.slowness)
        say("250 2.0.0 taken")

    def _answer_for(self, receiver: str) -> str:
        if self.full_for > 0:
            self.full_for -= 1
            return "452 4.3.1 insufficient system storage"
        return self.refusing.get(receiver) or self.receiver_answer or "250 2.1.5 ok"

    async def _hang(self, at: str) -> None:
        if self.hang_at == at:
            self.hang_at = ""
            self.hangs += 1
            await asyncio.Event().wait()


def _path(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]
