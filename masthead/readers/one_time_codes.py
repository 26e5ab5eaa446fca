"""The six digits that an authenticator app shows: RFC 6238 with SHA-1 and half a minute, as every app takes it."""

import base64
import hmac
import secrets
from urllib.parse import quote, urlencode

SECONDS = 30
DIGITS = 6
EITHER_SIDE = 1  # steps that a telephone's clock may be ahead or behind
SECRET_BYTES = 20  # RFC 4226, 4: 160 bits


def new_secret() -> str:
    """A secret for one app, in Base32: what its QR code says, and what can be typed."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def code_at(secret: str, step: int) -> str:
    """What the app shows in the half minute number `step` since 1970 (RFC 4226, 5.3)."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(secret: str, typed: str, *, now: float, after: int = 0) -> int | None:
    """The half minute whose code was typed, later than `after`; None when there is none: a code works once."""
    this = int(now // SECONDS)
    for step in range(this - EITHER_SIDE, this + EITHER_SIDE + 1):
        if step > after and hmac.compare_digest(code_at(secret, step).encode(), typed.encode()):
            return step
    return None


def address_for_apps(secret: str, *, paper: str, who: str) -> str:
    """What the QR code holds: the paper and the address of whose code it is, and the secret."""
    facts = urlencode({"secret": secret, "issuer": paper, "digits": DIGITS, "period": SECONDS}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{paper}:{who}')}?{facts}"
