"""Whether Stripe signed a webhook: HMAC-SHA256 over time and body (docs.stripe.com/webhooks, 'Verify manually').

While a secret rotates Stripe signs with both, and we verify with both of ours. The time is compared with our clock.
"""

import hashlib
import hmac
from collections.abc import Sequence

from masthead.core import clock
from masthead.money.providers.base import NotGenuine

SIGNED_WITHIN = 300  # seconds between a signature and now, either way
MOST = 20  # signatures that are looked at


def check(header: str, body: bytes, secrets: Sequence[str]) -> None:
    """Raises NotGenuine unless one of the header's signatures was made with one of `secrets`, and lately."""
    parts = [part.strip().partition("=")[::2] for part in header.split(",")]
    stamps = [value for name, value in parts if name == "t"]
    signatures = [value for name, value in parts if name == "v1" and value.isascii()][:MOST]
    if len(stamps) != 1 or not signatures:
        raise NotGenuine("no signature")
    stamp = stamps[0]
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 16):
        raise NotGenuine("a signature without a time")
    expected = [made(body, secret, int(stamp)) for secret in secrets]
    if not any(hmac.compare_digest(one, other) for one in signatures for other in expected):
        raise NotGenuine("the signature is another's")
    if abs(clock.time() - int(stamp)) > SIGNED_WITHIN:
        raise NotGenuine("the signature is too old")


def made(body: bytes, secret: str, at: int) -> str:
    """The signature of `body` at `at`, seconds since 1970."""
    return hmac.new(secret.encode(), str(at).encode() + b"." + body, hashlib.sha256).hexdigest()
