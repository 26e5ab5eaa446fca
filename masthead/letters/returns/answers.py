"""What a mail server's answer means for the address: by its code (RFC 3463, RFC 5321), else by its words."""

import re

from masthead.letters.models import Kind

_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
_BASIC = re.compile(r"(?<![\d.])([245])\d\d(?!\.?\d)")
_NO_MAILBOX = {(1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)}  # RFC 3463, 3.2 and 3.3; RFC 7505 for 5.1.10
_FOR_NOW = {(2, 2), (3, 1), (3, 2), *((4, detail) for detail in range(1, 8))}  # full, or out of reach
_FULL = re.compile(r"quota|mailbox (is )?full|exceeded storage|insufficient (system )?storage", re.IGNORECASE)
_POLICY = re.compile(
    r"spam|block(ed|list)|blacklist|policy|reputation|dmarc|\bspf\b|dkim|rate limit|too many", re.IGNORECASE
)
_WHO = r"(user|mailbox|recipient|address|account|alias)"
_UNKNOWN = re.compile(
    rf"{_WHO}\W+(\w+\W+){{0,3}}?(unknown|not found|disabled|doesn.t exist|does not exist|no longer|invalid)"
    rf"|(unknown|invalid|no such|no|not our) (local )?{_WHO}",
    re.IGNORECASE,
)


def kind_of(status: str, text: str = "") -> Kind:
    """INVALID, SOFT or REFUSED, by a code such as `550` or `5.1.1` in `status` or `text`, else by the words of `text`.

    A lasting failure whose reason nobody tells is SOFT: it counts, but one alone stops nothing.
    """
    if enhanced := _ENHANCED.search(status) or _ENHANCED.search(text):
        lasting, subject, detail = (int(part) for part in enhanced.groups())
        return _coded(lasting, (subject, detail)) or _by_words(text)
    if basic := _BASIC.search(status) or _BASIC.search(text):
        return _coded(int(basic[1]), (0, 0)) or _by_words(text)
    return _by_words(text)


def _coded(lasting: int, code: tuple[int, int]) -> Kind | None:
    """What a code says by itself; None where it leaves open why."""
    if lasting != 5:
        return Kind.SOFT if lasting == 4 else Kind.DELIVERED
    if code in _NO_MAILBOX:
        return Kind.INVALID
    if code in _FOR_NOW:
        return Kind.SOFT
    return Kind.REFUSED if code[0] else None


def _by_words(text: str) -> Kind:
    if _FULL.search(text):
        return Kind.SOFT
    if _POLICY.search(text):
        return Kind.REFUSED
    return Kind.INVALID if _UNKNOWN.search(text) else Kind.SOFT
