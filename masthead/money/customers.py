"""Whom payments are for. A customer is a floor above; we know it by the beginning of its order keys, and tell it
what became of its payments: after the commit, from a stored row, once.

A move may skip states (created → collected → returned, or created → returned), because facts come in any order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from masthead.money.amounts import Money
from masthead.money.models import Checkout, Mandate, Payment, PaymentMove

OnCheckout = Callable[[Checkout, PaymentMove], None]
OnPayment = Callable[[Payment, PaymentMove], None]
OnMandate = Callable[[Mandate, PaymentMove], None]


@dataclass(frozen=True)
class Sale:
    """The part of a price that is a sale, its VAT in it, and the rate of that VAT in hundredths of a percent."""

    amount: Money
    vat_hundredths: int

    @property
    def vat(self) -> Money:
        """The VAT in it, to the nearest minor unit, halves up."""
        return self.amount.part(self.vat_hundredths, 100_00 + self.vat_hundredths)


SaleOf = Callable[[str, Money], Sale | None]


@dataclass(frozen=True)
class Customer:
    """One kind of order: where its income is booked, and who is told. Callbacks run inside a transaction of ours,
    together with the note that they were told: their writes count once; they must do nothing outside."""

    prefix: str
    income: str
    on_checkout: OnCheckout | None = None
    on_payment: OnPayment | None = None
    on_mandate: OnMandate | None = None
    sale_of: SaleOf | None = None
    """What of an amount that is asked for under an order key is a sale; None: nothing is."""


CUSTOMERS: dict[str, Customer] = {}


def register(
    prefix: str,
    *,
    income: str,
    on_checkout: OnCheckout | None = None,
    on_payment: OnPayment | None = None,
    on_mandate: OnMandate | None = None,
    sale_of: SaleOf | None = None,
) -> None:
    """Make known whose orders begin with `prefix`, such as "pledge:"; `income` is an account: "income:membership"."""
    CUSTOMERS[prefix] = Customer(prefix, income, on_checkout, on_payment, on_mandate, sale_of)


def of(order_key: str) -> Customer:
    """Whose order this is. Raises KeyError for an order that nobody registered."""
    prefix = order_key.partition(":")[0] + ":"
    return CUSTOMERS[prefix]


def booked(order_key: str, amount: Money) -> dict[str, Any]:
    """What a payment of `amount` keeps for the books: its account of income, and its VAT where part of it is a sale."""
    customer = of(order_key)
    found: dict[str, Any] = {"income_account": customer.income}
    sale = customer.sale_of(order_key, amount) if customer.sale_of else None
    if sale is not None:
        sale = Sale(min(sale.amount, amount), sale.vat_hundredths)
        found |= {"sale_minor": sale.amount.minor, "vat_minor": sale.vat.minor, "vat_hundredths": sale.vat_hundredths}
    return found
