"""Jitsi Meet with signed tokens: our server says who may enter which room, and who is the moderator.

Two ways to sign (the key decides): HS256 with the app's secret, as Prosody's token module checks it; RS256 with a
private key, as Jitsi as a Service (8x8.vc) wants it. Both are RFC 7515 and RFC 7519, written out here because it
is forty lines; the tests read every token with another library. A token is minted at the click and kept nowhere.

A server protects itself only when it refuses people without a token (`allow_empty_token` false, no guest domain).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from django.conf import settings

from masthead.core import clock
from masthead.readers.models import new_reference

from .base import CallProvider, Join, Member, Place, ProviderRefused, Redirect, Role
from .reaching import unreachable

if TYPE_CHECKING:
    from masthead.calls.models import Call

TOKEN_LIVES = 120  # seconds in which the room must be reached; Jitsi asks only on the way in, also after a lost line
CLOCKS_DIFFER = 30  # seconds by which the server's clock may be behind ours
FEWEST_KEY_BITS = 2048

_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}(:[0-9]{2,5})?")
_ROOM = re.compile(r"[a-z0-9][a-z0-9-]{7,99}")

NO_DOMAIN = "Write the host name of the Jitsi server, such as meet.example.org: no https://, no path."
BAD_ROOM = (
    "A room’s name has 8 to 100 small letters, digits and hyphens. "
    "Leave it empty, and one that can’t be guessed is made."
)
NO_APP = "MASTHEAD_JITSI_APP_ID is not set: it is the app id that the Jitsi server knows us by."
NO_KEY = "MASTHEAD_JITSI_KEY is not set: the app’s secret, or the private key in PEM."
SHORT_SECRET = "MASTHEAD_JITSI_KEY is shorter than 32 characters: a secret for HS256 has at least as many."  # noqa: S105
BAD_KEY = "MASTHEAD_JITSI_KEY is no RSA private key of 2,048 bits or more in PEM, without a password."
NO_KEY_ID = "MASTHEAD_JITSI_KEY_ID is not set: a private key needs the id that the server knows it by."


class Jitsi(CallProvider):
    """A Jitsi server, one's own or hired."""

    key: ClassVar[str] = "jitsi"
    label: ClassVar[str] = "Jitsi, with signed tokens"
    takes_name: ClassVar[bool] = True

    def validate(self, place: Place) -> list[str]:
        found = []
        if not _DOMAIN.fullmatch(str(place.get("domain", ""))):
            found.append(NO_DOMAIN)
        if place.get("room") and not _ROOM.fullmatch(str(place["room"])):
            found.append(BAD_ROOM)
        return found

    def prepare(self, call: Call) -> Place:
        """A room comes into being when the first one enters; all it needs is a name that nobody guesses."""
        return {**call.place, "room": call.place.get("room") or f"{call.slug[:60].lower()}-{new_reference()}"}

    def origin(self, call: Call, role: Role) -> str:
        return f"https://{call.place.get('domain', '')}"

    def join(self, call: Call, member: Member, role: Role) -> Join:
        wrong = [*self.validate(call.place), *_lacks()]
        if wrong or not call.place.get("room"):
            raise ProviderRefused("; ".join(wrong) or "the room has no name yet")
        domain, room = call.place["domain"], call.place["room"]
        token = _token(_claims(domain, room, member, role))
        inside = f"{quote(_app())}/{room}" if _is_hired() else room
        return Redirect(f"https://{domain}/{inside}?jwt={token}")

    def health(self, place: Place) -> list[str]:
        wrong = [*self.validate(place), *_lacks()]
        if wrong:
            return wrong
        host, _, port = str(place["domain"]).partition(":")
        return unreachable(host, int(port or 443))


def _app() -> str:
    return str(settings.CONFIG.jitsi_app_id)


def _key() -> str:
    return str(settings.CONFIG.jitsi_key.get_secret_value()).replace("\\n", "\n").strip()


def _is_hired() -> bool:
    """Whether a private key signs: then it is a hired server, whose claims and addresses have a form of their own."""
    return _key().startswith("-----BEGIN")


def _lacks() -> list[str]:
    """What the environment does not say yet, or says wrongly."""
    if not _app():
        return [NO_APP]
    if not _key():
        return [NO_KEY]
    if not _is_hired():
        return [SHORT_SECRET] if len(_key()) < 32 else []
    return [sentence for sentence in (_wrong_key(), "" if settings.CONFIG.jitsi_key_id else NO_KEY_ID) if sentence]


def _claims(domain: str, room: str, member: Member, role: Role) -> dict[str, Any]:
    """RFC 7519, 4.1, and Jitsi's `context`: shown in the room, not checked by it; strings only, never null.

    Who moderates is read from `moderator` by hired servers, from `affiliation` by a module that others install.
    """
    now = int(clock.time())
    moderates = role is Role.HOST
    user = {
        "id": member.reference,
        "moderator": "true" if moderates else "false",
        "affiliation": "owner" if moderates else "member",
    }
    if member.name:
        user["name"] = member.name
    return {
        "aud": "jitsi" if _is_hired() else _app(),
        "iss": "chat" if _is_hired() else _app(),
        "sub": _app() if _is_hired() else domain.partition(":")[0],
        "room": room,
        "nbf": now - CLOCKS_DIFFER,
        "exp": now + TOKEN_LIVES,
        "context": {"user": user},
    }


def _token(claims: dict[str, Any]) -> str:
    """The claims as a signed token in compact form (RFC 7515, 3.1)."""
    header = {"alg": "RS256" if _is_hired() else "HS256", "typ": "JWT"}
    if _is_hired():
        header["kid"] = f"{_app()}/{settings.CONFIG.jitsi_key_id}"
    signed = f"{_encoded(_json(header))}.{_encoded(_json(claims))}"
    return f"{signed}.{_encoded(_signature(signed.encode()))}"


def _signature(message: bytes) -> bytes:
    if not _is_hired():
        return hmac.digest(_key().encode(), message, "sha256")
    return _private_key().sign(message, padding.PKCS1v15(), hashes.SHA256())


def _private_key() -> RSAPrivateKey:
    """Raises ValueError when it is none, or a weak one."""
    try:
        key = serialization.load_pem_private_key(_key().encode(), password=None)
    except (TypeError, UnsupportedAlgorithm) as error:
        raise ValueError(BAD_KEY) from error
    if not isinstance(key, RSAPrivateKey) or key.key_size < FEWEST_KEY_BITS:
        raise ValueError(BAD_KEY)
    return key


def _wrong_key() -> str:
    try:
        _private_key()
    except ValueError:
        return BAD_KEY
    return ""


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True).encode()


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def reference_of(uid: str, reader: str) -> str:
    """How the room knows a reader: the same at each entry into one call, another in the next; leads back to nobody."""
    return hashlib.blake2s(f"{uid}:{reader}".encode(), key=settings.SECRET_KEY.encode()[:32], digest_size=8).hexdigest()
