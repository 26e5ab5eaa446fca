"""Payments, notices and moves by what they are for, found by an index on either database."""

from collections.abc import Iterable

from django.db.models import Q

from masthead.core.prefixes import begins_with
from masthead.readers.care import people


def under(orders: Iterable[str], *, field: str = "order_key") -> Q:
    """What belongs to these orders, each the beginning of its keys: `pledge:7Q4K-22M9` has `pledge:7Q4K-22M9:3`."""
    found = Q(pk__in=[])
    for order in orders:
        found |= Q(**{field: order}) | begins_with(field, f"{order}:")
    return found


def key_of_person(order_key: str) -> str:
    """The key of whoever an order is from: `pledge:7Q4K-22M9:3` is of `pledge-7Q4K-22M9`; empty where
    nobody has said whose such orders are."""
    kind, _, rest = order_key.partition(":")
    return f"{kind}-{rest.partition(':')[0]}" if people.is_kind(kind) else ""
