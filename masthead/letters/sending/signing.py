"""DKIM signatures (RFC 6376; Ed25519 by RFC 8463), relaxed/relaxed, for mail that we hand to a mail server ourselves.

The body must come as `stencils` makes it: each line already as relaxed canonicalization would have it, CRLF at the end
and no empty line last. Then its hash is that of its bytes, and a signature costs no second reading of the message.
"""

import base64
import hashlib
import re
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from masthead.core.config import Config
from masthead.letters import dkim_keys

TWICE = {b"from", b"to", b"subject"}  # named once more than they stand there, so that nobody adds another on the way
A_LINE = 72


@dataclass(frozen=True)
class Signer:
    """Signs as `domain`, by the key whose public half is in the DNS at `selector`._domainkey.`domain`."""

    domain: str
    selector: str
    key: dkim_keys.Key

    @classmethod
    def of(cls, conf: Config, domain: str) -> "Signer | None":
        """The one that the settings name, or None. Raises BadConfig when the key is no key."""
        pem = conf.dkim_key.get_secret_value()
        if not conf.dkim_selector or not pem:
            return None
        return cls(domain, conf.dkim_selector, dkim_keys.read(pem))

    @property
    def algorithm(self) -> str:
        return "rsa-sha256" if isinstance(self.key, RSAPrivateKey) else "ed25519-sha256"

    @property
    def record(self) -> str:
        """What the DNS must say for the signatures to hold."""
        kind = "rsa" if isinstance(self.key, RSAPrivateKey) else "ed25519"
        return f"v=DKIM1; k={kind}; p={dkim_keys.public_halves(self.key)[0]}"

    def header(self, headers: list[tuple[bytes, bytes]], body: bytes, *, at: int) -> bytes:
        """The DKIM-Signature line for a message of these headers, CRLF at its end. `at` in seconds since 1970."""
        names = [name.lower() for name, _ in headers]
        signed = b":".join([*names, *(name for name in names if name in TWICE)])
        hashed = base64.b64encode(hashlib.sha256(body).digest())
        value = b"v=1; a=%s; c=relaxed/relaxed; d=%s; s=%s; t=%d;\r\n h=%s;\r\n bh=%s;\r\n b=" % (
            self.algorithm.encode(),
            self.domain.encode(),
            self.selector.encode(),
            at,
            signed.replace(b":list-id", b":\r\n list-id"),
            hashed,
        )
        lines = [name.lower() + b":" + _relaxed(said) + b"\r\n" for name, said in headers]
        text = b"".join(lines) + b"dkim-signature:" + _relaxed(value)
        proof = base64.b64encode(self._sign(text))
        folded = b"\r\n ".join(proof[start : start + A_LINE] for start in range(0, len(proof), A_LINE))
        return b"DKIM-Signature: " + value + folded + b"\r\n"

    def _sign(self, text: bytes) -> bytes:
        if isinstance(self.key, RSAPrivateKey):
            return self.key.sign(text, PKCS1v15(), SHA256())
        return self.key.sign(hashlib.sha256(text).digest())


_SPACES = re.compile(rb"[ \t]+")


def _relaxed(value: bytes) -> bytes:
    """A header's value as RFC 6376, 3.4.2, wants it: unfolded, runs of white space as one space, none at the ends."""
    return _SPACES.sub(b" ", value.replace(b"\r\n", b"")).strip()
