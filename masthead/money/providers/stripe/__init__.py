"""Stripe: cards, wallets, Link, PayPal, Bacs and SEPA debits, through its hosted Checkout and later collections."""

from masthead.money.providers.stripe.client import find

__all__ = ["find"]
