"""The records in the DNS by which receivers of mail judge a sender: each look says what is wrong, in plain words."""

import time
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

import dns.exception
import dns.resolver
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from masthead.core.config import BadConfig
from masthead.letters import dkim_keys

Look = tuple[bool, str]  # whether it is wrong, and a sentence
MOST_LOOKUPS = 10  # that an SPF record may cause (RFC 7208, 4.6.4)
SECONDS_A_QUESTION = 1.5


class Unanswered(Exception):
    """No name server answered in time."""


class Names:
    """Asks a name server, and stops asking when the time is up."""

    def __init__(self, server: str, within: timedelta) -> None:
        self.until = time.monotonic() + within.total_seconds()
        try:
            self.resolver = dns.resolver.Resolver(configure=not server)
        except (dns.resolver.NoResolverConfiguration, OSError):
            self.resolver = dns.resolver.Resolver(configure=False)
        if server:
            host, _, port = server.rpartition(":")
            self.resolver.nameservers, self.resolver.port = [host or port], int(port) if host else 53

    def texts(self, name: str) -> list[str]:
        """The TXT records at `name`."""
        return [b"".join(record.strings).decode("utf-8", "replace") for record in self._ask(name, "TXT")]

    def exchanges(self, name: str) -> list[str]:
        """The mail servers of `name`; '.' says that it takes no mail (RFC 7505)."""
        return [str(record.exchange) for record in self._ask(name, "MX")]

    def has_address(self, name: str) -> bool:
        """Whether `name` is a machine."""
        return any(self._ask(name, kind) for kind in ("A", "AAAA"))

    def _ask(self, name: str, kind: str) -> list[Any]:
        left = self.until - time.monotonic()
        if left <= 0 or not self.resolver.nameservers:
            raise Unanswered(name)
        try:
            return list(self.resolver.resolve(name, kind, lifetime=min(left, SECONDS_A_QUESTION), search=False))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError):
            raise Unanswered(name) from None


def spf(names: Names, domain: str) -> Look:
    """Which machines may send for `domain` (RFC 7208)."""
    found = _spf_of(names, domain)
    if not found:
        return True, f"{domain} does not say who may send for it: put a TXT record there, such as ‘v=spf1 mx -all’."
    if len(found) > 1:
        return True, f"{domain} has {len(found)} SPF records, and receivers heed none of them then: make them one."
    terms = found[0].lower().split()[1:]
    if any(term in ("all", "+all") for term in terms):
        return True, f"{domain} lets everybody send in its name: end its SPF record with ‘-all’ or ‘~all’."
    if not any(term.endswith("all") or term.startswith("redirect=") for term in terms):
        return True, f"The SPF record of {domain} has no end: add ‘-all’ or ‘~all’."
    if len(list(islice(_lookups(names, terms, depth=0), MOST_LOOKUPS + 1))) > MOST_LOOKUPS:
        return True, f"The SPF record of {domain} needs more than {MOST_LOOKUPS} lookups, and counts as broken by that."
    return False, f"{domain} says who may send for it. Whether your mail server is among them, only you know."


def _spf_of(names: Names, domain: str) -> list[str]:
    return [text for text in names.texts(domain) if text.lower().split()[:1] == ["v=spf1"]]


def _lookups(names: Names, terms: list[str], *, depth: int) -> Iterator[None]:
    """One for each lookup that receivers must do, those of included records too; not many more than are allowed."""
    for term in terms:
        word = term.lstrip("+-~?")
        name, _, target = word.replace("redirect=", "redirect:").partition(":")
        if name.partition("/")[0] in ("include", "a", "mx", "ptr", "exists", "redirect"):
            yield
        if name in ("include", "redirect") and target and "%" not in target and depth < MOST_LOOKUPS:
            for record in _spf_of(names, target)[:1]:
                yield from _lookups(names, record.lower().split()[1:], depth=depth + 1)


def dkim(names: Names, domain: str, selector: str, private: str) -> Look:
    """The key by which receivers check signatures (RFC 6376)."""
    if not selector:
        return True, "Nobody said by which name the signatures' key is in the DNS: set `dkim_selector`."
    place = f"{selector}._domainkey.{domain}"
    records = [tags(text) for text in names.texts(place)]
    keys = [fields["p"] for fields in records if "p" in fields and fields.get("v", "DKIM1") == "DKIM1"]
    if not keys:
        return True, f"There is no key at {place}: put a TXT record there, ‘v=DKIM1; k=rsa; p=…’."
    if len(keys) > 1:
        return True, f"There are {len(keys)} keys at {place}, and receivers can't tell which holds: leave one."
    if wrong := _wrong_with("".join(keys[0].split()), private):
        return True, f"The key at {place} {wrong}"
    return False, f"The key for signatures is at {place}."


def _wrong_with(public: str, private: str) -> str:
    """How a sentence about a key in the DNS goes on; nothing when it will do."""
    if not public:
        return "is withdrawn (‘p=’ is empty): put the one in use there."
    try:
        ours = dkim_keys.public_halves(dkim_keys.read(private)) if private else []
    except BadConfig as error:
        return f"can't be compared with ours. {error}"
    if ours and public not in ours:
        return f"is not that of `dkim_key`, so no signature holds: put ‘p={ours[0]}’ there."
    if (bits := _bits_of(public)) is None:
        return "is none: copy it once more, without spaces or line breaks."
    if bits < dkim_keys.SHORTEST_RSA:
        return f"has {bits} bits, which receivers no longer believe: make one of 2048."
    return ""


def _bits_of(public: str) -> int | None:
    """How long a key is; a bare Ed25519 key counts as long enough. None when it is no key."""
    try:
        raw = b64decode(public, validate=True)
        if len(raw) == 32:
            return 4096
        key = serialization.load_der_public_key(raw)
    except (NotBase64, ValueError, TypeError):
        return None
    return key.key_size if isinstance(key, rsa.RSAPublicKey) else 4096


def dmarc(names: Names, domain: str) -> Look:
    """What receivers do with mail that claims to be ours and is not (RFC 7489)."""
    for place in _domain_and_above(domain):
        found = [text for text in names.texts(f"_dmarc.{place}") if tags(text).get("v") == "DMARC1"]
        if len(found) > 1:
            return True, f"_dmarc.{place} has {len(found)} records, and receivers heed none then: leave one."
        if found:
            return _policy(place, domain, tags(found[0]))
    return (
        True,
        f"{domain} has no DMARC record, which large mailbox providers want: put ‘v=DMARC1; p=none’ at _dmarc.{domain}.",
    )


def _policy(place: str, domain: str, fields: dict[str, str]) -> Look:
    wanted = fields.get("sp", fields.get("p", "")) if place != domain else fields.get("p", "")
    if wanted not in ("none", "quarantine", "reject"):
        return True, f"The DMARC record at _dmarc.{place} says p={wanted or 'nothing'}: use none, quarantine or reject."
    if wanted == "none":
        return False, f"{place} has a DMARC record. It only asks for reports; ‘p=quarantine’ also keeps forgeries out."
    return False, f"{place} has a DMARC record that keeps forgeries out (p={wanted})."


def returns(names: Names, sender: str, domain: str) -> Look:
    """Whether mail can come back to `domain`, and whether SPF there counts for who letters are from."""
    if not _same_house(sender, domain):
        return True, (
            f"Letters come from {sender} and go back to {domain}: SPF there says nothing for {sender} (DMARC wants "
            f"them alike). Set `returns_address` to one at {sender} or below it."
        )
    servers = names.exchanges(domain)
    if servers == ["."]:
        return True, f"{domain} says that it takes no mail, so nothing can come back to it: give it a mail server."
    if not servers and not names.has_address(domain):
        return True, f"{domain} has no mail server, so nothing can come back to it: give it an MX record."
    return False, f"What can't be delivered comes back to {domain}."


def tags(text: str) -> dict[str, str]:
    """The fields of a record such as ‘v=DMARC1; p=none’."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, sign, value in pairs if sign}


def _domain_and_above(domain: str) -> Iterator[str]:
    """The domain, then those above it with a dot in them."""
    labels = domain.split(".")
    yield from (".".join(labels[place:]) for place in range(len(labels) - 1))


def _same_house(one: str, other: str) -> bool:
    """Whether one is the other or below it: as near as one can say without a list of all registries."""
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
