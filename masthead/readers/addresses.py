"""E-mail addresses: one spelling for each, and sentences for those that cannot be reached."""

from contextlib import suppress

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from masthead.core.refusals import Refusal

LONGEST = 254  # RFC 5321, 4.5.3.1.3: a path of 256 with its brackets

_is_valid = EmailValidator(allowlist=[])


class BadAddress(Refusal):
    for_people_text = "‘%(typed)s’ is not an e-mail address. Check it for a slip of the finger, such as a space."


class NoAddress(BadAddress):
    for_people_text = "Type your e-mail address, such as jo@example.org."


class NoAt(BadAddress):
    for_people_text = "‘%(typed)s’ lacks the @ sign, as in jo@example.org."


class NoEnding(BadAddress):
    for_people_text = "‘%(typed)s’ lacks its ending, such as .org or .uk."


class TooLong(BadAddress):
    for_people_text = "This address is longer than 254 characters, and no mail reaches such a one. Check it."


def normalise(typed: str) -> str:
    """The one spelling under which an address is kept and compared: trimmed, small letters, ASCII domain."""
    name, at, domain = typed.strip().lower().rpartition("@")
    if not at:
        return typed.strip().lower()
    if not domain.isascii():
        with suppress(UnicodeError):  # no such domain can exist; `checked` says so
            domain = domain.encode("idna").decode("ascii")
    return f"{name}@{domain}"


def checked(typed: str) -> str:
    """`typed`, normalised. Raises BadAddress, or one of its kinds, that says what is wrong with it."""
    address = normalise(typed)
    if not address:
        raise NoAddress
    if len(address) > LONGEST:
        raise TooLong
    if "@" not in address:
        raise NoAt(typed=typed.strip())
    domain = address.rpartition("@")[2]
    if domain and "." not in domain.strip(".") and domain.replace("-", "").isalnum():
        raise NoEnding(typed=typed.strip())
    try:
        _is_valid(address)
    except ValidationError:
        raise BadAddress(typed=typed.strip()) from None
    return address


def masked(address: str) -> str:
    """Enough for its owner to know it by and too little for others: `j•••@e•••.org`."""
    name, _, domain = address.rpartition("@")
    host, _, ending = domain.rpartition(".")
    return f"{name[:1]}•••@{host[:1]}•••.{ending}"
