"""Where a request comes from, for limits alone: never stored as it is."""

import ipaddress

from django.http import HttpRequest

from masthead.core import config


def network_of(request: HttpRequest) -> str:
    """The client's network: an IPv4 address, or the /64 of an IPv6 one. Behind a proxy of ours, as the proxy saw it."""
    return _within(request, bits=32, bits_of_six=64)


def wider_network_of(request: HttpRequest) -> str:
    """The network around that: the /24 of an IPv4 address, the /48 of an IPv6 one."""
    return _within(request, bits=24, bits_of_six=48)


def _within(request: HttpRequest, *, bits: int, bits_of_six: int) -> str:
    given = request.META.get("REMOTE_ADDR", "")
    if config.load().behind_proxy and (forwarded := request.META.get("HTTP_X_FORWARDED_FOR", "")):
        given = forwarded.rpartition(",")[2].strip()  # the last hop is ours; what stands before it anyone can write
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return "unknown"
    size = bits_of_six if address.version == 6 else bits
    if size == address.max_prefixlen:
        return str(address)
    return str(ipaddress.ip_network((address, size), strict=False))
