"""The Message-ID of a letter: derived from mailing and reader, so that a repeat bears the same, and read back.

It is signed: who reports that a letter came back names one that we sent, and nobody can name one they never got.
"""

from functools import lru_cache

from django.conf import settings

from masthead.core import config
from masthead.core.signing import Keyring

SIGNATURE = 22  # characters of base64: 132 bits


@lru_cache(maxsize=2)
def _keyring(secrets: tuple[str, ...]) -> Keyring:
    return Keyring.of("message-id", *secrets)


def message_id(mailing: int, reader: int) -> str:
    """The Message-ID of the copy that `reader` gets, without angle brackets."""
    return f"{_local_part(mailing, reader)}@{_host()}"


def read(message_id: str) -> tuple[int, int] | None:
    """Mailing and reader of one of our Message-IDs, with brackets or without; None for any other."""
    local, _, _ = message_id.strip().strip("<>").partition("@")
    word, *parts = local.split(".")
    if word != "letter" or len(parts) != 3 or not all(part.isascii() and part.isdecimal() for part in parts[:2]):
        return None
    numbers = f"{parts[0]}.{parts[1]}"
    keyring = _keyring((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
    genuine = any(keyring.signature(numbers, key_id=key)[:SIGNATURE] == parts[2] for key in keyring.keys)
    return (int(parts[0]), int(parts[1])) if genuine else None


def _local_part(mailing: int, reader: int) -> str:
    keyring = _keyring((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
    numbers = f"{mailing}.{reader}"
    return f"letter.{numbers}.{keyring.signature(numbers)[:SIGNATURE]}"


def _host() -> str:
    conf = config.load()
    return (conf.letters_from or conf.mail_from).rpartition("@")[2].strip("> ") or "localhost"
