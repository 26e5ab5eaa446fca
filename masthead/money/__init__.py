"""Amounts, payments, providers, the webhook inbox and the ledger."""
