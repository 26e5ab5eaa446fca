"""The press on Granian's own interface: `granian --interface rsgi masthead.press.rsgi:application`.

Beside ASGI only because it is faster (bench row 'public'): a print is answered by one call. Whatever is not at hand
goes through the same code as on ASGI, translated here.
"""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

from masthead.press.asgi import application as press
from masthead.press.compressing import best
from masthead.press.front import Press, matches
from masthead.press.prints import Words


class OnRsgi:
    """Answers from the press's memory by itself, and hands everything else to its ASGI side."""

    def __init__(self, press: Press) -> None:
        self._press = press

    def at_once(self, scope: Any, protocol: Any) -> bool:
        """Answer what is at hand, in any thread; false when it is not, and nothing was said."""
        method = scope.method
        if method not in ("GET", "HEAD") or scope.query_string:
            return False
        headers = scope.headers
        get = headers.get
        cookies = get("cookie")
        if cookies is not None and scope.http_version == "2":  # where they may come in several lines
            cookies = "; ".join(headers.get_all("cookie"))
        printed = self._press.at_hand(scope.path, cookies, get("host") or scope.authority)
        if printed is None:
            return False
        answer = printed.answer(best(get("accept-encoding") or ""))
        asked = get("if-none-match")
        if asked is not None and matches(asked.encode("latin-1"), answer.etag):
            protocol.response_empty(304, answer.words_unchanged)
        elif method == "HEAD":
            protocol.response_empty(200, answer.words)
        else:
            protocol.response_bytes(200, answer.words, answer.bytes)
        return True

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        if scope.proto != "http":
            protocol.close(1000)
        elif not self.at_once(scope, protocol):
            conversation = _Conversation(protocol)
            await self._press.with_time(_asgi_scope(scope), conversation.receive, conversation.send)


class _Conversation:
    """`receive` and `send` of ASGI over one request of RSGI."""

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol
        self._body: AsyncIterator[bytes] | None = aiter(protocol)
        self._status = 200
        self._words: Words = []
        self._stream: Any = None

    async def receive(self) -> dict[str, Any]:
        if self._body is not None:
            try:
                return {"type": "http.request", "body": bytes(await anext(self._body)), "more_body": True}
            except StopAsyncIteration:
                self._body = None
                return {"type": "http.request", "body": b"", "more_body": False}
        await self._protocol.client_disconnect()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._words = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]]
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._stream is None and not more:
            if body:
                self._protocol.response_bytes(self._status, self._words, body)
            else:
                self._protocol.response_empty(self._status, self._words)
            return
        if self._stream is None:
            self._stream = self._protocol.response_stream(self._status, self._words)
        if body:
            await self._stream.send_bytes(body)


def _asgi_scope(scope: Any) -> dict[str, Any]:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in scope.headers.items()]
    if scope.authority and not any(name == b"host" for name, _ in headers):
        headers.append((b"host", scope.authority.encode("latin-1")))
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": scope.http_version,
        "method": scope.method,
        "scheme": scope.scheme,
        "path": scope.path,
        "raw_path": quote(scope.path).encode(),
        "query_string": scope.query_string.encode(),  # some clients send letters as they are, in UTF-8
        "root_path": "",
        "headers": headers,
        "client": _address(scope.client),
        "server": _address(scope.server),
        "extensions": {},
    }


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port) if port.isdigit() else 0


application = OnRsgi(press)
