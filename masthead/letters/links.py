"""Signed links in letters: to leave a list with one click, and to choose one's letters without signing in.

A token names rows by number, never a person. It is one long part of a path, so that logs blot it out.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.urls import reverse

from masthead.core import clock
from masthead.core.jobs import every
from masthead.core.refusals import Refusal
from masthead.core.signing import Keyring
from masthead.letters.models import LetterList, LinkKey

PURPOSE = "links in letters"
LIVES = timedelta(days=2 * 366)
"""Two years: letters are found again in old mailboxes, and leaving must still work."""

LEAVE, CHOOSE = "leave", "choose"


class LinkOver(Refusal):
    for_people_text = (
        "This link works no longer: it is older than two years, or was cut off on its way. "
        "Open the link in a newer letter, or sign in and choose your letters in your account. Nothing has been changed."
    )


@dataclass(frozen=True)
class Bearer:
    """Whom a link was made for, and for which list; 0: for all lists."""

    reader_id: int
    list_id: int = 0


def unsubscribe(letters: LetterList, reader_id: int, issued_at: datetime | None = None) -> str:
    """The whole address where this reader leaves this list: a page with a button, and RFC 8058's bare POST."""
    return _address("letters-unsubscribe", LEAVE, reader_id, letters.pk, issued_at)


def preferences(reader_id: int, issued_at: datetime | None = None) -> str:
    """The whole address where this reader chooses letters, and can do nothing else."""
    return _address("letters-choose", CHOOSE, reader_id, 0, issued_at)


def leaver(token: str) -> Bearer:
    """Who may leave which list by `token`. Raises LinkOver."""
    return _bearer(LEAVE, token)


def chooser(token: str) -> Bearer:
    """Who may choose letters by `token`. Raises LinkOver."""
    return _bearer(CHOOSE, token)


@every(days=1)
def keep_keys() -> None:
    """Keep the keys in force for as long as links that they signed may live, and let older ones go."""
    now = clock.now()
    for key_id, key in _keys().keys.items():
        LinkKey.objects.update_or_create(key_id=key_id, defaults={"key": key.hex(), "last_signed_at": now})
    LinkKey.objects.filter(last_signed_at__lt=now - LIVES - timedelta(days=7)).delete()


def _keys() -> Keyring:
    return Keyring.of(PURPOSE, *settings.CONFIG.secrets)


def _keys_with(key_id: str) -> Keyring:
    """The keys in force; where they lack this one, those kept from before a rotation."""
    keys = _keys()
    if key_id not in keys.keys:
        kept = LinkKey.objects.filter(key_id=key_id).values_list("key_id", "key")
        return Keyring({former: bytes.fromhex(key) for former, key in kept})
    return keys


def _address(name: str, what: str, reader_id: int, list_id: int, issued_at: datetime | None) -> str:
    day = int((issued_at or clock.now()).timestamp()) // 86400
    keys = _keys()
    facts = f"{reader_id}.{list_id}.{day}"
    token = f"{facts}.{keys.newest}.{keys.signature(f'{what}:{facts}')}"
    return settings.SITE_ADDRESS + reverse(name, args=[token])


def _bearer(what: str, token: str) -> Bearer:
    facts, _, proof = token.rpartition(".")
    facts, _, key_id = facts.rpartition(".")
    if not _keys_with(key_id).verifies(f"{what}:{facts}", proof, key_id=key_id):
        raise LinkOver
    reader_id, list_id, day = (int(number) for number in facts.split("."))
    if datetime.fromtimestamp(day * 86400, UTC) + LIVES < clock.now():
        raise LinkOver
    return Bearer(reader_id, list_id)
