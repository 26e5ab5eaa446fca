"""Any outside room that has an address: Zoom, Meet, Teams, BigBlueButton's guest link. The way of who sets up nothing.

The address is a key that everybody can copy: it is never printed, mailed or put into a calendar. Who presses the
button on our page is led there; whoever passes it on opens the room to others, unless the service asks who comes.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import SplitResult, urlsplit

from .base import CallProvider, Join, Member, Place, ProviderRefused, Redirect, Role
from .reaching import unreachable

if TYPE_CHECKING:
    from masthead.calls.models import Call

LONGEST = 2_000
NO_ADDRESS = "Paste the whole address of the room; it begins with https://."
WITH_A_NAME = "This address has a user name in it. Paste the one that people are meant to open."
NOT_OUTSIDE = "This address leads to a machine inside a private network: readers can’t reach it."


class Link(CallProvider):
    """An address that the desk pastes; `host_url` if the host has one of their own."""

    key: ClassVar[str] = "link"
    label: ClassVar[str] = "An outside link (Zoom, Meet, Teams …)"

    def validate(self, place: Place) -> list[str]:
        found = _wrong(str(place.get("url", "")))
        return found or (_wrong(str(place["host_url"])) if place.get("host_url") else [])

    def prepare(self, call: Call) -> Place:
        return dict(call.place)

    def origin(self, call: Call, role: Role) -> str:
        parts = _parts(_address(call.place, role))
        return f"https://{parts.netloc.lower()}" if parts else ""

    def join(self, call: Call, member: Member, role: Role) -> Join:
        url = _address(call.place, role)
        if _wrong(url):
            raise ProviderRefused("no address of the room is set")
        return Redirect(url)

    def health(self, place: Place) -> list[str]:
        wrong = self.validate(place)
        if wrong:
            return wrong
        parts = urlsplit(place["url"])
        return unreachable(parts.hostname or "", parts.port or 443)


def _address(place: Place, role: Role) -> str:
    """The host's own address where there is one, else that of all."""
    return str((role is Role.HOST and place.get("host_url")) or place.get("url", ""))


def _wrong(url: str) -> list[str]:
    parts = _parts(url)
    if parts is None:
        return [NO_ADDRESS]
    if parts.username or parts.password:
        return [WITH_A_NAME]
    return [NOT_OUTSIDE] if _is_inside(parts.hostname or "") else []


def _parts(url: str) -> SplitResult | None:
    """The address taken apart; None unless it is whole, https, and of letters that may stand in one."""
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or any(mark in url for mark in " \"'<>\\;,"):
        return None
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  (raises where it is no number)
    except ValueError:
        return None
    return parts if parts.scheme == "https" and parts.hostname else None


def _is_inside(host: str) -> bool:
    if host == "localhost" or not ("." in host or ":" in host):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
