"""GoCardless: Bacs and SEPA direct debits, by a permission given on its page and payments that we ask for on it."""

from masthead.money.providers.gocardless.client import find

__all__ = ["find"]
