"""The pass: a signed cookie that says which edition a browser gets. It carries no identity and opens nothing.

`edition.expiry.key-id.signature`, the expiry in seconds since 1970. Only the standard library is imported.
"""

import re
from typing import NamedTuple

from masthead.core import clock
from masthead.core.signing import Keyring

EDITIONS = ("public", "thanked", "supporter")
SUPPORTER_SECONDS = 24 * 3600
RENEW_IN_LAST = 12 * 3600
RENEW_UNTIL_PAST = 7 * 24 * 3600
"""Beside a session a pass that ended less than this ago still gives its edition, while it is renewed."""

_REMEMBERED = 20_000
_LONGEST_REMEMBERED = 1_000  # bytes of a Cookie header; ours take 200, and a stranger may send a hundred thousand
_FORM = re.compile(r"(public|thanked|supporter)\.([0-9]{1,12})\.([0-9a-f]{8})\.([A-Za-z0-9_-]{43})")


class Reading(NamedTuple):
    """What a browser's cookies ask for."""

    edition: str = "public"
    renew: bool = False  # Django may answer this one, to renew the pass; a print of the edition is right as well.
    ask: bool = False  # only Django knows the edition: there is a session, but no pass that says it.


PUBLIC = Reading()


class Passes:
    """Makes and reads passes. `secure` is whether readers come by https: then the cookies bear `__Host-`."""

    def __init__(self, keyring: Keyring, *, secure: bool) -> None:
        self._keyring = keyring
        self.secure = secure
        self.cookie_name = "__Host-pass" if secure else "pass"
        self.session_name = "__Host-session" if secure else "session"
        self._remembered: dict[bytes | str, tuple[float, float, Reading]] = {}

    def make(self, edition: str, expires: int) -> str:
        """A pass for `edition` until `expires`, in seconds since 1970."""
        if edition not in EDITIONS:
            raise ValueError(f"no such edition: {edition}")
        said = f"{edition}.{expires}"
        return f"{said}.{self._keyring.newest}.{self._keyring.signature(said)}"

    def read(self, value: str) -> tuple[str, int] | None:
        """Edition and expiry of a pass that we signed, expired or not; None for anything else."""
        form = _FORM.fullmatch(value)
        if not form:
            return None
        edition, expiry, key_id, signature = form.groups()
        said = f"{edition}.{expiry}"
        return (edition, int(expiry)) if self._keyring.verifies(said, signature, key_id=key_id) else None

    def edition_of(self, cookies: bytes | str) -> Reading:
        """What a Cookie header asks for, now. Forged, garbled and outlived passes ask for the public edition."""
        now = clock.time()
        known = self._remembered.get(cookies)  # saves the signature's check: bench row 'supporter'
        if known and known[0] <= now < known[1]:
            return known[2]
        header = cookies.encode("latin-1", "replace") if isinstance(cookies, str) else cookies
        since, until, reading = self._look(header, now)
        if len(cookies) <= _LONGEST_REMEMBERED:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            self._remembered[cookies] = (since, until, reading)
        return reading

    def _look(self, header: bytes, now: float) -> tuple[float, float, Reading]:
        """The reading, and from when until when it holds."""
        found = _cookies(header, self.cookie_name, self.session_name)
        signed = self.read(found[self.cookie_name]) if self.cookie_name in found else None
        has_session = bool(found.get(self.session_name))
        ages = _ages(signed, has_session)
        return next((since, until, reading) for since, until, reading in ages if since <= now < until)


def _ages(signed: tuple[str, int] | None, has_session: bool) -> list[tuple[float, float, Reading]]:
    """A pass's life as a table: from, until, what it asks for then."""
    ever, never = float("-inf"), float("inf")
    unknown = Reading(ask=True) if has_session else PUBLIC
    if signed is None:
        return [(ever, never, unknown)]
    edition, expiry = signed
    if edition == "public" or not has_session:
        return [(ever, expiry, Reading(edition)), (expiry, never, unknown)]
    # A supporter's is renewed before it ends. One that is thanked is asked about at its end, since adverts are shown.
    renewed_from = expiry - RENEW_IN_LAST if edition == "supporter" else expiry
    renewed_until = expiry + RENEW_UNTIL_PAST
    return [
        (ever, renewed_from, Reading(edition)),
        (renewed_from, renewed_until, Reading(edition, renew=True)),
        (renewed_until, never, unknown),
    ]


def _cookies(header: bytes, *names: str) -> dict[str, str]:
    """The cookies of these names; of repeated ones the first, as browsers send the most specific first."""
    found: dict[str, str] = {}
    for pair in header.split(b";"):
        name, _, value = pair.strip().partition(b"=")
        key = name.decode("latin-1")
        if key in names and key not in found:
            found[key] = value.strip().decode("latin-1")
    return found
