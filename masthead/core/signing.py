"""Signatures with keys that rotate: HMAC-SHA256 (RFC 2104), URL-safe base64 without padding.

Only the standard library is imported, because the press checks passes before Django is loaded.
Each purpose has a key of its own, derived from the newsroom's secret, so that a signature made for one
purpose is worth nothing for another. Two secrets may be valid at once: the first signs, both verify.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field


def _derive(secret: str, purpose: str) -> bytes:
    return hmac.new(secret.encode(), b"masthead:" + purpose.encode(), hashlib.sha256).digest()


@dataclass(frozen=True)
class Keyring:
    """The keys of one purpose, newest first, each known by a short public id."""

    keys: dict[str, bytes] = field(repr=False)

    @classmethod
    def of(cls, purpose: str, *secrets: str) -> "Keyring":
        """Keys for `purpose` from the newsroom's secrets; the first signs, all verify."""
        if not secrets or not all(secrets):
            raise ValueError("a keyring needs at least one secret, and no empty one")
        derived = [_derive(secret, purpose) for secret in secrets]
        return cls({hashlib.sha256(b"id" + key).hexdigest()[:8]: key for key in derived})

    @property
    def newest(self) -> str:
        """The id of the key that signs."""
        return next(iter(self.keys))

    def signature(self, message: str, *, key_id: str | None = None) -> str:
        """The signature of `message` under the newest key, or under the key with this id."""
        key = self.keys[key_id or self.newest]
        digest = hmac.digest(key, message.encode(), "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def verifies(self, message: str, signature: str, *, key_id: str) -> bool:
        """Whether `signature` was made of `message` under the key with this id. Unknown ids verify nothing."""
        if key_id not in self.keys or not signature.isascii():
            return False
        return hmac.compare_digest(self.signature(message, key_id=key_id), signature)
