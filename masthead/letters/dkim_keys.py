"""The key that letters are signed with: read in one way by who signs and by who compares it with the DNS."""

import base64
import re

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from masthead.core.config import BadConfig

Key = RSAPrivateKey | Ed25519PrivateKey
SHORTEST_RSA = 1024  # RFC 8301, 3.2: verifiers take nothing shorter


def read(pem: str) -> Key:
    """A private key as an environment variable can hold it: PEM, its line ends also written as `\\n` or as spaces.

    Raises BadConfig when it is none, or none that verifiers take.
    """
    found = re.search(r"-----BEGIN ([A-Z ]+)-----(.*)-----END", pem.replace("\\n", "\n"), re.DOTALL)
    if not found:
        raise BadConfig("MASTHEAD_DKIM_KEY: it is no private key in PEM, which begins with -----BEGIN PRIVATE KEY-----")
    kind, inside = found.groups()
    lines = f"-----BEGIN {kind}-----\n{''.join(inside.split())}\n-----END {kind}-----\n"
    try:
        key = load_pem_private_key(lines.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadConfig(f"MASTHEAD_DKIM_KEY: this private key can’t be read: {error}") from None
    if isinstance(key, RSAPrivateKey) and key.key_size >= SHORTEST_RSA:
        return key
    if isinstance(key, Ed25519PrivateKey):
        return key
    raise BadConfig("MASTHEAD_DKIM_KEY: use an RSA key of 2048 bits, or an Ed25519 key")


def public_halves(key: Key) -> list[str]:
    """The public key as `p=` of a record may say it, the usual way first; Ed25519: bare (RFC 8463, 4), or whole."""
    public = key.public_key()
    whole = base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    if isinstance(key, RSAPrivateKey):
        return [whole]
    return [base64.b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode(), whole]
