"""Whom payments are for. A customer is a floor above; we know it by the beginning of its order keys, and tell it
what became of its payments: after the commit, from a stored row, once.

A move may skip states (created → collected → returned, or created → returned), because facts come in any order.
"""

from collections.abc import Callable
from dataclasses import dataclass

from masthead.money.models import Checkout, Mandate, Payment, PaymentMove

OnCheckout = Callable[[Checkout, PaymentMove], None]
OnPayment = Callable[[Payment, PaymentMove], None]
OnMandate = Callable[[Mandate, PaymentMove], None]


@dataclass(frozen=True)
class Customer:
    """One kind of order: where its income is booked, and who is told. Callbacks run inside a transaction of ours,
    together with the note that they were told: their writes count once; they must do nothing outside."""

    prefix: str
    income: str
    on_checkout: OnCheckout | None = None
    on_payment: OnPayment | None = None
    on_mandate: OnMandate | None = None


CUSTOMERS: dict[str, Customer] = {}


def register(
    prefix: str,
    *,
    income: str,
    on_checkout: OnCheckout | None = None,
    on_payment: OnPayment | None = None,
    on_mandate: OnMandate | None = None,
) -> None:
    """Make known whose orders begin with `prefix`, such as "pledge:"; `income` is an account: "income:membership"."""
    CUSTOMERS[prefix] = Customer(prefix, income, on_checkout, on_payment, on_mandate)


def of(order_key: str) -> Customer:
    """Whose order this is. Raises KeyError for an order that nobody registered."""
    prefix = order_key.partition(":")[0] + ":"
    return CUSTOMERS[prefix]
