"""Whether GoCardless signed a webhook: HMAC-SHA256 over its body, in hexadecimal, with the secret of the endpoint.

While a secret rotates there are two endpoints there, each signing with its own, and we verify with both of ours. The
signature bears no time, so an old webhook may come again: its events are known by then, and change nothing.
"""

import hashlib
import hmac
from collections.abc import Sequence

from masthead.money.providers.base import NotGenuine


def check(header: str, body: bytes, secrets: Sequence[str]) -> None:
    """Raises NotGenuine unless `header` was made of `body` with one of `secrets`."""
    if not header or not header.isascii():
        raise NotGenuine("no signature")
    if not any(hmac.compare_digest(header, made(body, secret)) for secret in secrets):
        raise NotGenuine("the signature is another's")


def made(body: bytes, secret: str) -> str:
    """The signature of `body`."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
