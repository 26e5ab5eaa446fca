"""Passkeys (WebAuthn) as a second factor: what the browser is asked, and whether its answer is right.

The mathematics is the library's; here is what belongs to us: whose they are, where they work, what is kept.
"""

import base64
import binascii
import ipaddress
import json
import struct
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

Challenge = dict[str, Any]
"""What has to be kept between question and answer, in the session."""


UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, NotImplementedError, struct.error)
"""What the library raises for an answer that is no answer: somebody may send us anything."""


class NotRight(Exception):
    """The browser's answer fits neither the question nor a passkey of this person."""


def work_here() -> bool:
    """Whether browsers take passkeys at the newsroom's address: by https, or on localhost; never for a bare number."""
    address = urlsplit(settings.SITE_ADDRESS)
    try:
        ipaddress.ip_address(address.hostname or "")
    except ValueError:
        return address.scheme == "https" or address.hostname == "localhost"
    return False


def ask_for_new(person: Any, known: Sequence[str], *, paper: str) -> tuple[dict[str, Any], Challenge]:
    """What the browser is told to make a passkey, one that `known` does not hold yet; and what we keep."""
    user = PublicKeyCredentialUserEntity(
        id=f"staff:{person.pk}".encode(), name=person.email, display_name=person.get_full_name() or person.email
    )
    options, challenge = _server(paper).register_begin(
        user,
        _credentials(known),
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return dict(options)["publicKey"], _plain(challenge)


def made(answer: str, challenge: Challenge) -> tuple[str, int]:
    """The passkey that the browser made, as it is kept, and its count. Raises NotRight."""
    try:
        found = _server().register_complete(challenge, json.loads(answer))
    except UNREADABLE:
        raise NotRight from None
    assert found.credential_data is not None
    return base64.urlsafe_b64encode(bytes(found.credential_data)).decode(), found.counter


def ask_for(known: Sequence[str]) -> tuple[dict[str, Any], Challenge]:
    """What the browser is told to prove that one of these is at hand; and what we keep."""
    options, challenge = _server().authenticate_begin(
        _credentials(known), user_verification=UserVerificationRequirement.PREFERRED
    )
    return dict(options)["publicKey"], _plain(challenge)


def used(answer: str, challenge: Challenge, known: Sequence[str]) -> tuple[str, int]:
    """Which of them it was, and its count. Raises NotRight."""
    try:
        typed = json.loads(answer)
        found = _server().authenticate_complete(challenge, _credentials(known), typed)
        counter = AuthenticationResponse.from_dict(typed).response.authenticator_data.counter
    except UNREADABLE:
        raise NotRight from None
    return next(kept for kept in known if _credential(kept).credential_id == found.credential_id), counter


def _server(paper: str = "") -> Fido2Server:
    address = urlsplit(settings.SITE_ADDRESS)
    host = address.hostname or ""
    ours = f"{address.scheme}://{address.netloc}"
    return Fido2Server(PublicKeyCredentialRpEntity(id=host, name=paper or host), verify_origin=lambda it: it == ours)


def _credentials(kept: Sequence[str]) -> list[AttestedCredentialData]:
    return [_credential(one) for one in kept]


def _credential(kept: str) -> AttestedCredentialData:
    try:
        return AttestedCredentialData(base64.urlsafe_b64decode(kept))
    except binascii.Error as error:
        raise ValueError("a passkey of ours is damaged") from error


def _plain(challenge: Any) -> Challenge:
    """As a session can hold it."""
    return {"challenge": challenge["challenge"], "user_verification": str(challenge["user_verification"].value)}
