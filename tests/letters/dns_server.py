"""A real little DNS server on the loopback address (UDP), with the records that a test puts into it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

Zone = dict[tuple[str, str], list[str]]


class NameServer:
    """Answers from `zone`: (name, kind) → values. Names not in it don't exist; in `silent` nobody answers."""

    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        self.silent = False
        self.asked: list[tuple[str, str]] = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.05)
        self.stopped = threading.Event()

    @property
    def place(self) -> str:
        """The setting that names it."""
        return f"127.0.0.1:{self.socket.getsockname()[1]}"

    def serve(self) -> None:
        """Answer until stopped."""
        while not self.stopped.is_set():
            try:
                wire, client = self.socket.recvfrom(4096)
            except TimeoutError:
                continue
            if not self.silent:
                self.socket.sendto(self._answer(dns.message.from_wire(wire)).to_wire(), client)

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        question = query.question[0]
        name, kind = str(question.name).rstrip("."), question.rdtype.name
        self.asked.append((name, kind))
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        values = [f'"{value}"' if kind == "TXT" else value for value in self.zone.get((name, kind), [])]
        if values:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *values))
        elif name not in {known for known, _ in self.zone}:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer


@contextmanager
def serving(zone: Zone) -> Iterator[NameServer]:
    """The server, for the length of a block."""
    server = NameServer(zone)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopped.set()
        thread.join()
        server.socket.close()
