"""Signed links in letters: to leave a list with one click, and to choose one's letters without signing in.

A token names rows by number, never a person. It is one long part of a path, so that logs blot it out.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.urls import reverse

from masthead.core import clock
from masthead.core.jobs import every
from masthead.core.refusals import Refusal
from masthead.core.signing import Keyring
from masthead.letters.models import LetterList, LinkKey
from masthead.readers.models import Reader

PURPOSE = "links in letters"
LIVES = timedelta(days=2 * 366)
"""Two years: letters are found again in old mailboxes, and leaving must still work."""

LEAVE, CHOOSE = "leave", "choose"


class LinkOver(Refusal):
    for_people_text = (
        "This link works no longer: it is older than two years, or was cut off on its way. "
        "Open the link in a newer letter, or sign in and choose your letters in your account. Nothing has been changed."
    )


def unsubscribe(letters: LetterList, reader_id: int, issued_at: datetime | None = None) -> str:
    """The whole address where this reader leaves this list: a page with a button, and RFC 8058's bare POST."""
    return _address("letters-unsubscribe", LEAVE, reader_id, letters.pk, issued_at)


def preferences(reader_id: int, issued_at: datetime | None = None) -> str:
    """The whole address where this reader chooses letters, and can do nothing else."""
    return _address("letters-choose", CHOOSE, reader_id, 0, issued_at)


def leaver(token: str) -> tuple[Reader, LetterList]:
    """Who may leave which list by `token`. Raises LinkOver, also when either is gone."""
    reader_id, list_id = _facts(LEAVE, token)
    letters = LetterList.objects.filter(pk=list_id).first()
    if letters is None:
        raise LinkOver
    return _living(reader_id), letters


def chooser(token: str) -> Reader:
    """Who may choose letters by `token`. Raises LinkOver, also when the account is gone."""
    return _living(_facts(CHOOSE, token)[0])


@every(days=1)
def keep_keys() -> None:
    """Keep the keys in force for as long as links that they signed may live, and let older ones go."""
    now = clock.now()
    for key_id, key in _keys().keys.items():
        LinkKey.objects.update_or_create(key_id=key_id, defaults={"key": key.hex(), "last_signed_at": now})
    LinkKey.objects.filter(last_signed_at__lt=now - LIVES - timedelta(days=7)).delete()


def _keys() -> Keyring:
    return _keyring(settings.CONFIG.secrets)


@lru_cache(maxsize=2)
def _keyring(secrets: tuple[str, ...]) -> Keyring:
    return Keyring.of(PURPOSE, *secrets)


PLACE = "0.0.0.x.x"


@lru_cache
def _path(name: str) -> str:
    """The path with PLACE for its token: a hundred thousand links are made in a row, and `reverse` takes its time."""
    return reverse(name, args=[PLACE])


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
    return settings.SITE_ADDRESS + _path(name).replace(PLACE, token)


def _facts(what: str, token: str) -> tuple[int, int]:
    """The reader and the list (0: all lists) that a genuine token of this kind names."""
    facts, _, proof = token.rpartition(".")
    facts, _, key_id = facts.rpartition(".")
    if not _keys_with(key_id).verifies(f"{what}:{facts}", proof, key_id=key_id):
        raise LinkOver
    reader_id, list_id, day = (int(number) for number in facts.split("."))
    if datetime.fromtimestamp(day * 86400, UTC) + LIVES < clock.now():
        raise LinkOver
    return reader_id, list_id


def _living(reader_id: int) -> Reader:
    reader = Reader.objects.living().filter(pk=reader_id).first()
    if reader is None:
        raise LinkOver
    return reader
