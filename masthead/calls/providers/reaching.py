"""Whether a host out there answers: asked by the desk before a call, never by a reader.

The desk types the name, so it could name anything: addresses inside private networks are refused, no answer is
shown, no redirect followed, and four seconds are enough.
"""

import ipaddress
import socket
import ssl

SECONDS = 4.0

NOT_FOUND = "There is no host of the name {host}."
INSIDE = "{host} stands inside a private network, where readers can’t reach it."
SILENT = "{host} did not answer within four seconds."
NOT_TRUSTED = "{host} answers, but its certificate is not valid: browsers would warn people and stop."


def unreachable(host: str, port: int = 443) -> list[str]:
    """What is wrong with reaching `host` by TLS, a sentence; nothing when it answers with a valid certificate."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return [NOT_FOUND.format(host=host)]
    addresses = [str(entry[4][0]) for entry in found]
    if not all(ipaddress.ip_address(address.partition("%")[0]).is_global for address in addresses):
        return [INSIDE.format(host=host)]
    return shakes_hands(host, (addresses[0], port), ssl.create_default_context())


def shakes_hands(host: str, address: tuple[str, int], trust: ssl.SSLContext) -> list[str]:
    """What is wrong with a TLS handshake for `host` at this very address: no second look-up can lead elsewhere."""
    try:
        with (
            socket.create_connection(address, timeout=SECONDS) as plain,
            trust.wrap_socket(plain, server_hostname=host),
        ):
            return []
    except ssl.SSLCertVerificationError:
        return [NOT_TRUSTED.format(host=host)]
    except OSError:
        return [SILENT.format(host=host)]
