"""A provider of mail over HTTP on the loopback address: as Postmark and as Mailgun, it answers as told."""

import json
import threading
from dataclasses import dataclass
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

YES = {
    "postmark": {"To": "", "SubmittedAt": "2026-01-01T00:00:00Z", "MessageID": "m", "ErrorCode": 0, "Message": "OK"},
    "mailgun": {"id": "<m@masthead.example>", "message": "Queued. Thank you."},
}


@dataclass(frozen=True)
class Request:
    """One request: which key it showed, and the message that it asks to send."""

    path: str
    key: str
    to: str
    message_id: str
    fields: dict[str, Any]


class ProviderServer:
    """Answers each request by the next of `answers`, and once they are used up with yes, in a thread of its own.

    An answer is a status with what is said, or None: then the connection is cut once the request was read.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.asked: list[Request] = []
        self.answers: list[tuple[int, Any] | None] = []
        self.always: tuple[int, Any] | None = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                outer._answer(self)

            def log_message(self, *said: Any) -> None:
                """Nothing is written."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    @property
    def address(self) -> str:
        """As the settings want it."""
        return f"http://127.0.0.1:{self.server.server_port}/"

    @property
    def taken(self) -> list[str]:
        """Whom each request was for."""
        return [request.to for request in self.asked]

    def close(self) -> None:
        """End it: from now on its address takes no connection."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        read = _postmark if self.kind == "postmark" else _mailgun
        self.asked.append(read(handler, body))
        answer = self.answers.pop(0) if self.answers else self.always or (200, self._yes())
        if answer is None:
            handler.close_connection = True
            return
        status, said = answer
        raw = said.encode() if isinstance(said, str) else json.dumps(said).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(raw)))
        handler.end_headers()
        handler.wfile.write(raw)

    def _yes(self) -> dict[str, Any]:
        return YES[self.kind] | ({"To": self.asked[-1].to} if self.kind == "postmark" else {})


def _postmark(handler: BaseHTTPRequestHandler, body: bytes) -> Request:
    fields = json.loads(body)
    headers = {header["Name"]: header["Value"] for header in fields["Headers"]}
    key = handler.headers["X-Postmark-Server-Token"]
    return Request(handler.path, key, fields["To"], headers["Message-ID"], fields | {"Headers": headers})


def _mailgun(handler: BaseHTTPRequestHandler, body: bytes) -> Request:
    if handler.headers["Content-Type"].startswith("multipart/"):
        head = f"Content-Type: {handler.headers['Content-Type']}\r\n\r\n".encode()
        parts = message_from_bytes(head + body, policy=policy.default).iter_parts()
        fields = {part.get_param("name", header="content-disposition"): part.get_content().strip() for part in parts}
    else:
        fields = dict(parse_qsl(body.decode()))
    return Request(handler.path, handler.headers["Authorization"], fields["to"], fields["h:Message-Id"], fields)
