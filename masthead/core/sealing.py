"""Words that the database keeps and nobody reads there: sealed with the newsroom's secret (Fernet: AES and HMAC).

Two secrets may be valid at once, as with signatures: the first seals, both open.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from masthead.core.signing import Keyring


class Unreadable(Exception):
    """Sealed with a secret that is gone, for another purpose, or not by us."""


def seal(words: str, purpose: str) -> str:
    """The words, sealed for one purpose."""
    return _keys(purpose).encrypt(words.encode()).decode()


def unseal(sealed: str, purpose: str) -> str:
    """The words again. Raises Unreadable."""
    try:
        return _keys(purpose).decrypt(sealed.encode()).decode()
    except (InvalidToken, UnicodeError):
        raise Unreadable(purpose) from None


def _keys(purpose: str) -> MultiFernet:
    keys = Keyring.of(f"sealed:{purpose}", *settings.CONFIG.secrets).keys.values()
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
