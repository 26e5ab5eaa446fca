"""Where a request comes from, for limits alone: never stored as it is."""

import ipaddress

from django.http import HttpRequest

from masthead.core import config


def network_of(request: HttpRequest) -> str:
    """The client's network: an IPv4 address, or the /64 of an IPv6 one. Behind a proxy of ours, as the proxy saw it."""
    given = request.META.get("REMOTE_ADDR", "")
    if config.load().behind_proxy and (forwarded := request.META.get("HTTP_X_FORWARDED_FOR", "")):
        given = forwarded.rpartition(",")[2].strip()  # the last hop is ours; what stands before it anyone can write
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return "unknown"
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
